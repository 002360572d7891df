"""我住…: the home becomes the default place, after 同意 (design 4.5-9)."""

import re
from datetime import timedelta
from functools import cache

from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.resources import table
from models.dialogue.question import Asked, ask, forget
from models.joins.merging import merge
from models.person.arriving import agree, move_in, staff_of
from models.person.binding import redeem_code
from models.understanding import short_reply
from models.understanding.patterns import any_of
from models.understanding.sureness import kind_of


@cache
def _binding() -> re.Pattern[str]:
    words = any_of(table("lexicon/commands.toml")["bind"])
    return re.compile(rf"{words}\W*(?P<code>[A-Z0-9]{{4,12}})\W*", re.IGNORECASE)


@cache
def _saying_home() -> re.Pattern[str]:
    return re.compile(any_of(table("lexicon/homes.toml")["begins"]))


def tell_home(visit: Visit) -> Answer | None:
    """The writer says where home is. Nothing is kept before the answer to one question."""
    if not _saying_home().match(visit.text) or kind_of(visit.meaning) is not None:
        return None
    spot = visit.locate(visit.meaning).spot
    if spot.building_id is None:
        return Text(say("home_unclear"))
    ask(
        visit.person,
        visit.channel,
        Asked.CONSENT,
        lasts=timedelta(hours=1),
        building=spot.building_id,
        unit=spot.unit or "",
        room=spot.room,
    )
    return Text(say("home_consent", **spot.facts()))


def bind(visit: Visit) -> Answer | None:
    """绑定 and a one-time code: two ids of one person become one."""
    found = _binding().fullmatch(visit.text)
    if found is None:
        return None
    # A post is never merged away: who is on the staff has the duties under that very record.
    owner = None if visit.visitor.is_staff else redeem_code(found["code"])
    if owner is not None:
        merge(visit.person, into=owner)
    return Text(say("bound", ok=owner is not None, staff=owner is not None and staff_of(owner) is not None))


def consent(visit: Visit) -> Answer | None:
    question = visit.question
    if question is None or question.kind != Asked.CONSENT:
        return None
    words, text, said = table("lexicon/homes.toml"), visit.text.strip(), short_reply(visit.text)
    agreed = said == "yes" or text in words["agree"]
    refused = said == "no" or text in words["refuse"]
    if not agreed and not refused:
        return None
    forget(visit.person, visit.channel)
    if refused:
        return Text(say("home_refused"))
    agree(visit.person)
    facts = question.facts
    move_in(visit.person, building_id=facts["building"], unit=facts["unit"], room=facts["room"], proof="said")
    return Text(say("home_kept"))
