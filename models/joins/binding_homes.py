"""Who says to live where, against the register: somebody of the desk has looked, and says yes or no."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from models.base.actor import By
from models.base.orm import session
from models.base.privacy import masked_name
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.base.resources import table
from models.duty.overseeing import decides
from models.person import proving
from models.person.proving import PROVEN, is_proven, mark_of
from models.person.tables import Home, Person
from models.place.gazetteer import town
from models.place.owners import open_owner
from models.place.tables import Building, Estate, Household

MOST = 100


class Claimed(NamedTuple):
    """`owner`: of the register, masked; `household_id` None where it has no such home. `same_phone`:
    the person's own telephone is the register's. `proven`: how many others live there beyond doubt."""

    home_id: int
    mark: str
    place: dict[str, Any]
    since: datetime
    proof: str
    household_id: int | None
    owner: str | None
    same_phone: bool
    proven: int


def seen() -> tuple[str, ...]:
    """What may have been seen: codes of labels/home_seen.toml."""
    return tuple(table("labels/home_seen.toml"))


def waiting(person_id: int, limit: int = MOST) -> list[Claimed]:
    """Where this person decides, the oldest first."""
    others = aliased(Home)
    proven = (
        select(func.count(others.id))
        .where(others.building_id == Home.building_id, others.unit_name == Home.unit_name)
        .where(others.room == Home.room, others.until.is_(None), others.proof.in_(PROVEN))
        .scalar_subquery()
    )
    phone = and_(Person.phone_hash.is_not(None), Person.phone_hash == Household.phone_hash)
    query = (
        select(Home, Household.id, Household.owner_sealed, phone, proven)
        .join(Person, Person.id == Home.person_id)
        .join(Building, Building.id == Home.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .outerjoin(
            Household,
            and_(
                Household.active,
                Household.building_id == Home.building_id,
                Household.unit_name == Home.unit_name,
                Household.room == Home.room,
            ),
        )
        .where(*_claims(person_id))
        .order_by(Home.id)
        .limit(limit)
    )
    found = []
    for home, household, owner_sealed, same_phone, several in session().execute(query):
        spot = town().spot_of_building(home.building_id, home.unit_name, home.room)
        owner = open_owner((home.building_id, home.unit_name, home.room), owner_sealed)
        if spot is not None:
            found.append(
                Claimed(
                    home.id,
                    mark_of(home.id),
                    spot.facts(),
                    home.since,
                    home.proof,
                    household,
                    masked_name(owner) if owner else None,
                    bool(same_phone),
                    several,
                )
            )
    return found


def count(person_id: int) -> int:
    query = (
        select(func.count(Home.id))
        .join(Building, Building.id == Home.building_id)
        .join(Estate, Estate.id == Building.estate_id)
    )
    return session().execute(query.where(*_claims(person_id))).scalar_one()


def confirm(home_id: int, person_id: int, what: str) -> None:
    """With what was seen. Raises NotFound for a home that nobody claims here; NotAllowed for one that the
    register does not have; Invalid: home_seen."""
    home = _claimed(home_id, person_id)
    if what not in seen():
        raise Invalid("home_seen")
    household = select(Household.id).where(
        Household.active,
        Household.building_id == home.building_id,
        Household.unit_name == home.unit_name,
        Household.room == home.room,
    )
    if session().execute(household).first() is None:
        raise NotAllowed("home_not_registered")
    proving.confirm(home_id, By.staff(person_id), seen=what)


def refuse(home_id: int, person_id: int, why: str) -> None:
    """Nobody could confirm it: the person hears so, with the reason, and may say another home. Raises
    NotFound; Invalid: home_why."""
    home = _claimed(home_id, person_id)
    if not why.strip():
        raise Invalid("home_why")
    spot = town().spot_of_building(home.building_id, home.unit_name, home.room)
    facts = spot.facts() if spot is not None else {}
    proving.refuse(home_id, By.staff(person_id), why, facts)


def _claimed(home_id: int, person_id: int) -> Home:
    home = session().get(Home, home_id, with_for_update=True)
    building = session().get(Building, home.building_id) if home is not None else None
    estate = session().get(Estate, building.estate_id) if building is not None else None
    if home is None or estate is None or not decides(person_id, estate.community_id):
        raise NotFound("home_not_found")
    if home.until is not None or home.proof in PROVEN:
        raise NotFound("home_not_found")
    return home


def _claims(person_id: int) -> tuple[ColumnElement[bool], ...]:
    own = [one for one in town().communities if decides(person_id, one)]
    return (Home.until.is_(None), ~is_proven(), Home.room.is_not(None), Estate.community_id.in_(own))
