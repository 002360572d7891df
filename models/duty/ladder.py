"""The ladder of every grid (row 4): its rungs by date, and who stands on each of them at any moment.

Kept in memory until the town's version moves, with its history: asked for last month it answers with last
month's holders, and asking costs the database nothing but, where nobody is there, a look at the rota.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from models.base.clock import local, now
from models.base.orm import session
from models.base.resources import table
from models.duty import shifts
from models.duty.chain import Chain, Leave, Place, Post, RungName, Term
from models.duty.tables import Absence, Rung, RungHolder
from models.place.gazetteer import town
from models.place.version import Remembered

LEFT = "inactive"  # the reason of an absence that is no leave: somebody has no post any more


class Standing(NamedTuple):
    """Who stands for a rung. `rung` is where they stand, above the one that was asked for if `how` is up;
    holder | deputy | shift (nobody of the grid is there, and the rota of that rung names somebody) | up.

    `people` are all of them, as a rung may have several holders; `person_id` is the one who held it first.
    """

    person_id: int
    how: str
    rung: int
    people: tuple[int, ...]


class Gap(NamedTuple):
    """A rung of a grid on which nobody is (row 94): `why` is vacant | away."""

    grid_id: int
    rung: int
    name: str
    why: str


def chain() -> Chain:
    """All terms, leaves and ladders, as this unit of work sees them."""
    return _remembered.current()


def rungs(community_id: int | None, at: datetime | None = None) -> tuple[str, ...]:
    """The names of a community's rungs, number 0 first; of the town for None."""
    return chain().rungs(community_id, local(at or now()).date())


def top(community_id: int | None, at: datetime | None = None) -> int:
    """The number of the highest rung: nothing climbs past it."""
    return len(rungs(community_id, at)) - 1


def most_rungs(at: datetime | None = None) -> int:
    """How many rungs the longest ladder of the town has."""
    return max(len(rungs(community, at)) for community in (None, *town().communities))


def roles() -> tuple[str, ...]:
    """The posts of labels/roles.toml by which the workbook and notices name the rungs, number 0 first."""
    return tuple(one["role"] for one in _default())


def standing(
    grid_id: int | None, community_id: int | None, rung: int, at: datetime | None = None
) -> Standing | None:
    """Who stands for this rung of this grid: its holder, the deputy of a holder who is away, who is on shift
    for that rung; else the same one rung up, until somebody is found. None when nobody stands up to the top.

    Without a grid: whoever stands there in any grid of the community.
    """
    at = at or now()
    known = chain()
    for number in range(max(rung, 0), top(community_id, at) + 1):
        people, how = _there(known, grid_id, community_id, number, at)
        if not people and (people := known.here(shifts.on_shift(community_id, number, at), at)):
            how = "shift"
        if people:
            return Standing(people[0], how if number == rung else "up", number, people)
    return None


def _there(
    known: Chain, grid_id: int | None, community_id: int | None, rung: int, at: datetime
) -> tuple[tuple[int, ...], str]:
    if grid_id is not None:
        return known.there(grid_id, rung, at)
    found = [known.there(grid, rung, at) for grid in _grids_of(community_id)]
    people = tuple(dict.fromkeys(person for one in found for person in one.people))
    return people, "holder" if any(one.people and one.how == "holder" for one in found) else "deputy"


def posts(person_id: int, at: datetime | None = None) -> list[Post]:
    """The rungs that a person holds or stands in for, by grid."""
    return chain().posts(person_id, at or now())


def subtree(person_id: int, at: datetime | None = None, *, lowest: int = 0) -> frozenset[int]:
    """The grids below a person: of every rung from `lowest` up that the person holds, on leave too, or stands
    in for. Nothing else of the town is theirs to see."""
    return frozenset(one.grid_id for one in posts(person_id, at) if one.rung >= lowest)


def gaps(community_id: int | None = None, at: datetime | None = None) -> list[Gap]:
    """定格、定人、定责 (row 94): the rungs on which nobody is, neither holder nor deputy, in the grids of one
    community or in all of them."""
    at = at or now()
    known = chain()
    found = []
    for grid, community in sorted(town().grids.items()):
        if community_id is None or community == community_id:
            for rung, name in enumerate(rungs(community, at)):
                there = known.there(grid, rung, at)
                if not there.people:
                    found.append(Gap(grid, rung, name, there.how))
    return found


def _grids_of(community_id: int | None) -> list[int]:
    return [grid for grid, community in town().grids.items() if community == community_id]


def _default() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table("rules/rungs.toml")["rungs"]
    return found


def _build() -> Chain:
    return Chain(_terms(), _leaves(), _ladders(), tuple(one["name"] for one in _default()))


def _terms() -> dict[Place, tuple[Term, ...]]:
    query = select(
        RungHolder.grid_id,
        RungHolder.rung,
        RungHolder.person_id,
        RungHolder.deputy_id,
        RungHolder.since,
        RungHolder.until,
    )
    found: dict[Place, list[Term]] = {}
    for row in session().connection().execute(query.order_by(RungHolder.since, RungHolder.id)):
        term = Term(row.person_id, row.deputy_id, row.since, row.until)
        found.setdefault((row.grid_id, row.rung), []).append(term)
    return {place: tuple(terms) for place, terms in found.items()}


def _leaves() -> dict[int, tuple[Leave, ...]]:
    query = select(Absence.person_id, Absence.deputy_id, Absence.since, Absence.until, Absence.reason)
    found: dict[int, list[Leave]] = {}
    for row in session().connection().execute(query.order_by(Absence.id)):
        leave = Leave(row.deputy_id, row.since, row.until, row.reason == LEFT)
        found.setdefault(row.person_id, []).append(leave)
    return {person: tuple(leaves) for person, leaves in found.items()}


def _ladders() -> dict[int | None, tuple[RungName, ...]]:
    query = select(Rung.community_id, Rung.number, Rung.name, Rung.since, Rung.until)
    found: dict[int | None, list[RungName]] = {}
    for row in session().connection().execute(query.order_by(Rung.id)):
        found.setdefault(row.community_id, []).append(RungName(row.number, row.name, row.since, row.until))
    return {community: tuple(names) for community, names in found.items()}


_remembered = Remembered("chain", _build)
