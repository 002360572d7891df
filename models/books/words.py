"""Words of the open books are for everybody: nobody's name, telephone or room is in them (X05).

Stricter than for notices (models/base/private_words.py), because there a name or a room by itself may be
needed, and here it never is: a lamp was bought, whoever's stair it lights.
"""

import re
import unicodedata
from functools import cache

from sqlalchemy import select

from models.base.orm import session
from models.base.private_words import must_be_public
from models.base.refusals import Invalid
from models.base.resources import table
from models.person.tables import Staff
from models.place.owners import open_owner
from models.place.tables import Building, Household

FIRMS = frozenset({"firm", "utility", "government"})  # whose names everybody may read

REASON_LIMIT = 200


def must_tell_of_nobody(estate_id: int, *texts: str) -> None:
    """Raises Invalid, with the words as they were written: what `must_be_public` finds, a room, somebody by
    surname and title, the name of an owner of that estate or of a colleague."""
    plain = ["".join(unicodedata.normalize("NFKC", text).split()) for text in texts]
    for text, squeezed in zip(texts, plain, strict=True):
        must_be_public(text)
        for pattern in _patterns():
            if found := pattern.search(squeezed):
                raise Invalid("books_somebody", words=found[0])
    bare = [_bare(text) for text in texts]
    for name in _known(estate_id):
        if any(name in one for one in bare):
            raise Invalid("books_somebody", words=name)


def must_be_a_firm(payee: str, estate_id: int) -> None:
    """A firm may bear somebody's name, but somebody is no firm. Raises Invalid."""
    must_be_public(payee)
    if _bare(payee) in _known(estate_id):
        raise Invalid("books_payee_person", words=payee)


def reason(said: str, estate_id: int) -> str:
    """Why something was refused or taken back, as it stands beside it for everybody. Raises Invalid."""
    why = " ".join(said.split())[:REASON_LIMIT]
    if not why:
        raise Invalid("reason_needed")
    must_tell_of_nobody(estate_id, why)
    return why


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    words = table("lexicon/private.toml")
    rules = words["everybody"]
    either = "|".join
    door = either(one for one in rules["between_doors"] if one not in "-#")
    behind = either([*rules["behind_room"], *rules["behind_home"]])
    # with signs alone two of them, because 8-1200 is what a thing is called
    room = (
        rf"\d{{1,3}}(?:{door})(?:\d{{1,2}}(?:{door}))?\d{{3,4}}(?!\d)(?:{behind})?"
        rf"|(?<!\d)\d{{1,3}}[-#]\d{{1,2}}[-#]\d{{3,4}}(?!\d)|(?<!\d)\d{{3,4}}(?:{either(rules['behind_room'])})"
    )
    surname = f"(?:{either(words['double_surnames'])}|[{words['surnames']}])"
    titles = either(sorted(one for one in {*words["titles"], *rules["titles"]} if len(one) > 1))
    return re.compile(room), re.compile(rf"{surname}(?:[\u3400-\u9fff]{{1,2}})?(?:{titles})")


def _known(estate_id: int) -> set[str]:
    """Names of owners and colleagues; of one character there is none."""
    owners = (
        select(Household.building_id, Household.unit_name, Household.room, Household.owner_sealed)
        .join(Building, Building.id == Household.building_id)
        .where(Building.estate_id == estate_id, Household.owner_sealed.is_not(None))
    )
    names = {open_owner((row[0], row[1], row[2]), row[3]) for row in session().execute(owners)}
    names |= set(session().scalars(select(Staff.name)))
    return {bare for name in names if name and len(bare := _bare(name)) > 1}


def _bare(text: str) -> str:
    """Letters and digits alone, narrow: no sign stands between those of a name, seen or not."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))
