"""The workbook's duties: rungs, keepers, departments, and the groups with the way into each."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import update

from models.base.clock import now
from models.base.orm import session
from models.duty.tables import Department, Keeper, RungHolder
from models.duty.terms import running
from models.outbox.address import Address
from models.place.tables import BuildingGroup
from models.town.checking import RUNG_COLUMNS
from models.town.held import Held
from models.town.keepers_changed import Change, tell_changed
from models.town.parsing import Row
from models.town.upserting import Tally, change, insert, rows_of, upsert
from models.town.writing_places import building_key


def write_rungs(rows: list[Row], town: Held, tally: Tally) -> None:
    wanted = {}
    keys = {}
    for row in rows:
        for rung, column in enumerate(RUNG_COLUMNS):
            if column in row.values:
                place = (town.grids[row.values["grid"]], rung)
                wanted[place] = [town.people[number] for number in row.values[column]]
                keys[place] = row.values["grid"]
    changed = _change_hands(
        RungHolder,
        wanted,
        lambda row: (row.grid_id, row.rung),
        lambda place: {"grid_id": place[0], "rung": place[1]},
    )
    tally.changed |= {keys[place] for place in changed}


def write_keepers(rows: list[Row], town: Held, tally: Tally) -> None:
    wanted = {}
    keys = {}
    for row in rows:
        if "keepers" in row.values:
            building = town.buildings[building_key(row)]
            wanted[building] = [town.people[number] for number in row.values["keepers"]]
            keys[building] = (
                town.estates[row.values["community"], row.values["estate"]],
                row.values["building"],
            )
    changed = _change_hands(Keeper, wanted, lambda row: row.building_id, lambda place: {"building_id": place})
    tally.changed |= {keys[place] for place in changed}
    tell_changed(changed, now())


def _change_hands(
    model: type[Keeper] | type[RungHolder],
    wanted: Mapping[Any, list[int]],
    place_of: Callable[[Any], Any],
    columns: Callable[[Any], dict[str, Any]],
) -> dict[Any, Change]:
    """Those who leave get an end, those who come a beginning: who held what when stays known.

    Returns the places where somebody came or went.
    """
    if not wanted:
        return {}
    holding: dict[Any, dict[int, int]] = {}
    at = now()
    for row in rows_of(model, running(model, at)):
        holding.setdefault(place_of(row), {})[row.person_id] = row.id
    left: list[int] = []
    came: list[dict[str, Any]] = []
    changed: dict[Any, Change] = {}
    for place, people in wanted.items():
        before = holding.get(place, {})
        gone = [person for person in before if person not in people]
        leaving = [before[person] for person in gone]
        coming = [person for person in people if person not in before]
        left += leaving
        came += [{**columns(place), "person_id": person, "since": at, "until": None} for person in coming]
        if leaving or coming:
            changed[place] = Change(tuple(gone), tuple(coming))
    for start in range(0, len(left), 500):
        session().execute(update(model).where(model.id.in_(left[start : start + 500])).values(until=at))
    insert(model, came)
    return changed


def write_departments(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    wanted = {}
    for row in rows:
        said = row.values
        values: dict[str, Any] = {"name": said["department"]}
        if "categories" in said:
            values["categories"] = said["categories"]
        if "contact" in said:
            values["contact_id"] = town.people[said["contact"]] if said["contact"] else None
        if "phone" in said:
            values["phone"] = said["phone"]
        if said.get("status") is not None:
            values["active"] = said["status"]
        wanted[said["department"]] = values
    upsert(Department, wanted, {row.name: row for row in rows_of(Department)}, tally)


def write_groups(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    wanted = {}
    for row in rows:
        said = row.values
        values: dict[str, Any] = {
            "name": said["group"],
            "estate_id": town.estates[said["community"], said["estate"]],
        }
        if "building" in said:
            values["building_id"] = town.buildings[building_key(row)] if said["building"] else None
        if "owner" in said:
            values["owner_id"] = town.people[said["owner"]] if said["owner"] else None
        if said.get("status") is not None:
            values["active"] = said["status"]
        wanted[said["group"]] = values
    upsert(BuildingGroup, wanted, {row.name: row for row in rows_of(BuildingGroup)}, tally)
    town.groups = {row.name: row.id for row in rows_of(BuildingGroup)}
    _write_ways(rows, town, tally)


def _write_ways(rows: list[Row], town: Held, tally: Tally) -> None:
    """A group has one way in. Ids may change hands within one workbook, as userids do."""
    current = {row.owner_id: row for row in reversed(rows_of(Address, Address.owner_kind == "group"))}
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for row in rows:
        group = town.groups[row.values["group"]]
        before = current.get(group)
        value = row.values.get("value", before.value if before else None) or ""
        way = {"channel": row.values["channel"], "value": value}
        if before is None:
            new.append({"owner_kind": "group", "owner_id": group, **way})
        elif (before.channel, before.value) != (way["channel"], value):
            changed.append({"id": before.id, **way, "dead_reason": None})
            tally.changed.add(row.values["group"])
    if changed:
        session().execute(
            update(Address).where(Address.id.in_([row["id"] for row in changed])).values(value="")
        )
    change(Address, changed)
    insert(Address, new)
