"""What a goal is measured by: a rate of the indicators, or one of the counts and shares below.

Each says what it may be of: a community alone (disputes are nobody's grid's), a grid, a person.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from models.base.clock import now
from models.base.orm import session
from models.grid.tables import KeeperVisit
from models.indicator.asking import Scope, figures
from models.indicator.counting import Figures
from models.indicator.formulas import RATES
from models.indicator.period import Period
from models.mediation.tables import Mediation
from models.place.tables import Building, Estate
from models.problem.tables import Problem


class Of(NamedTuple):
    """Of a community (None: the town), of one of its grids, of one person."""

    community_id: int | None
    grid_id: int | None = None
    person_id: int | None = None


class Value(NamedTuple):
    """A share: `over` of `under` in parts of `scale`; of a count `over` alone, `under` None."""

    over: int
    under: int | None = None
    scale: int = 1


class Measure(NamedTuple):
    """`of`: community | grid | person, what it can be asked of."""

    is_rate: bool
    of: frozenset[str]
    counts: Callable[[Of, Period, datetime], Value]


def measured(code: str, of: Of, period: Period, known: "Known") -> Value:
    """What it is now, or was at the end of a period that is over."""
    if code in RATES:
        found = known.figures(of, period)
        if found is None or code in found.withheld:  # what few people said while the period runs (row 96)
            return Value(0, 0, 100 if RATES[code].weighted else 1)
        rate = found.rates[code]
        return Value(rate.over, rate.under, rate.scale)
    if code == "mended":
        found = known.figures(of, period)
        return Value(found.minutes["minutes_to_mend"].cases if found is not None else 0)
    return MEASURES[code].counts(of, period, period.cut(now()))


class Known:
    """Figures that were counted once for several goals."""

    def __init__(self) -> None:
        self._found: dict[tuple[Any, ...], Mapping[Any, Figures]] = {}

    def figures(self, of: Of, period: Period) -> Figures | None:
        """None for who has none at all."""
        by = "person" if of.person_id is not None else "grid" if of.grid_id is not None else None
        key = (period.name, of.community_id, by)
        if key not in self._found:
            self._found[key] = figures(period, Scope(of.community_id), by=by)
        whose = of.person_id if of.person_id is not None else of.grid_id
        return self._found[key].get(whose)


def _problems(of: Of, period: Period, cut: datetime) -> Value:
    which: list[ColumnElement[bool]] = [Problem.confirmed_at < cut, Problem.state != "refused"]
    if of.community_id is not None:
        which.append(Problem.community_id == of.community_id)
    if of.person_id is not None:
        which.append(Problem.owner_id == of.person_id)
    if of.grid_id is not None:
        which.append(Problem.building_id.in_(select(Building.id).where(Building.grid_id == of.grid_id)))
    right = func.count().filter(Problem.put_right_at < cut)
    over, under = session().execute(select(right, func.count()).select_from(Problem).where(*which)).one()
    return Value(over, under)


def _backlog(of: Of, period: Period, cut: datetime) -> Value:
    """积案: quarrels that were there before the period and not settled when it began."""
    which: list[ColumnElement[bool]] = [
        Mediation.began_on < period.first,
        or_(Mediation.ended_at.is_(None), Mediation.ended_at >= period.start),
    ]
    if of.community_id is not None:
        which.append(Mediation.community_id == of.community_id)
    ended = func.count().filter(Mediation.ended_at < cut, Mediation.ended_how.in_(("kept", "to_court")))
    over, under = session().execute(select(ended, func.count()).select_from(Mediation).where(*which)).one()
    return Value(over, under)


def _visits(of: Of, period: Period, cut: datetime) -> Value:
    query = (
        select(func.count())
        .select_from(KeeperVisit)
        .join(Building, Building.id == KeeperVisit.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(KeeperVisit.at >= period.start, KeeperVisit.at < cut)
    )
    if of.community_id is not None:
        query = query.where(Estate.community_id == of.community_id)
    if of.grid_id is not None:
        query = query.where(Building.grid_id == of.grid_id)
    if of.person_id is not None:
        query = query.where(KeeperVisit.person_id == of.person_id)
    return Value(session().scalar(query) or 0)


def _mended(of: Of, period: Period, cut: datetime) -> Value:
    raise AssertionError  # counted with the figures


_EVERY = frozenset({"community", "grid", "person"})
MEASURES: dict[str, Measure] = {
    "problems_put_right": Measure(True, _EVERY, _problems),
    "backlog_cleared": Measure(True, frozenset({"community"}), _backlog),
    "mended": Measure(False, _EVERY, _mended),
    "visits": Measure(False, _EVERY, _visits),
}


def is_rate(code: str) -> bool:
    return code in RATES or MEASURES[code].is_rate


def may_be_of(code: str) -> frozenset[str]:
    """Empty for no measure at all."""
    return _EVERY if code in RATES else MEASURES[code].of if code in MEASURES else frozenset()
