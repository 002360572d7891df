"""Paying on the page, with WeChat Pay as the simulator plays it: who pays, what, and for whom."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cast import Cast
from fee_books import living_in
from own_bills import a_home, a_price, billed, bills_of
from page_phone import Phone
from pay_desk import PayDesk, pay_desk
from settings_files import plain_url
from sqlalchemy import select
from standing import standing
from werkzeug.test import TestResponse

from handlers.words import use_base_url
from models.base.links import personal_path
from models.base.orm import session
from models.fee.tables import Bill
from models.pay.tables import Order
from server.app import create_app
from server.config import Config
from server.database import Database
from server.pay import office
from server.paying import Paying
from server.sandbox.world import Phone as SandboxPhone

IN_WECHAT = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50"}
BASE = "http://127.0.0.1:8000"
FORM = {"Sec-Fetch-Site": "same-origin", "Origin": BASE, **IN_WECHAT}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    with pay_desk(tmp_path) as made:
        for name in ("mother", "child", "stranger"):
            made.simulator.add(SandboxPhone(name, name, "resident", openid=f"o-{name}"))
        yield made


@dataclass
class Counter:
    """A home that owes 90 yuan: the mother's page, and the link to one of its bills that she hands on."""

    db: Database
    desk: PayDesk
    config: Config
    home: int
    mine: str
    handed_on: str
    bills: list[int]

    def browser(self) -> Phone:
        return Phone(create_app(self.config, self.db).test_client())

    def in_wechat(self, path: str, who: str) -> tuple[Phone, TestResponse]:
        """Opens a pay page in WeChat on somebody's phone: off to WeChat and back."""
        phone = self.browser()
        off = phone.client.get(path, base_url=BASE, headers=IN_WECHAT)
        assert off.status_code == 302
        asked = parse_qs(urlsplit(off.headers["Location"]).query)
        assert asked["redirect_uri"] == [f"{BASE}{path}"]
        simulator = self.desk.simulator
        code = simulator.codes.issue("page", who, simulator.clock())
        come = {"code": code, "state": asked["state"][0]}
        back = phone.client.get(path, base_url=BASE, headers=IN_WECHAT, query_string=come)
        assert back.status_code == 303, back.text
        return phone, phone.client.get(back.headers["Location"], base_url=BASE, headers=IN_WECHAT)

    def tap(self, phone: Phone, path: str, **form: Any) -> TestResponse:
        return phone.client.post(
            path,
            data={"once": token_urlsafe(12)} | form,
            base_url=BASE,
            headers=FORM,
            content_type="multipart/form-data",
        )

    def confirm(self, number: str) -> None:
        """The password is typed; the platform is asked, because its notification goes to no port here."""
        self.desk.pay.pay(number, outcome="unheard")
        self.paying.look(number)

    @property
    def paying(self) -> Paying:
        opened = office.opened(self.config, self.db)
        assert opened is not None
        return Paying(self.db, opened.merchant)

    def paid(self) -> list[int]:
        with self.db.read():
            return list(session().scalars(select(Bill.paid_fen).order_by(Bill.id)))

    def orders(self) -> list[tuple[int, str]]:
        with self.db.read():
            return [(one.fen, one.openid) for one in session().scalars(select(Order).order_by(Order.id))]


@pytest.fixture
def counter(db: Database, town: Cast, desk: PayDesk) -> Counter:
    config = desk.config(plain_url(db))
    use_base_url(BASE)

    def made() -> tuple[int, int, list[int]]:
        a_price()
        home = a_home("501")
        billed("2026-Q1", "2026-Q2")
        return home, living_in(home, openid="o-mother"), bills_of(home)

    home, mother, bills = db.write(made)
    mine, handed_on = personal_path("fees", mother), personal_path("pay", mother, bills[0])
    return Counter(db, desk, config, home, f"/{mine}/pay/{home}", f"/{handed_on}", bills)


def order_on(page: str) -> tuple[str, dict[str, str]]:
    """The number of the order and the parameters that the page hands to WeChat."""
    number = re.search(r'data-progress="[^"]*/(o[^/"]+)/state"', page)
    handed = re.search(r'data-order="([^"]*)"', page)
    assert number, page
    assert handed
    return number[1], json.loads(unescape(handed[1]))


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_home_pays_all_that_is_open_and_gets_a_receipt(counter: Counter) -> None:
    phone, page = counter.in_wechat(counter.mine, "mother")
    assert "微信支付 90.00 元" in page.text
    started = counter.tap(phone, counter.mine)
    number, parameters = order_on(started.text)
    assert parameters["signType"] == "RSA"
    assert parameters["package"].startswith("prepay_id=")
    state = f"{counter.mine}/{number}/state"
    assert phone.open(state).json == {"state": "waiting", "go": None}
    assert counter.paid() == [0, 0]  # whatever the phone says
    counter.confirm(number)
    assert counter.paid() == [45_00, 45_00]
    said = phone.open(state).json
    assert said["state"] == "paid"
    receipt = words_of(phone.open(said["go"]).text)
    assert "90.00 元" in receipt
    assert "2026年第1季度物业费 45.00" in receipt
    assert "交清了" in phone.open(counter.mine).text


def test_no_sum_comes_from_the_browser(counter: Counter) -> None:
    phone, _ = counter.in_wechat(counter.mine, "mother")
    counter.tap(phone, counter.mine, fen="1", amount="0.01", bills="999", openid="o-stranger", household="1")
    assert counter.orders() == [(90_00, "o-mother")]


def test_who_pays_is_asked_again_once_that_is_forgotten(counter: Counter) -> None:
    answer = counter.tap(counter.browser(), counter.mine)
    assert (answer.status_code, answer.headers["Location"]) == (303, counter.mine)
    assert counter.orders() == []


def test_tapping_twice_is_one_order(counter: Counter) -> None:
    phone, _ = counter.in_wechat(counter.mine, "mother")
    first, second = (order_on(counter.tap(phone, counter.mine).text) for _ in range(2))
    assert first[0] == second[0]
    assert len(counter.orders()) == 1


def test_a_child_pays_one_bill_and_learns_a_period_and_a_sum_alone(counter: Counter) -> None:
    """P6: no name, no home, nothing else that is owed, before, while and after paying."""
    phone, page = counter.in_wechat(counter.handed_on, "child")
    seen = [page.text, phone.open(counter.handed_on).text]
    started = counter.tap(phone, counter.handed_on)
    seen.append(started.text)
    number, _ = order_on(started.text)
    counter.confirm(number)
    assert counter.paid() == [45_00, 0]
    assert counter.orders() == [(45_00, "o-child")]
    state = phone.open(f"{counter.handed_on}/{number}/state")
    receipt = phone.open(state.json["go"])
    seen += [state.text, receipt.text, phone.open(counter.handed_on).text]
    assert "45.00 元" in words_of(seen[0])
    assert "2026年第1季度" in words_of(seen[0])
    assert "45.00 元" in words_of(receipt.text)
    with counter.db.read():
        payer = session().scalars(select(Order.payer_id)).one()
    own = "/" + personal_path("fees", payer)
    own_page = phone.open(own)
    assert "您替别家交的" in own_page.text
    kept = re.search(rf'href="({own}/receipts/[0-9]+)"', own_page.text)
    assert kept
    own_receipt = phone.open(kept[1]).text
    assert "45.00 元" in words_of(own_receipt)
    seen += [own_page.text, own_receipt]
    for html in seen:
        assert not re.search(r"育英|90\.00|第2季度|50\.00 ㎡|o-mother", words_of(html)), html
        assert standing("501", words_of(html)) == [], html


def test_the_link_to_one_bill_opens_no_other_order_or_receipt(counter: Counter) -> None:
    phone, _ = counter.in_wechat(counter.mine, "mother")
    number, _ = order_on(counter.tap(phone, counter.mine).text)
    counter.confirm(number)
    for path in (f"/{number}/state", f"/{number}/receipt", f"/bills/{counter.bills[0]}", "/receipts/1"):
        assert phone.open(counter.handed_on + path).status_code == 404


def test_outside_of_wechat_it_says_where_to_open_it(counter: Counter) -> None:
    page = counter.browser().client.get(counter.mine, base_url=BASE)
    assert page.status_code == 200
    assert "用手机微信扫这个码" in page.text
    assert "微信支付 90.00 元" not in page.text


def test_who_was_not_sent_to_wechat_cannot_come_back_from_it(counter: Counter) -> None:
    simulator = counter.desk.simulator
    code = simulator.codes.issue("page", "stranger", simulator.clock())
    page = counter.browser().client.get(
        counter.mine, base_url=BASE, headers=IN_WECHAT, query_string={"code": code, "state": "x"}
    )
    assert "没说是谁在付" in page.text
    assert "Set-Cookie" not in page.headers


def test_a_platform_that_does_not_answer_loses_nothing_and_says_so(counter: Counter) -> None:
    phone, _ = counter.in_wechat(counter.mine, "mother")
    counter.desk.fault("cut", "/v3/pay/transactions/jsapi")
    answer = counter.tap(phone, counter.mine)
    assert answer.status_code == 409
    assert "您没有付款" in answer.text
    assert "微信支付 90.00 元" in answer.text  # the button is there to be tapped again
    assert counter.paid() == [0, 0]


def test_a_login_that_fails_is_said_and_may_be_tried_again(counter: Counter) -> None:
    phone = counter.browser()
    off = phone.client.get(counter.mine, base_url=BASE, headers=IN_WECHAT)
    state = parse_qs(urlsplit(off.headers["Location"]).query)["state"][0]
    page = phone.client.get(
        counter.mine, base_url=BASE, headers=IN_WECHAT, query_string={"code": "used-up", "state": state}
    )
    assert page.status_code == 200
    assert "没说是谁在付" in page.text
    assert "再试一次" in page.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://else.example"}],
    ids=["cross", "sister", "origin"],
)
def test_no_other_site_makes_somebody_pay(counter: Counter, headers: dict[str, str]) -> None:
    """A6."""
    for path, who in ((counter.mine, "mother"), (counter.handed_on, "child")):
        phone, _ = counter.in_wechat(path, who)
        answer = phone.client.post(
            path, base_url=BASE, headers={**IN_WECHAT, **headers}, content_type="multipart/form-data"
        )
        assert answer.status_code == 403
    assert counter.orders() == []


def test_without_wechat_pay_the_counter_is_named(phone: Phone, db: Database, town: Cast) -> None:
    def made() -> str:
        a_price()
        home = a_home("501")
        billed("2026-Q1")
        return f"/{personal_path('fees', living_in(home))}/pay/{home}"

    path = db.write(made)
    page = phone.open(path)
    assert "还没有开通微信支付" in page.text
    assert phone.send(path).status_code == 404
