"""The demo shows a case that has climbed and one for which more time is asked, on any day."""

from datetime import datetime

import pytest
import time_machine

from models.base.clock import SHANGHAI
from models.base.orm import session
from models.case.case import Case
from models.town import demo_town, parse, take
from server.database import Database
from server.demo import overdue


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("day", "known"), [((2026, 11, 21), True), ((2027, 3, 1), False)], ids=str)
def test_one_has_climbed_and_one_waits_for_a_yes(
    db: Database, day: tuple[int, int, int], known: bool
) -> None:
    with time_machine.travel(datetime(*day, 10, tzinfo=SHANGHAI), tick=False):
        db.write(take, parse(demo_town()))
        overdue.furnish(db)
        with db.read():
            climbed, waits = (session().get_one(Case, number) for number in overdue.NUMBERS)
            assert (climbed.rung > 0, waits.proposal) == ((True, "defer") if known else (False, None))
            assert waits.state == "handling"
