"""The demo shows colours, goals and a board, whatever the day on which somebody tries it."""

from datetime import datetime

import pytest
import time_machine
from appraised import apart
from sqlalchemy import select

from models.appraisal.rules import GREEN
from models.appraisal.tables import Goal, Scoreboard, StaffWarning
from models.base.clock import SHANGHAI
from models.base.orm import session
from models.town import demo_town, parse, take
from server.database import Database
from server.demo import appraised, past
from server.demo.town import _let_residents_in


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("day", [(2027, 1, 1), (2026, 11, 21)], ids=str)
def test_somebody_has_a_colour_and_the_board_shows_every_goal(
    db: Database, day: tuple[int, int, int]
) -> None:
    with time_machine.travel(apart(datetime(*day, 10, tzinfo=SHANGHAI)), tick=False):
        db.write(take, parse(demo_town()))
        db.write(_let_residents_in)
        past.furnish(db)
        appraised.furnish(db)
        with db.read():
            several = session().scalars(select(StaffWarning)).all()
            assert {one.colour for one in several} > {GREEN}
            board = session().scalars(select(Scoreboard)).one()
            assert len(board.lines["goals"]) == len(session().scalars(select(Goal)).all()) == 3
