"""What a community's desk may bring into the town: its own community's rows, and nobody's rights.

An administrator's workbook may hold everything. A desk's must not reach into another community, must not move
what stands there, and must not make anybody, least of all the writer, more than they are.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import session
from models.duty.overseeing import OVERSEEING
from models.outbox.address import Address, Channel
from models.person.grants import terms
from models.person.tables import Staff
from models.place.tables import BuildingGroup, Community, Estate, Grid
from models.town.parsing import Draft, Row
from models.town.shape import SHEETS, Sheet

TOWNS = ("communities", "departments")  # sheets of the whole town
_BELOW_ESTATES = ("buildings", "households", "groups")
RIGHTS = OVERSEEING | {"department"}  # roles that only an administrator gives, or takes from their holders


class _There(NamedTuple):
    """What stands in the town already, with the community it stands in."""

    own: str
    grids: Mapping[str, str]
    groups: Mapping[str, str]
    staff: Mapping[str, tuple[str | None, frozenset[str]]]  # by number: community, roles
    userids: Mapping[str, str]  # of WeCom → number


def keep_within(draft: Draft, community_id: int) -> None:
    """Adds to the draft what is not this community's. After models/town/checking.check, which says of which
    community the rows below an estate are."""
    there = _there(community_id)
    grids = dict(there.grids)
    for row in draft.of("grids"):
        if row.values.get("grid"):
            grids.setdefault(row.values["grid"], row.values.get("community") or "")
    for sheet in SHEETS:
        for row in draft.of(sheet.code):
            if sheet.code in TOWNS:
                draft.wrong(sheet, row.number, None, "sheet_of_the_town")
            else:
                _row(draft, sheet, row, there, grids)


def _row(draft: Draft, sheet: Sheet, row: Row, there: _There, grids: Mapping[str, str]) -> None:
    said = row.values
    place = next(
        (name for name in ("community", "estate") if name in {one.code for one in sheet.columns}), None
    )
    unclear = sheet.code in _BELOW_ESTATES and said.get("community") is None  # reported already
    if sheet.code != "micro_grids" and not unclear and said.get("community") != there.own:
        draft.wrong(sheet, row.number, place, "not_your_community", own=there.own)
    name = said.get("grid")
    if name and grids.get(name, there.own) != there.own:
        draft.wrong(sheet, row.number, "grid", "not_your_community", own=there.own)
    if sheet.code == "groups" and there.groups.get(said.get("group") or "", there.own) != there.own:
        draft.wrong(sheet, row.number, "group", "not_your_community", own=there.own)
    if sheet.code == "staff":
        _staff(draft, sheet, row, there)


def _staff(draft: Draft, sheet: Sheet, row: Row, there: _There) -> None:
    roles = set(row.values.get("roles") or ())
    number = row.values.get("number") or ""
    community, held = there.staff.get(number, (there.own, frozenset[str]()))
    if community != there.own:
        draft.wrong(sheet, row.number, "number", "not_your_community", own=there.own)
    elif RIGHTS & held:
        draft.wrong(sheet, row.number, "number", "person_not_yours")
    if RIGHTS & roles:
        draft.wrong(sheet, row.number, "roles", "role_not_yours")
    # because whoever has somebody's userid comes in as that person, and whoever loses it comes in no more
    holder = there.userids.get(row.values.get("userid") or "", number)
    community, held = there.staff.get(holder, (there.own, frozenset[str]()))
    if holder != number and (community != there.own or RIGHTS & held):
        draft.wrong(sheet, row.number, "userid", "person_not_yours")


def _there(community_id: int) -> _There:
    rows = session().connection().execute
    names = {row.id: row.name for row in rows(select(Community.id, Community.name))}
    estates = select(BuildingGroup.name, Estate.community_id).join(
        Estate, Estate.id == BuildingGroup.estate_id
    )
    staff = list(rows(select(Staff.number, Staff.community_id, Staff.roles, Staff.person_id)))
    numbers = {row.person_id: row.number for row in staff}
    work = select(Address.value, Address.owner_id).where(
        Address.channel == Channel.WORK, Address.owner_kind == "person", Address.value != ""
    )
    at = now()
    granted = {
        person: {
            one.held.role for one in several if one.until is None or one.until > at
        }  # also those to come
        for person, several in terms().items()
    }
    return _There(
        names[community_id],
        {row.name: names[row.community_id] for row in rows(select(Grid.name, Grid.community_id))},
        {row.name: names[row.community_id] for row in rows(estates)},
        {
            row.number: (
                names.get(row.community_id),
                frozenset(row.roles) | frozenset(granted.get(row.person_id, ())),
            )
            for row in staff
        },
        {row.value: numbers[row.owner_id] for row in rows(work) if row.owner_id in numbers},
    )
