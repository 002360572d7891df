"""The workbook's places: communities, grids, estates, buildings with their units, households."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from models.person import proving
from models.place.owners import OwnerColumns, open_owner, open_phone, sealed_owner
from models.place.tables import Building, Community, Estate, Grid, Household, Unit
from models.town.held import BuildingKey, Held
from models.town.parsing import Row
from models.town.upserting import Tally, change, insert, rows_of, upsert

CHUNK = 200  # buildings looked at together


def _columns(row: Row, **names: str) -> dict[str, Any]:
    """The columns of the table (keyword) that the sheet has (value)."""
    return {column: row.values[said] for column, said in names.items() if said in row.values}


def _status(row: Row) -> dict[str, Any]:
    return {"active": row.values["status"]} if row.values.get("status") is not None else {}


def write_communities(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    wanted = {
        row.values["community"]: {
            "name": row.values["community"],
            **_columns(row, street="street", district="district"),
        }
        for row in rows
    }
    upsert(Community, wanted, {row.name: row for row in rows_of(Community)}, tally)
    town.communities = {row.name: row.id for row in rows_of(Community)}


def write_grids(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    wanted = {
        row.values["grid"]: {
            "name": row.values["grid"],
            "community_id": town.communities[row.values["community"]],
            **_columns(row, kind="kind"),
        }
        for row in rows
    }
    upsert(Grid, wanted, {row.name: row for row in rows_of(Grid)}, tally)
    town.grids = {row.name: row.id for row in rows_of(Grid)}


def write_estates(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    names = ("aliases", "management", "fee_rate", "longitude", "latitude", "tags")
    wanted = {}
    for row in rows:
        community = town.communities[row.values["community"]]
        wanted[community, row.values["estate"]] = {
            "community_id": community,
            "name": row.values["estate"],
            **_columns(row, **{name: name for name in names}),
            **_status(row),
        }
    upsert(Estate, wanted, {(row.community_id, row.name): row for row in rows_of(Estate)}, tally)
    named = {key: name for name, key in town.communities.items()}
    town.estates = {(named[row.community_id], row.name): row.id for row in rows_of(Estate)}


def write_buildings(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    wanted = {}
    for row in rows:
        estate = town.estates[row.values["community"], row.values["estate"]]
        values = {
            "estate_id": estate,
            "name": row.values["building"],
            **_columns(row, **{name: name for name in ("unit_count", "floor_count", "keeper_unit", "tags")}),
            **_status(row),
        }
        if "grid" in row.values:
            values["grid_id"] = town.grids[row.values["grid"]] if row.values["grid"] else None
        wanted[estate, row.values["building"]] = values
    upsert(Building, wanted, {(row.estate_id, row.name): row for row in rows_of(Building)}, tally)
    estates = {key: names for names, key in town.estates.items()}
    town.buildings = {(*estates[row.estate_id], row.name): row.id for row in rows_of(Building)}
    _write_units(
        (town.buildings[building_key(row)], str(number))
        for row in rows
        for number in range(1, (row.values.get("unit_count") or 0) + 1)
    )


def building_key(row: Row) -> BuildingKey:
    return (row.values["community"], row.values["estate"], row.values["building"])


def _write_units(wanted: Iterable[tuple[int, str]]) -> None:
    units = dict.fromkeys(wanted)
    known = {(row.building_id, row.name) for row in rows_of(Unit)} if units else set()
    insert(
        Unit,
        [
            {"building_id": building, "name": name}
            for building, name in units
            if (building, name) not in known
        ],
    )


def write_households(rows: list[Row], town: Held, tally: Tally, done: Callable[[int], None]) -> None:
    """Some buildings at a time, so that memory stays small. Names and phones are sealed here."""
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: town.buildings[building_key(row)])
    _write_units(
        (town.buildings[building_key(row)], row.values["unit"]) for row in ordered if row.values.get("unit")
    )
    for buildings in _in_chunks(groupby(ordered, key=lambda row: town.buildings[building_key(row)])):
        current = {
            (row.building_id, row.unit_name, row.room): row
            for row in rows_of(Household, Household.building_id.in_(list(buildings)))
        }
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for building, homes in buildings.items():
            for row in homes:
                key = (building, row.values.get("unit") or "", row.values["room"])
                before = current.get(key)
                if before is None:
                    new.append(_household(key, row))
                    tally.added.add(key)
                elif _differs(key, row, before):
                    changed.append({"id": before.id, **_household(key, row)})
                    tally.changed.add(key)
                    if _is_anothers(key, row, before):
                        proving.sold(*key)
        insert(Household, new)
        change(Household, changed)
        count = sum(map(len, buildings.values()))
        tally.rows += count
        done(count)


def _in_chunks(groups: Iterable[tuple[int, Iterator[Row]]]) -> Iterator[dict[int, list[Row]]]:
    chunk: dict[int, list[Row]] = {}
    for building, rows in groups:
        chunk[building] = list(rows)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = {}
    if chunk:
        yield chunk


HouseholdKey = tuple[int, str, str]


def _household(key: HouseholdKey, row: Row) -> dict[str, Any]:
    building, unit, room = key
    said = row.values
    owner: OwnerColumns = sealed_owner(
        key,
        **{name: said[name] for name in ("owner", "phone") if name in said},
    )
    return {
        "building_id": building,
        "unit_name": unit,
        "room": room,
        **_columns(row, area="area"),
        **_status(row),
        **owner,
    }


def _is_anothers(key: HouseholdKey, row: Row, before: Any) -> bool:
    """Whether the register has another owner: another name and another telephone. Only one of the two is the
    same owner with a new number, or a slip that was put right."""
    names = (open_owner(key, before.owner_sealed), open_phone(key, before.phone_sealed))
    said = (row.values.get("owner", names[0]), row.values.get("phone", names[1]))
    return None not in names and all(one != other for one, other in zip(names, said, strict=True))


def _differs(key: HouseholdKey, row: Row, before: Any) -> bool:
    said = row.values
    return (
        ("area" in said and said["area"] != before.area)
        or (said.get("status") is not None and said["status"] != before.active)
        or ("owner" in said and said["owner"] != open_owner(key, before.owner_sealed))
        or ("phone" in said and said["phone"] != open_phone(key, before.phone_sealed))
    )
