"""One page of an estate, frozen each quarter, and what changed between two of them."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from factories import a_case, a_town, finish, spot
from fee_bills import a_bill
from sqlalchemy import select, update

from models.base.actor import By
from models.base.orm import put, session
from models.case import reach
from models.case.case import Case
from models.grid import management, terms
from models.grid.tables import EstateRecord
from models.joins import estate_ledger
from models.joins.ledger_difference import Change, difference
from models.place.stations import Station
from models.place.tables import Building, Estate, Household
from models.place.version import raise_version
from models.problem.tables import Problem

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOVEMBER = datetime(2026, 11, 20, 9, tzinfo=SHANGHAI)
NEW_YEAR = datetime(2027, 1, 1, 0, 40, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "quarter", "before", "ends"),
    [
        (date(2026, 11, 20), "2026-Q4", "2026-Q3", date(2027, 1, 1)),
        (date(2027, 1, 1), "2027-Q1", "2026-Q4", date(2027, 4, 1)),
        (date(2026, 9, 30), "2026-Q3", "2026-Q2", date(2026, 10, 1)),
    ],
)
def test_quarters(day, quarter, before, ends):
    assert estate_ledger.quarter_of(day) == quarter
    assert estate_ledger.quarter_before(day) == before
    assert estate_ledger.first_day_after(quarter) == ends


@pytest.fixture
def estate(db):
    """育英小区 with homes, cases, a problem, a station, bills of this year."""

    def work():
        with time_machine.travel(NOVEMBER, tick=True):
            cast = a_town()
            where = spot()
            home = put(
                Household, building_id=where.building_id, unit_name="1", room="101", area=None, active=True
            )
            a_bill(home, 180_00, "2026")
            a_case(reporter=cast.wang, text="第一件")
            a_case(reporter=cast.wang, accepted_by=cast.li)
            a_case(reporter=cast.wang, finished_by=cast.li, nodded_by=cast.wang)
            a_case(reporter=cast.wang).void(By.person(cast.wang.id), "自己好了")
            put(
                Problem, kind="common", title="楼道灯老化", text="", community_id=where.community_id,
                estate_id=where.estate_id, state="open", owner_id=cast.zhao.id, proposed_at=NOVEMBER,
            )  # fmt: skip
            put(
                Station, community_id=where.community_id, estate_id=where.estate_id, name="暖心驿站",
                kinds=[], address="2号楼一层", active=True,
            )  # fmt: skip
            management.say({where.building_id: "community_led"}, date(2026, 11, 1), None)
            terms.follow(NOVEMBER)
            raise_version()
            return where.estate_id

    return db.write(work)


def page(db, estate, at=NOVEMBER):
    with db.read():
        return estate_ledger.page_of(estate, at)


def test_the_page_says_what_there_is(db, estate):
    found = page(db, estate)
    third = found["buildings"][0]
    assert [one["building"] for one in found["buildings"]] == ["3", "5", "7"]
    assert (third["homes"], third["grid"], third["management"], third["keepers"]) == (
        1, "育英一网格", "community_led", ["李师傅", "马师傅"],
    )  # fmt: skip
    assert found["homes"] == sum(one["homes"] for one in found["buildings"]) == 1
    assert (found["cases"]["open"], found["cases"]["ended"]) == (2, 2)
    assert found["cases"]["states"]["dispatched"] == 1
    assert {one["name"]: (one["open"], one["ended"]) for one in found["cases"]["owners"]} == {
        "李师傅": (1, 1), "": (1, 1),
    }  # fmt: skip
    assert [(one["title"], one["state"], one["owner"]) for one in found["problems"]] == [
        ("楼道灯老化", "open", "赵主任")
    ]
    cases = [(one["building"], one["category"], one["state"], one["owner"]) for one in found["open_cases"]]
    assert cases == [("3", "lighting", "dispatched", ""), ("3", "lighting", "handling", "李师傅")]
    assert [one["name"] for one in found["facilities"]] == ["暖心驿站"]
    assert found["fees"] == {"period": "2026", "paid": 0, "due": 1}


def test_it_holds_no_room_no_resident_and_no_sum(db, estate):
    written = str(page(db, estate))
    for private in ("101", "501", "王阿姨", "18000", "180.00", "第一件"):
        assert private not in written


def test_a_copy_is_made_of_each_estate_once_when_a_quarter_has_ended(db, estate):
    with time_machine.travel(NOVEMBER, tick=True):
        assert not db.write(estate_ledger.freeze_one)
    with time_machine.travel(NEW_YEAR, tick=True):
        assert db.write(estate_ledger.freeze_one)
        assert db.write(estate_ledger.freeze_one)
        assert not db.write(estate_ledger.freeze_one)
    with db.read():
        (copy,) = estate_ledger.copies(estate)
        assert copy.quarter == "2026-Q4"
        assert copy.page["fees"]["period"] == "2026"
        assert estate_ledger.copy_of(estate, "2026-Q4") == copy.page
        assert estate_ledger.copy_of(estate, "2026-Q3") is None


def test_a_copy_that_comes_too_late_is_not_made(db, estate):
    with time_machine.travel(NEW_YEAR + timedelta(days=11), tick=True):
        assert not db.write(estate_ledger.freeze_one)


def test_a_copy_cannot_be_edited(db, estate):
    with time_machine.travel(NEW_YEAR, tick=True):
        db.write(estate_ledger.freeze_one)
    with pytest.raises(Exception, match="appended, never"):
        db.write(lambda: session().execute(update(EstateRecord).values(quarter="2020-Q1")))


def test_the_difference_names_what_came_went_and_changed(db, estate):
    before = page(db, estate)
    with db.read():
        open_case = session().scalars(select(Case).where(Case.state == "handling")).one()
        number, taker, said = open_case.id, SimpleNamespace(id=open_case.taker_id), open_case.number

    def work():
        third = spot().building_id
        session().execute(update(Building).where(Building.name == "7").values(active=False))
        session().execute(update(Estate).where(Estate.id == estate).values(tags=["老旧小区"]))
        management.say({third: "professional"}, date(2026, 12, 1), None)
        session().execute(update(Problem).values(state="put_right"))
        finish(reach.hold(number), taker)
        raise_version()

    with time_machine.travel(NEW_YEAR, tick=True):
        db.write(work)
    after = page(db, estate, NEW_YEAR - timedelta(hours=1))
    assert difference(before, before) == []
    assert difference(before, after) == [
        Change("estate", "", "tags", [], ["老旧小区"]),
        Change("building", "3", "management", "community_led", "professional"),
        Change("building", "7", "went", "7", None),
        Change("cases", "", "handling", 1, 0),
        Change("cases", "", "finished", 0, 1),
        Change("case", said, "state", "handling", "finished"),
        Change("problem", str(after["problems"][0]["number"]), "state", "open", "put_right"),
    ]
