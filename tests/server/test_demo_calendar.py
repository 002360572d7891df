"""The demo has limits in years too whose working days hemei does not know yet."""

from datetime import date, datetime

import time_machine

from models.base.clock import SHANGHAI
from models.workdays import workdays
from models.workdays.known import years
from server.database import Database
from server.demo import calendar


def test_in_a_year_that_nobody_entered_the_demo_has_working_days(db: Database) -> None:
    with time_machine.travel(datetime(2031, 12, 30, 10, tzinfo=SHANGHAI)):
        calendar.furnish(db)
        with db.read():
            assert {2031, 2032} <= set(years())
            days = workdays(None)
            assert not days.is_working_day(date(2032, 1, 1))
            assert days.is_working_day(date(2032, 1, 2))


def test_what_is_known_stays(db: Database) -> None:
    with time_machine.travel(datetime(2025, 12, 30, 10, tzinfo=SHANGHAI)):
        with db.read():
            known = dict(years())
        calendar.furnish(db)
        with db.read():
            assert dict(years()) == known
