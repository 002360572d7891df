"""The figures of a period, of a place, by whom or what."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, union_all

from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.case.case import Case
from models.case.lifecycle import State
from models.case.reach import visible_to
from models.duty.answering import answerer, departments
from models.indicator.counting import (
    BY,
    Counting,
    Figures,
    Grouping,
    Key,
    Mark,
    Within,
    count,
    everything,
    marks,
    times,
)
from models.indicator.formulas import MINUTES, RATES, View
from models.indicator.period import Period
from models.indicator.reading import records
from models.indicator.record import Record
from models.indicator.removing import removed
from models.indicator.settings import settings
from models.person.arriving import Visitor

GROUPS = (*BY, "department")


class Scope(NamedTuple):
    """Of which cases: all of them by default."""

    community_id: int | None = None
    grid_id: int | None = None
    estate_id: int | None = None
    category: str | None = None
    grids: frozenset[int] | None = None  # those below somebody
    alone: int | None = None  # by person only this one's: the lowest rung reads of no colleague

    def which(self) -> list[ColumnElement[bool]]:
        said = (
            (Case.community_id, self.community_id),
            (Case.grid_id, self.grid_id),
            (Case.estate_id, self.estate_id),
            (Case.category, self.category),
        )
        grids = [Case.grid_id.in_(self.grids)] if self.grids is not None else []
        return [*(column == value for column, value in said if value is not None), *grids]


TOWN = Scope()


class Opened(NamedTuple):
    """One case of a figure. `over` of `under` as it counted, or `why` it did not; both None where what people
    said is not open yet. `minutes` instead, in a figure of minutes."""

    number: str
    case_id: int
    over: int | None
    under: int | None
    why: str | None
    minutes: int | None = None


def figures(period: Period, scope: Scope = TOWN, *, by: str | None = None) -> dict[Key, Figures]:
    """By person, grid, community, estate, department or category; of None alone without `by`. While the
    period runs, what people said in it is marked as withheld."""
    at = now()
    view = view_of(period, scope, at)
    found = count(records(view, *scope.which()), view, removed(), grouping(by) if by is not None else None)
    if by == "person" and scope.alone is not None:
        found = {key: one for key, one in found.items() if key == scope.alone}
    if period.is_open(at):
        return found
    return {key: one.withholding() for key, one in found.items()}


def began(scope: Scope = TOWN) -> datetime | None:
    """When the first case came."""
    first = select(func.min(Case.id)).where(*scope.which())
    if scope.community_id is not None:  # a community's cases are in order only by state
        each = union_all(*(first.where(Case.state == state) for state in State)).subquery()
        first = select(func.min(each.c[0]))
    return session().scalars(select(Case.reported_at).where(Case.id == first.scalar_subquery())).first()


def view_of(period: Period, scope: Scope, at: datetime) -> View:
    """With the settings of its last day."""
    return View.of(period, at, settings(scope.community_id, period.last))


def figures_of(person_id: int, period: Period, scope: Scope = TOWN) -> Figures:
    """One person's; of somebody who has none, with nothing counted."""
    found = figures(period, scope, by="person")
    return found[person_id] if person_id in found else count((), view_of(period, scope, now()))[None]


def opened(
    code: str,
    period: Period,
    scope: Scope = TOWN,
    *,
    by: str | None = None,
    key: str = "",
    reader: Visitor | None = None,
) -> Iterator[Opened]:
    """What a number opens to, in the order of the cases: those that `reader` may see, all without one. With
    `by`, of the group whose key is written so ("" for nobody's).

    Of what people said, as long as the period runs, only which cases it was about (row 96).
    """
    if code not in RATES and code not in MINUTES:
        raise Invalid("indicator_unknown", name=code[:40])
    if by == "person" and scope.alone is not None and key != str(scope.alone):
        raise NotFound("page_not_found")
    at, of = now(), _within(by, key)
    view = view_of(period, scope, at)
    seen = records(view, *scope.which(), *([visible_to(reader)] if reader is not None else []))
    if code in MINUTES:
        for record, minutes in times(seen, code, view, of):
            yield Opened(with_check(record.id), record.id, None, None, None, minutes)
        return
    for record, mark in marks(seen, code, view, removed(), of):
        yield one_opened(code, record.id, mark, is_open=period.is_open(at))


def all_opened(
    period: Period, scope: Scope = TOWN, *, reader: Visitor | None = None
) -> Iterator[tuple[str, Opened]]:
    """What every number opens to, case by case, read once."""
    at = now()
    view = view_of(period, scope, at)
    counting = Counting(view, removed())
    for record in records(view, *scope.which(), *([visible_to(reader)] if reader is not None else [])):
        for code, mark in counting.add(record).items():
            yield code, one_opened(code, record.id, mark, is_open=period.is_open(at))
        for code in MINUTES:
            for _, minutes in times((record,), code, view):
                yield code, Opened(with_check(record.id), record.id, None, None, None, minutes)


def one_opened(code: str, case_id: int, mark: Mark, *, is_open: bool) -> Opened:
    """`is_open`: whether what people said may be told."""
    is_hidden = RATES[code].of_persons and mark.why is None and not is_open
    over, under = (None, None) if is_hidden else (mark.over, mark.under)
    return Opened(with_check(case_id), case_id, over, under, mark.why)


def _within(by: str | None, key: str) -> Within:
    if by is None:
        return everything
    group = grouping(by)

    def of(record: Record, taker: int | None) -> bool:
        found = group(record, taker)
        return key == ("" if found is None else str(found))

    return of


def grouping(by: str) -> Grouping:
    """Raises Invalid for a name that is none of GROUPS."""
    if by == "department":
        return _departments()
    if by not in BY:
        raise Invalid("grouping_unknown", name=by[:40])
    return BY[by]


def _departments() -> Grouping:
    """The department whose contact somebody is, else the unit that employs the person."""
    contacts = {one.contact_id: one.name for one in departments() if one.contact_id is not None}

    @cache
    def name(taker: int | None) -> str | None:
        if taker in contacts:
            return contacts[taker]
        post = answerer(taker) if taker is not None else None
        return post.employer if post is not None else None

    return lambda record, taker: name(taker)
