"""How many cases the list of the desk has, by what it may be narrowed to: for drawings of which every part
opens to its cases. What is counted is what the list shows to the same person, by the same filters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple, cast

from sqlalchemy import and_, case, func, literal, select

from models.base.clock import local, now
from models.base.orm import session
from models.case.case import Case
from models.case.lifecycle import UNFINISHED
from models.case.listing_rows import found_by
from models.case.listing_terms import Filters, period, wanted
from models.person.arriving import Visitor

_HIGHEST = 2**62


class Cell(NamedTuple):
    """So many open cases of a state, a rung, an age (the place in `ages`), late or not."""

    state: str
    rung: int
    age: int
    is_late: bool
    cases: int


class Age(NamedTuple):
    """Reported from `since` to `until`, both days in it; None: without an end there."""

    since: date | None
    until: date | None
    days: tuple[int, int | None]  # how long ago, both in it


#: Days that people think in: since yesterday, this week, last week, this month, this quarter, before.
LIMITS = (1, 6, 13, 29, 89)


def ages(today: date | None = None) -> list[Age]:
    """The youngest first."""
    day = today or local(now()).date()
    firsts = [0, *(limit + 1 for limit in LIMITS)]
    return [
        Age(
            day - timedelta(days=last) if last is not None else None,
            day - timedelta(days=first),
            (first, last),
        )
        for first, last in zip(firsts, [*LIMITS, None], strict=True)
    ]


def open_cases(visitor: Visitor, filters: Filters, of: Sequence[Age]) -> list[Cell]:
    """What is open, in one statement over what is open."""
    asked = replace(filters, state="open")
    age = case(
        *(
            (and_(literal(True), *period(Filters(since=one.since))), place)
            for place, one in enumerate(of)
            if one.since is not None
        ),
        else_=len(of) - 1,
    )
    late = and_(Case.state.in_(sorted(UNFINISHED)), Case.finish_due < now(), Case.pause.is_(None))
    is_late = case((late, 1), else_=0)
    parts = (Case.state, Case.rung, age.label("age"), is_late.label("late"))
    query = (
        select(*parts, func.count())
        .where(found_by(visitor, asked)(0, _HIGHEST))
        .group_by(Case.state, Case.rung, age, is_late)
    )
    return [Cell(row.state, row.rung, row.age, bool(row.late), row[4]) for row in session().execute(query)]


def reported(visitor: Visitor, filters: Filters) -> dict[str, int]:
    """By state, of the days of `filters`, which must be few."""
    ends = select(func.min(Case.id), func.max(Case.id)).where(*period(filters))
    lowest, highest = cast(tuple[int | None, int | None], session().execute(ends).one())
    if lowest is None or highest is None:
        return {}
    which = (Case.id >= lowest, Case.id <= highest, wanted(visitor, filters).is_(True))
    query = select(Case.state, func.count()).where(*which).group_by(Case.state)
    return dict(session().execute(query).all())
