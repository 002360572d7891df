"""Who goes from door to door sees own buildings, rooms and no sum; what came of it is said once (X05, A6)."""

import re
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
import time_machine
from asked_for import statements
from cast import Cast, Someone
from factories import told
from fee_bills import a_bill, pay
from fee_books import building, homes, living_in
from page_phone import Phone
from sqlalchemy import select, update
from standing import standing

from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import put, session
from models.base.resources import table
from models.case.case import Case
from models.contract import reliefs
from models.fee import reminding
from models.fee.reminding import Rules, remind_some
from models.fee.tables import Bill, FeeVisit
from models.fee.visits_due import ask_some
from models.joins import disputing
from models.place.tables import Household
from server.database import Database

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
DUE = date(2026, 10, 31)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def homes_owing(db: Database, town: Cast) -> dict[str, int]:
    """101 and 102 of 3号楼 owe, 103 has paid; 101 of 7号楼 owes and has nobody but the desk."""

    def made() -> dict[str, int]:
        first, second, third = homes(3)
        (other,) = homes(1, name="7")
        for home in (first, second, third, other):
            a_bill(home, 187_65, due_on=DUE)
        pay(third, 187_65, DUE)
        ask_some(0, Rules())
        return {"first": first, "second": second, "other": other, "3": building("育英小区", "3")}

    return db.write(made)


def visits(someone: Someone, house: int | None = None) -> str:
    return f"/{personal_path('desk', someone.id)}/fees/visits" + (f"/{house}" if house else "")


def visit_of(db: Database, home: int) -> FeeVisit:
    with db.read():
        return session().scalars(select(FeeVisit).where(FeeVisit.household_id == home)).one()


def test_the_grid_worker_sees_rooms_and_periods_and_no_sum(phone: Phone, town: Cast, homes_owing):
    page = phone.open(visits(town.sun)).text
    assert "101室" in page
    assert "102室" in page
    assert "2026年第4季度" in page
    assert "1/3 户" in page
    seen = re.sub(r"once[^>]*|value=\"[^\"]*\"", "", page)
    assert standing("187|18765|375", seen) == []


@pytest.mark.parametrize(
    ("who", "status"),
    [("sun", 200), ("li", 200), ("zhao", 200), ("leader", 200), ("wu", 404), ("qian", 404), ("wang", 404)],
)
def test_only_its_own_people_and_its_desk_see_a_building(phone: Phone, town: Cast, homes_owing, who, status):
    someone = getattr(town, who)
    assert phone.open(visits(someone, homes_owing["3"])).status_code == status
    ticked = phone.send(visits(someone, homes_owing["3"]) + "/not_in", visit="999")
    assert (ticked.status_code == 404) is (status == 404) or "没有这一户" in ticked.text


def test_which_rooms_are_missing_is_for_the_buildings_own_people_alone(phone, town, homes_owing):
    assert "还没交清的2户" in phone.open(visits(town.li, homes_owing["3"])).text
    assert "还没交清的" not in phone.open(visits(town.zhao, homes_owing["3"])).text


def test_however_many_rooms_are_missing_the_database_is_asked_as_often(db, phone: Phone, town, homes_owing):
    page = phone.led(visits(town.sun))

    def asked() -> int:
        with statements(db) as found:
            phone.open(page)
        return len(found)

    phone.open(page)
    before = asked()

    def more() -> None:
        for room in ("301", "302", "303"):
            home = put(Household, building_id=homes_owing["3"], unit_name="9", room=room, active=True)
            a_bill(home, 187_65, due_on=DUE)

    db.write(more)
    assert "303" in phone.open(page).text
    assert asked() == before


def test_a_desk_sees_all_buildings_of_its_community(phone: Phone, town: Cast, homes_owing):
    page = phone.open(visits(town.zhao)).text
    assert "育英小区3号楼" in page
    assert "还有2户要去" in page
    assert "育英小区7号楼" in page
    assert "现在没有要上门的人家" in phone.open(visits(town.qian)).text


def test_what_came_of_it_is_said_once_and_a_slip_is_taken_back(db, phone: Phone, town: Cast, homes_owing):
    visit = visit_of(db, homes_owing["first"]).id
    here = visits(town.sun, homes_owing["3"])
    page = phone.sent_and_shown(f"{here}/not_in", visit=visit, once="k1")
    assert "记下了" in page
    assert "没人在家" in page
    assert phone.send(f"{here}/not_in", visit=visit, once="k1").status_code == 303
    assert phone.send(f"{here}/moved", visit=visit, once="k2").status_code == 409
    assert "还算没去" in phone.sent_and_shown(f"{here}/undo", visit=visit)
    assert visit_of(db, homes_owing["first"]).outcome is None


def test_a_promise_needs_a_day(db, phone: Phone, town: Cast, homes_owing):
    visit = visit_of(db, homes_owing["first"]).id
    here = visits(town.sun, homes_owing["3"])
    for day in ("", "2026-11-20", "2027-06-01", "soon"):
        refused = phone.send(f"{here}/promised", visit=visit, day=day)
        assert refused.status_code == 422
        assert "请选答应交的日子" in refused.text
    phone.sent_and_shown(f"{here}/promised", visit=visit, day="2026-11-30")
    assert visit_of(db, homes_owing["first"]).promised_on == date(2026, 11, 30)


def test_who_has_difficulties_is_shown_to_the_desk_until_somebody_asks_for_relief(
    db, phone: Phone, town: Cast, homes_owing
):
    visit = visit_of(db, homes_owing["first"]).id
    here = visits(town.sun, homes_owing["3"])
    phone.sent_and_shown(f"{here}/difficulty", visit=visit, words="老伴住院")
    assert "有难处，等您看要不要减免" in phone.open(visits(town.zhao)).text
    assert "老伴住院" in phone.open(visits(town.zhao)).text
    assert "老伴住院" in phone.open(visits(town.zhao, homes_owing["3"])).text
    # who goes there reads that it is so, and the words are for who decides
    shown = phone.open(here).text
    assert "有难处" in shown
    assert "老伴住院" not in shown
    for other in (town.sun, town.qian, town.leader):
        seen = phone.open(visits(other)).text
        assert ("等您看要不要减免" in seen) is (other is town.leader)

    def asked() -> None:
        by, half = By.staff(town.zhao.id), Fraction(1, 2)
        ground = next(iter(table("labels/relief_grounds.toml")))
        reliefs.ask(homes_owing["first"], ground, None, half, date(2026, 12, 1), date(2027, 6, 1), by)

    db.write(asked)
    assert "等您看要不要减免" not in phone.open(visits(town.zhao)).text


def test_a_complaint_becomes_a_case_and_nobody_is_reminded_until_it_ends(
    db, phone: Phone, town: Cast, homes_owing
):
    home = homes_owing["first"]
    person = db.write(living_in, home)
    db.write(remind_some, 0, Rules())
    visit = visit_of(db, home).id
    here = visits(town.sun, homes_owing["3"])
    assert phone.send(f"{here}/complains", visit=visit, words=" ").status_code == 422
    page = phone.sent_and_shown(f"{here}/complains", visit=visit, words="楼道灯坏了半年没人修", once="k1")
    assert "意见转成" in page
    phone.send(f"{here}/complains", visit=visit, words="楼道灯坏了半年没人修", once="k1")
    with db.read():
        case = session().scalars(select(Case)).one()
        assert (case.category, case.building_name) == ("lighting", "3")
        assert "case_dispatched" in told(town.li)
        letters = [one for one in reminding.KINDS if one in told(Someone("", id=person), state="waiting")]
        assert letters == []
        bill = session().scalars(select(Bill).where(Bill.household_id == home)).one()
        assert bill.case_id == case.id
    db.write(disputing.end_some)
    assert _disputed(db, home)
    db.write(lambda: session().execute(update(Case).values(state="closed")))
    db.write(disputing.end_some)
    assert not _disputed(db, home)


def _disputed(db, home: int) -> bool:
    with db.read():
        return session().scalars(select(Bill.case_id).where(Bill.household_id == home)).one() is not None


def test_a_visit_of_another_building_is_not_ticked_from_here(db, phone: Phone, town: Cast, homes_owing):
    other = visit_of(db, homes_owing["other"]).id
    here = visits(town.sun, homes_owing["3"])
    assert phone.send(f"{here}/not_in", visit=other).status_code == 404
    assert phone.send(f"{here}/bribed", visit=other).status_code == 404
    assert visit_of(db, homes_owing["other"]).outcome is None


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://else.example"}])
def test_no_other_site_says_what_came_of_it(db, phone: Phone, town: Cast, homes_owing, headers):
    visit = visit_of(db, homes_owing["first"]).id
    answer = phone.send(visits(town.sun, homes_owing["3"]) + "/not_in", headers=headers, visit=visit)
    assert answer.status_code == 403
