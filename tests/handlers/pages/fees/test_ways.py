"""How a home pays: the rules stand before the tap, 同意 is said and never assumed, by who lives there."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import time_machine
from cast import Cast
from fee_books import living_in
from fee_homes import ONE, TWO, an_offer, estate_of
from own_bills import a_home, a_price, billed, bills_of
from page_phone import Phone
from sqlalchemy import select

from models.base.links import personal_path
from models.base.orm import session
from models.contract import services, standards
from models.contract.standards import Line
from models.contract.tables import Charging, Contract, ServiceClass, ServiceOrder, StandardRating
from models.fee import buying
from models.fee.checking import faults
from models.fee.payments import Way, receive
from models.fee.tables import Basis, Bill
from models.fee.tariffs import set_price
from server.database import Database

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


@dataclass
class House:
    home: int
    other: int
    mine: str
    theirs: str
    said: str
    year: int
    trial: int


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house(db: Database, town: Cast) -> House:
    def made() -> House:
        a_price()
        home, other = a_home("501"), a_home("502")
        links = [
            personal_path("fees", living_in(one, proof))
            for one, proof in ((home, "staff"), (other, "staff"), (home, "said"))
        ]
        year = an_offer(gift="一袋米", gift_stock=1, gift_fen=20_00)
        trial = an_offer(Charging.TRIAL, name="先试后买")
        return House(home, other, *(f"/{one}" for one in links), year, trial)

    return db.write(made)


def words_of(html: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", html))


def mark_of(html: str, offer: int) -> str:
    found = re.search(rf'name="offer" value="{offer}"><input type="hidden" name="mark" value="([^"]+)"', html)
    assert found
    return found[1]


def agrees(phone: Phone, house: House, offer: int, **form: str) -> str:
    mark = mark_of(phone.open(f"{house.mine}/ways").text, offer)
    said = {"offer": str(offer), "mark": mark, "agree": "yes", "once": f"k{offer}"} | form
    return phone.sent_and_shown(f"{house.mine}/ways/{house.home}/agree", **said)


def contracts(db: Database) -> list[tuple[int, str, str]]:
    with db.read():
        query = select(Contract.household_id, Contract.charging, Contract.agreed_how).order_by(Contract.id)
        return [tuple(one) for one in session().execute(query)]


def test_the_rules_of_a_year_stand_before_the_tap(phone: Phone, house: House) -> None:
    said = words_of(phone.open(f"{house.mine}/ways").text)
    assert "交10个月的钱，用12个月：2026年12月1日起，到2027年11月30日。" in said
    assert re.search(r"减30\.00元，交150\.00元", said), said
    assert "没开始的月数×150.00÷10" in said
    assert "送一袋米一份" in said
    assert "从退款里扣20.00元" in said
    assert "您不点同意，到期以后也不收费" in said


def test_a_year_is_agreed_to_once_however_often_one_taps(db: Database, phone: Phone, house: House) -> None:
    mark = mark_of(phone.open(f"{house.mine}/ways").text, house.year)
    form = {"offer": str(house.year), "mark": mark, "agree": "yes", "once": "k1"}
    for _ in range(2):
        assert "年付的账单出来了" in phone.sent_and_shown(f"{house.mine}/ways/{house.home}/agree", **form)
    assert contracts(db) == [(house.home, "year", "page")]
    with db.read():
        assert [one.amount_fen for one in session().scalars(select(Bill))] == [150_00]
    again = phone.send(f"{house.mine}/ways/{house.home}/agree", **form | {"once": "k2"})
    assert again.status_code == 409
    assert "再看一遍" in again.text


@pytest.mark.parametrize("change", [{"agree": ""}, {"mark": ""}, {"mark": "1-1-1"}, {"offer": "4711"}])
def test_without_consent_or_what_was_shown_nothing_is_agreed_to(
    db: Database, phone: Phone, house: House, change: dict[str, str]
) -> None:
    mark = mark_of(phone.open(f"{house.mine}/ways").text, house.year)
    form = {"offer": str(house.year), "mark": mark, "agree": "yes"} | change
    assert phone.send(f"{house.mine}/ways/{house.home}/agree", **form).status_code in (404, 409, 422)
    assert contracts(db) == []


def test_a_trial_is_agreed_to_given_back_and_agreed_to_again_by_quarter(
    db: Database, phone: Phone, house: House
) -> None:
    assert "这期间不出账单" in agrees(phone, house, house.trial)
    page = phone.open(f"{house.mine}/ways").text
    assert "一家只能试用一次" in page
    number = re.search(r'name="contract" value="(\d+)"', page)
    assert number
    said = phone.sent_and_shown(f"{house.mine}/ways/{house.home}/return", contract=number[1])
    assert "一分钱不收" in said
    assert "先试后买</strong>：退了，不收费" in said
    refused = phone.send(f"{house.mine}/ways/{house.home}/quarter")
    assert refused.status_code == 422
    assert "按季交" in phone.sent_and_shown(f"{house.mine}/ways/{house.home}/quarter", agree="yes")
    assert [one[1] for one in contracts(db)] == ["trial", "quarter"]


def test_leaving_a_year_says_what_goes_back_before_and_after(
    db: Database, phone: Phone, house: House
) -> None:
    agrees(phone, house, house.year)
    db.write(receive, house.home, 150_00, Way.CASH, "1", date(2026, 11, 21), ONE)
    with time_machine.travel(datetime(2027, 3, 20, 2, tzinfo=UTC), tick=False):
        page = phone.open(f"{house.mine}/ways").text
        assert "钱交清了的话退90.00元" in words_of(page)
        number = re.search(r'name="contract" value="(\d+)"', page)
        assert number
        form = {"contract": number[1], "agree": "yes"}
        assert "90.00元请到社区领" in phone.sent_and_shown(f"{house.mine}/ways/{house.home}/leave", **form)
        assert phone.send(f"{house.mine}/ways/{house.home}/leave", **form).status_code == 409
    with db.read():
        assert list(faults()) == []


def test_the_standard_that_the_fee_buys_is_shown_and_rated(db: Database, phone: Phone, house: House) -> None:
    def written() -> int:
        first = [Line("sweep", "每周扫一次", 3), Line("snow", "当天扫雪", 1)]
        standards.set_standard(estate_of(), date(2026, 1, 1), first, "第一次会", ONE)
        second = [Line("sweep", "每周扫两次", 3), Line("lamp", "灯一天内换", 1)]
        key = standards.set_standard(estate_of(), date(2026, 11, 1), second, "第二次会", ONE)
        standards.set_standard(estate_of(), date(2027, 1, 1), first, "第三次会", ONE)
        park = services.add(estate_of(), "停车", ServiceClass.OPTIONAL, "place", ONE)
        set_price(estate_of(), 600_000, date(2026, 1, 1), service_id=park, basis=Basis.UNIT)
        return key

    standard = db.write(written)
    said = words_of(phone.open(f"{house.mine}/ways").text)
    assert "“每周扫一次”改成“每周扫两次”" in said
    assert "2027年1月1日起要改" in said
    assert "60.00元/车位·月" in said
    form = {"standard": str(standard), "line": "sweep", "stars": "4"}
    assert "记下了" in phone.sent_and_shown(f"{house.mine}/ways/{house.home}/rate", **form)
    assert "平均" not in phone.open(f"{house.mine}/ways").text.replace("平均分不公布", "")
    with db.read():
        assert session().scalars(select(StandardRating.stars)).all() == [4]
    for wrong in ({"stars": "9"}, {"line": "nothing"}, {"standard": "99"}):
        assert phone.send(f"{house.mine}/ways/{house.home}/rate", **form | wrong).status_code in (404, 422)


def test_a_service_is_ordered_and_ended_by_the_home_itself(db: Database, phone: Phone, house: House) -> None:
    def catalogue() -> tuple[int, int]:
        park = services.add(estate_of(), "停车", ServiceClass.OPTIONAL, "place", ONE)
        clean = services.add(estate_of(), "擦玻璃", ServiceClass.VALUE_ADDED, "visit", ONE)
        for key, price, basis in ((park, 60, Basis.UNIT), (clean, 45, Basis.ONCE)):
            set_price(estate_of(), price * 10_000, date(2026, 1, 1), service_id=key, basis=basis)
        return park, clean

    park, clean = db.write(catalogue)
    path = f"{house.mine}/ways/{house.home}"
    for service in (park, clean):
        form = {"service": str(service), "quantity": "2", "agree": "yes"}
        assert "单独出一张账单" in phone.sent_and_shown(f"{path}/order", **form)
        assert phone.send(f"{path}/order", **form).status_code == 409
    for wrong in ({"agree": ""}, {"quantity": "0"}, {"service": "99"}, {"quantity": "x"}):
        assert phone.send(f"{path}/order", **form | wrong).status_code in (404, 422)
    db.write(billed, "2026-12")
    db.write(billed, "2026-11")
    with db.read():
        apart = session().scalars(select(Bill).where(Bill.service_id != 0, Bill.household_id == house.home))
        assert sorted(one.amount_fen for one in apart) == [90_00, 120_00]
        first = session().scalars(select(ServiceOrder.id).order_by(ServiceOrder.id)).first()
    assert phone.send(f"{house.theirs}/ways/{house.other}/end", service=first).status_code == 404
    assert "下个月起不订了" in phone.sent_and_shown(f"{path}/end", service=first)
    with db.read():
        assert session().get_one(ServiceOrder, first).until == date(2026, 12, 1)


def test_an_unpaid_quarter_that_makes_room_is_named(db: Database, phone: Phone, house: House) -> None:
    db.write(billed, "2027-Q1")
    said = words_of(phone.open(f"{house.mine}/ways").text)
    assert "已经出的2027年第1季度账单没交过，会撤掉" in said


def test_nobody_agrees_to_anything_for_a_home_that_is_not_beyond_doubt_theirs(
    db: Database, phone: Phone, house: House
) -> None:
    mark = mark_of(phone.open(f"{house.mine}/ways").text, house.year)
    form = {"offer": str(house.year), "mark": mark, "agree": "yes"}
    for link in (house.theirs, house.said):
        assert phone.send(f"{link}/ways/{house.home}/agree", **form).status_code == 404
    assert "还没有核实" in phone.open(f"{house.said}/ways").text
    number = db.write(lambda: buying.agree(house.home, house.trial, TWO, "desk").id)
    assert phone.send(f"{house.theirs}/ways/{house.other}/return", contract=number).status_code == 404
    assert phone.send(f"{house.mine}/ways/{house.home}/dance").status_code == 404
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://else.example"}):
        sent = phone.send(f"{house.mine}/ways/{house.home}/return", headers=headers, contract=number)
        assert sent.status_code == 403
    assert [one[1] for one in contracts(db)] == ["trial"]
    with db.read():
        assert session().scalars(select(Contract.state)).one() == "running"
        assert bills_of(house.home) == []
