"""The demo has problems in its ledger and samples for its supervisor."""

from datetime import datetime

import pytest
import time_machine
from sqlalchemy import select

from models.base.clock import SHANGHAI
from models.base.orm import session
from models.case.tables import Sample
from models.problem.figures import rates
from models.problem.listing import cases_of, listed
from models.town import demo_town, parse, take
from server.database import Database
from server.demo import past, problems
from server.demo.town import _let_residents_in


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("day", [(2027, 1, 1), (2026, 11, 21)], ids=str)
def test_the_ledger_has_something_to_show(db: Database, day: tuple[int, int, int]) -> None:
    with time_machine.travel(datetime(*day, 10, tzinfo=SHANGHAI), tick=False):
        db.write(take, parse(demo_town()))
        db.write(_let_residents_in)
        past.furnish(db)
        problems.furnish(db)
        with db.read():
            assert {(one.kind, one.put_right, one.total) for one in rates()} == {
                ("common", 1, 2),
                ("single", 0, 1),
            }
            assert any(cases_of(one) for one in listed(state="open"))
            assert len(session().scalars(select(Sample)).all()) == problems.SAMPLES
