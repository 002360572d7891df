"""What the workbook says of grids, micro-grids and management, kept with its dates."""

from collections.abc import Mapping

from sqlalchemy import select

from models.base.clock import local, now
from models.base.orm import session
from models.grid import management, members, micro, terms
from models.grid.tables import MicroGrid
from models.place.tables import Building, Household
from models.town.held import Held
from models.town.parsing import Row
from models.town.upserting import Tally, rows_of, upsert
from models.town.writing_places import HouseholdKey, building_key


def write_histories(rows: list[Row], town: Held, tally: Tally, managed: Mapping[int, str | None]) -> None:
    """After estates and buildings were written; `managed`: estate → its management before that."""
    at = now()
    today = local(at).date()
    terms.follow(at)
    management.follow(today, managed)
    own = {town.buildings[building_key(row)]: row for row in rows if row.values.get("management")}
    said = {building: row.values["management"] for building, row in own.items()}
    before = management.on(today, said)
    management.say(said, today, None)
    tally.changed |= {
        (town.estates[row.values["community"], row.values["estate"]], row.values["building"])
        for building, row in own.items()
        if before.get(building) != said[building]
    }


def write_micro_grids(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    wanted = {}
    for row in rows:
        said = row.values
        grid = town.grids[said["grid"]]
        values = {"grid_id": grid, "name": said["micro_grid"]}
        if said.get("status") is not None:
            values["active"] = said["status"]
        wanted[grid, said["micro_grid"]] = values
    upsert(MicroGrid, wanted, {(row.grid_id, row.name): row for row in rows_of(MicroGrid)}, tally)
    keys = {row.id: (row.grid_id, row.name) for row in rows_of(MicroGrid)}
    ids = {key: micro_id for micro_id, key in keys.items()}
    names = {grid: name for name, grid in town.grids.items()}
    town.micro_grids = {(names[grid], name): micro_id for (grid, name), micro_id in ids.items()}
    people = {
        (ids[town.grids[row.values["grid"]], row.values["micro_grid"]], role): [
            town.people[number] for number in row.values[column]
        ]
        for row in rows
        for column, role in (("cadres", micro.CADRE), ("members", micro.MEMBER))
        if column in row.values
    }
    tally.changed |= {keys[one] for one in micro.put_people(people, now())}
    unnumbered = {
        ids[town.grids[row.values["grid"]], row.values["micro_grid"]]: [
            one for said in row.values["named_members"] if (one := members.named(said)) is not None
        ]
        for row in rows
        if "named_members" in row.values
    }
    tally.changed |= {keys[one] for one in members.put_members(unnumbered, now())}


def write_micro_homes(rows: list[Row], town: Held, tally: Tally) -> None:
    """After the households were written."""
    if not rows or "micro_grid" not in rows[0].values:
        return
    grids = {key: name for name, key in town.grids.items()}
    lies_in = {row.id: grids.get(row.grid_id, "") for row in rows_of(Building)}
    wanted: dict[HouseholdKey, int | None] = {}
    for row in rows:
        building, name = town.buildings[building_key(row)], row.values["micro_grid"]
        home = (building, row.values.get("unit") or "", row.values["room"])
        wanted[home] = town.micro_grids[lies_in[building], name] if name else None
    query = select(Household.building_id, Household.unit_name, Household.room, Household.id)
    homes = {row.id: (row.building_id, row.unit_name, row.room) for row in session().execute(query)}
    changed = micro.put_homes({key: wanted[home] for key, home in homes.items() if home in wanted}, now())
    tally.changed |= {homes[key] for key in changed}
