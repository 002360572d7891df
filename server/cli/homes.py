"""What commands about fees share: a home by its name, staff by number, days and months."""

from datetime import date
from typing import Any

import click
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.duty.overseeing import DECIDING
from models.person.colleagues import numbered
from models.place.tables import Building, Community, Estate, Household
from server.cli.running import Refusal

NUMBER = click.IntRange(1, 2**31)
DAY = click.DateTime(["%Y-%m-%d"])
HOME = click.option("--home", required=True, metavar="ESTATE-BUILDING-UNIT-ROOM")


def home_named(said: str, community: str | None = None) -> int:
    """As lists write it: estate-building-unit-room, without a unit where a building has none. Refuses a name
    that no home has, or more than one."""
    parts = said.split("-")
    found: list[int] = []
    if len(parts) >= 3:
        found = _homes(community, "-".join(parts[:-2]), parts[-2], "", parts[-1])
    if len(parts) >= 4:
        found += _homes(community, "-".join(parts[:-3]), parts[-3], parts[-2], parts[-1])
    if len(found) != 1:
        some = f"there are {len(found)} homes {said}: name the community as well"
        raise Refusal(some if found else f"there is no home {said}")
    return found[0]


def _homes(community: str | None, estate: str, building: str, unit: str, room: str) -> list[int]:
    query = (
        select(Household.id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .join(Community, Community.id == Estate.community_id)
        .where(
            *([Community.name == community] if community else []),
            Estate.name == estate,
            Building.name == building,
            Household.unit_name == unit,
            Household.room == room,
            Household.active,
        )
    )
    return list(session().scalars(query))


def home_said(household_id: int) -> str:
    """The same the other way round."""
    query = (
        select(Estate.name, Building.name, Household.unit_name, Household.room)
        .join(Building, Building.estate_id == Estate.id)
        .join(Household, Household.building_id == Building.id)
        .where(Household.id == household_id)
    )
    return "-".join(part for part in session().execute(query).one() if part)


def staff(number: str) -> By:
    """Whoever has this staff number. Raises NotFound."""
    return By.staff(numbered(number).person_id)


def desk(number: str) -> By:
    """As `staff`, for what only a desk decides. Raises Refusal for a post that decides nothing; of which
    community is not asked, because whoever has this shell has all of the database."""
    found = numbered(number)
    if DECIDING.isdisjoint(found.roles):
        raise Refusal(f"{number} has no post that decides about money")
    return By.staff(found.person_id)


def day_of(said: dict[str, Any], name: str) -> date | None:
    """A TOML date. Raises Refusal for something else."""
    value = said.get(name)
    if value is None or type(value) is date:
        return value
    raise Refusal(f"{name} is a day, such as 2027-01-31")
