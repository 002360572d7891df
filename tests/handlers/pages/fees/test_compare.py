"""The page of differences: what they are, what to do, settled with words by whoever decides there."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from bill_files import Back, Paid, paid_orders, trade_file
from cast import Cast, Someone
from open_books import a_colleague
from own_bills import a_home
from page_phone import Phone
from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.links import personal_path
from models.base.orm import session
from models.fee.payments import Way, receive
from models.ledger import Account
from models.ledger.balances import balances
from models.ledger.sealing import is_sealed
from models.pay.bill_files import BillFile, Kind, read
from models.pay.comparing import compare
from models.pay.tables import Difference, Order
from models.person.tables import Staff
from models.place.tables import Estate
from server.database import Database

NOW = datetime(2026, 4, 1, 4, tzinfo=UTC)
DAY = date(2026, 3, 31)
Desk = Callable[[Someone], str]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(db: Database, town: Cast) -> Desk:
    """Yesterday 500 came in that nobody knows, and an order of each community is not at the platform."""

    def made() -> None:
        home, other = a_home("501"), a_home("101", estate="建设小区", building="1")
        receive(home, 45_00, Way.CASH, "0001", DAY, SYSTEM)
        paid_orders(home, DAY, {"o-1": 180_00})
        paid_orders(other, DAY, {"o-2": 90_00})
        compare(read(trade_file(DAY, [Paid("o-strange", 5_00)])), SYSTEM)

    db.write(made)
    return lambda who: db.write(personal_path, "desk", who.id) + "/fees/compare"


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def _numbers(db: Database) -> dict[str, int]:
    with db.read():
        return {one.number: one.id for one in session().scalars(select(Difference))}


def test_a_desk_sees_its_own_and_what_is_nobodys_and_what_to_do(phone: Phone, town: Cast, page: Desk):
    shown = _words(phone.open(page(town.zhao)).text)
    assert "账上记了收款，平台没有" in shown
    assert "账上：180.00 元，微信：没有" in shown
    assert "账上：没有，微信：5.00 元" in shown
    assert "o-1" in shown
    assert "o-strange" in shown
    assert "o-2" not in shown, "another community's"
    assert "3月31日 对了一半" in shown
    assert "和微信支付的账单对不上 2" in _words(phone.open(page(town.zhao).removesuffix("/compare")).text)


def test_who_has_no_post_there_finds_nothing(db: Database, phone: Phone, town: Cast, page: Desk):
    numbers = _numbers(db)
    for one in (town.li, town.sun, town.wang):
        assert phone.open(page(one)).status_code == 404
        assert phone.send(f"{page(one)}/settle", item=numbers["o-1"], how="x").status_code == 404
    assert phone.send(f"{page(town.qian)}/settle", item=numbers["o-1"], how="x").status_code == 404
    assert phone.send(f"{page(town.zhao)}/settle", item=99, how="x").status_code == 404
    assert phone.send(f"{page(town.zhao)}/burn", item=numbers["o-1"], how="x").status_code == 404
    with db.read():
        assert session().scalars(select(Difference.settled_at)).all() == [None] * 3


def test_a_supervisor_looks_on(db: Database, phone: Phone, town: Cast, page: Desk):
    def supervising() -> None:
        staff = session().scalars(select(Staff).where(Staff.person_id == town.zhao.id)).one()
        staff.roles = ["supervisor"]

    db.write(supervising)
    shown = phone.open(page(town.zhao)).text
    assert "o-1" in shown
    assert "<textarea" not in shown
    answer = phone.send(f"{page(town.zhao)}/settle", item=_numbers(db)["o-1"], how="x")
    assert answer.status_code == 404


def test_a_difference_is_settled_with_words_once(db: Database, phone: Phone, town: Cast, page: Desk):
    here, item = page(town.zhao), _numbers(db)["o-1"]
    refused = phone.send(f"{here}/settle", item=item, how="  ")
    assert (refused.status_code, "请写清楚" in refused.text) == (422, True)
    shown = phone.sent_and_shown(f"{here}/settle", item=item, how="<b>测试单</b>，已撤")
    assert "记下了" in shown
    assert "o-1<" not in shown
    assert phone.send(f"{here}/settle", item=item, how="再来").status_code == 409
    with db.read():
        one = session().get_one(Difference, item)
        assert (one.how, one.settled_by) == ("<b>测试单</b>，已撤", town.zhao.id)


def test_a_form_of_another_site_settles_nothing(db: Database, phone: Phone, town: Cast, page: Desk):
    strange = {"Origin": "https://evil.example"}
    answer = phone.send(f"{page(town.zhao)}/settle", headers=strange, item=_numbers(db)["o-1"], how="x")
    assert answer.status_code == 403


def test_a_month_is_sealed_when_nothing_is_lacking(db: Database, phone: Phone, town: Cast, page: Desk):
    here = page(town.zhao)
    shown = _words(phone.open(here).text)
    assert "2026年3月封账 还不能封：" in shown
    assert "还有1天的资金账单没有对，从2026-03-31起" in shown
    assert "还有2笔对账差异没有处理" in shown
    with db.read():
        estate = session().scalars(select(Order.estate_id).where(Order.number == "o-1")).one()
    early = phone.send(f"{here}/seal", item=estate, month="2026-03")
    assert (early.status_code, "还不能封账" in early.text) == (409, True)

    def done() -> None:
        for order in session().scalars(select(Order)):
            order.state, order.paid_at = "closed", None
        session().flush()
        for kind in Kind:
            compare(BillFile(kind, "", DAY), SYSTEM)

    db.write(done)
    assert "能封了" in phone.open(here).text
    assert phone.send(f"{here}/seal", item=estate, month="三月").status_code == 422
    assert phone.send(f"{page(town.qian)}/seal", item=estate, month="2026-03").status_code == 404
    assert "封好了" in phone.sent_and_shown(f"{here}/seal", item=estate, month="2026-03")
    with db.read():
        assert is_sealed(estate, DAY)
    assert "2026年3月封账" not in _words(phone.open(here).text)


def test_a_refund_of_the_console_is_said_by_one_and_booked_by_another(db: Database, phone: Phone, town: Cast):
    def made() -> Someone:
        home = a_home("502")
        receive(home, 45_00, Way.CASH, "0001", DAY, SYSTEM)
        paid_orders(home, DAY, {"o-9": 180_00})
        compare(read(trade_file(DAY, [Paid("o-9", 180_00), Back("console-9", 30_00, of="o-9")])), SYSTEM)
        community = session().scalars(select(Estate.community_id).where(Estate.name == "育英小区")).one()
        return a_colleague("第二人", "C009", "community", community=community)

    other = db.write(made)
    mine, theirs = (db.write(personal_path, "desk", one.id) + "/fees/compare" for one in (town.zhao, other))
    item = _numbers(db)["console-9"]
    assert "这笔钱怎么算" in phone.open(mine).text
    assert phone.send(f"{mine}/settle", item=item, how="知道了").status_code == 422
    assert phone.send(f"{mine}/say", item=item, book_as="gift", how="退了").status_code == 422
    assert "等另一个人同意" in phone.sent_and_shown(
        f"{mine}/say", item=item, book_as="loss", how="退错了，要不回来"
    )
    assert "同意，记账" not in phone.open(mine).text
    assert phone.send(f"{mine}/agree", item=item, book_as="loss").status_code == 409
    shown = phone.open(theirs).text
    assert "同意，记账" in shown
    assert "退错了，要不回来" in shown
    assert phone.send(f"{theirs}/agree", item=item, book_as="kept").status_code == 409, "not what was said"
    assert "已经记账" in phone.sent_and_shown(f"{theirs}/agree", item=item, book_as="loss")
    with db.read():
        assert balances()[Account.EXPENSE] == 30_00
