"""目标任务、晾晒实绩 (row 95): goals with measure, target and period, and the board as it stood on its date.

A goal names a grid, a cadre, or both: then the grid is measured and the cadre is credited with it too.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import select

from models.appraisal.measuring import Known, Of, Value, is_rate, may_be_of, measured
from models.appraisal.tables import Goal, Scoreboard
from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put, put_once, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.answering import answerer
from models.duty.overseeing import looks_over, speaks_for
from models.indicator.asking import Scope, view_of
from models.indicator.formulas import RATES
from models.indicator.period import Period, named
from models.person.arriving import staff_of
from models.place.gazetteer import town
from models.place.tables import Grid

TITLE = 60  # characters
MOST = 10_000_000  # of a count
SHOWN_AFTER = timedelta(days=31)  # a board still shows goals whose period is over for no longer


class Target(NamedTuple):
    """`per_10000` of a rate, or a `number` of a count. `title`: what people call the task."""

    title: str
    measure: str
    period: str
    per_10000: int | None = None
    number: int | None = None
    grid_id: int | None = None
    person_id: int | None = None


class Line(NamedTuple):
    """A goal as it stands. `reached` None: nothing was to be counted."""

    goal: Goal
    value: Value
    reached: bool | None


def set_goal(target: Target, community_id: int | None, by: By) -> int:
    """Gives its number. Raises NotAllowed for who does not decide there; Invalid: period_unknown, goal (no
    title, no such measure, not of what it can be asked, a target that cannot be)."""
    _must_decide(by, community_id)
    period = named(target.period)
    grid = session().get(Grid, target.grid_id) if target.grid_id is not None else None
    staff = staff_of(target.person_id) if target.person_id is not None else None
    is_there = (
        (target.grid_id is None or (grid is not None and community_id in (None, grid.community_id)))
        and (target.person_id is None or staff is not None)
        and _whose(target) in may_be_of(target.measure)
    )
    if not is_there or not target.title.strip() or not _makes_sense(target):
        raise Invalid("goal")
    return put(
        Goal,
        community_id=community_id,
        grid_id=target.grid_id,
        person_id=target.person_id,
        title=target.title.strip()[:TITLE],
        measure=target.measure,
        higher_is_better=target.measure not in RATES or not RATES[target.measure].less_is_better,
        target_per_10000=target.per_10000,
        target_count=target.number,
        period=period.name,
        by_id=by.id,
        at=now(),
    )


def withdraw_goal(goal_id: int, by: By) -> bool:
    """It stands on no board from now on; those that were shown keep it. False when that was so before. Raises
    NotFound for who does not see it, NotAllowed."""
    goal = session().get(Goal, goal_id, with_for_update=True)
    if goal is None or not (goal.person_id == by.id or looks_over(by.id, goal.community_id)):
        raise NotFound("goal_not_found")
    _must_decide(by, goal.community_id)
    if goal.withdrawn_at is not None:
        return False
    goal.withdrawn_at = now()
    return True


def running(community_id: int | None, on: date | None = None) -> list[Goal]:
    """Goals of a community (None: of the town) whose period has begun and is not long over."""
    on = on or local(now()).date()
    query = select(Goal).where(
        Goal.withdrawn_at.is_(None), Goal.community_id.is_not_distinct_from(community_id)
    )
    found = session().scalars(query.order_by(Goal.title, Goal.id))
    return [one for one in found if _is_shown(named(one.period), on)]


def of_person(person_id: int) -> list[Goal]:
    """Those that this person is credited with."""
    on = local(now()).date()
    query = select(Goal).where(Goal.withdrawn_at.is_(None), Goal.person_id == person_id)
    return [one for one in session().scalars(query.order_by(Goal.id)) if _is_shown(named(one.period), on)]


def stand(several: Sequence[Goal]) -> list[Line]:
    """How far each is. Counts several goals of one period in one pass; reads only."""
    known = Known()
    found = []
    for goal in several:
        value = measured(goal.measure, _of(goal), named(goal.period), known)
        found.append(Line(goal, value, reached(goal, value)))
    return found


def reached(goal: Goal, value: Value) -> bool | None:
    """Pure."""
    if value.under is None:
        is_enough = value.over >= (goal.target_count or 0)
        return is_enough if goal.higher_is_better else value.over <= (goal.target_count or 0)
    if not value.under:
        return None
    rate = Fraction(value.over, value.under * value.scale)
    target = Fraction(goal.target_per_10000 or 0, 10_000)
    return rate >= target if goal.higher_is_better else rate <= target


def freeze(community_id: int | None, by: By, lines: Sequence[Line]) -> tuple[Scoreboard, bool]:
    """晾晒: the board of today as it stands, for good; one a day. `lines` were counted before this unit of
    work. The row, and whether it is new. Raises Invalid: board_empty."""
    _must_decide(by, community_id)
    if not lines:
        raise Invalid("board_empty")
    today = local(now()).date()
    if (before := shown_on(community_id, today)) is not None:
        return before, False
    written = [as_json(one) for one in lines]
    key = put_once(
        Scoreboard,
        community_id=community_id,
        shown_on=today,
        formulas=view_of(named(f"{today.year}"), Scope(community_id), now()).settings.version,
        lines={"goals": written, "credits": credited(written)},
        by_id=by.id,
        at=now(),
    )
    row = shown_on(community_id, today)  # of two at once the second finds that of the first
    assert row is not None
    return row, key is not None


def grids_of(community_id: int | None) -> list[tuple[int, str]]:
    """(id, name) of the grids that a goal of this community may name."""
    query = select(Grid.id, Grid.name).order_by(Grid.name)
    if community_id is not None:
        query = query.where(Grid.community_id == community_id)
    return [(row.id, row.name) for row in session().execute(query)]


def may_freeze(community_id: int | None, by: By) -> None:
    _must_decide(by, community_id)


def shown_on(community_id: int | None, day: date) -> Scoreboard | None:
    query = select(Scoreboard).where(
        Scoreboard.shown_on == day, Scoreboard.community_id.is_not_distinct_from(community_id)
    )
    return session().scalars(query).first()


def boards(community_id: int | None, most: int = 24) -> Sequence[Scoreboard]:
    """The newest first."""
    query = select(Scoreboard).where(Scoreboard.community_id.is_not_distinct_from(community_id))
    return session().scalars(query.order_by(Scoreboard.shown_on.desc()).limit(most)).all()


def as_json(one: Line) -> dict[str, Any]:
    """As a board keeps it: with the names of that day."""
    goal, value = one.goal, one.value
    cadre = answerer(goal.person_id) if goal.person_id is not None else None
    grid = session().get(Grid, goal.grid_id) if goal.grid_id is not None else None
    return {
        "goal": goal.id,
        "title": goal.title,
        "measure": goal.measure,
        "period": goal.period,
        "higher_is_better": goal.higher_is_better,
        "target_per_10000": goal.target_per_10000,
        "target_count": goal.target_count,
        "over": value.over,
        "under": value.under,
        "scale": value.scale,
        "reached": one.reached,
        "grid": grid.name if grid is not None else None,
        "cadre": cadre.name if cadre is not None else None,
        "unit": cadre.employer if cadre is not None else None,
        "person": goal.person_id,
        "place": town().communities.get(goal.community_id) if goal.community_id is not None else None,
    }


def credited(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """`grid`: by its name, and `people`: each with name and sum, and with the 单位 where two share a name:
    reached, of so many of which something was counted. Pure."""
    grids: dict[str, list[int]] = {}
    people: dict[int, list[int]] = {}
    names: dict[int, tuple[str, str | None]] = {}
    for line in lines:
        if line["reached"] is None:
            continue
        pairs = []
        if line["grid"] is not None:
            pairs.append(grids.setdefault(line["grid"], [0, 0]))
        if line["cadre"] is not None:
            names[line["person"]] = (line["cadre"], line["unit"])
            pairs.append(people.setdefault(line["person"], [0, 0]))
        for pair in pairs:
            pair[0] += bool(line["reached"])
            pair[1] += 1
    shared = Counter(name for name, _ in names.values())
    return {
        "grid": grids,
        "people": [
            {"name": name, "unit": unit if shared[name] > 1 else None, "sum": people[person]}
            for person, (name, unit) in names.items()
        ],
    }


def _of(goal: Goal) -> Of:
    if goal.grid_id is not None:
        return Of(goal.community_id, goal.grid_id)
    return Of(goal.community_id, None, goal.person_id)


def _whose(target: Target) -> str:
    if target.grid_id is not None:
        return "grid"
    return "person" if target.person_id is not None else "community"


def _is_shown(period: Period, on: date) -> bool:
    return period.first <= on and on - SHOWN_AFTER <= period.last


def _makes_sense(target: Target) -> bool:
    if is_rate(target.measure):
        return target.number is None and target.per_10000 is not None and 0 <= target.per_10000 <= 10_000
    return target.per_10000 is None and target.number is not None and 0 < target.number <= MOST


def _must_decide(by: By, community_id: int | None) -> None:
    if not speaks_for(by.id, community_id):
        raise NotAllowed("appraisal_not_yours")
