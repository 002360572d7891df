"""What the steps of a case say about its limits: what is due when, what was missed, how far it climbs.

Pure: steps, limits, calendar and whoever stands on the rungs are handed in, so the same steps give the same
moments, to the second, today and in ten years. A limit that is missed is missed at its own moment, whenever
somebody came to look: a clock that stood still changes nothing but when people hear of it.

    dispatch  nobody has it             accept  it is offered, nobody has taken it
    answer    its people have heard nothing from a person    finish  nobody has said that it is done

A step is read by its code alone: `clock_set` carries what limits depend on (place, category, urgency) where
that changed, and begins the clocks of a case that is older than they are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from models.base.clock import local
from models.case.limits import Limit, Limits, Matter
from models.workdays import Workdays

OVER = frozenset({"finished", "closed", "rated", "voided", "merged"})  # nobody of ours has to move
ANSWERS = frozenset(
    {"accepted", "told", "asked", "called", "outside_said", "extended", "deferred", "finished"}
)


class Seen(NamedTuple):
    """As much of a step as matters here."""

    what: str
    at: datetime
    by_kind: str
    facts: Mapping[str, Any]


class Said(Protocol):
    """A step, or what was seen of one."""

    @property
    def what(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def by_kind(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


# What its people say of the thing itself; who only asks how far it is has answered nothing.
REPLIES = frozenset({"added", "place_said", "disowned"})


class Stood(NamedTuple):
    """Who stands where a case climbs to. `how`: holder | deputy | shift | up (for a vacancy) | desk | above;
    nobody."""

    people: tuple[int, ...]
    how: str


class Place(NamedTuple):
    community_id: int | None
    grid_id: int | None


class Rules(NamedTuple):
    """All that is not in the steps, each by date."""

    limits: Limits
    calendar: Callable[[int | None], Workdays]  # of a community
    top: Callable[[Place, datetime], int]
    stood: Callable[[Place, int, datetime], Stood]  # on the rung of this number


class Missed(NamedTuple):
    stage: str
    due: datetime


class Climb(NamedTuple):
    """One rung up at a moment, for every limit that was missed then."""

    at: datetime
    rung: int
    missed: tuple[Missed, ...]
    stood: Stood


class Reckoned(NamedTuple):
    """`due` is the next moment at which something happens by itself and `stage` what is missed then; of a
    pause its end (pause); None where nobody is above (top). `promised` is what its people are told, which no
    climb moves."""

    stage: str | None
    due: datetime | None
    promised: datetime | None
    rung: int
    pause: str | None  # resident | deferred


@dataclass
class _Pause:
    why: str
    start: datetime
    end: datetime


@dataclass
class Life:
    """A case while its steps are read one after the other."""

    rules: Rules
    matter: Matter | None = None
    grid_id: int | None = None
    rung: int = 0
    since: dict[str, datetime] = field(default_factory=dict)  # the clocks that run, by stage
    finish_from: datetime | None = None
    extended_to: datetime | None = None
    pauses: list[_Pause] = field(default_factory=list)
    holder: str = "desk"  # desk | offered | working | over
    is_answered: bool = False
    is_asked: bool = False  # and they have said nothing since

    # reading

    def take(self, step: Said) -> None:
        """The next step."""
        if step.by_kind == "person" and step.what in REPLIES:
            self.is_asked = False
            if self.pauses and self.pauses[-1].why == "resident":
                self._end_pause(step.at)
        if step.what in ANSWERS:
            self.is_answered = True
            self.since.pop("answer", None)
        if step.what in OVER:
            self.holder = "over"
            self._end_pause(step.at)
            self.since.clear()
        elif read := _READ.get(step.what):
            read(self, step)

    def _reported(self, step: Said) -> None:
        if "urgency" in step.facts:
            self._know(step.facts)
            self._begin(step.at)

    def _clock_set(self, step: Said) -> None:
        if self.matter is None:
            self._know(step.facts)
            self._begin(step.at)
            return
        running = [stage for stage in self.since if self.due_of(stage) > step.at]
        promised = self.promised()
        self._know(step.facts)
        for stage in running:
            if self.due_of(stage) <= step.at:  # nobody could keep a limit that was past when it became theirs
                self.since[stage] = step.at
        became = self.promised()
        if promised is not None and became is not None and became <= step.at < promised:
            self.finish_from = step.at

    def _dispatched(self, step: Said) -> None:
        self.holder = "offered"
        self.since.pop("dispatch", None)
        if self.matter is not None:
            self.since["accept"] = step.at

    def _nobody_found(self, step: Said) -> None:
        self._to_desk(step.at)

    def _accepted(self, step: Said) -> None:
        self.holder = "working"
        self.since.pop("dispatch", None)
        self.since.pop("accept", None)

    def _returned(self, step: Said) -> None:
        if self.holder == "working":
            self._to_desk(step.at)

    def _taken_back(self, step: Said) -> None:
        """As if what is taken back had not been; where it waits for somebody again, from now on."""
        if step.facts["now"] == "handling":
            self._accepted(step)
        elif step.facts["now"] == "dispatched":
            self._dispatched(step)
        else:
            self._to_desk(step.at)

    def _again(self, step: Said) -> None:
        """A no, or on its own again: the limits of a new round."""
        self.rung, self.extended_to = 0, None
        self._end_pause(step.at)
        self.since.clear()
        self.holder = "desk"
        if self.matter is not None:
            self._begin(step.at)

    def _regridded(self, step: Said) -> None:
        self.grid_id = step.facts["grid"]

    def _climbed(self, step: Said) -> None:
        self.rung = int(step.facts["rung"])
        for one in step.facts["missed"]:
            if one["stage"] in self.since:
                self.since[one["stage"]] = step.at

    def _asked(self, step: Said) -> None:
        if self.matter is not None and not self.is_asked and self.pause_at(step.at) is None:
            limit = self._limit("wait", step.at)
            self._stand_still("resident", step.at, self._after(step.at, limit))
        self.is_asked = True

    def _deferred(self, step: Said) -> None:
        self._stand_still("deferred", step.at, datetime.fromisoformat(step.facts["until"]))

    def _resumed(self, step: Said) -> None:
        self._end_pause(step.at)

    def _extended(self, step: Said) -> None:
        self.extended_to = datetime.fromisoformat(step.facts["until"])

    def _know(self, facts: Mapping[str, Any]) -> None:
        self.matter = Matter(facts.get("community"), facts.get("category"), facts["urgency"])
        self.grid_id = facts.get("grid")

    def _begin(self, at: datetime) -> None:
        """All clocks that this moment of its life has."""
        if self.holder == "over":
            return
        self.finish_from = at
        self.since = {"finish": at}
        if not self.is_answered:
            self.since["answer"] = at
        if self.holder != "working":
            self.since["accept" if self.holder == "offered" else "dispatch"] = at

    def _to_desk(self, at: datetime) -> None:
        self.holder = "desk"
        self.since.pop("accept", None)
        if self.matter is not None:
            self.since.setdefault("dispatch", at)

    def _stand_still(self, why: str, at: datetime, until: datetime) -> None:
        self._end_pause(at)
        self.pauses.append(_Pause(why, at, max(at, until)))

    def _end_pause(self, at: datetime) -> None:
        if self.pauses and self.pauses[-1].end > at:
            self.pauses[-1].end = at

    # reckoning

    def due_of(self, stage: str) -> datetime:
        """When the clock of a stage runs out. Raises CalendarMissing."""
        since = self.since[stage]
        due = self._standing(since, self._limit(stage, since))
        if stage == "finish" and self.extended_to is not None and since < self.extended_to:
            due = max(due, self.extended_to)
        return max((one.end for one in self.pauses if one.start < due <= one.end), default=due)

    def promised(self) -> datetime | None:
        """When its people were told that it will be done. Raises CalendarMissing."""
        if self.finish_from is None or self.matter is None:
            return None
        due = self._standing(self.finish_from, self._limit("finish", self.finish_from))
        return max(due, self.extended_to) if self.extended_to is not None else due

    def missed_next(self) -> tuple[Missed, ...]:
        """What runs out first; several where several run out in one moment. Raises CalendarMissing."""
        dues = sorted((self.due_of(stage), stage) for stage in self.since)
        return tuple(Missed(stage, due) for due, stage in dues if due == dues[0][0])

    def climb_before(self, until: datetime) -> Climb | None:
        """The next climb, at `until` or before; the case is up there then. None: no limit is missed by then,
        or nobody is above."""
        missed = self.missed_next() if self.since and not self.is_at_the_top() else ()
        if not missed or missed[0].due > until:
            return None
        at = missed[0].due
        self.rung += 1
        for one in missed:
            self.since[one.stage] = at
        return Climb(at, self.rung, missed, self.rules.stood(self.place, self.rung, at))

    def is_at_the_top(self) -> bool:
        """Of the ladder of the moment at which the last of its clocks began."""
        return self.rung >= self.rules.top(self.place, max(self.since.values()))

    @property
    def place(self) -> Place:
        return Place(self.matter.community_id if self.matter is not None else None, self.grid_id)

    def pause_at(self, at: datetime) -> _Pause | None:
        if self.holder != "over" and self.pauses and self.pauses[-1].start <= at < self.pauses[-1].end:
            return self.pauses[-1]
        return None

    def _limit(self, stage: str, at: datetime) -> Limit:
        assert self.matter is not None
        return self.rules.limits.of(stage, self.matter, local(at).date())

    def _standing(self, since: datetime, limit: Limit) -> datetime:
        """With what stood still in between, in the measure of the limit."""
        amount = _amount(limit)
        due = self._after(since, limit)
        for pause in self.pauses:
            start = max(pause.start, since)
            if pause.end > start and pause.start < due:
                amount += self._between(start, pause.end, limit.unit)
                due = max(_add(self._calendar, since, amount, limit.unit), pause.end)
        return due

    def _after(self, at: datetime, limit: Limit) -> datetime:
        return add_limit(self._calendar, at, limit)

    def _between(self, start: datetime, end: datetime, unit: str) -> timedelta:
        if unit == "minutes":
            return end - start
        if unit == "working_minutes":
            return self._calendar.working_time_between(start, end)
        return timedelta(days=self._calendar.working_days_between(start, end))

    @property
    def _calendar(self) -> Workdays:
        return self.rules.calendar(self.place.community_id)


def lived(steps: Iterable[Said], rules: Rules) -> Life:
    """A case after these steps, its climbs among them."""
    life = Life(rules)
    for step in steps:
        life.take(step)
    return life


def reckoned(life: Life, at: datetime) -> Reckoned:
    """What the columns of a case say at a moment. Raises CalendarMissing."""
    if not life.since:
        return Reckoned(None, None, life.promised(), life.rung, None)
    pause = life.pause_at(at)
    if pause is not None:
        return Reckoned("pause", pause.end, life.promised(), life.rung, pause.why)
    if life.is_at_the_top():
        return Reckoned("top", None, life.promised(), life.rung, None)
    first = life.missed_next()[0]
    return Reckoned(first.stage, first.due, life.promised(), life.rung, None)


def climbs(steps: Sequence[Said], rules: Rules, until: datetime) -> list[Climb]:
    """Every climb up to a moment, from the other steps. Their own climbs say only that somebody looked then,
    because a clock that was set back afterwards makes nothing undone. `steps` in the order in which they were
    written, whatever hour they name. Raises CalendarMissing."""
    life, found = Life(rules), []
    for step in (*steps, None):
        while climb := life.climb_before(until if step is None else step.at):
            found.append(climb)
        if step is not None and step.what != "climbed":
            life.take(step)
    return found


def add_limit(calendar: Workdays, at: datetime, limit: Limit) -> datetime:
    """When a limit that begins now runs out. Raises CalendarMissing."""
    return _add(calendar, at, _amount(limit), limit.unit)


def _add(calendar: Workdays, at: datetime, amount: timedelta, unit: str) -> datetime:
    if unit == "minutes":
        return at + amount
    if unit == "working_minutes":
        return calendar.add_working_time(at, amount)
    return calendar.add_working_days(at, amount.days)


def _amount(limit: Limit) -> timedelta:
    return timedelta(days=limit.amount) if limit.unit == "working_days" else timedelta(minutes=limit.amount)


_READ: dict[str, Callable[[Life, Said], None]] = {
    "reported": Life._reported,
    "clock_set": Life._clock_set,
    "dispatched": Life._dispatched,
    "nobody_found": Life._nobody_found,
    "accepted": Life._accepted,
    "reworked": Life._accepted,
    "returned": Life._returned,
    "taken_back": Life._taken_back,
    "objected": Life._again,
    "separated": Life._again,
    "revived": Life._again,
    "regridded": Life._regridded,
    "climbed": Life._climbed,
    "asked": Life._asked,
    "deferred": Life._deferred,
    "resumed": Life._resumed,
    "extended": Life._extended,
}
