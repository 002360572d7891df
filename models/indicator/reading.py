"""The cases that a period may count, read with their steps a thousand at a time: what is held in memory does
not grow with the city. Columns of a case only say where to look; what counts is in its steps."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, select

from models.base.orm import session
from models.base.planning import beside
from models.case.case import Case
from models.case.tables import Rating
from models.history import Step
from models.indicator.dues import limits
from models.indicator.events import Event, Limits, record_of
from models.indicator.formulas import View
from models.indicator.record import Place, Record

AT_ONCE = 1000

_PLACE: tuple[Any, ...] = (
    Case.id,
    Case.community_id,
    Case.estate_id,
    Case.building_id,
    Case.grid_id,
    Case.category,
    Case.urgency,
    Case.source,
    Case.reporter_id,
    Case.entered_by,
    Case.reported_at,
)


def records(view: View, *which: ColumnElement[bool]) -> Iterator[Record]:
    """Records of all cases that were alive in the period or that somebody rated in it, in the order of the
    cases; `which` narrows it."""
    known = limits()
    alive = [
        _read(select(*_PLACE).where(Case.reported_at < view.cut, ended, *which), view.cut, known)
        for ended in alive_since(view.start)
    ]
    # a rating's row is written a moment before its step
    rated = select(Rating.case_id).where(Rating.at >= view.start - timedelta(minutes=1), Rating.at < view.cut)
    late = select(*_PLACE).where(Case.id.in_(rated), beside(Case.closed_at < view.start, *which))
    yield from merge(*alive, _read(late, view.cut, known), key=lambda record: record.id)


def alive_since(start: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Open still, or ended since: asked for one by one, because an index finds each, and an OR by luck."""
    return Case.closed_at.is_(None), Case.closed_at >= start


def records_of(cases: Sequence[int], cut: datetime) -> Iterator[Record]:
    """Those of single cases."""
    for start in range(0, len(cases), AT_ONCE):
        some = Case.id.in_(cases[start : start + AT_ONCE])
        yield from _read(select(*_PLACE).where(some), cut, limits())


def _read(query: Any, cut: datetime, known: Limits) -> Iterator[Record]:
    rows = session().execute(query.order_by(Case.id).execution_options(yield_per=AT_ONCE))
    for several in rows.partitions():
        steps = _steps([row.id for row in several], cut)
        for row in several:
            if row.id in steps:  # without a step it was not there yet
                yield record_of(Place._make(row), steps[row.id], known)


def _steps(cases: Sequence[int], cut: datetime) -> dict[int, list[Event]]:
    query = (
        select(Step.about_id, Step.at, Step.what, Step.by_kind, Step.by_id, Step.facts)
        .where(Step.about_kind == "case", Step.about_id.in_(cases), beside(Step.at < cut))
        .order_by(Step.about_id, Step.id)
    )
    events = map(Event._make, session().execute(query))
    return {key: list(several) for key, several in groupby(events, lambda event: event.case_id)}
