"""When silence climbs: pure, so no database is asked."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from models.case.deadlines import Rules, Seen, Stood
from models.case.limits import ALWAYS, package_limits
from models.whistle.reckoning import climbs, lived
from models.workdays.calendar import CalendarMissing, Workdays
from models.workdays.reading import hours_of_package, years_of_package

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai
MINUTES = {"amount": 15, "unit": "minutes"}
DAY = {"amount": 1, "unit": "working_days"}


def rules(top: int = 3, years: tuple[int, ...] = (2025, 2026)) -> Rules:
    known = {year: said for year, said in years_of_package().items() if year in years}
    calendar = Workdays(known, ((ALWAYS, hours_of_package()),))
    return Rules(
        package_limits(), lambda _: calendar, lambda *_: top, lambda _, rung, at: Stood((rung,), "holder")
    )


def blown(due: datetime = MONDAY + timedelta(minutes=15), again: dict[str, object] = MINUTES) -> Seen:
    facts = {"community": 1, "grid": 1, "lead": 7, "assist": [8], "answer_due": due.isoformat(),
             "again": again, "rung": 1}  # fmt: skip
    return Seen("whistle_blown", MONDAY, "staff", facts)


def answered(department: int, minutes: float) -> Seen:
    at = MONDAY + timedelta(minutes=minutes)
    return Seen("whistle_answered", at, "staff", {"department": department, "comes": True})


def ended(minutes: float) -> Seen:
    return Seen("whistle_ended", MONDAY + timedelta(minutes=minutes), "staff", {})


def climbed(
    *steps: Seen, top: int = 3, until: datetime = MONDAY + timedelta(days=30)
) -> list[tuple[float, int]]:
    found = climbs([blown(), *steps], rules(top), until)
    return [((one.at - MONDAY) / timedelta(minutes=1), one.rung) for one in found]


def test_silence_goes_up_one_rung_each_time_and_never_past_the_top() -> None:
    assert climbed() == [(15, 2), (30, 3)]
    assert climbed(top=5) == [(15, 2), (30, 3), (45, 4), (60, 5)]
    assert climbed(top=1) == []


def test_an_answer_of_all_stops_it_an_answer_of_one_does_not() -> None:
    assert climbed(answered(7, 5)) == [(15, 2), (30, 3)]
    assert climbed(answered(7, 5), answered(8, 14)) == []
    assert climbed(answered(7, 5), answered(8, 20)) == [(15, 2)]


def test_who_answers_in_the_very_moment_is_in_time() -> None:
    assert climbed(answered(7, 15), answered(8, 15)) == []


def test_what_is_over_climbs_no_more() -> None:
    assert climbed(ended(16)) == [(15, 2)]


def test_who_is_silent_is_named_with_the_climb() -> None:
    first, second = climbs([blown(), answered(8, 20)], rules(), MONDAY + timedelta(days=1))
    assert (first.silent, second.silent) == ((7, 8), (7,))
    assert first.stood == Stood((2,), "holder")


def test_a_working_day_is_a_working_day_for_every_further_rung() -> None:
    due = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # Friday, 17:00
    found = climbs([blown(due, DAY)], rules(), MONDAY + timedelta(days=30))
    assert [one.at.date().isoformat() for one in found] == ["2026-11-20", "2026-11-23"]


def test_a_year_that_nobody_entered_stops_the_reckoning() -> None:
    due = datetime(2025, 12, 31, 9, 0, tzinfo=UTC)
    steps = [blown(due, DAY), Seen("whistle_climbed", due, "system", {"rung": 2})]
    with pytest.raises(CalendarMissing):
        lived(steps, rules(years=(2025,))).next_due()
    assert lived(steps, rules()).next_due() is not None


def test_histories_by_chance_give_the_same_climbs_whenever_somebody_looked() -> None:
    """The climbs that a clock with many gaps records are those of the replay without them, to the second."""
    for seed in range(200):
        chance = Random(seed)
        steps = [blown(), *(answered(one, chance.uniform(1, 70)) for one in (7, 8) if chance.random() < 0.6)]
        if chance.random() < 0.5:
            steps.append(ended(chance.uniform(1, 70)))
        steps.sort(key=lambda one: one.at)
        life, recorded, left = lived(steps[:1], rules(5)), [], steps[1:]
        at = MONDAY
        while at < MONDAY + timedelta(hours=2):
            at += timedelta(minutes=chance.choice([1, 7, 40]))
            while left and left[0].at <= at:
                while found := life.climb_before(left[0].at):
                    recorded.append(found)
                life.take(left.pop(0))
            while found := life.climb_before(at):
                recorded.append(found)
        assert recorded == climbs(steps, rules(5), at), seed
