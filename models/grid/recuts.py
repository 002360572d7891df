"""重新划分网格 (row 19): planned with a list of what is wrong, applied at its moment, or withdrawn before."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.overseeing import speaks_for
from models.grid import terms
from models.grid.tables import Recut
from models.grid.terms import Fault
from models.history import record
from models.place.tables import Building, Estate, Grid


class RecutRefused(Invalid):
    """It would leave buildings in no grid, or in one of another community: `faults`."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("recut_faults", count=len(faults))
        self.faults = faults


def changes(plan: Mapping[int, int], at: datetime) -> dict[int, int]:
    """Of building → grid those that are in another one by then."""
    before = terms.grids_at(at, plan)
    return {building: grid for building, grid in plan.items() if before.get(building) != [grid]}


def faults_of(plan: Mapping[int, int], at: datetime) -> list[Fault]:
    """What would be wrong with the communities of these buildings once the plan is true."""
    return [
        fault
        for community in sorted(_by_community(plan))
        for fault in terms.check(community, at, plan).faults
    ]


def propose(plan: Mapping[int, int], starts_at: datetime, reason: str, by: By) -> list[Recut]:
    """One re-cut for each community that the plan touches; buildings that stay where they are are left out.

    `plan`: building → its grid from `starts_at` on. Raises RecutRefused; Invalid for a plan without a change,
    without a reason or for a moment gone by; NotAllowed for a post that does not decide there.
    """
    if not reason.strip():
        raise Invalid("reason_needed")
    known = set(session().scalars(select(Grid.id).where(Grid.id.in_(plan.values()))))
    if not known.issuperset(plan.values()):
        raise Invalid("recut_no_file")
    at = now()
    if starts_at < at:
        raise Invalid("recut_past")
    moving = changes(plan, starts_at)
    if not moving:
        raise Invalid("recut_nothing")
    parts = _by_community(moving)
    if not all(speaks_for(by.id, community) for community in parts):
        raise NotAllowed("grid_not_yours")
    faults = faults_of(plan, starts_at)
    if faults:
        raise RecutRefused(faults)
    made = []
    for community, part in sorted(parts.items()):
        recut = Recut(
            community_id=community,
            plan={str(building): grid for building, grid in part.items()},
            reason=reason.strip(),
            starts_at=starts_at,
            by_id=by.id,
            made_at=at,
        )
        session().add(recut)
        session().flush()
        record(
            ("recut", recut.id), "recut_planned", by=by, at=at, buildings=len(part), reason=recut.reason,
            starts_at=starts_at.isoformat(),
        )  # fmt: skip
        made.append(recut)
    return made


def withdraw(recut_id: int, by: By, reason: str) -> None:
    """Before its moment. Raises NotFound, NotAllowed, Invalid."""
    recut = session().get(Recut, recut_id, with_for_update=True)
    if recut is None:
        raise NotFound("recut_not_found", number=recut_id)
    if not speaks_for(by.id, recut.community_id):
        raise NotAllowed("grid_not_yours")
    if recut.applied_at is not None or recut.withdrawn_at is not None:
        raise NotAllowed("recut_over", number=recut_id)
    if not reason.strip():
        raise Invalid("reason_needed")
    recut.withdrawn_at = now()
    record(("recut", recut.id), "recut_withdrawn", by=by, at=recut.withdrawn_at, reason=reason.strip())


def next_due(at: datetime) -> Recut | None:
    """The one that is to be applied first; held until the commit."""
    query = (
        select(Recut)
        .where(Recut.applied_at.is_(None), Recut.withdrawn_at.is_(None), Recut.starts_at <= at)
        .order_by(Recut.starts_at, Recut.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session().scalars(query).first()


def listed(community_id: int | None = None) -> list[Recut]:
    """The newest first."""
    query = select(Recut).order_by(Recut.id.desc())
    if community_id is not None:
        query = query.where(Recut.community_id == community_id)
    return list(session().scalars(query))


def _by_community(plan: Mapping[int, int]) -> dict[int, dict[int, int]]:
    rows = session().execute(
        select(Building.id, Estate.community_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(Building.id.in_(plan))
    )
    found: dict[int, dict[int, int]] = {}
    for row in rows:
        found.setdefault(row.community_id, {})[row.id] = plan[row.id]
    return found
