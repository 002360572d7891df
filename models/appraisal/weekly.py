"""周报: what leaders see of a week, of the own grids alone (X05): the open cases by state, rung and age, and
the rates grid by grid. Rates were counted once for all leaders; the open cases are those of this moment.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, func, select

from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import session
from models.base.resources import table
from models.case.case import Case
from models.case.lifecycle import OPEN, WORKING
from models.duty import ladder
from models.duty.overseeing import OVERSEEING
from models.indicator import keeping
from models.indicator.asking import Scope
from models.indicator.counting import Figures
from models.indicator.figures import Figure
from models.indicator.formulas import RATES
from models.indicator.period import Period, between
from models.indicator.sealing import groups_of
from models.outbox.door import tell
from models.outbox.letter import Lane, Letter
from models.person.grants import over, posts_of
from models.person.tables import Staff
from models.place.gazetteer import town
from models.place.tables import Grid

KIND = "week"
#: In the order of the phases.
STATES = ("collected", "filed", "dispatched", "handling", "finished")


class GridRow(NamedTuple):
    """A grid's line; `grid_id` None is what lies in no grid. `late`: past its promise, or it has climbed."""

    grid_id: int | None
    name: str | None
    open: int
    late: int
    rates: tuple[Figure, ...]


class Week(NamedTuple):
    """`ages`: (days at most, how many), None for older than all. `rates` of all grids together; `counted` is
    False where nobody has counted that week yet."""

    period: Period
    states: tuple[tuple[str, int], ...]
    rungs: tuple[tuple[str, int], ...]
    ages: tuple[tuple[int | None, int], ...]
    rates: tuple[Figure, ...]
    grids: tuple[GridRow, ...]
    counted: bool
    at: datetime

    @property
    def open(self) -> int:
        return sum(count for _, count in self.states)

    @property
    def late(self) -> int:
        return sum(one.late for one in self.grids)


class Seen(NamedTuple):
    """Open cases that are alike, and how many."""

    grid_id: int | None
    state: str
    rung: int
    is_late: bool
    age: int | None
    several: int


def last_week(on: date) -> Period:
    """Monday to Sunday before the week of that day."""
    monday = on - timedelta(days=on.weekday())
    return between(monday - timedelta(days=7), monday - timedelta(days=1))


def week(period: Period, scope: Scope) -> Week:
    """Of a scope: a community, the town, or the grids below somebody."""
    at, said = now(), _said()
    kept = keeping.shown(period, scope.community_id)
    by_grid = groups_of(kept.figures, "grid") if kept is not None else {}
    least = kept.figures["least"] if kept is not None else 0
    codes = [code for code in said["rates"] if code in RATES]
    rates = {
        grid: tuple(_told(code, found if period.is_open(at) else found.withholding(least)) for code in codes)
        for grid, found in by_grid.items()
        if _is_theirs(grid, scope)
    }
    return put_together(
        period, _seen(scope, at, said["ages"]), rates, codes, said["ages"], kept is not None, at
    )


def put_together(
    period: Period,
    seen: Sequence[Seen],
    rates: Mapping[int | None, tuple[Figure, ...]],
    codes: Sequence[str],
    ages: Sequence[int],
    counted: bool,
    at: datetime,
) -> Week:
    """The page of what was counted; grids with most that is late first."""
    states, rungs, old = Counter[str](), Counter[int](), Counter[int | None]()
    still, late = Counter[int | None](), Counter[int | None]()
    for one in seen:
        states[one.state] += one.several
        rungs[one.rung] += one.several
        old[one.age] += one.several
        still[one.grid_id] += one.several
        late[one.grid_id] += one.several * one.is_late
    names = _grid_names()
    nothing = tuple(Figure(code, 0, 0, 100 if RATES[code].weighted else 1) for code in codes)
    rows = [
        GridRow(grid, names.get(grid) if grid is not None else None, still[grid], late[grid],
                rates.get(grid, nothing))
        for grid in {*still, *rates}
    ]  # fmt: skip
    ladder_names = ladder.rungs(None, at)
    return Week(
        period,
        tuple((state, states[state]) for state in STATES),
        tuple((_rung_name(ladder_names, number), rungs[number]) for number in sorted(rungs)),
        tuple((age, old[age]) for age in (*ages, None)),
        summed(rates.values(), nothing),
        tuple(sorted(rows, key=lambda one: (one.grid_id is None, -one.late, -one.open, one.name or ""))),
        counted,
        at,
    )


def summed(several: Iterable[tuple[Figure, ...]], nothing: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """Numerators over denominators of all grids together: no average of rates."""
    found = list(nothing)
    for rates in several:
        found = [
            one._replace(over=one.over + more.over, under=one.under + more.under)
            for one, more in zip(found, rates, strict=True)
        ]
    return tuple(found)


def leaders() -> list[tuple[int, Scope]]:
    """Who hears of a week, and of what: whoever oversees a community or the town, and who stands on a rung
    above the lowest one, of the own grids."""
    at = now()
    found: dict[int, Scope] = {}
    for staff in session().scalars(select(Staff).where(Staff.active).order_by(Staff.person_id)):
        person = staff.person_id
        if ladder.chain().is_away(person, at):
            continue
        seen = over(posts_of(staff), OVERSEEING)
        if seen is None or len(seen) == 1:
            found[person] = Scope(None if seen is None else next(iter(seen)))
        elif seen:
            grids = (grid for grid, community in town().grids.items() if community in seen)
            found[person] = Scope(grids=frozenset(grids))
        elif below := ladder.subtree(person, at, lowest=1):
            found[person] = Scope(grids=below)
    return list(found.items())


def tell_some(period: Period, several: Sequence[tuple[int, Scope]]) -> int:
    """A letter to each of them who has none of that week and in whose grids something is or was."""
    people = [person for person, _ in several]
    monday = datetime.combine(period.last + timedelta(days=1), datetime.min.time(), period.start.tzinfo)
    before = select(Letter.to_id).where(
        Letter.to_kind == "person", Letter.to_id.in_(people), Letter.kind == KIND, Letter.created_at >= monday
    )
    told, count = set(session().scalars(before)), 0
    weeks: dict[Scope, Week] = {}
    for person, scope in several:
        if person in told:
            continue
        found = weeks[scope] if scope in weeks else weeks.setdefault(scope, week(period, scope))
        if not found.grids:
            continue
        count += 1
        tell(
            KIND,
            person,
            about=None,
            occasion=period.name,
            lane=Lane.NEWS,
            path=f"{personal_path('desk', person)}/week",
            first=period.first.isoformat(),
            last=period.last.isoformat(),
            open=found.open,
            late=found.late,
            rates=[
                {"indicator": one.code, "over": one.over, "under": one.under, "scale": one.scale}
                for one in found.rates
            ],
            worst=[{"grid": one.name, "open": one.open, "late": one.late} for one in _worst(found)],
        )
    return count


def _worst(found: Week) -> list[GridRow]:
    return [one for one in found.grids if one.late and one.name][:3]


def _seen(scope: Scope, at: datetime, ages: Sequence[int]) -> list[Seen]:
    """One statement, whatever the number of cases."""
    is_late = Case.state.in_(tuple(WORKING)) & (
        (Case.rung > 0) | (Case.finish_due.is_not(None) & (Case.finish_due <= at))
    )
    age = case(*((Case.reported_at > at - timedelta(days=days), days) for days in ages), else_=None)
    # one below the other, because PostgreSQL takes an expression with parameters for another one each time
    each = (
        select(Case.grid_id, Case.state, Case.rung, is_late.label("late"), age.label("age"))
        .where(Case.state.in_(tuple(OPEN)), *scope.which())
        .subquery()
    )
    query = select(*each.c, func.count()).group_by(*each.c)
    return [
        Seen(row.grid_id, row.state, row.rung, bool(row.late), row.age, row[-1])
        for row in session().execute(query)
    ]


def _told(code: str, found: Figures) -> Figure:
    """Nothing counted where few people said something and their month still runs: in no sum either, from
    which it could be taken back (row 96)."""
    one = found.rates[code]
    return one._replace(over=0, under=0) if code in found.withheld else one


def _is_theirs(grid: Any, scope: Scope) -> bool:
    return scope.grids is None or grid in scope.grids


def _grid_names() -> dict[int, str]:
    several = len(town().communities) > 1
    rows = session().execute(select(Grid.id, Grid.name, Grid.community_id).order_by(Grid.id))
    places = town().communities
    return {row.id: f"{places[row.community_id]} · {row.name}" if several else row.name for row in rows}


def _rung_name(names: Sequence[str], number: int) -> str:
    return names[number] if number < len(names) else str(number)


def _said() -> dict[str, Any]:
    found: dict[str, Any] = table("rules/digests.toml")["week"]
    return found
