"""Two who close at once, on both databases: what stays for good is there once, and both are told so."""

from datetime import datetime
from typing import Any

import pytest
import time_machine
from appraised import a_bad_month
from cast import Cast
from factories import a_town
from racing import at_once
from sqlalchemy import func, select

from models.appraisal import goals, stars
from models.appraisal.goals import Target
from models.appraisal.tables import Scoreboard, StarQuarter
from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.orm import session
from models.indicator import sealing
from models.indicator.period import named
from models.indicator.tables import SealedPeriod
from models.place.tables import Community
from server.database import Database

THEN = datetime(2027, 1, 4, 9, tzinfo=SHANGHAI)
QUARTER = named("2026-Q4")


@pytest.fixture
def town(db: Database) -> Cast:
    def work() -> Cast:
        cast = a_town()
        a_bad_month(cast, good=1, bad=1)
        return cast

    return db.write(work)


@pytest.mark.parametrize("town_wide", [False, True])
def test_two_who_close_at_once_close_once(db: Database, town: Cast, town_wide: bool) -> None:
    """Of a community, and of the town, whose rows have another unique index."""
    by = By.staff(town.leader.id)
    with time_machine.travel(THEN, tick=False):
        with db.read():
            place = (
                None if town_wide else session().scalars(select(Community.id).order_by(Community.id)).first()
            )
            seal, star = sealing.counted(QUARTER, place), stars.found(QUARTER, place)
        target = Target("x", "done_rate", "2027", 9000)
        db.write(lambda: goals.set_goal(target, place, by))
        with db.read():
            lines = goals.stand(goals.running(place))

        def closing(verb: Any, *said: Any) -> list[bool]:
            return at_once(db, *[lambda: verb(*said)[1]] * 2)

        assert sorted(closing(sealing.seal, QUARTER, place, by, seal)) == [False, True]
        assert sorted(closing(stars.close, QUARTER, place, by, star)) == [False, True]
        assert sorted(closing(goals.freeze, place, by, lines)) == [False, True]
    with db.read():
        for table in (SealedPeriod, StarQuarter, Scoreboard):
            assert session().scalar(select(func.count()).select_from(table)) == 1
