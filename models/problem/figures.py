"""整改率 (row 13): problems put right / problems confirmed, by kind."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import case, func, select

from models.base.orm import session
from models.problem.tables import Problem

KINDS = ("common", "single")
CONFIRMED = ("open", "put_right")


class Rate(NamedTuple):
    """`tenths` of a percent, half up; None without a problem."""

    kind: str
    put_right: int
    total: int

    @property
    def left(self) -> int:
        return self.total - self.put_right

    @property
    def tenths(self) -> int | None:
        if not self.total:
            return None
        return (2 * 1000 * self.put_right + self.total) // (2 * self.total)


def rates(community_id: int | None = None) -> list[Rate]:
    """Of one community, or of all, now."""
    right = func.sum(case((Problem.state == "put_right", 1), else_=0))
    query = select(Problem.kind, right, func.count()).where(Problem.state.in_(CONFIRMED))
    if community_id is not None:
        query = query.where(Problem.community_id == community_id)
    found = {
        kind: (int(done), total) for kind, done, total in session().execute(query.group_by(Problem.kind))
    }
    return [Rate(kind, *found.get(kind, (0, 0))) for kind in KINDS]


def is_due(problem: Problem, today: date) -> bool:
    """Confirmed, not put right, and the day has come on which somebody wanted to look again."""
    return problem.state == "open" and problem.next_on is not None and problem.next_on <= today
