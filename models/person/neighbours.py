"""Somebody of whom others speak: is it a person whom we know?"""

from sqlalchemy import select

from models.base.orm import session
from models.base.privacy import blind, unseal
from models.outbox.address import addresses_of
from models.person.tables import Home, Person
from models.place.spot import Spot
from models.place.tables import Household


def spoken_of(spot: Spot, *, name: str = "", phone: str = "") -> int | None:
    """By phone, or as the only one whom we know in that home; None when it might be somebody else.

    Only somebody who can be written to: others are called.
    """
    people = _by_phone(phone) if phone else []
    if not people and spot.building_id is not None and spot.room is not None:
        query = select(Home.person_id).where(
            Home.building_id == spot.building_id, Home.room == spot.room, Home.until.is_(None)
        )
        if spot.unit is not None:
            query = query.where(Home.unit_name == spot.unit)
        people = [one for one in session().scalars(query) if _may_be(one, name)]
    found = [one for one in dict.fromkeys(people) if _reached(one)]
    return found[0] if len(found) == 1 else None


def _by_phone(phone: str) -> list[int]:
    """As a person's own, or as that of the household where somebody lives."""
    key = blind(phone, "phone")
    own = session().scalars(select(Person.id).where(Person.phone_hash == key)).all()
    if own:
        return list(own)
    home = Home.household_id == Household.id
    of_house = select(Home.person_id).join(Household, home).where(Household.phone_hash == key)
    return list(session().scalars(of_house.where(Home.until.is_(None))))


def _may_be(person_id: int, name: str) -> bool:
    """王奶奶 is nobody whose own name, where we know it, begins otherwise."""
    person = session().get_one(Person, person_id)
    if not name or person.name_sealed is None:
        return True
    known = unseal(person.name_sealed, f"people.name/{person.public_id}")
    return not known or not name[0] or known[0] == name[0] or known[0] in name


def _reached(person_id: int) -> bool:
    return any(one.dead_reason is None for one in addresses_of("person", person_id))
