"""Whose home it is beyond doubt: whoever only said so hears nothing of what that home owes (A9).

Of several who say to live in one home staff know which one they speak with by a short mark: whoever says so
reads it in the own chat and page and says it on the register's telephone or at the door.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import session
from models.base.privacy import blind
from models.base.refusals import NotFound
from models.history import record
from models.outbox.door import tell
from models.outbox.recalling import OF_THE_HOME, recall_from
from models.person.tables import Home, Person
from models.place.gazetteer import town
from models.place.tables import Household

PROVEN = ("register_phone", "staff", "member")
OF_THE_OWNER = ("register_phone", "member")  # what hangs on who owns it
LONGEST = 200  # characters of a reason


class Claim(NamedTuple):
    """Somebody says to live there, and nobody has looked: the home's number, the person, the household."""

    home_id: int
    person_id: int
    household_id: int

    @property
    def mark(self) -> str:
        return mark_of(self.home_id)


class Resident(NamedTuple):
    """Somebody who lives in a household, or says so."""

    home_id: int
    since: datetime
    is_proven: bool

    @property
    def mark(self) -> str:
        return mark_of(self.home_id)


def mark_of(home_id: int) -> str:
    """Six digits in two groups, 482 913, derived from the home's number by our key and kept nowhere. It tells
    one claim from another and proves nothing by itself."""
    digits = f"{int(blind(str(home_id), 'claim'), 16) % 10**6:06}"
    return f"{digits[:3]} {digits[3:]}"


def lives_in() -> ColumnElement[bool]:
    """Joins Home and Household, whoever says so."""
    return and_(
        Home.until.is_(None),
        Household.active,
        Home.building_id == Household.building_id,
        Home.unit_name == Household.unit_name,
        Home.room == Household.room,
    )


def is_proven() -> ColumnElement[bool]:
    return Home.proof.in_(PROVEN)


def homes_of(person_id: int) -> Sequence[int]:
    """The households where this person lives beyond doubt."""
    query = select(Household.id).join(Home, lives_in()).where(Home.person_id == person_id, is_proven())
    return session().scalars(query).all()


def has_phone(person_id: int) -> bool:
    """Whether a telephone of this person's is known."""
    query = select(Person.id).where(Person.id == person_id, Person.phone_hash.is_not(None))
    return session().execute(query).first() is not None


def claims(*which: ColumnElement[bool], limit: int | None = None) -> Sequence[Claim]:
    """What was only said, of the homes and households that `which` picks, the oldest first."""
    query: Any = select(Home.id, Home.person_id, Household.id).join(Household, lives_in())
    rows = session().execute(query.where(~is_proven(), *which).order_by(Home.id).limit(limit))
    return [Claim(*row) for row in rows]


def residents(household_id: int) -> Sequence[Resident]:
    """Everybody who lives there, the oldest first; whoever only says so as well."""
    query = select(Home.id, Home.since, is_proven()).join(Household, lives_in())
    rows = session().execute(query.where(Household.id == household_id).order_by(Home.id))
    return [Resident(*row) for row in rows]


def confirm(home_id: int, by: By, *, seen: str | None = None) -> None:
    """Staff have asked at the door, or called the number in the register; `seen`: what they saw, a code of
    labels/home_seen.toml. Raises NotFound for a home that nobody claims any more."""
    home = session().get(Home, home_id, with_for_update=True)
    if home is None or home.until is not None:
        raise NotFound("home_not_found")
    if home.proof in PROVEN:
        return
    home.proof = "staff"
    step = record(("person", home.person_id), "home_confirmed", by=by, at=now(), home=home_id, seen=seen)
    session().flush()
    tell_members(home, "home_shared", step)


def tell_members(home: Home, kind: str, step: int) -> None:
    """Everybody who lives in a home beyond doubt hears of whoever says to live there, or now does (A9)."""
    spot = town().spot_of_building(home.building_id, home.unit_name, home.room)
    people = select(Home.person_id).where(
        Home.building_id == home.building_id,
        Home.unit_name == home.unit_name,
        Home.room == home.room,
        Home.until.is_(None),
        is_proven(),
        Home.person_id != home.person_id,
    )
    facts: dict[str, Any] = {**spot.facts()} if spot is not None else {}
    for person in dict.fromkeys(session().scalars(people).all()):
        tell(kind, person, about=None, occasion=str(step), mark=mark_of(home.id), **facts)


def refuse(home_id: int, by: By, why: str, place: dict[str, Any]) -> None:
    """Nobody could confirm that somebody lives there, who hears why. `place`: as letters say it."""
    home = session().get(Home, home_id, with_for_update=True)
    if home is None or home.until is not None:
        raise NotFound("home_not_found")
    why = why.strip()[:LONGEST]
    end(home_id, by)
    step = record(("person", home.person_id), "home_refused", by=by, at=now(), home=home_id, why=why)
    tell("home_refused", home.person_id, about=None, occasion=str(step), why=why, **place)


def end(home_id: int, by: By) -> None:
    """Whoever lived there has moved out, or never lived there: from now on that home's money is nothing of
    theirs, and letters about it that wait are taken back (A9). Raises NotFound."""
    home = session().get(Home, home_id, with_for_update=True)
    if home is None:
        raise NotFound("home_not_found")
    if home.until is not None:
        return
    home.until = now()
    recall_from(home.person_id, OF_THE_HOME, "moved_out")
    record(("person", home.person_id), "home_ended", by=by, at=now(), home=home_id)


def sold(building_id: int, unit: str, room: str) -> None:
    """The register has another owner: whose proof was the former owner's telephone, or the word of somebody
    who lived there, reads nothing of the new one's money (A9, X05). Whom staff confirmed stays, because a
    tenant does."""
    query = select(Home.id).where(
        Home.building_id == building_id,
        Home.unit_name == unit,
        Home.room == room,
        Home.until.is_(None),
        Home.proof.in_(OF_THE_OWNER),
    )
    for home in session().scalars(query).all():
        end(home, SYSTEM)
