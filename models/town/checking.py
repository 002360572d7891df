"""Whether the rows fit together and fit the town: repeated keys, references, ids that somebody else holds."""

from collections.abc import Collection
from functools import cached_property
from typing import Any

from models.base.resources import table
from models.grid.members import named
from models.town.held import Held
from models.town.parsing import Draft, Row
from models.town.shape import BY_CODE, SHEETS, Sheet

RUNG_COLUMNS = ("grid_worker", "grid_head", "first_grid_head", "grid_chief")  # rung 0 first
_OF_ESTATE = ("buildings", "households", "groups")
_STAFF_LISTS = {"grids": RUNG_COLUMNS, "buildings": ("keepers",), "micro_grids": ("cadres", "members")}
_STAFF_CELLS = {"departments": "contact", "groups": "owner", "stations": "caretaker"}


def check(draft: Draft, held: Held) -> None:
    """Adds what is wrong to the draft. Rows below an estate get its community filled in."""
    known = _Known(draft, held)
    for sheet in SHEETS:
        rows = draft.of(sheet.code)
        if sheet.code in _OF_ESTATE:
            for row in rows:
                _estate(draft, sheet, row, known)
        _keys(draft, sheet, rows)
    for sheet in SHEETS:
        for row in draft.of(sheet.code):
            _references(draft, sheet, row, known)
    _userids(draft, held)
    _marks(draft, held)


class _Known:
    """Names that may be pointed to: those of the file and those that the town holds."""

    def __init__(self, draft: Draft, held: Held) -> None:
        def names(sheet: str, column: str) -> set[str]:
            return {row.values[column] for row in draft.of(sheet) if row.values.get(column)}

        self.communities = names("communities", "community") | held.communities.keys()
        self.grids = names("grids", "grid") | held.grids.keys()
        self.staff = names("staff", "number") | held.staff.keys()
        self.categories: dict[str, Any] = table("labels/categories.toml")
        self.estates: dict[str, list[str]] = {}
        pairs = dict.fromkeys(held.estates)
        for row in draft.of("estates"):
            pairs[row.values.get("community") or "", row.values.get("estate") or ""] = None
        for community, estate in pairs:
            self.estates.setdefault(estate, []).append(community)
        self.held_buildings = held.buildings
        self._draft = draft
        self._held = held
        self._buildings: set[tuple[str, str, str]] | None = None

    @cached_property
    def micro_grids(self) -> set[tuple[str, str]]:
        """(Grid, name)."""
        said = (row.values for row in self._draft.of("micro_grids"))
        return set(self._held.micro_grids) | {
            (one["grid"], one["micro_grid"]) for one in said if one.get("grid") and one.get("micro_grid")
        }

    @cached_property
    def stations(self) -> set[tuple[str, str]]:
        """(Community, name)."""
        said = (row.values for row in self._draft.of("stations"))
        return set(self._held.stations) | {
            (one["community"], one["station"]) for one in said if one.get("community") and one.get("station")
        }

    @cached_property
    def grid_of(self) -> dict[tuple[str, str, str], str | None]:
        """Building → its grid after this import. Asked for after the estates of all rows are known."""
        found: dict[tuple[str, str, str], str | None] = dict(self._held.grid_of)
        for row in self._draft.of("buildings"):
            said = row.values
            if "grid" in said and said.get("community") and said.get("building"):
                found[said["community"], said["estate"], said["building"]] = said["grid"]
        return found

    @property
    def buildings(self) -> set[tuple[str, str, str]]:
        """Asked for after the estates of all rows are known."""
        if self._buildings is None:
            self._buildings = set(self.held_buildings)
            for row in self._draft.of("buildings"):
                values = row.values
                if values.get("community") and values.get("building"):
                    self._buildings.add((values["community"], values["estate"], values["building"]))
        return self._buildings


def _estate(draft: Draft, sheet: Sheet, row: Row, known: _Known) -> None:
    """Fills in the community of the row's estate; empty when it cannot be told."""
    values = row.values
    estate, said = values.get("estate"), values.get("community")
    values["community"] = None
    if not estate:
        return
    communities = known.estates.get(estate)
    if communities is None:
        draft.wrong(
            sheet,
            row.number,
            "estate",
            "unknown_estate",
            value=estate,
            near=draft.near(estate, known.estates),
        )
    elif said:
        if said in communities:
            values["community"] = said
        elif said not in known.communities:
            _unknown(draft, sheet, row, "community", "unknown_community", said, known.communities)
        else:
            draft.wrong(sheet, row.number, "estate", "estate_not_there", value=estate, community=said)
    elif len(communities) > 1:
        draft.wrong(
            sheet,
            row.number,
            "estate",
            "estate_ambiguous",
            value=estate,
            count=len(communities),
            communities=communities,
        )
    else:
        values["community"] = communities[0]


def _keys(draft: Draft, sheet: Sheet, rows: list[Row]) -> None:
    optional = {column.code for column in sheet.columns if not column.required and not column.optional}
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row.values.get(column) for column in sheet.key)
        if any(part is None and column not in optional for part, column in zip(key, sheet.key, strict=True)):
            continue
        before = first.setdefault(key, row.number)
        if before != row.number:
            shown = " ".join(str(part) for part in key if part)
            draft.wrong(sheet, row.number, sheet.key[-1], "repeated_key", value=shown, first=before)


def _references(draft: Draft, sheet: Sheet, row: Row, known: _Known) -> None:
    values = row.values
    if sheet.code in ("grids", "estates", "staff", "stations", "medicines", "answers"):
        _one(draft, sheet, row, "community", "unknown_community", known.communities)
    if sheet.code in ("buildings", "micro_grids"):
        _one(draft, sheet, row, "grid", "unknown_grid", known.grids)
    if sheet.code in ("households", "groups") and values.get("community") and values.get("building"):
        estate, building = values["estate"], values["building"]
        if (values["community"], estate, building) not in known.buildings:
            draft.wrong(sheet, row.number, "building", "unknown_building", estate=estate, value=building)
    for said in values.get("named_members") or ():
        if named(said) is None:
            draft.wrong(sheet, row.number, "named_members", "member_unclear", value=said[:20])
    if sheet.code == "households" and values.get("micro_grid"):
        _micro_grid(draft, sheet, row, known)
    if sheet.code == "stations" and (estate := values.get("estate")):
        if estate not in known.estates:
            _unknown(draft, sheet, row, "estate", "unknown_estate", estate, known.estates)
        elif values.get("community") in known.communities.difference(known.estates[estate]):
            community = values["community"]
            draft.wrong(sheet, row.number, "estate", "estate_not_there", value=estate, community=community)
    if sheet.code == "medicines" and values.get("community") in known.communities:
        here = {name for community, name in known.stations if community == values["community"]}
        _one(draft, sheet, row, "station", "unknown_station", here)
    for column in _STAFF_LISTS.get(sheet.code, ()):
        for number in values.get(column) or ():
            if number not in known.staff:
                _unknown(draft, sheet, row, column, "unknown_staff", number, known.staff)
    if sheet.code in _STAFF_CELLS:
        _one(draft, sheet, row, _STAFF_CELLS[sheet.code], "unknown_staff", known.staff)
    if sheet.code == "departments":
        for category in values.get("categories") or ():
            if category not in known.categories:
                by_label = {entry["label"]: code for code, entry in known.categories.items()}
                draft.wrong(
                    sheet,
                    row.number,
                    "categories",
                    "unknown_category",
                    value=category,
                    near=by_label.get(category) or draft.near(category, known.categories),
                    choices=list(known.categories),
                )


def _micro_grid(draft: Draft, sheet: Sheet, row: Row, known: _Known) -> None:
    """It has to be one of the grid in which the building lies when all is said and done."""
    values = row.values
    name = values["micro_grid"]
    if not values.get("community") or not values.get("building"):
        return  # reported already
    grid = known.grid_of.get((values["community"], values["estate"], values["building"]))
    if grid is None:
        draft.wrong(sheet, row.number, "micro_grid", "micro_without_grid", value=name)
    elif (grid, name) not in known.micro_grids:
        there = [one for of, one in known.micro_grids if of == grid]
        facts = {"value": name, "grid": grid, "near": draft.near(name, there)}
        draft.wrong(sheet, row.number, "micro_grid", "unknown_micro_grid", **facts)


def _one(draft: Draft, sheet: Sheet, row: Row, column: str, code: str, known: Collection[str]) -> None:
    value = row.values.get(column)
    if value and value not in known:
        _unknown(draft, sheet, row, column, code, value, known)


def _unknown(
    draft: Draft, sheet: Sheet, row: Row, column: str, code: str, value: str, known: Collection[str]
) -> None:
    draft.wrong(sheet, row.number, column, code, value=value, near=draft.near(value, known))


def _userids(draft: Draft, held: Held) -> None:
    """A WeCom userid is one person's, when all is said and done."""
    sheet = BY_CODE["staff"]
    said = {row.values["number"]: row for row in draft.of("staff") if "userid" in row.values}
    owners = {userid: number for number, userid in held.userids.items() if number not in said}
    for number, row in said.items():
        userid = row.values["userid"]
        if userid and number and owners.setdefault(userid, number) != number:
            draft.wrong(sheet, row.number, "userid", "userid_taken", value=userid, other=owners[userid])


def _marks(draft: Draft, held: Held) -> None:
    """A chat_id or robot key is one group's."""
    sheet = BY_CODE["groups"]
    said = {row.values["group"]: row for row in draft.of("groups")}
    owners = {mark: group for group, mark in held.marks.items() if mark[1] and group not in said}
    for group, row in said.items():
        channel, value = row.values.get("channel"), row.values.get("value")
        if "value" not in row.values and group in held.marks:
            value = held.marks[group][1]
        if value and group and channel and owners.setdefault((channel, value), group) != group:
            other = owners[channel, value]
            draft.wrong(sheet, row.number, "value", "value_taken", value=value, other=other)
