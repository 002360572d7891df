"""What a home reads about its own money, to the fen, and that nobody else reads a byte of it (X05, A2)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import time_machine
from cast import Cast
from fee_books import living_in
from own_bills import GROUND, a_home, a_price, billed, bills_of, paid
from page_phone import Phone
from sqlalchemy import select
from standing import standing

from models.base.actor import SYSTEM, By
from models.base.links import personal_path
from models.base.orm import put, session
from models.books.tables import Publication
from models.fee.payments import Payment, agree_wrong, say_wrong
from models.ledger import Account, Posting, post
from models.place.stations import Station
from models.place.tables import Community, Estate
from models.place.version import raise_version
from server.database import Database

NOW = datetime(2026, 5, 4, 2, tzinfo=UTC)


@dataclass
class Neighbours:
    """501 has two bills, and has paid the first and a part of the second; 502 owes both, and no more is
    known of 503 than that somebody says to live there."""

    mine: str
    theirs: str
    said: str
    bills: list[int]
    others: list[int]
    receipt: int
    other_receipt: int


@pytest.fixture
def town_money(db: Database, town: Cast) -> Neighbours:
    def made() -> Neighbours:
        a_price()
        five, six, seven = a_home("501"), a_home("502", area=6123), a_home("503")
        billed("2026-Q1", "2026-Q2")
        receipts = paid(five, 60_00, "0001", town.zhao.id), paid(six, 10_01, "0002", town.zhao.id)
        links = [personal_path("fees", living_in(one)) for one in (five, six)]
        unproven = personal_path("fees", living_in(seven, proof="said"))
        return Neighbours(
            f"/{links[0]}", f"/{links[1]}", f"/{unproven}", bills_of(five), bills_of(six), *receipts
        )

    with time_machine.travel(NOW, tick=False):
        return db.write(made)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_what_is_to_be_paid_now_stands_first(phone: Phone, town_money: Neighbours) -> None:
    said = words_of(phone.open(town_money.mine).text)
    assert "现在要交 30.00 元" in said
    assert said.index("现在要交") < said.index("应交 90.00") < said.index("收据")
    assert "已交 60.00 还差 30.00" in said
    assert "已交 15.00 元，还差 30.00 元" in said  # of the second quarter


def test_the_counter_is_named_with_its_hours(db: Database, phone: Phone, town_money: Neighbours) -> None:
    assert "也可以到社区服务站交" in phone.open(town_money.mine).text

    def open_one() -> None:
        community = session().scalars(select(Community.id).where(Community.name == "育英社区")).one()
        other = session().scalars(select(Community.id).where(Community.name == "建设社区")).one()
        hours = "周一至周五 8:30-17:00"
        put(Station, community_id=community, name="育英服务站", kinds=["service"], hours=hours, active=True)
        put(Station, community_id=other, name="建设服务站", kinds=["service"], active=True)
        raise_version()

    db.write(open_one)
    assert "也可以到育英服务站（周一至周五 8:30-17:00）交现金或者转账" in phone.open(town_money.mine).text


def test_a_bill_says_how_it_was_counted_and_by_which_price(phone: Phone, town_money: Neighbours) -> None:
    said = words_of(phone.open(f"{town_money.mine}/bills/{town_money.bills[1]}").text)
    assert "2026年第2季度的账单" in said
    assert "50.00 ㎡ × 0.30 元 × 3 个月 = 45.00 元" in said
    assert f"这个价从2026年1月1日起，依据：{GROUND}" in said
    assert "还要交 30.00 元" in said


def test_a_receipt_says_which_bills_the_money_went_to(phone: Phone, town_money: Neighbours) -> None:
    said = words_of(phone.open(f"{town_money.mine}/receipts/{town_money.receipt}").text)
    assert "60.00 元" in said
    assert "2026年3月23日" in said
    assert "现金" in said
    assert "0001" in said
    assert "2026年第1季度物业费 45.00" in said
    assert "2026年第2季度物业费 15.00" in said


def test_where_the_money_went_is_counted_from_what_is_published(
    db: Database, phone: Phone, town_money: Neighbours
) -> None:
    assert "还没有公示" in phone.open(town_money.mine).text

    def spent() -> None:
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        for code, fen in (("cleaning", 200_00), ("repair", 100_00), ("snow", 1)):
            lines = [Posting(Account.EXPENSE, fen, detail=code), Posting(Account.BANK, -fen)]
            post("spent", estate, date(2026, 3, 5), lines, key=f"outlay/{code}", by=SYSTEM)
        put(Publication, estate_id=estate, month=date(2026, 3, 1), statement={}, by_id=1)

    db.write(spent)
    page = phone.open(town_money.mine).text
    said = words_of(page)
    assert "您家今年这 90.00 元" in said
    assert "保洁和清运 66.7% 60.00" in said
    assert "维修 33.3% 30.00" in said
    assert "清雪 0.0% 0.00" in said
    assert "一共 90.00 元" in said
    assert "÷ 已公示月份一共花掉的物业费 300.01 元" in said
    assert "/lines/2026-03" in page


def test_a_payment_that_was_put_right_says_so(db: Database, phone: Phone, town: Cast, town_money: Neighbours):
    def put_right() -> None:
        payment = session().get_one(Payment, town_money.receipt)
        say_wrong(payment, By.staff(town.zhao.id), "记到别家了")
        agree_wrong(payment, By.staff(town.leader.id))

    db.write(put_right)
    said = words_of(phone.open(f"{town_money.mine}/receipts/{town_money.receipt}").text)
    assert "已更正，不作数" in said
    assert "记到别家了" not in said  # for staff alone, because it may say to whom
    assert "现在要交 90.00 元" in words_of(phone.open(town_money.mine).text)


def test_nobody_opens_a_neighbours_bill_or_receipt(phone: Phone, town_money: Neighbours) -> None:
    one = town_money
    for link in (one.mine, one.said):
        for path in (f"/bills/{one.others[0]}", f"/bills/{one.others[1]}", f"/receipts/{one.other_receipt}"):
            answer = phone.open(link + path)
            assert answer.status_code == 404
            assert standing("502", answer.text) == []
            assert "10.01" not in answer.text


def test_who_only_says_to_live_there_sees_no_bill(phone: Phone, town_money: Neighbours) -> None:
    page = phone.open(town_money.said)
    assert page.status_code == 200
    assert "还没有核实" in page.text
    assert "<dd>" not in page.text
    assert re.search(r"\d\.\d\d", words_of(page.text)) is None  # no sum


def test_a_page_of_ones_own_holds_nothing_of_the_neighbour(phone: Phone, town_money: Neighbours) -> None:
    one = town_money
    pages = [
        one.mine,
        *(f"{one.mine}/bills/{bill}" for bill in one.bills),
        f"{one.mine}/receipts/{one.receipt}",
    ]
    for path in pages:
        text = phone.open(path).text
        assert standing(r"502|503|61\.23|55\.11|10\.01|0002", text) == [], path
        for other in one.others:
            assert f'/bills/{other}"' not in text


@pytest.mark.parametrize("kind", ["case", "desk", "notice", "pay"])
def test_a_link_of_another_kind_opens_no_bill(
    phone: Phone, town: Cast, town_money: Neighbours, kind: str
) -> None:
    link = "/" + personal_path(kind, town.wang.id, town_money.bills[0])
    assert phone.open(f"{link}/bills/{town_money.bills[0]}").status_code == 404
    assert phone.open(f"{link}/receipts/{town_money.receipt}").status_code == 404
