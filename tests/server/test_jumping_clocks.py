"""T1 and T3: clocks that jump, and a machine in a zone with summer time: no slot twice, none missed that
could still be taken up."""

import time as machine
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from models.base.clock import SHANGHAI, local, now
from server import timetable
from server.config import Config
from server.timetable import Daily, EachMinuteFrom, Every, Line, Timetable

NOON = datetime(2026, 3, 7, 4, tzinfo=UTC)  # the night after it New York puts its clocks forward
DAYS = 400
STEP = 60  # seconds; the finest slots of the lines below are so long


@pytest.fixture
def slots(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, datetime]]:
    """Slots are taken in memory: what the database does with them, test_timetable.py shows."""
    taken: set[tuple[str, datetime]] = set()

    def take(line: Line, slot: datetime) -> bool:
        if (line.name, slot) in taken:
            return False
        taken.add((line.name, slot))
        return True

    monkeypatch.setattr(timetable, "_take", take)
    return taken


class Directly:
    """A database that runs every work at once."""

    def write(self, work: Any, *arguments: Any) -> Any:
        return work(*arguments)


class Run:
    """Which slots were worked on, and when by the wall clock."""

    def __init__(self) -> None:
        self.runs: Counter[tuple[str, datetime]] = Counter()
        self.lines = [
            Line(when, name, self._verb(name, when))
            for name, when in {
                "climb": Every(STEP),
                "sweep": Every(600),
                "night": Daily(time(0, 0)),
                "half past one": Daily(time(1, 30)),
                "half past two": Daily(time(2, 30)),
                "evening": EachMinuteFrom(time(19, 30)),
            }.items()
        ]
        self._clock = Timetable(Config.default(), Directly(), self.lines)  # type: ignore[arg-type]

    def _verb(self, name: str, when: Any) -> Any:
        return lambda *_: self.runs.update([(name, when.slot(now()))])

    def tick(self) -> None:
        for line in self.lines:
            self._clock.tick(line)


@pytest.mark.parametrize("jump", [3600, -3600, 86_400, -86_400, -300])
@pytest.mark.parametrize("at", [1800, 26_040, 55_020])
def test_a_clock_that_jumps_runs_no_slot_twice_and_misses_none_that_it_lived_through(
    slots: set[tuple[str, datetime]], jump: int, at: int
) -> None:
    run, lived = Run(), set()
    with time_machine.travel(NOON, tick=False) as clock:
        for second in range(0, 100_020, STEP):
            if second == at:
                clock.shift(jump)
            lived.add(Every(STEP).slot(now()))
            run.tick()
            clock.shift(STEP)
        end = now()
    assert set(run.runs.values()) == {1}
    assert {slot for name, slot in run.runs if name == "climb"} == lived
    for name, when in (("night", time(0, 0)), ("half past one", time(1, 30)), ("half past two", time(2, 30))):
        for day in range(-1, 4):
            slot = datetime.combine(local(NOON).date() + timedelta(days=day), when, SHANGHAI)
            could = any(slot <= moment <= slot + Daily.grace for moment in lived)
            assert ((name, slot.astimezone(UTC)) in run.runs) is could, (name, slot, end)


@pytest.fixture(params=["America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    machine.tzset()
    yield request.param
    monkeypatch.undo()
    machine.tzset()


@pytest.mark.parametrize("when", [time(0, 0), time(1, 30), time(2, 30)])
def test_a_daily_line_runs_once_in_every_shanghai_day_wherever_the_machine_is(
    zone: str, slots: set[tuple[str, datetime]], when: time
) -> None:
    runs: list[date] = []
    line = Line(Daily(when), "daily", lambda *_: runs.append(local(now()).date()))
    watch = Timetable(Config.default(), Directly(), [line])  # type: ignore[arg-type]
    trigger, fires, last = line.when.trigger(), [], NOON
    first = local(NOON).date() + timedelta(days=1)
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(DAYS):
            fire = trigger.get_next_fire_time(last, last)
            fires.append(fire.astimezone(SHANGHAI))
            clock.move_to(fire + timedelta(seconds=3))  # when the scheduler wakes
            for _ in range(3):  # and two more processes
                watch.tick(line)
            last = fire + timedelta(seconds=1)
    days = [first + timedelta(days=n) for n in range(DAYS)]
    assert runs == days
    assert [(one.date(), one.time()) for one in fires] == [(day, when) for day in days]
