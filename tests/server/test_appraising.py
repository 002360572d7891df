"""The timetable finds colours and says mornings and weeks once, whoever else runs and whatever breaks off."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from appraised import a_bad_month
from cast import Cast
from factories import a_case, a_town, letters_to, spot
from settings_files import configuration, plain_url
from sqlalchemy import func, select

from models.appraisal import weekly
from models.appraisal.tables import StaffWarning
from models.base.clock import SHANGHAI, now
from models.base.orm import session
from models.indicator import keeping
from models.indicator.tables import KeptFigures
from models.joins import morning
from models.outbox.letter import Letter
from server import appraising
from server.config import Config
from server.database import Database

MONDAY = datetime(2026, 11, 30, 8, 40, tzinfo=SHANGHAI)


@pytest.fixture
def config(db: Database, tmp_path: Path) -> Config:
    return configuration(tmp_path, plain_url(db))


@pytest.fixture
def cast(db: Database) -> Cast:
    return db.write(a_town)


def letters(db: Database, kind: str) -> int:
    with db.read():
        query = select(func.count()).select_from(Letter).where(Letter.kind == kind)
        return session().scalar(query) or 0


def test_colours_are_found_once_when_the_month_is_over(db: Database, config: Config, cast: Cast) -> None:
    db.write(lambda: a_bad_month(cast) and None)
    for day in (1, 1, 2, 3):
        with time_machine.travel(datetime(2026, 12, day, 5, 30, tzinfo=SHANGHAI), tick=False):
            appraising.find_colours(config, db)
    with db.read():
        assert session().scalar(select(func.count()).select_from(StaffWarning)) == 3
    assert letters(db, "own_colours") == 1


def test_what_broke_off_is_gone_on_with(
    db: Database, config: Config, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        db.write(lambda: [a_case(reporter=cast.wang, at=spot(building=one)).id for one in ("3", "5")])
        monkeypatch.setattr(appraising, "AT_ONCE", 1)
        whole, calls = morning.tell_some, []

        def breaks_off(*said: object) -> int:
            calls.append(said)
            if len(calls) == 2:
                raise ConnectionError
            return whole(*said)  # type: ignore[arg-type]

        monkeypatch.setattr(morning, "tell_some", breaks_off)
        with pytest.raises(ConnectionError):
            appraising.say_morning(config, db)
        assert letters(db, "morning") == 1
        appraising.say_morning(config, db)
        assert letters(db, "morning") == 3  # 李, 马, 孙
        appraising.say_morning(config, db)
        assert letters(db, "morning") == 3
        assert len(calls) == 5


def test_a_week_is_counted_for_all_leaders_and_said_on_its_first_working_day(
    db: Database, config: Config, cast: Cast
) -> None:
    with time_machine.travel(MONDAY - timedelta(days=1), tick=False):
        db.write(lambda: [a_case(reporter=cast.wang, when=now() - timedelta(days=2)).id for _ in range(2)])
        appraising.say_week(config, db)
    assert letters(db, "week") == 0  # a Sunday
    for day in (0, 0, 1, 4):  # should nobody run on Monday, Tuesday says it
        with time_machine.travel(MONDAY + timedelta(days=day), tick=False):
            appraising.say_week(config, db)
    with time_machine.travel(MONDAY, tick=False), db.read():
        period = weekly.last_week(now().date())
        assert session().scalar(select(func.count()).select_from(KeptFigures)) == 3
        assert keeping.shown(period, None) is not None
        assert [one.facts["open"] for one in letters_to(cast.zhao, "week")] == [2]
    assert letters(db, "week") == 2  # 赵 and 郑: nothing lies with 钱
