"""What was reported lately, what was mended and how long it took, what waits and why.

Counts come from indexes of one community; lines are as many as fit on a page. A line says what the building's
group is told too: place, kind, how far. The month stands for the day, because a day says who called.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, case, func, or_, select

from models.base.clock import local, now
from models.base.months import month_of
from models.base.orm import session
from models.board.places import building_named, of_few_homes
from models.board.rules import rules, wait_said
from models.case.case import Case
from models.case.lifecycle import OPEN, UNTAKEN, WORKING, State
from models.duty.tables import Department
from models.history import Step
from models.mediation.tables import Mediation
from models.place.gazetteer import town
from models.whistle.tables import Called, Whistle

OTHER = "other"
CLOSED = (State.CLOSED, State.RATED)
_PUT_OFF = ("extended", "deferred")


class Line(NamedTuple):
    """One case as everybody may read it. It has no place for a person, a room or a word of the report."""

    estate: str | None
    building: str | None
    category: str
    month: date  # in which it was reported
    state: str
    minutes: int | None = None  # until it was mended
    days: int | None = None  # that it has waited
    why: str | None = None  # a code of labels/board_waits.toml
    department: str | None = None  # that was called, if that is why
    until: date | None = None  # what its people were told


class Kind(NamedTuple):
    """One category lately."""

    category: str
    reported: int
    mended: int
    waiting: int


class Counts(NamedTuple):
    """`reported` and `mended` lately (rules.days); the rest now. `kinds`: the most reported first, what is
    between people among "other"."""

    reported: int
    mended: int
    otherwise: int  # ended with a reason, and not mended
    untaken: int
    handling: int
    finished: int  # its people are asked
    kinds: list[Kind]

    @property
    def waiting(self) -> int:
        return self.untaken + self.handling


def counts(community_id: int) -> Counts:
    since = now() - timedelta(days=rules().days)
    new = func.sum(case((Case.reported_at >= since, 1), else_=0))
    query = select(Case.category, Case.state, func.count(), new).where(Case.community_id == community_id)
    still = session().execute(query.where(Case.state.in_(OPEN)).group_by(Case.category, Case.state)).all()
    unmended = case((or_(Case.claim.is_(None), Case.claim == "mended"), 0), else_=1)
    query = select(Case.category, unmended, func.count(), new).where(
        Case.community_id == community_id, Case.closed_at >= since, Case.state.in_(CLOSED)
    )
    ended = session().execute(query.group_by(Case.category, unmended)).all()
    states: Counter[str] = Counter()
    reported: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    otherwise = 0
    for category, state, count, lately in still:
        states[state] += count
        reported[_kind(category)] += int(lately)
        waiting[_kind(category)] += count if state in WORKING else 0
    for category, is_unmended, count, lately in ended:
        reported[_kind(category)] += int(lately)
        mended[_kind(category)] += 0 if is_unmended else count
        otherwise += count if is_unmended else 0
    kinds = [Kind(one, reported[one], mended[one], waiting[one]) for one in {*reported, *mended, *waiting}]
    kinds = [one for one in kinds if any(one[1:])]
    return Counts(
        sum(reported.values()),
        sum(mended.values()),
        otherwise,
        sum(states[one] for one in UNTAKEN),
        states[State.HANDLING],
        states[State.FINISHED],
        sorted(kinds, key=lambda one: (one.category == OTHER, -one.reported, -one.waiting, one.category)),
    )


def mended_lately(community_id: int) -> list[Line]:
    """The newest first."""
    since = now() - timedelta(days=rules().days)
    closed = [Case.closed_at >= since, *mended()]
    return done_lines(_shown(community_id, closed, Case.closed_at.desc(), rules().mended))


def what_waits(community_id: int) -> list[Line]:
    """The oldest first."""
    return waiting_lines(_shown(community_id, [Case.state.in_(WORKING)], Case.id, rules().waiting))


def waiting_lines(rows: Sequence[Row[Any]]) -> list[Line]:
    """Of cases that somebody on our side must move, by rows of COLUMNS."""
    few = of_few_homes(row.building_id for row in rows if row.building_id is not None)
    numbers = [row.id for row in rows]
    put_off, called = _put_off(numbers), _called(numbers)
    today = local(now()).date()
    found = []
    for row in rows:
        why, until = _why(row, put_off.get(row.id))
        department = called.get(row.id)
        if department is not None and why in ("untaken", "handling"):
            why = "called"
        found.append(
            _line(
                row,
                few,
                days=max(0, (today - local(row.reported_at).date()).days),
                why=why,
                department=department if why == "called" else None,
                until=until,
            )
        )
    return found


def done_lines(rows: Sequence[Row[Any]]) -> list[Line]:
    """Of cases that somebody said to be done, by rows of COLUMNS."""
    few = of_few_homes(row.building_id for row in rows if row.building_id is not None)
    return [_line(row, few, minutes=_minutes(row)) for row in rows]


COLUMNS: tuple[Any, ...] = (
    Case.id, Case.estate_id, Case.building_id, Case.category, Case.state, Case.reported_at,
    Case.finished_at, Case.pause, Case.finish_due,
)  # fmt: skip


def _shown(community_id: int, which: Sequence[ColumnElement[bool]], order: Any, limit: int) -> list[Row[Any]]:
    """Those of which a line may be shown."""
    query = select(*COLUMNS).where(Case.community_id == community_id, *which, *one_by_one(community_id))
    return list(session().execute(query.order_by(order).limit(limit)))


def one_by_one(community_id: int | None) -> list[ColumnElement[bool]]:
    """That a line of a case may be shown (None: of any community): it is not between people, and nobody
    mediates in it."""
    quarrels = select(Mediation.case_id).where(Mediation.case_id.is_not(None))
    if community_id is not None:
        quarrels = quarrels.where(Mediation.community_id == community_id)
    hidden = or_(Case.category.is_(None), Case.category.not_in(rules().between_people))
    return [hidden, Case.id.not_in(quarrels)]


def mended(state: Any = Case.state) -> list[ColumnElement[bool]]:
    """That it is over because somebody mended it. `state`: as the column is to be looked at."""
    return [state.in_(CLOSED), or_(Case.claim.is_(None), Case.claim == "mended")]


def _line(row: Row[Any] | Case, few: frozenset[int], **more: Any) -> Line:
    """Names as the register has them: what stands in the case may be somebody's own words."""
    building = building_named(row.building_id, few)
    estate = town().estates.get(row.estate_id) if row.estate_id is not None else None
    return Line(
        estate=estate.name if estate is not None else None,
        building=building.name if building is not None else None,
        category=_kind(row.category),
        month=month_of(local(row.reported_at).date()),
        state=row.state,
        **more,
    )


def line_of(one: Case) -> Line:
    """A finished case as a line."""
    few = of_few_homes([one.building_id] if one.building_id is not None else [])
    return _line(one, few, minutes=_minutes(one))


def _kind(category: str | None) -> str:
    return OTHER if category is None or category in rules().between_people else category


def _minutes(row: Row[Any] | Case) -> int | None:
    if row.finished_at is None:
        return None
    return max(0, round((row.finished_at - row.reported_at).total_seconds() / 60))


def _why(row: Row[Any], put_off: Mapping[str, Any] | None) -> tuple[str, date | None]:
    """Why it waits, and the day that its people were told, if any."""
    if row.pause == "resident":
        return "answer", None
    if put_off is not None and row.state == State.HANDLING:
        until = local(datetime.fromisoformat(put_off["until"])).date()
        if row.pause == "deferred" or until >= local(now()).date():
            return wait_said(put_off.get("reason") or "") or "later", until
    if row.state in UNTAKEN:
        return "untaken", None
    return "handling", local(row.finish_due).date() if row.finish_due is not None else None


def _put_off(cases: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """What was said when more time was agreed on last."""
    query = (
        select(Step.about_id, Step.facts)
        .where(Step.about_kind == "case", Step.about_id.in_(cases), Step.what.in_(_PUT_OFF))
        .order_by(Step.id)
    )
    return {row.about_id: row.facts for row in session().execute(query)} if cases else {}


def _called(cases: Collection[int]) -> dict[int, str]:
    """The lead department of a whistle that is not over."""
    query = (
        select(Whistle.case_id, Department.name)
        .join(Called, Called.whistle_id == Whistle.id)
        .join(Department, Department.id == Called.department_id)
        .where(Whistle.case_id.in_(cases), Whistle.ended_at.is_(None), Called.is_lead)
        .order_by(Whistle.id)
    )
    return {row.case_id: row.name for row in session().execute(query)} if cases else {}
