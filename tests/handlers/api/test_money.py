"""My bills, paying them, receipts: of my own home alone, and no sum comes from the telephone (P6)."""

import threading
from functools import partial
from typing import Any

import pytest
from api_client import Mini, logged_in
from cast import Cast
from fee_books import living_in
from flask import Flask
from own_bills import a_home, a_price, billed
from pay_desk import PayDesk
from settings_files import plain_url
from sqlalchemy import select

from models.base.orm import session
from models.client import tokens
from models.joins.merging import merge
from models.outbox.address import add_address
from models.pay.tables import Order
from server.config import Config
from server.database import Database
from server.pay import office
from server.paying import Paying


@pytest.fixture
def config(desk: PayDesk, db: Database) -> Config:
    return desk.config(plain_url(db), "http://localhost")


@pytest.fixture
def payers(app: Flask, db: Database, town: Cast) -> tuple[Mini, Mini]:
    """The owner of a home that owes 90 yuan, and somebody of another one, each in the mini-program."""

    def made() -> tuple[int, int]:
        a_price()
        people = [living_in(a_home(room)) for room in ("501", "502")]
        billed("2026-Q1", "2026-Q2")
        for person, name in zip(people, ("wang", "new"), strict=True):
            add_address("person", person, "mini", f"m-{name}")
        return people[0], people[1]

    mine, other = db.write(made)
    return logged_in(app, mine), logged_in(app, other)


def orders(db: Database) -> list[Order]:
    with db.read():
        return list(session().scalars(select(Order).order_by(Order.id)))


def test_a_home_reads_its_bills_line_by_line(payers: tuple[Mini, Mini]) -> None:
    mine, other = payers
    bills = mine.get("/bills")["items"]
    assert [(one["period"], one["amount_fen"], one["paid_fen"], one["payable"]) for one in bills] == [
        ("2026年第2季度", 45_00, 0, True), ("2026年第1季度", 45_00, 0, True),
    ]  # fmt: skip
    assert bills[0]["place"] == "育英小区3号楼2单元501室"
    whole = mine.get(f"/bills/{bills[1]['id']}")
    assert [(one["title"], one["words"], one["amount_fen"]) for one in whole["lines"]] == [
        ("物业服务费", "50.00 ㎡ × 0.30 元 × 3 个月 = 45.00 元", 45_00)
    ]
    assert (whole["first"], whole["last"]) == ("2026-01-01", "2026-03-31")
    assert other.refused("GET", f"/bills/{bills[0]['id']}") == (404, "not_found", None)
    first = mine.get("/bills?limit=1")
    assert mine.get(f"/bills?limit=1&cursor={first['next']}")["items"] == [bills[1]]
    home = mine.get("/me")["homes"][0]["id"]
    assert mine.get(f"/bills?home_id={home}")["items"] == bills
    assert other.refused("GET", f"/bills?home_id={home}")[0] == 404


def test_paying_over_the_mini_program(
    payers: tuple[Mini, Mini], app: Flask, config: Config, desk: PayDesk, db: Database
) -> None:
    mine, other = payers
    ids = [one["id"] for one in mine.get("/bills")["items"]]
    order = mine.post("/orders", {"bill_ids": ids}, key="pay-0000-1")
    assert (order["amount_fen"], order["state"], order["receipt_id"]) == (90_00, "waiting", None)
    assert order["payment"]["package"].startswith("prepay_id=")
    assert mine.post("/orders", {"bill_ids": ids}, key="pay-0000-1") == order
    (one,) = orders(db)
    assert config.wechat.mini is not None
    assert (one.fen, one.openid, one.app_id) == (90_00, "m-wang", config.wechat.mini.app_id)
    assert other.refused("GET", f"/orders/{order['id']}")[0] == 404
    desk.pay.pay(one.number, outcome="unheard")
    till = office.opened(config, db)
    assert till is not None
    Paying(db, till.merchant).look(one.number)
    said = mine.get(f"/orders/{order['id']}")
    assert (said["state"], said["payment"]) == ("paid", None)
    receipt = mine.get(f"/receipts/{said['receipt_id']}")
    assert [one["amount_fen"] for one in receipt["lines"]] == [45_00, 45_00]
    assert (receipt["amount_fen"], receipt["way_label"], receipt["kept_fen"]) == (90_00, "微信支付", 0)
    assert receipt["place"] == "育英小区3号楼2单元501室"
    assert mine.get("/receipts")["items"][0]["id"] == said["receipt_id"]
    assert other.get("/receipts")["items"] == []
    assert other.refused("GET", f"/receipts/{said['receipt_id']}")[0] == 404
    assert {one["state"] for one in mine.get("/bills")["items"]} == {"paid"}


@pytest.mark.parametrize("name", ["wang", "new"])
def test_of_two_accounts_of_one_person_the_one_in_the_hand_pays(
    payers: tuple[Mini, Mini], desk: PayDesk, app: Flask, db: Database, name: str
) -> None:
    """王阿姨 has two telephones: an order made for the other account cannot be paid in this one."""
    mine, _ = payers
    with db.read():
        one, two = (tokens.holder(who.token) for who in payers)
    assert one is not None
    assert two is not None
    db.write(partial(merge, two.person_id, into=one.person_id))
    here = Mini(app)
    code = desk.simulator.codes.issue("mini", name, desk.simulator.clock())
    here.token = here.post("/login", {"code": code})["token"]
    ids = [one["id"] for one in here.get("/bills")["items"] if "501" in one["place"]]
    assert here.post("/orders", {"bill_ids": ids})["state"] == "waiting"
    assert [one.openid for one in orders(db)] == [f"m-{name}"]
    assert mine.refused("POST", "/orders", {"bill_ids": ids})[:2] == (409, "pay_away")  # nobody says which


def test_no_sum_and_no_other_payer_comes_from_the_telephone(payers: tuple[Mini, Mini], db: Database) -> None:
    mine, other = payers
    (id_, _) = (one["id"] for one in mine.get("/bills")["items"])
    more: dict[str, Any]
    for more in (
        {"amount_fen": 1},
        {"fen": 1},
        {"openid": "m-new"},
        {"household_id": 2},
        {"discount": 44_00},
    ):
        assert mine.refused("POST", "/orders", {"bill_ids": [id_], **more})[:2] == (422, "bad_field")
    assert other.refused("POST", "/orders", {"bill_ids": [id_]}) == (422, "no_such_bill", "bill_ids.0")
    theirs = other.get("/bills")["items"][0]["id"]
    assert mine.refused("POST", "/orders", {"bill_ids": [id_, theirs]}) == (
        422, "no_such_bill", "bill_ids.1",
    )  # fmt: skip
    assert mine.refused("POST", "/orders", {"bill_ids": [id_, id_]})[1] == "bills_of_one_home"
    assert orders(db) == []


def test_a_platform_that_is_away_takes_no_money(payers: tuple[Mini, Mini], desk: PayDesk) -> None:
    mine, _ = payers
    desk.fault("cut", "/v3/pay/transactions/jsapi")
    id_ = mine.get("/bills")["items"][0]["id"]
    assert mine.refused("POST", "/orders", {"bill_ids": [id_]})[:2] == (409, "pay_away")


def test_who_only_says_to_live_there_sees_no_money(app: Flask, db: Database, town: Cast) -> None:
    def made() -> int:
        a_price()
        person = living_in(a_home("601"), proof="said")
        billed("2026-Q1")
        return person

    said = logged_in(app, db.write(made))
    assert said.get("/bills") == {"items": [], "next": None}
    assert said.get(f"/bills?home_id={said.get('/me')['homes'][0]['id']}")["items"] == []


def test_of_two_tabs_and_two_ways_one_order_can_be_paid_and_it_pays_once(
    payers: tuple[Mini, Mini], app: Flask, config: Config, desk: PayDesk, db: Database
) -> None:
    mine, _ = payers
    with db.read():
        held = tokens.holder(mine.token)
    assert held is not None
    page = Mini(app, tokens.new_token())
    db.write(tokens.begin, held.person_id, "official", page.token)
    ids = [one["id"] for one in mine.get("/bills")["items"]]
    gate, answers = threading.Barrier(3), list[int]()

    def tap(token: str, bills: list[str]) -> None:
        gate.wait()
        answers.append(Mini(app, token)("POST", "/orders", {"bill_ids": bills}).status_code)

    taps = ((mine.token, ids), (mine.token, ids[:1]), (page.token, ids))
    threads = [threading.Thread(target=tap, args=each) for each in taps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(answers) == 3
    assert set(answers) <= {200, 409}  # what was begun in another tab is closed first
    assert len([one for one in orders(db) if one.state == "open"]) <= 1
    last = page.post("/orders", {"bill_ids": ids})
    (one,) = [one for one in orders(db) if one.state == "open"]
    assert config.wechat.official is not None
    assert (one.fen, one.app_id) == (last["amount_fen"], config.wechat.official.app_id)
    assert one.fen == 90_00
    desk.pay.pay(one.number, outcome="unheard")
    till = office.opened(config, db)
    assert till is not None
    Paying(db, till.merchant).look(one.number)
    for who in (mine, page):
        assert who.refused("POST", "/orders", {"bill_ids": ids})[0] in (409, 422)
    assert len(mine.get("/receipts")["items"]) == 1
    home = mine.get("/me")["homes"][0]["id"]
    assert mine("DELETE", f"/homes/{home}").status_code == 200
    assert mine.refused("GET", f"/bills/{ids[0]}")[0] == 404
    assert page.get("/bills")["items"] == []
