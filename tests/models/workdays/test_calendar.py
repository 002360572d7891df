"""T7: three years of working days against an oracle that walks minute by minute. T2: in every time zone."""

import random
import time
from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest

from models.base.clock import SHANGHAI
from models.workdays.calendar import CalendarMissing, Workdays
from models.workdays.reading import hours_of_package, spans_of, year_of, years_of_package

OPEN = hours_of_package()
CALENDAR = Workdays(years_of_package(), ((date(2000, 1, 1), OPEN),))
MINUTE = timedelta(minutes=1)
ZONES = ("UTC", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati")


def moment(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}+08:00")


class Walk:
    """Every minute of three years, one after the other: open or not, and on which working day."""

    def __init__(self) -> None:
        self.start = datetime(2024, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
        days = [date(2024, 1, 1) + timedelta(days=n) for n in range(3 * 365 + 1)]
        self.worked = [not chinese_calendar.is_holiday(day) for day in days]
        self.minutes = bytearray(
            worked and any(start <= minute < end for start, end in OPEN)
            for worked in self.worked
            for minute in range(1440)
        )

    def after_minutes(self, at: datetime, count: int) -> datetime:
        place = int((at - self.start) / MINUTE)
        while count:
            count -= self.minutes[place]
            place += 1
        return self.start + place * MINUTE

    def after_days(self, at: datetime, count: int) -> datetime:
        """The last open minute of the day has gone by."""
        day = int((at - self.start) / timedelta(days=1))
        while count:
            day += 1
            count -= self.worked[day]
        minute = day * 1440 + max(place for place in range(1440) if any(a <= place < b for a, b in OPEN))
        return self.start + (minute + 1) * MINUTE

    def open_minutes(self, at: datetime, until: datetime) -> int:
        return sum(self.minutes[int((at - self.start) / MINUTE) : int((until - self.start) / MINUTE)])


@pytest.fixture(scope="module")
def walk() -> Walk:
    return Walk()


def chances(seed: int, count: int):
    """Minutes of the three years, with room for the limit after them."""
    dice = random.Random(seed)
    for _ in range(count):
        yield (
            dice,
            datetime(2024, 1, 1, tzinfo=UTC) + dice.randrange((3 * 365 - 40) * 1440) * MINUTE,
        )


def test_every_day_of_three_years_is_worked_or_off_as_the_notices_say(walk):
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(len(walk.worked))]
    assert [CALENDAR.is_working_day(day) for day in days] == walk.worked
    assert [sum(walk.worked[:366]), sum(walk.worked[366:731]), sum(walk.worked[731:])] == [251, 248, 248]


def test_five_thousand_limits_in_working_days_are_those_of_the_walk(walk):
    for dice, at in chances(7, 5000):
        days = dice.randrange(1, 16)
        assert CALENDAR.add_working_days(at, days) == walk.after_days(at, days), (at, days)


def test_five_thousand_limits_in_working_minutes_are_those_of_the_walk(walk):
    for dice, at in chances(11, 5000):
        minutes = dice.randrange(1, 1500)
        due = CALENDAR.add_working_minutes(at, minutes)
        assert due == walk.after_minutes(at, minutes), (at, minutes)
        assert CALENDAR.working_minutes_between(at, due) == minutes


def test_working_time_between_two_moments_is_that_of_the_walk(walk):
    for dice, at in chances(13, 500):
        until = at + dice.randrange(30_000) * MINUTE
        assert CALENDAR.working_minutes_between(at, until) == walk.open_minutes(at, until)


def test_seconds_are_kept():
    at = moment("2026-11-20", "16:59:30")  # a Friday
    assert CALENDAR.add_working_time(at, timedelta(seconds=90)) == moment("2026-11-23", "08:31:00")
    assert CALENDAR.working_time_between(at, moment("2026-11-23", "08:31:00")) == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("at", "days", "due"),
    [
        (moment("2026-11-20"), 5, moment("2026-11-27", "17:00")),  # Friday to Friday
        (moment("2026-11-21"), 5, moment("2026-11-27", "17:00")),  # a Saturday's day was not counted anyway
        (moment("2026-09-18"), 1, moment("2026-09-20", "17:00")),  # a Sunday that is worked
        (moment("2026-02-13"), 2, moment("2026-02-24", "17:00")),  # a worked Saturday, then nine days off
        (moment("2026-11-19", "23:59:59"), 1, moment("2026-11-20", "17:00")),
        (moment("2026-11-20", "00:00"), 1, moment("2026-11-23", "17:00")),
    ],
)
def test_the_day_of_receipt_does_not_count(at, days, due):
    assert CALENDAR.add_working_days(at, days) == due


def test_working_days_between_undo_what_was_added():
    for dice, at in chances(17, 300):
        days = dice.randrange(1, 10)
        assert CALENDAR.working_days_between(at, CALENDAR.add_working_days(at, days)) == days


def test_a_year_that_nobody_entered_is_no_guess():
    late = moment("2026-12-31", "16:00")
    assert CALENDAR.add_working_minutes(late, 60) == moment("2026-12-31", "17:00")
    for reckon in (
        lambda: CALENDAR.add_working_minutes(late, 61),
        lambda: CALENDAR.add_working_days(late, 1),
        lambda: CALENDAR.working_days_between(late, moment("2027-01-04")),
        lambda: CALENDAR.working_time_between(late, moment("2027-01-04")),
        lambda: CALENDAR.is_working_day(date(2023, 12, 31)),
    ):
        with pytest.raises(CalendarMissing) as missing:
            reckon()
        assert missing.value.year in (2023, 2027)


def test_a_notice_may_speak_of_the_december_before():
    year = year_of(2027, {"source": "x", "off": ["2026-12-31..2027-01-03"], "worked": ["2026-12-27"]})
    calendar = Workdays({**CALENDAR.years, 2027: year}, CALENDAR.hours)
    assert not calendar.is_working_day(date(2026, 12, 31))
    assert calendar.is_working_day(date(2026, 12, 27))


def test_office_hours_change_from_a_day_on():
    summer = spans_of(["8:00-12:00", "14:00-18:00"])
    calendar = Workdays(CALENDAR.years, ((date(2000, 1, 1), OPEN), (date(2026, 6, 1), summer)))
    assert calendar.add_working_days(moment("2026-05-28"), 1) == moment("2026-05-29", "17:00")
    assert calendar.add_working_days(moment("2026-05-29"), 1) == moment("2026-06-01", "18:00")
    assert calendar.add_working_minutes(moment("2026-05-29", "16:30"), 60) == moment("2026-06-01", "08:30")


def test_limits_are_byte_for_byte_the_same_in_every_zone(monkeypatch):
    said = set()
    for zone in ZONES:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        said.add(
            "\n".join(
                f"{CALENDAR.add_working_days(at, dice.randrange(1, 16)).isoformat()} "
                f"{CALENDAR.add_working_minutes(at, dice.randrange(1, 900)).isoformat()}"
                for dice, at in chances(23, 500)
            )
        )
    monkeypatch.undo()
    time.tzset()
    assert len(said) == 1
