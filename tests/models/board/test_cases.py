"""What the board says of cases that came as far as they did by real verbs."""

from datetime import timedelta

import pytest
from calendars import known_years
from cast import Cast
from factories import a_case, a_town, spot, unit_of_work
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put, session
from models.base.refusals import NotFound
from models.board.board import board_of
from models.board.cases import counts, mended_lately, what_waits
from models.board.places import community_at
from models.place.tables import Building, Household
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # test_board.py asks both
SOON = 9  # days


def deferred(town: Cast, reason: str) -> None:
    case = a_case(reporter=town.wang, category="road", accepted_by=town.li)
    case.propose(town.li.id, "defer", local(now() + timedelta(days=SOON)).date(), reason)
    case.agree(town.zhao.id)


def test_each_waiting_case_says_why(db: Database):
    with unit_of_work(db):
        town = a_town()
        known_years()
        a_case(reporter=town.wang, category="lighting")
        a_case(reporter=town.wang, category="door", accepted_by=town.li)
        asked = a_case(reporter=town.wang, category="heating", accepted_by=town.li)
        asked.ask(town.li.id, "家里几点有人？")
        deferred(town, "张三家门口，等天暖了再铺")
        deferred(town, "李四说不清楚")
        session().flush()
        lines = what_waits(1)
    assert [(one.category, one.why) for one in lines] == [
        ("lighting", "untaken"), ("door", "handling"), ("heating", "answer"), ("road", "warmth"),
        ("road", "later"),
    ]  # fmt: skip
    until = local(now() + timedelta(days=SOON)).date()
    assert [one.until for one in lines][3:] == [until, until]
    assert not any(word in str(lines) for word in ("张三", "李四", "几点", "王阿姨", "501"))


def test_what_was_mended_says_how_long_it_took_and_the_counts_agree(db: Database):
    with unit_of_work(db):
        town = a_town()
        for category in ("lighting", "dispute", "lighting"):
            a_case(
                reporter=town.wang, category=category, when=now() - timedelta(minutes=90),
                finished_by=town.li, nodded_by=town.wang,
            )  # fmt: skip
        a_case(reporter=town.wang, category="fees", accepted_by=town.li)
        a_case(reporter=town.wang, category="snow_ice", finished_by=town.li)
        session().flush()
        lines, told = mended_lately(1), counts(1)
    assert [(one.category, one.building, one.minutes) for one in lines] == [("lighting", "3", 90)] * 2
    assert (told.reported, told.mended, told.waiting, told.finished) == (5, 3, 1, 1)
    assert [tuple(one) for one in told.kinds] == [
        ("lighting", 2, 2, 0), ("snow_ice", 1, 0, 0), ("other", 2, 1, 1),
    ]  # fmt: skip


def test_names_are_those_of_the_register_and_not_what_somebody_said(db: Database):
    with unit_of_work(db):
        town = a_town()
        case = a_case(reporter=town.wang, category="lighting")
        case.estate_name, case.building_name, case.unit_name = "老王家", "刘寡妇楼", "她家"
        session().flush()
        (line,) = what_waits(1)
    assert (line.estate, line.building) == ("育英小区", "3")


@pytest.mark.parametrize(("homes", "named"), [(0, "3"), (1, None), (4, None), (5, "3")])
def test_a_building_of_few_known_homes_is_not_named(db: Database, homes: int, named: str | None):
    with unit_of_work(db):
        town = a_town()
        a_case(reporter=town.wang)
        building = session().scalars(select(Building.id).where(Building.name == "3")).one()
        for room in range(homes):
            put(Household, building_id=building, unit_name="1", room=str(room), active=True)
        assert [one.building for one in what_waits(1)] == [named]


def test_a_case_that_is_mediated_is_on_no_line(db: Database):
    from models.mediation.tables import Mediation

    with unit_of_work(db):
        town = a_town()
        case = a_case(reporter=town.wang, category="lighting")
        put(
            Mediation, public_id="m", community_id=1, case_id=case.id, kind="noise", parties_sealed="",
            matter_sealed="", began_on=local(now()).date(), mediator_id=town.zhao.id, opened_by=town.zhao.id,
            opened_at=now(),
        )  # fmt: skip
        assert what_waits(1) == []


def test_other_communities_and_cases_without_a_place_are_not_on_it(db: Database):
    with unit_of_work(db):
        town = a_town()
        a_case(reporter=town.wang, at=spot("建设小区", "1", "1"))
        session().flush()
        assert what_waits(1) == []
        assert counts(1).reported == 0


def test_what_does_not_exist_has_no_board(db: Database):
    with unit_of_work(db):
        a_town()
        assert community_at("育英社区").id == community_at("1").id == 1
        for wrong in ("", "0", "01", "3", "9" * 40, "育英", "1 ", "²"):
            with pytest.raises(NotFound):
                board_of(wrong)


def test_a_nod_is_needed_before_it_counts_as_mended(db: Database):
    with unit_of_work(db):
        town = a_town()
        case = a_case(reporter=town.wang, finished_by=town.li)
        session().flush()
        assert (counts(1).mended, counts(1).finished) == (0, 1)
        case.nod(By.person(town.wang.id))
        session().flush()
        assert (counts(1).mended, counts(1).finished) == (1, 0)
