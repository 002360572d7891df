"""Homes and what they owe: a book of fees for the small town (tests/factories.py)."""

from collections.abc import Sequence

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import public_id, put, session
from models.notice.fees import Line, attach
from models.notice.tables import Notice
from models.outbox.address import add_address
from models.person.arriving import move_in
from models.person.tables import Person
from models.place.gazetteer import town
from models.place.tables import Household

DUE = 180_00


def building(estate: str, name: str) -> int:
    place = town().estates_named(estate)[0]
    found = town().building(place.id, name)
    assert found is not None
    return found.id


def homes(count: int, estate: str = "育英小区", name: str = "3", unit: str = "1") -> list[int]:
    """So many more households of a stair; room 101 is the first one."""
    of = building(estate, name)
    there = len(session().scalars(select(Household.id).where(Household.building_id == of)).all())
    return [
        put(Household, building_id=of, unit_name=unit, room=str(101 + there + one), active=True)
        for one in range(count)
    ]


def living_in(household: int, proof: str = "staff", openid: str | None = None) -> int:
    """Somebody new who lives there; returns the person."""
    home = session().get_one(Household, household)
    public = public_id()
    person = put(Person, public_id=public, is_rider=False, created_at=now())
    add_address("person", person, "official", openid or f"o-{public}")
    moves_to(person, home, proof)
    return person


def moves_to(person: int, home: Household, proof: str = "staff") -> None:
    move_in(person, building_id=home.building_id, unit=home.unit_name, room=home.room, proof=proof)


def book(notice: Notice, paid: Sequence[int], owing: Sequence[int]) -> Notice:
    """Attaches lines: some households have paid all, some nothing."""
    lines = [Line(one, DUE, DUE) for one in paid] + [Line(one, DUE, 0) for one in owing]
    attach(notice, lines, By.staff(notice.author_id))
    return notice
