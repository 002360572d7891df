"""Both sides in figures, from steps alone: a share is its numerator and its denominator, and nothing else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import session
from models.case.deadlines import Said
from models.history import Step
from models.whistle.reading import KIND


class Share(NamedTuple):
    part: int
    whole: int  # 0: nothing to say, never 0 %


class Figures(NamedTuple):
    """`answered`: in time, in words or by being there, of those called whose time is over or who did.
    `arrived`: in time, of those who came or had said that they would. `justified`: of the whistles that the
    lead scored. `marks`: their sum and how many departments were graded."""

    whistles: int
    answered: Share
    arrived: Share
    justified: Share
    marks: Share


@dataclass
class Call:
    """What one department did about one whistle."""

    answered_at: datetime | None = None
    comes: bool | None = None
    arrived_at: datetime | None = None
    mark: int | None = None


@dataclass
class Told:
    """One whistle as its steps tell it."""

    number: int
    community_id: int | None
    by_id: int | None
    blown_at: datetime
    answer_due: datetime
    arrive_due: datetime
    calls: dict[int, Call] = field(default_factory=dict)
    ended_at: datetime | None = None
    justified: bool | None = None

    def take(self, step: Said) -> None:
        facts, call = step.facts, self.calls.get(step.facts.get("department", 0), Call())
        match step.what:
            case "whistle_answered":
                call.answered_at, call.comes = call.answered_at or step.at, facts["comes"]
            case "whistle_arrived":
                call.arrived_at = datetime.fromisoformat(facts["arrived"])
                call.answered_at = min(call.answered_at or call.arrived_at, call.arrived_at)
            case "whistle_graded":
                call.mark = facts["mark"]
            case "whistle_scored":
                self.justified = facts["justified"]
            case "whistle_ended":
                self.ended_at = step.at


def told(since: datetime, until: datetime, community_id: int | None = None) -> list[Told]:
    """The whistles blown from one moment until before another: of one community, or all."""
    of_then = select(Step.about_id).where(
        Step.about_kind == KIND, Step.what == "whistle_blown", Step.at >= since, Step.at < until
    )
    query = select(Step.about_id, Step.what, Step.at, Step.by_kind, Step.by_id, Step.facts)
    mine = query.where(Step.about_kind == KIND, Step.about_id.in_(of_then)).order_by(Step.id)
    found: dict[int, Told] = {}
    for row in session().connection().execute(mine):
        if row.what == "whistle_blown":
            if community_id is None or row.facts["community"] == community_id:
                found[row.about_id] = _begun(row.about_id, row.at, row.by_id, row.facts)
        elif row.about_id in found:
            found[row.about_id].take(row)
    return list(found.values())


def by_department(whistles: Iterable[Told], at: datetime | None = None) -> dict[int, Figures]:
    """Of each department that was called; whether a whistle was justified is the whistler's figure."""
    several = list(whistles)
    keys = dict.fromkeys(key for one in several for key in one.calls)
    return {key: figures((one for one in several if key in one.calls), at, only=key) for key in keys}


def by_whistler(whistles: Iterable[Told], at: datetime | None = None) -> dict[int | None, Figures]:
    return _grouped(whistles, lambda one: one.by_id, at)


def by_community(whistles: Iterable[Told], at: datetime | None = None) -> dict[int | None, Figures]:
    return _grouped(whistles, lambda one: one.community_id, at)


def figures(whistles: Iterable[Told], at: datetime | None = None, *, only: int | None = None) -> Figures:
    """As they stand at a moment; `only`: of the calls those of one department. Pure, but for the default of
    `at`."""
    at, several = at or now(), list(whistles)
    calls = [(one, call) for one in several for key, call in one.calls.items() if only in (None, key)]
    answers = [(one, call) for one, call in calls if _answer_counts(one, call, at)]
    arrivals = [(one, call) for one, call in calls if _arrival_counts(one, call, at)]
    scored = [one.justified for one in several if one.justified is not None]
    marks = [call.mark for _, call in calls if call.mark is not None]
    return Figures(
        len(several),
        Share(sum(_in_time(call.answered_at, one.answer_due) for one, call in answers), len(answers)),
        Share(sum(_in_time(call.arrived_at, one.arrive_due) for one, call in arrivals), len(arrivals)),
        Share(sum(scored), len(scored)),
        Share(sum(marks), len(marks)),
    )


def _in_time(moment: datetime | None, due: datetime) -> bool:
    return moment is not None and moment <= due


def _answer_counts(one: Told, call: Call, at: datetime) -> bool:
    """Whoever was let off before the time was over owes no answer."""
    return call.answered_at is not None or one.answer_due < min(one.ended_at or at, at)


def _arrival_counts(one: Told, call: Call, at: datetime) -> bool:
    if call.arrived_at is not None:
        return True
    return bool(call.comes) and one.arrive_due < min(one.ended_at or at, at)


def _begun(number: int, at: datetime, by_id: int | None, facts: dict[str, Any]) -> Told:
    departments = [facts["lead"], *facts["assist"]]
    return Told(
        number,
        facts["community"],
        by_id,
        at,
        datetime.fromisoformat(str(facts["answer_due"])),
        datetime.fromisoformat(str(facts["arrive_due"])),
        {key: Call() for key in departments},
    )


def _grouped(
    whistles: Iterable[Told], key: Callable[[Told], int | None], at: datetime | None
) -> dict[int | None, Figures]:
    found: dict[int | None, list[Told]] = {}
    for one in whistles:
        found.setdefault(key(one), []).append(one)
    return {name: figures(several, at) for name, several in found.items()}
