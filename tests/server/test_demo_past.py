"""The demo's months before today have figures to show, whatever the day on which somebody tries it."""

from datetime import datetime

import pytest
import time_machine

from models.base.clock import SHANGHAI, now
from models.indicator.asking import figures
from models.indicator.period import months_to, this_month
from models.town import demo_town, parse, take
from server.database import Database
from server.demo import past
from server.demo.town import _let_residents_in


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("day", [(2027, 1, 1), (2026, 11, 21)], ids=str)
def test_the_months_before_are_full_of_figures(db: Database, day: tuple[int, int, int]) -> None:
    with time_machine.travel(datetime(*day, 10, tzinfo=SHANGHAI), tick=False):
        db.write(take, parse(demo_town()))
        db.write(_let_residents_in)
        past.furnish(db)
        with db.read():
            for month in months_to(this_month(now()), past.MONTHS)[:-1]:
                found = figures(month)[None].rates
                assert found["filing_rate"].under >= 10
                assert found["closing_rate"].over == found["closing_rate"].under > 0
                for code in ("satisfaction_rate", "rework_rate", "default_rate", "level_building"):
                    assert found[code].under
