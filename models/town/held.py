"""What the town already holds, by the keys of the workbook: what a row may point to."""

from dataclasses import dataclass

from sqlalchemy import select

from models.base.orm import session
from models.duty.tables import Department
from models.grid.tables import MicroGrid
from models.outbox.address import Address, Channel
from models.person.tables import Staff
from models.place.stations import Station
from models.place.tables import Building, BuildingGroup, Community, Estate, Grid

EstateKey = tuple[str, str]  # community, estate
BuildingKey = tuple[str, str, str]


@dataclass(slots=True)
class Held:
    """Ids by key; people by staff number, and the ids by which platforms know people and groups."""

    communities: dict[str, int]
    grids: dict[str, int]
    estates: dict[EstateKey, int]
    buildings: dict[BuildingKey, int]
    grid_of: dict[BuildingKey, str]  # of buildings that have one
    micro_grids: dict[tuple[str, str], int]  # (grid, name)
    stations: dict[tuple[str, str], int]  # (community, name)
    staff: dict[str, int]
    people: dict[str, int]  # staff number → person
    departments: dict[str, int]
    groups: dict[str, int]
    userids: dict[str, str]  # staff number → WeCom userid
    marks: dict[str, tuple[str, str]]  # group → channel and 标识


def held() -> Held:
    """Reads it all: a city's is some thousand rows."""
    rows = session().connection().execute
    communities = {row.name: row.id for row in rows(select(Community.name, Community.id))}
    named = {key: name for name, key in communities.items()}
    estates = {
        (named[row.community_id], row.name): row.id
        for row in rows(select(Estate.id, Estate.community_id, Estate.name))
    }
    estate_keys = {key: names for names, key in estates.items()}
    staff = rows(select(Staff.number, Staff.id, Staff.person_id).order_by(Staff.id)).all()
    numbers = {row.person_id: row.number for row in staff}
    groups = {row.name: row.id for row in rows(select(BuildingGroup.name, BuildingGroup.id))}
    group_names = {key: name for name, key in groups.items()}
    userids: dict[str, str] = {}
    marks: dict[str, tuple[str, str]] = {}
    for row in rows(
        select(Address.owner_kind, Address.owner_id, Address.channel, Address.value).order_by(Address.id)
    ):
        if row.owner_kind == "group" and row.owner_id in group_names:
            marks.setdefault(group_names[row.owner_id], (row.channel, row.value))
        elif row.owner_kind == "person" and row.channel == Channel.WORK and row.owner_id in numbers:
            userids.setdefault(numbers[row.owner_id], row.value)
    grids = {row.name: row.id for row in rows(select(Grid.name, Grid.id))}
    grid_names = {key: name for name, key in grids.items()}
    buildings = {
        (*estate_keys[row.estate_id], row.name): row
        for row in rows(select(Building.id, Building.estate_id, Building.name, Building.grid_id))
    }
    return Held(
        communities=communities,
        grids=grids,
        estates=estates,
        buildings={key: row.id for key, row in buildings.items()},
        grid_of={key: grid_names[row.grid_id] for key, row in buildings.items() if row.grid_id is not None},
        micro_grids={
            (grid_names[row.grid_id], row.name): row.id
            for row in rows(select(MicroGrid.id, MicroGrid.grid_id, MicroGrid.name))
        },
        stations={
            (named[row.community_id], row.name): row.id
            for row in rows(select(Station.id, Station.community_id, Station.name))
        },
        staff={row.number: row.id for row in staff},
        people={row.number: row.person_id for row in staff},
        departments={row.name: row.id for row in rows(select(Department.name, Department.id))},
        groups=groups,
        userids=userids,
        marks=marks,
    )
