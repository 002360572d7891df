"""What else everybody may read there, and what of it stays away."""

from datetime import date, timedelta

import pytest
from factories import a_case, a_town, unit_of_work
from sqlalchemy import update

from models.base.clock import now
from models.base.orm import put, session
from models.board.news import books_in, notices_in, problems_in, stars_in
from models.board.people import answering_in
from models.notice.tables import Notice
from models.person.tables import Staff
from models.place.tables import Household
from models.place.version import raise_version
from models.problem.keeping import written
from models.problem.tables import ProblemCase
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # test_board.py asks both
WHOLE = {"communities": ["育英社区"]}


def a_notice(title: str, **more: object) -> int:
    said = {
        "community_id": 1, "title": title, "body": "请提前接水。", "signed": "育英社区居委会",
        "kind": "ordinary", "is_call": False, "audience": WHOLE, "is_about_fees": False, "state": "told",
        "author_id": 1, "created_at": now(), "starts_at": now(), "people": 0, "groups": 0, "groups_up_to": 0,
        "people_up_to": 0, "climbed": 0,
    } | more  # fmt: skip
    return put(Notice, **said)


def test_only_what_was_told_to_everybody_and_holds_stands_there(db: Database):
    with unit_of_work(db):
        a_town()
        shown = a_notice("停水")
        a_notice("全城", community_id=None, audience={"districts": ["北林区"]}, state="going")
        for title, more in {
            "草稿": {"state": "draft"},
            "撤回": {"state": "withdrawn"},
            "过期": {"valid_until": now() - timedelta(minutes=1)},
            "一栋楼": {"audience": {"buildings": [["育英小区", "3"]]}},
            "一个小区": {"audience": {"estates": ["育英小区"]}},
            "给同事": {"audience": WHOLE | {"roles": ["keeper"]}},
            "没看的": {"audience": WHOLE | {"unread_of": shown}},
            "别的社区": {"community_id": 2, "audience": {"communities": ["建设社区"]}},
            "没有的地方": {"audience": {"communities": ["没有社区"]}},
            "物业费": {"is_about_fees": True},
            "点名": {"is_call": True},
            "有危险": {"warns_of_case": 7},
        }.items():
            a_notice(title, **more)
        assert [one.title for one in notices_in(1)] == ["全城", "停水"]


@pytest.mark.parametrize("words", ["张建国 13812345678", "3号楼2单元501张建国", "501室欠费"])
def test_a_notice_that_names_somebody_is_not_shown_whoever_let_it_pass(db: Database, words: str):
    with unit_of_work(db):
        a_town()
        a_notice("停水", body=f"请联系{words}。")
        a_notice(words)
        assert notices_in(1) == []


def test_what_was_put_right_stands_in_place_of_what_was_wrong(db: Database):
    with unit_of_work(db):
        a_town()
        wrong = a_notice("九点停水")
        a_notice("更正：十点停水", corrects_id=wrong)
        assert [(one.title, one.corrects) for one in notices_in(1)] == [("更正：十点停水", True)]


def test_a_common_problem_names_nobody_and_counts_only_what_tells_of_nobody(db: Database):
    from factories import spot

    with unit_of_work(db):
        town = a_town()
        many = written("common", "3号楼总返水", "", spot(), "drainage", None)
        few = written("common", "张建国家13812345678总返水", "", spot(), "drainage", None)
        secret = written("common", "楼上太吵", "", spot(), "noise", None)
        single = written("single", "一家的事", "", spot(), "water", None)
        refused = written("common", "不算", "", spot(), "water", None)
        for one in (many, few, secret, single):
            one.state, one.owner_id = "open", town.sun.id
        refused.state = "refused"
        many.yearly_work, many.yearly_on = "2027年管网改造", 2027
        for problem, cases in ((many, 5), (few, 4)):
            for _ in range(cases):
                case = a_case(reporter=town.wang, category="drainage")
                put(ProblemCase, problem_id=problem.id, case_id=case.id, since=now())
        session().flush()
        shown = {one.title: one for one in problems_in(1)}
    assert set(shown) == {"3号楼总返水", None}
    assert (shown["3号楼总返水"].cases, shown["3号楼总返水"].yearly_on) == (5, 2027)
    assert (shown[None].cases, shown[None].category, shown[None].owner) == (None, "drainage", "孙网格员")


def test_a_star_who_has_left_is_nobodys_star(db: Database):
    from models.appraisal.tables import StarQuarter

    with unit_of_work(db):
        town = a_town()
        lines = [
            {"person": one.id, "number": one.number, "name": "旧名", "cases": 9} for one in (town.li, town.ma)
        ]
        put(
            StarQuarter, community_id=None, quarter="2026-Q3", formulas="1", places=2,
            ranking={"lines": lines, "rules": {}}, excluded={}, by_id=None, at=now(),
        )  # fmt: skip
        session().execute(update(Staff).where(Staff.person_id == town.ma.id).values(active=False))
        raise_version()
        found = stars_in(1)
    assert found is not None
    assert [(one.name, one.cases) for one in found.stars] == [("李师傅", 9)]


def test_of_each_estate_the_newest_month_that_is_up(db: Database):
    from models.books.tables import Publication

    with unit_of_work(db):
        town = a_town()
        for month, closing in ((date(2026, 9, 1), 1), (date(2026, 10, 1), 2)):
            said = {
                "month": month.isoformat(), "opening": 0, "received": 0, "spent": 0, "closing": closing,
                "income": [], "spending": [], "shares": [], "accounts": {}, "funds": {},
            }  # fmt: skip
            put(Publication, estate_id=1, month=month, by_id=town.zhao.id, at=now(), statement=said)
        assert [(one.estate, one.month, one.closing) for one in books_in(1)] == [
            ("育英小区", date(2026, 10, 1), 2)
        ]
        assert books_in(2) == []


def test_buildings_of_the_same_people_stand_together_and_owners_nowhere(db: Database):
    with unit_of_work(db):
        a_town()
        put(Household, building_id=1, unit_name="1", room="101", owner_sealed="x", active=True)
        (estate,) = answering_in(1)
        found = [(one.buildings, [person.name for person in one.people]) for one in estate.groups]
    assert found == [
        (("3",), ["李师傅", "马师傅", "孙网格员"]), (("5",), ["孙网格员"]), (("7",), ["赵主任"]),
    ]  # fmt: skip
    assert all(person.phone is None for one in estate.groups for person in one.people)
