"""Stars and goals on their pages: who closes, who votes, who sees the whole ranking, what a board keeps."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from appraised import NEXT_MONTH, a_bad_month, apart
from cast import Cast, Someone
from exported import exported
from page_phone import Phone
from sqlalchemy import func, select

from handlers.pages.chain.stars import waiting
from models.appraisal import stars
from models.appraisal.tables import Goal, Scoreboard, StarVote
from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.links import personal_path
from models.base.orm import put, session
from models.inbox.received import Received
from models.person.arriving import move_in, visitor_of
from models.person.tables import Staff
from models.place.tables import Building, Household
from models.place.version import raise_version
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
NEXT_QUARTER = datetime(2027, 1, 4, 9, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def then() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(apart(NEXT_MONTH), tick=False) as clock:
        yield clock


@pytest.fixture
def home(db: Database, town: Cast) -> str:
    """王阿姨 lives in 3号楼 beyond doubt; the address below her own link."""

    def work() -> None:
        key = session().scalars(select(Building.id).where(Building.name == "3")).one()
        put(Household, building_id=key, unit_name="2", room="501", area=5000, active=True)
        move_in(town.wang.id, building_id=key, unit="2", room="501", proof="staff")
        a_bad_month(town)

    db.write(work)
    return "/" + personal_path("fees", town.wang.id)


def test_a_resident_votes_once_for_the_own_grid(
    phone: Phone, town: Cast, db: Database, home: str, desk: Callable[[Someone], str]
) -> None:
    page = phone.open(f"{home}/vote").text
    assert "李师傅" in page
    assert "吴师傅" not in page
    assert phone.send(f"{home}/vote", steward=str(town.wu.id)).status_code == 409
    assert phone.send(f"{home}/vote", steward="x").status_code == 422
    assert "这一票投了" in phone.sent_and_shown(f"{home}/vote", steward=str(town.li.id))
    assert "一人一票" in phone.sent_and_shown(f"{home}/vote", steward=str(town.ma.id))
    with db.read():
        assert session().scalar(select(func.count()).select_from(StarVote)) == 1
    assert phone.open(f"{desk(town.zhao)}/vote").status_code == 404
    said_only = "/" + personal_path("fees", town.rider.id)
    assert "先在社区核实" in phone.open(f"{said_only}/vote").text


def test_nothing_that_is_kept_beside_a_vote_says_whose_it_is(
    phone: Phone, town: Cast, db: Database, home: str
) -> None:
    with db.read():
        before = session().scalars(select(func.max(Received.id))).one() or 0
    assert phone.send(f"{home}/vote", steward=str(town.li.id)).status_code == 303
    assert "一人一票" in phone.sent_and_shown(f"{home}/vote", steward=str(town.li.id))
    with db.read():
        assert session().scalars(select(Received).where(Received.id > before)).all() == []
        (vote,) = session().scalars(select(StarVote))
        assert vote.at == datetime(2026, 10, 1, tzinfo=SHANGHAI)


def test_a_quarter_is_closed_on_its_page_and_then_stays(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], home: str, then: time_machine.Traveller
) -> None:
    zhao = desk(town.zhao)
    phone.send(f"{home}/vote", steward=str(town.li.id))
    then.move_to(NEXT_QUARTER)
    assert phone.send(f"{desk(town.sun)}/stars/close").status_code == 409
    assert "关账了" in phone.sent_and_shown(f"{zhao}/stars/close")
    again = phone.send(f"{zhao}/stars/close")
    assert "早就关过账" in phone.open(again.headers["Location"]).text
    whole = phone.open(f"{zhao}/stars").text
    assert "李师傅" in whole
    assert "件数太少" in whole
    theirs = phone.open(f"{desk(town.sun)}/stars").text
    assert "李师傅" in theirs
    assert "件数太少" not in theirs
    assert "李师傅" not in phone.open(f"{desk(town.qian)}/stars").text
    assert "李师傅" in phone.open(f"{home}/vote").text
    book = exported(phone.open(f"{zhao}/stars.xlsx"))
    assert next(list(sheet.values)[1][:3] for sheet in book) == (1, "K001", "李师傅")
    assert phone.open(f"{desk(town.sun)}/stars.xlsx").status_code == 404


def test_a_namesake_sees_no_lines_of_the_other(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database, home: str
) -> None:
    zhao, title = desk(town.zhao), "按期办到九成"
    form = {"title": title, "measure": "prompt_handling_rate", "target": "90%", "period": "2026-11"}
    phone.sent_and_shown(f"{zhao}/goals/set", **form, cadre="K001")
    phone.sent_and_shown(f"{zhao}/goals/set", **form | {"title": "另一件"}, cadre="K002")
    phone.sent_and_shown(f"{zhao}/goals/show")

    def renamed() -> None:
        session().scalars(select(Staff).where(Staff.person_id == town.ma.id)).one().name = town.li.name
        raise_version()

    db.write(renamed)
    page = phone.open(f"{desk(town.ma)}/goals").text
    assert "另一件" in page
    assert title not in page


def test_a_goal_is_set_measured_shown_and_withdrawn(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database, home: str
) -> None:
    zhao = desk(town.zhao)
    form = {"title": "按期办到九成", "measure": "prompt_handling_rate", "target": "90%", "period": "2026-11",
            "grid": "育英一网格", "cadre": "K001"}  # fmt: skip
    for wrong in ({"target": "x"}, {"target": "101"}, {"grid": "别处"}, {"cadre": "没有"}, {"measure": "x"},
                  {"period": "2026-13"}, {"title": ""}):  # fmt: skip
        assert phone.send(f"{zhao}/goals/set", **{**form, **wrong}).status_code == 422, wrong
    assert phone.send(f"{desk(town.sun)}/goals/set", **form).status_code == 404
    assert "按期办到九成" in phone.sent_and_shown(f"{zhao}/goals/set", **form)
    assert "5/10 = 50.0%" in phone.open(f"{desk(town.li)}/goals").text  # the cadre's own
    assert phone.open(f"{desk(town.ma)}/goals").status_code == 404
    assert "晾晒了" in phone.sent_and_shown(f"{zhao}/goals/show")
    assert "晾晒过了" in phone.sent_and_shown(f"{zhao}/goals/show")
    with db.read():
        board, goal = session().scalars(select(Scoreboard)).one(), session().scalars(select(Goal)).one()
        assert board.lines["credits"] == {
            "grid": {"育英一网格": [0, 1]},
            "people": [{"name": "李师傅", "sum": [0, 1], "unit": None}],
        }
    rows = list(exported(phone.open(f"{zhao}/goals.xlsx")).active.values)
    assert rows[1][4:] == ("育英一网格", "李师傅", "90%", "5/10 = 50.0%", "还差")
    assert "撤下了" in phone.sent_and_shown(f"{zhao}/goals/withdraw", item=str(goal.id))
    page = phone.open(f"{zhao}/goals").text
    assert "还没有定目标" in page
    assert "按期办到九成" in page  # the board keeps it
    assert phone.send(f"{zhao}/goals/nothing").status_code == 404


def test_a_goal_says_how_it_is_counted_with_the_numbers_of_its_place(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], home: str
) -> None:
    form = {"title": "群众满意", "measure": "satisfaction_rate", "target": "95%", "period": "2026-11"}
    assert "3分及以上算好评" in phone.sent_and_shown(f"{desk(town.zhao)}/goals/set", **form)


def test_whoever_decides_elsewhere_shows_no_board_here(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], home: str
) -> None:
    assert "按期" not in phone.open(f"{desk(town.qian)}/goals").text.split("定一个目标")[0]
    assert phone.send(f"{desk(town.leader)}/goals/show").status_code == 422  # the town has no goals
    goal = {"title": "x", "measure": "visits", "target": "1", "period": "2026", "community": "1"}
    assert phone.send(f"{desk(town.qian)}/goals/set", **goal).status_code == 303
    assert "育英" not in phone.open(f"{desk(town.qian)}/goals").text  # it is of the own community


def test_the_towns_desk_is_prompted_for_the_town_and_its_communities(
    db: Database, town: Cast, home: str, then: time_machine.Traveller
) -> None:
    then.move_to(NEXT_QUARTER)
    with db.read():
        leader, zhao, li = (visitor_of(one.id, "page") for one in (town.leader, town.zhao, town.li))
        assert leader is not None
        assert zhao is not None
        assert li is not None
        last = stars.last_quarter()
        assert stars.unclosed(last)[-1] is None
        open_ones = len(stars.unclosed(last))
        assert (waiting(leader), waiting(zhao), waiting(li)) == (open_ones, 1, 0)
    place = zhao.community_id
    with db.read():
        found = stars.found(last, place)
    db.write(lambda: stars.close(last, place, By.staff(town.zhao.id), found)[1])
    with db.read():
        assert (waiting(leader), waiting(zhao)) == (open_ones - 1, 0)
