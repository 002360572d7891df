"""The clock calls each line once for each slot, however many processes watch it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from commands import wait_for
from settings_files import configuration

from models.base import quarantine
from models.base.clock import SHANGHAI
from server import restore
from server.config import Config
from server.timetable import Daily, EachMinuteFrom, Every, Line, Timetable, timetable, until_done

NOON = datetime(2026, 11, 21, 4, 0, 10, tzinfo=UTC)  # 12:00:10 in Shanghai


class Called:
    """A verb that remembers how often it was called, and by how many at once."""

    def __init__(self, pause: float = 0, trouble: Exception | None = None) -> None:
        self.times = 0
        self.pause = pause
        self.trouble = trouble

    def __call__(self, config: Config, database: object) -> None:
        self.times += 1
        time.sleep(self.pause)
        if self.trouble:
            raise self.trouble


def clock(db, *lines: Line) -> Timetable:
    return Timetable(Config.default(), db, list(lines))


def test_slots_are_cut_the_same_by_everybody():
    assert Every(60).slot(NOON) == NOON.replace(second=0)
    assert Every(20).slot(NOON + timedelta(seconds=15)) == NOON.replace(second=20)
    half_past_seven = Daily(datetime(2026, 1, 1, 19, 30).time())  # noqa: DTZ001 - a time of day
    assert half_past_seven.slot(NOON) == datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
    assert half_past_seven.slot(NOON + timedelta(hours=8)) == datetime(2026, 11, 21, 11, 30, tzinfo=UTC)


def test_of_many_processes_one_works_on_a_slot(db):
    verb = Called(pause=0.05)
    line = Line(Every(3600), "digest", verb)
    clocks = [clock(db, line) for _ in range(6)]
    with ThreadPoolExecutor(6) as many:
        worked = list(many.map(lambda one: one.tick(line), clocks))
    assert worked.count(True) == 1
    assert verb.times == 1


def test_the_next_slot_is_worked_on_again(db):
    verb = Called()
    line = Line(Every(60), "sweep", verb)
    with time_machine.travel(NOON, tick=False) as travel:
        watch = clock(db, line)
        assert [watch.tick(line) for _ in range(3)] == [True, False, False]
        travel.shift(60)
        assert watch.tick(line)
    assert verb.times == 2


def test_a_daily_slot_nobody_was_there_for_is_taken_up_if_it_is_not_too_late(db):
    line = Line(Daily(NOON.astimezone().time().replace(hour=12, minute=0)), "digest", Called())
    with time_machine.travel(NOON + timedelta(hours=1, minutes=50), tick=False):
        assert clock(db, line).tick(line)
    with time_machine.travel(NOON + timedelta(days=1, hours=2), tick=False):
        assert not clock(db, line).tick(line)


def test_an_evening_that_was_broken_off_is_gone_on_with_for_two_hours(db):
    verb = Called(trouble=RuntimeError("the machine was restarted"))
    line = Line(EachMinuteFrom(NOON.astimezone(SHANGHAI).time().replace(second=0)), "digest", verb)
    for minutes, times in ((-1, 0), (0, 1), (0, 1), (1, 2), (119, 3), (122, 3), (1438, 3), (1440, 4)):
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            clock(db, line).tick(line)
        assert verb.times == times


def test_after_a_restore_this_evening_says_nothing_more(db):
    config = Config.default()
    (digest,) = (one for one in timetable(config) if one.name == "tell customer groups")
    line = Line(digest.when, digest.name, Called())
    evening = datetime(2026, 11, 21, 11, 45, tzinfo=UTC)  # 19:45 in Shanghai
    with time_machine.travel(evening, tick=False) as travel:
        db.write(quarantine.begin, "restored")
        assert restore.release(config, db)
        for _ in range(130):
            assert not clock(db, line).tick(line)
            travel.shift(60)
        travel.move_to(evening + timedelta(days=1))
        assert clock(db, line).tick(line)


def test_in_quarantine_nothing_runs_that_could_say_something(db):
    loud, quiet = Called(), Called()
    lines = [Line(Every(60), "loud", loud), Line(Every(60), "quiet", quiet, in_quarantine=True)]
    db.write(quarantine.begin, "restored")
    for line in lines:
        clock(db).tick(line)
    assert (loud.times, quiet.times) == (0, 1)


def test_a_line_that_fails_does_not_stop_the_others(db, caplog):
    line = Line(Every(60), "broken", Called(trouble=RuntimeError("no luck")))
    assert not clock(db).tick(line)
    assert "failed" in caplog.text


def test_it_runs_at_once_and_ends_when_told(db):
    verb = Called()
    stop = threading.Event()
    runner = threading.Thread(target=clock(db, Line(Every(3600), "sweep", verb)).run, args=(stop,))
    runner.start()
    wait_for(lambda: verb.times)
    stop.set()
    runner.join(60)
    assert not runner.is_alive()
    assert verb.times == 1


def test_a_sweep_goes_on_until_there_is_nothing_more(db):
    left = [3]

    def one() -> bool:
        left[0] -= 1
        return left[0] >= 0

    until_done(one)(Config.default(), db)
    assert left == [-1]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_every_line_of_the_real_timetable_runs_on_an_empty_town(db, tmp_path, caplog):
    config = configuration(tmp_path, str(db.url))
    lines = timetable(config)
    assert len({line.name for line in lines}) == len(lines)
    for line in lines:
        line.verb(config, db)
    assert "failed" not in caplog.text
