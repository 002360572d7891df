"""The demo has a whistle to look at, on any day."""

from datetime import datetime

import pytest
import time_machine
from sqlalchemy import select

from models.base.clock import SHANGHAI
from models.base.orm import session
from models.town import demo_town, parse, take
from models.whistle import meetings
from models.whistle.reading import called_in
from models.whistle.tables import Whistle
from server.database import Database
from server.demo import whistles


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("day", [(2027, 1, 1), (2026, 11, 21)], ids=str)
def test_one_department_comes_and_one_has_said_nothing(db: Database, day: tuple[int, int, int]) -> None:
    with time_machine.travel(datetime(*day, 10, tzinfo=SHANGHAI), tick=False):
        db.write(take, parse(demo_town()))
        whistles.furnish(db)
        with db.read():
            whistle = session().scalars(select(Whistle)).one()
            assert [one.comes for one in called_in(whistle.id)] == [True, None]
            assert len(meetings.meetings(whistle.case_id)) == 1
