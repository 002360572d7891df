"""A report that everybody sleeps over: it climbs, a department is whistled for, and the figures say so.

Through the chat's own door and the lines of the real timetable, each called at its moment.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from cast import Someone
from chat import Chat, number_in
from factories import a_photo, a_town, letters_to
from settings_files import configuration
from sqlalchemy import select
from whistle_town import departments

from handlers.words import use_base_url
from models.base.clock import SHANGHAI, now
from models.base.orm import session
from models.case.case import Case
from models.case.climbing import rules, seen_of
from models.case.deadlines import climbs
from models.history import steps_about
from models.indicator.asking import figures
from models.indicator.period import named
from models.outbox.letter import Lane
from server.config import Config
from server.database import Database
from server.timetable import Timetable, timetable

FRIDAY = datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)


class Town(Chat):
    """People who write, and the clock beside them."""

    config: Config
    clock: time_machine.Traveller

    def at(self, day: int, hour: int, minute: int = 1) -> None:
        """A moment of November comes, and every line of the timetable whose turn it is."""
        self.clock.move_to(datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI))
        lines = [one for one in timetable(self.config) if not one.in_quarantine]
        for line in lines:
            Timetable(self.config, self.database, lines).tick(line)

    def heard(self, who: Someone, kind: str) -> int:
        with self.database.read():
            return len(letters_to(who, kind))


@pytest.fixture
def town(db: Database, tmp_path: Path) -> Iterator[Town]:
    use_base_url("https://hemei.example")
    with time_machine.travel(FRIDAY, tick=False) as clock:
        town = Town(db, db.write(a_town))
        town.config, town.clock = configuration(tmp_path, str(db.url)), clock
        db.write(lambda: departments(town.cast))  # 李 is 网格长, 马 一级网格长, 郑 网格总长
        yield town


def test_what_nobody_takes_climbs_to_the_top_and_is_mended_by_a_department(town: Town):
    cast = town.cast
    ladder = (cast.li, cast.ma, cast.leader)
    number = number_in(town.says(cast.wang, "5号楼1单元路灯不亮，天黑看不见路"))
    assert town.heard(cast.sun, "case_dispatched") == 1
    said_until = [town.says(cast.wang, "办到哪了")]
    for day, above in zip((23, 24, 25), ladder, strict=True):  # one working day to accept, and one a rung
        town.at(day, 16, 59)
        assert town.heard(above, "case_climbed") == 0
        town.at(day, 17, 1)
        assert [town.heard(one, "case_climbed") for one in ladder].count(1) == ladder.index(above) + 1
    town.at(26, 8, 1)
    assert town.heard(cast.leader, "morning") == 1  # what climbed to them, in one letter
    town.at(26, 17, 1)
    assert [town.heard(one, "case_climbed") for one in ladder] == [1, 1, 1]  # never past the top

    assert number in town.says(cast.leader, f"吹哨 {number} 城管局 路灯杆里断线")
    assert "应了" in town.says(cast.zhou, f"应 {number}")
    assert "到场" in town.says(cast.zhou, f"到场 {number}")
    assert number in town.says(cast.sun, f"接单 {number}")
    said_until.append(town.says(cast.wang, "办到哪了"))
    with town.database.read():
        case = session().scalars(select(Case)).one()
        assert case.finish_due == datetime(2026, 11, 27, 17, tzinfo=SHANGHAI)
    assert all("11月27日" in one for one in said_until)  # what was promised is moved by no climb
    town.clock.move_to(datetime(2026, 11, 27, 10, tzinfo=SHANGHAI))
    town.database.write(lambda: a_photo(session().get_one(Case, case.id), cast.sun))
    town.says(cast.sun, f"办结 {number} 城管局接好了线")
    town.says(cast.wang, "满意")

    town.clock.move_to(datetime(2026, 12, 1, 9, tzinfo=SHANGHAI))
    with town.database.read():
        case = session().get_one(Case, case.id)
        assert case.state in ("closed", "rated")
        climbed = [one for one in steps_about("case", case.id) if one.what == "climbed"]
        again = climbs(seen_of(case.id), rules(), now())
        assert [(one.at, one.rung) for one in again] == [(one.at, one.facts["rung"]) for one in climbed]
        month = figures(named("2026-11"))[None].rates
        assert (month["prompt_handling_rate"].over, month["prompt_handling_rate"].under) == (1, 1)
        assert (month["unclimbed_rate"].over, month["unclimbed_rate"].under) == (0, 1)


def test_after_thirty_six_hours_of_standstill_each_hears_once(town: Town):
    """T6: everything is overdue when the clock comes back on a Friday night; urgent or not, one letter each,
    and none before the morning that may wait."""
    cast = town.cast
    numbers = [
        number_in(town.says(cast.wang, f"5号楼{unit}单元{what}"))
        for unit, what in ((1, "路灯不亮"), (1, "单元门坏了"), (1, "墙皮掉了"))
    ]
    assert len(set(numbers)) == 3
    for minute in (5, 6, 7):
        town.at(26, 23, minute)
    with town.database.read():
        letters = letters_to(cast.leader, "case_climbed")
        assert sorted(one.facts["number"] for one in letters) == sorted(numbers)
        assert {one.lane for one in letters} == {Lane.NEWS}  # which the quiet hours hold back
    assert [town.heard(one, "case_climbed") for one in (cast.li, cast.ma)] == [0, 0]
