"""Who calls: the person and the home behind a telephone number, for staff whose people they are."""

from typing import NamedTuple

from sqlalchemy import select

from models.base.orm import session
from models.base.privacy import blind, masked_name, unseal
from models.duty.answering import houses_of
from models.duty.overseeing import overseen
from models.person.arriving import Visitor, home_of
from models.person.tables import Person
from models.place.gazetteer import town
from models.place.spot import Spot
from models.place.tables import Household


class Known(NamedTuple):
    """`person_id`: whoever wrote to us from WeChat and whose number it is; None for a home of the register
    alone. `name` is masked."""

    person_id: int | None
    name: str
    home: Spot | None


def known_by(phone: str, visitor: Visitor) -> Known | None:
    """None where the number is nobody's, several people's, or that of somebody who is not this visitor's to
    look after: the answer is the same."""
    key = blind(phone, "phone")
    people = session().scalars(select(Person).where(Person.phone_hash == key).limit(2)).all()
    if len(people) == 1:
        found = Known(people[0].id, _name(people[0]), _home(people[0].id))
    else:
        homes = session().scalars(
            select(Household).where(Household.phone_hash == key, Household.active).limit(2)
        )
        registered = homes.all()
        if len(registered) != 1:
            return None
        found = Known(None, "", _spot(registered[0].building_id, registered[0].unit_name, registered[0].room))
    return found if _looks_after(visitor, found.home) else None


def _looks_after(visitor: Visitor, home: Spot | None) -> bool:
    theirs = overseen(visitor)
    if home is None:
        return theirs is None or bool(theirs)
    if theirs is None or home.community_id in theirs:
        return True
    return home.building_id in houses_of(visitor.person_id)


def _home(person_id: int) -> Spot | None:
    home = home_of(person_id)
    return _spot(home.building_id, home.unit_name, home.room or "") if home is not None else None


def _spot(building_id: int, unit: str, room: str) -> Spot | None:
    return town().spot_of_building(building_id, unit, room, how="home")


def _name(person: Person) -> str:
    name = unseal(person.name_sealed, f"people.name/{person.public_id}") if person.name_sealed else None
    return masked_name(name) if name else ""
