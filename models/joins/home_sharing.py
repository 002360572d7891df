"""Somebody says in the mini-program to live somewhere, with a proof; whoever lives there already hears of it.

Three proofs (A9): the telephone of the register, which the platform has proved to be the person's own; a
door's code, which staff confirm; the word of somebody who lives there beyond doubt. Whether the register has
such a home, or whose it is, is told to nobody who guesses.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.privacy import masked_phone, unseal
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.history import record
from models.person import proving
from models.person.arriving import agree
from models.person.proving import PROVEN
from models.person.tables import Home, Person
from models.place.gazetteer import town
from models.place.spot import Spot
from models.place.tables import Household

MOST = 5  # homes of one person at a time
TOLD_EVERY = timedelta(days=1)
PHONE, SCANNED, ASKED, MEMBER = "register_phone", "scanned", "asked", "member"


class Request(NamedTuple):
    """Somebody asks to be of a home. `phone`: of whoever asks, masked, where it is known."""

    home_id: int
    spot: Spot
    mark: str
    phone: str | None
    since: datetime


def claim(person_id: int, spot: Spot, proof: str) -> Home:
    """The home, `proof` being register_phone, scanned or asked; the same one where it was said before.

    Raises Invalid: home_room, home_phone; NotAllowed: too_many_homes.
    """
    if spot.building_id is None or not spot.room:
        raise Invalid("home_room", field="room")
    if proof == PHONE and not _has_its_phone(person_id, spot):
        raise Invalid("home_phone", field="proof")
    agree(person_id)
    mine = session().scalars(_of(person_id).with_for_update()).all()
    here = (spot.building_id, spot.unit or "", spot.room)
    home = next((one for one in mine if (one.building_id, one.unit_name, one.room) == here), None)
    if home is None and len(mine) >= MOST:
        raise NotAllowed("too_many_homes")
    if home is not None and (home.proof in PROVEN or home.proof == proof):
        return home
    is_new = home is None
    if home is None:
        home = Home(
            person_id=person_id,
            building_id=here[0],
            unit_name=here[1],
            room=here[2],
            proof=proof,
            since=now(),
        )
        session().add(home)
    home.proof = proof
    session().flush()
    step = record(("person", person_id), "home_claimed", by=By.person(person_id), at=now(), home=home.id)
    if proof == PHONE:
        proving.tell_members(home, "home_shared", step)
    elif is_new and not _asked_lately(home):
        proving.tell_members(home, "home_asked", step)
    return home


def requests_for(person_id: int) -> list[Request]:
    """What others ask of the homes where this person lives beyond doubt, the oldest first."""
    query = select(Home, Person).join(Person, Person.id == Home.person_id).where(*_asked_of(person_id))
    found = []
    for home, asker in session().execute(query.order_by(Home.id)):
        spot = town().spot_of_building(home.building_id, home.unit_name, home.room, how="home")
        if spot is not None:
            number = (
                unseal(asker.phone_sealed, f"people.phone/{asker.public_id}") if asker.phone_sealed else None
            )
            phone = masked_phone(number) if number else None
            found.append(Request(home.id, spot, proving.mark_of(home.id), phone, home.since))
    return found


def answer(person_id: int, home_id: int, agreed: bool, why: str) -> None:
    """Whoever lives there says that the other does, or does not (`why`, as the other reads it). Raises
    NotFound for what is not asked of this person (any more)."""
    found = session().scalars(
        select(Home).where(Home.id == home_id, *_asked_of(person_id)).with_for_update(of=Home)
    )
    home = found.first()
    if home is None:
        raise NotFound("home_not_found")
    if not agreed:
        spot = town().spot_of_building(home.building_id, home.unit_name, home.room)
        proving.refuse(home_id, By.person(person_id), why, spot.facts() if spot is not None else {})
        return
    home.proof = MEMBER
    step = record(
        ("person", home.person_id), "home_confirmed", by=By.person(person_id), at=now(), home=home_id
    )
    session().flush()
    proving.tell_members(home, "home_shared", step)


def leave(person_id: int, home_id: int) -> None:
    """It is not this person's home any more. Raises NotFound."""
    home = session().get(Home, home_id)
    if home is None or home.person_id != person_id or home.until is not None:
        raise NotFound("home_not_found")
    proving.end(home_id, By.person(person_id))


def _masked(person: Person) -> str | None:
    sealed = person.phone_sealed
    number = unseal(sealed, f"people.phone/{person.public_id}") if sealed else None
    return masked_phone(number) if number else None


def _of(person_id: int) -> Select[Home]:
    return select(Home).where(Home.person_id == person_id, Home.until.is_(None)).order_by(Home.id)


def _asked_lately(home: Home) -> bool:
    """Whether the same person asked for the same home within a day, and was refused or gave it up: whoever
    lives there hears of one who keeps asking once a day."""
    query = select(Home.id).where(
        Home.person_id == home.person_id,
        Home.id != home.id,
        Home.since > now() - TOLD_EVERY,
        Home.building_id == home.building_id,
        Home.unit_name == home.unit_name,
        Home.room == home.room,
    )
    return session().execute(query).first() is not None


def _has_its_phone(person_id: int, spot: Spot) -> bool:
    """Whether the register has the person's own telephone for this home."""
    query = (
        select(Household.id)
        .join(Person, Person.phone_hash == Household.phone_hash)
        .where(
            Person.id == person_id,
            Household.active,
            Household.building_id == spot.building_id,
            Household.unit_name == (spot.unit or ""),
            Household.room == spot.room,
        )
    )
    return session().execute(query).first() is not None


def _asked_of(person_id: int) -> Sequence[ColumnElement[bool]]:
    """Homes of others that wait for a word of this person."""
    own = aliased(Home)
    lives_there = (
        select(own.id)
        .where(
            own.person_id == person_id,
            own.until.is_(None),
            own.proof.in_(PROVEN),
            own.building_id == Home.building_id,
            own.unit_name == Home.unit_name,
            own.room == Home.room,
        )
        .exists()
    )
    return (Home.until.is_(None), Home.proof == ASKED, Home.person_id != person_id, lives_there)
