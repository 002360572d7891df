"""A workbook may give a building to other keepers (row 22 asks both sides; the workbook does not). Where
cases are open there, both sides hear of it, and the hand-overs say that it was by an import.

What a building gets first is no change, and where nothing is open nobody is told.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.links import personal_path
from models.base.orm import put, session
from models.case.case import Case
from models.case.lifecycle import WORKING
from models.grid.tables import HandOver
from models.history import record
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.place.tables import Building, Estate
from models.town.upserting import rows_of

NAMED, AT_ONCE = 8, 500
IMPORTED = "imported"


class Change(NamedTuple):
    """Persons who keep a building no more, and who keep it now beside those who stayed."""

    left: tuple[int, ...]
    came: tuple[int, ...]


def tell_changed(changes: Mapping[int, Change], at: datetime) -> int:
    """By building. Gives how many letters it wrote: one to each person, for all buildings together."""
    several = {building: one for building, one in changes.items() if one.left}
    open_there = _with_open_cases(list(several))
    gave: dict[int, list[int]] = defaultdict(list)
    got: dict[int, list[int]] = defaultdict(list)
    for building in sorted(open_there):
        one = several[building]
        record(("building", building), "keepers_imported", by=SYSTEM, at=at, **one._asdict())
        for person in one.left:
            gave[person].append(building)
        for place, person in enumerate(one.came):
            got[person].append(building)
            put(
                HandOver,
                building_id=building,
                from_person_id=one.left[min(place, len(one.left) - 1)],
                to_person_id=person,
                note="",
                asked_at=at,
                ended_at=at,
                ended_how=IMPORTED,
            )
    names = _names(open_there)
    for side, people in (("gave", gave), ("got", got)):
        for person, buildings in people.items():
            tell(
                "keepers_changed",
                person,
                about=None,
                occasion=f"{side}.{at.isoformat()}",
                lane=Lane.NEWS,
                path=personal_path("desk", person),
                side=side,
                count=len(buildings),
                houses=[names[one] for one in buildings[:NAMED]],
            )
    return len(gave) + len(got)


def _with_open_cases(buildings: list[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(buildings), AT_ONCE):
        some = Case.building_id.in_(buildings[start : start + AT_ONCE])
        query = select(Case.building_id).where(some, Case.state.in_(tuple(WORKING))).distinct()
        found.update(one for one in session().scalars(query) if one is not None)
    return found


def _names(buildings: Collection[int]) -> dict[int, dict[str, str]]:
    if not buildings:
        return {}
    estates = {row.id: row.name for row in rows_of(Estate)}
    several = (
        rows_of(Building, Building.id.in_(buildings)) if len(buildings) <= AT_ONCE else rows_of(Building)
    )
    return {row.id: {"estate": estates[row.estate_id], "building": row.name} for row in several}
