"""The fee desk: what came in is entered once, mistakes and refunds take two, each look is written down."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import time_machine
from cast import Cast, Someone
from fee_books import living_in
from own_bills import a_home, a_price, billed, bills_of, paid
from page_phone import Phone
from pay_till import APP, MCH
from sqlalchemy import select, update

from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import session
from models.fee.checking import faults
from models.fee.payments import Payment
from models.history import steps_about
from models.pay import hearing, ordering
from models.pay.said import Trade, TradeState
from models.pay.tables import Refund
from models.person.tables import Home, Staff
from server.database import Database

NOW = datetime(2026, 5, 4, 2, tzinfo=UTC)
Desk = Callable[[Someone], str]


@dataclass(frozen=True)
class Books:
    """501 of 育英小区 owes 90 yuan, and so does a home of another community."""

    home: int
    bills: list[int]
    other: int
    other_bill: int


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def books(db: Database, town: Cast) -> Books:
    def made() -> Books:
        a_price()
        a_price("建设小区")
        home, other = a_home("501"), a_home("101", estate="建设小区", building="1")
        billed("2026-Q1", "2026-Q2")
        return Books(home, bills_of(home), other, bills_of(other)[0])

    return db.write(made)


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def entry(books: Books, **other: str) -> dict[str, str]:
    return {
        "home": str(books.home),
        "yuan": "60",
        "way": "cash",
        "receipt": "0001",
        "day": "2026-05-03",
    } | other


def payments(db: Database) -> list[int]:
    with db.read():
        return list(session().scalars(select(Payment.fen).order_by(Payment.id)))


def test_a_home_is_found_by_its_door_and_the_look_is_written_down(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    page = desk(town.zhao) + "/fees"
    estate = re.search(r'<option value="(\d+)"[^>]*>育英小区', phone.open(page).text)
    assert estate
    shown = phone.sent_and_shown(
        f"{page}/find", estate=estate[1], building="3号楼", unit="2单元", room="501室"
    )
    assert "现在欠 90.00 元" in words_of(shown)
    with db.read():
        looks = [(one.what, one.by_id) for one in steps_about("household", books.home)]
    assert looks == [("looked", town.zhao.id)]


def test_each_opening_of_a_list_with_homes_and_sums_is_one_step(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    page, about = desk(town.zhao) + "/fees", ("fee_desk", 0)  # the street has no community
    phone.open(desk(town.leader) + "/fees")
    with db.read():
        assert steps_about(*about) == []  # no home stood there
    numbers = [db.write(paid, books.home, 30_00, str(one), town.zhao.id) for one in range(2)]
    for number in numbers:
        phone.send(f"{page}/do/wrong", item=number, home=books.home, why="记到别家了")
    phone.open(desk(town.leader) + "/fees")
    with db.read():
        (look,) = steps_about(*about)
        assert (look.what, look.by_id, look.facts) == ("looked", town.leader.id, {"payments": numbers})


def test_the_same_receipt_twice_is_one_payment(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    page = desk(town.zhao) + "/fees"
    said = words_of(phone.sent_and_shown(f"{page}/do/enter", **entry(books)))
    assert "收据在下面" in said
    assert "2026年第2季度物业费 15.00" in said
    for typed in ({}, {"receipt": "０００１"}, {"yuan": "６０．００", "receipt": " 0001 "}):
        assert "没有再记一遍" in phone.sent_and_shown(f"{page}/do/enter", **entry(books, **typed))
    assert payments(db) == [60_00]


def test_what_was_paid_beforehand_is_given_back_at_the_homes_own_page(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    page = desk(town.zhao) + "/fees"
    db.write(paid, books.home, 100_00, "0001", town.zhao.id)
    account = f"{page}/homes/{books.home}"
    assert "预存着 10.00 元" in words_of(phone.open(account).text)
    form = {**entry(books, yuan="10.01"), "day": "2026-05-04"}
    assert phone.send(f"{page}/terms/give_kept", **form).status_code == 409
    shown = phone.sent_and_shown(f"{page}/terms/give_kept", **form | {"yuan": "10"})
    assert "记下了，退了" in shown
    assert "预存着" not in shown
    assert "退预存的钱" not in shown
    for stranger in (town.qian, town.li):  # of another community, and of no desk
        there = f"{desk(stranger)}/fees/terms/give_kept"
        assert phone.send(there, **form | {"receipt": "2"}).status_code == 404
    with db.read():
        assert list(faults()) == []


def test_commas_stand_between_thousands(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    page = desk(town.zhao) + "/fees"
    phone.sent_and_shown(f"{page}/do/enter", **entry(books, yuan="1，234.5"))
    assert payments(db) == [1_234_50]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"yuan": "六十"}, "金额要大于0"),
        ({"yuan": "0"}, "金额要大于0"),
        ({"yuan": "1.005"}, "金额要大于0"),
        ({"yuan": "45,5"}, "金额要大于0"),
        ({"yuan": "45，50"}, "金额要大于0"),
        ({"way": "wechat"}, "现金还是转账"),
        ({"receipt": ""}, "票据号"),
        ({"day": "2026-06-01"}, "将来"),
        ({"day": "昨天"}, "请选日子"),
        ({"day": "0026-05-03"}, "请选日子"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_and_what_was_typed_stays(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk, wrong: dict[str, str], said: str
) -> None:
    answer = phone.send(desk(town.zhao) + "/fees/do/enter", **entry(books, **wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert payments(db) == []
    if "receipt" not in wrong:
        assert 'value="0001"' in answer.text


def test_a_mistake_takes_two_persons(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    number = db.write(paid, books.home, 60_00, "0001", town.zhao.id)
    mine, theirs = desk(town.zhao) + "/fees", desk(town.leader) + "/fees"
    why = "记到别家了，是1号楼101王桂兰家交的"
    phone.send(f"{mine}/do/wrong", item=number, home=books.home, why=why)
    assert "等另一个人同意" in phone.open(mine).text
    assert phone.send(f"{mine}/do/agree", item=number).status_code == 409
    waiting = phone.open(theirs).text
    assert "记到别家了" in waiting
    assert "同意更正" in waiting
    own = f"/{personal_path('fees', db.write(lambda: living_in(books.home)))}/receipts/{number}"
    assert "正在核对" in phone.open(own).text
    assert "账单重新打开" in phone.sent_and_shown(f"{theirs}/do/agree", item=number)
    # staff write there whose it was, which is no business of this home's (X05)
    shown = phone.open(own).text
    assert "已更正" in shown
    assert "王桂兰" not in shown
    assert why in phone.open(f"{mine}/homes/{books.home}/receipts/{number}").text
    assert "现在欠 90.00 元" in words_of(phone.open(f"{theirs}/homes/{books.home}").text)
    with db.read():
        assert list(faults()) == []


def test_what_was_no_mistake_stands_again_without_being_taken_back(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    number = db.write(paid, books.home, 60_00, "0001", town.zhao.id)
    mine, theirs = desk(town.zhao) + "/fees", desk(town.leader) + "/fees"
    for who in (mine, theirs):  # by whoever said so, and by somebody else
        assert phone.send(f"{who}/do/right", item=number).status_code == 409
        phone.send(f"{mine}/do/wrong", item=number, home=books.home, why="手滑了")
        assert "没记错" in phone.open(who).text
        assert "照旧作数" in phone.sent_and_shown(f"{who}/do/right", item=number)
        assert "正在核对" not in phone.open(f"{mine}/homes/{books.home}/receipts/{number}").text
    assert phone.send(f"{theirs}/do/agree", item=number).status_code == 409  # from an old page
    assert payments(db) == [60_00]
    with db.read():
        assert session().get_one(Payment, number).reversed_at is None


def _wechat_payment(books: Books, payer: int, *, fen: int | None = None) -> str:
    """An order for both bills that the platform says is paid, with another sum if one is given."""
    order = ordering.begin(books.home, payer, "o-payer", APP, mch_id=MCH, bills=books.bills).order
    assert order is not None
    ordering.opened(order.number, "wx-1")
    trade = Trade(
        order.number, TradeState.SUCCESS, MCH, APP, fen or order.fen, "CNY", "4200001", "o-payer", now()
    )
    hearing.answered(order.number, trade)
    return order.number


def test_money_that_does_not_fit_waits_for_the_desk(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    number = db.write(lambda: _wechat_payment(books, town.wang.id, fen=80_00))
    page = desk(town.zhao) + "/fees"
    said = words_of(phone.open(page).text)
    assert "应付 90.00 元，微信说付了 80.00 元" in said
    phone.sent_and_shown(f"{page}/do/settle_order", item=number, how="prepaid")
    assert "微信说付了" not in phone.open(page).text
    assert "现在欠 10.00 元" in words_of(phone.open(f"{page}/homes/{books.home}").text)


def test_a_refund_takes_two_persons(db: Database, phone: Phone, town: Cast, books: Books, desk: Desk) -> None:
    db.write(lambda: _wechat_payment(books, town.wang.id))
    with db.read():
        payment = session().scalars(select(Payment.id)).one()
    mine, theirs = desk(town.zhao) + "/fees", desk(town.leader) + "/fees"
    assert "原路退款" in phone.open(f"{mine}/homes/{books.home}/receipts/{payment}").text
    asked = phone.send(f"{mine}/do/refund", item=payment, home=books.home, yuan="20.00", how="mistaken")
    assert asked.status_code == 303
    with db.read():
        number = session().scalars(select(Refund.number)).one()
    assert phone.send(f"{mine}/do/agree_refund", item=number).status_code == 409
    assert "同意退" in phone.open(theirs).text
    phone.sent_and_shown(f"{theirs}/do/agree_refund", item=number)
    receipt = words_of(phone.open(f"{mine}/homes/{books.home}/receipts/{payment}").text)
    assert "误缴退回 等着退 20.00" in receipt
    assert "预存" not in receipt  # what goes back pays no bill to come


def test_who_says_to_live_there_sees_the_money_once_the_desk_has_asked(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    def claimed() -> tuple[int, int, int]:
        mine, theirs = living_in(books.home, proof="said"), living_in(books.other, proof="said")
        homes = dict(session().execute(select(Home.person_id, Home.id)).all())
        return mine, homes[mine], homes[theirs]

    person, claim, elsewhere = db.write(claimed)
    own = "/" + personal_path("fees", person)
    assert "90.00" not in phone.open(own).text
    page = f"{desk(town.zhao)}/fees"
    assert "还没核实" in phone.open(f"{page}/homes/{books.home}").text
    for item, home in ((elsewhere, books.home), (elsewhere, books.other), (claim, books.other)):
        assert phone.send(f"{page}/do/confirm", item=item, home=home).status_code == 404
    shown = phone.sent_and_shown(f"{page}/do/confirm", item=claim, home=books.home)
    assert "核实过了" in shown
    assert "现在要交 90.00 元" in words_of(phone.open(own).text)


def test_of_two_who_say_to_live_there_the_desk_confirms_the_one_whose_mark_is_read_out(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    mother, stranger = db.write(lambda: [living_in(books.home, proof="said") for _ in range(2)])
    own = {one: "/" + personal_path("fees", one) for one in (mother, stranger)}
    marks = {one: _mark_on(phone.open(path).text) for one, path in own.items()}
    assert len(set(marks.values())) == 2
    page = f"{desk(town.zhao)}/fees"
    listed = phone.open(f"{page}/homes/{books.home}").text
    claims = re.findall(
        r"核实号 (\d{3} \d{3}).*?do/confirm.*?name=\"item\" value=\"(\d+)\"", listed, re.DOTALL
    )
    assert set(marks.values()) < {mark for mark, _ in claims}  # 王阿姨 said so as well
    said = next(item for mark, item in claims if mark == marks[mother])
    phone.sent_and_shown(f"{page}/do/confirm", item=said, home=books.home)
    assert "现在要交 90.00 元" in words_of(phone.open(own[mother]).text)
    assert "90.00" not in phone.open(own[stranger]).text
    assert _mark_on(phone.open(own[stranger]).text) == marks[stranger]


def _mark_on(page: str) -> str:
    found = re.search(r"核实号</span><strong>(\d{3} \d{3})</strong>", page)
    assert found
    return found[1]


def test_who_has_moved_out_sees_the_money_no_more_nor_by_a_link_that_was_handed_on(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    def living() -> tuple[int, int, int]:
        mother, child = living_in(books.home), living_in(books.home)
        homes = dict(session().execute(select(Home.person_id, Home.id)).all())
        return mother, child, homes[mother]

    mother, child, home = db.write(living)
    handed_on = "/" + personal_path("pay", mother, books.bills[0])
    assert phone.open(handed_on).status_code == 200
    page = f"{desk(town.zhao)}/fees"
    assert "看得到这一家账的人 2" in words_of(phone.open(f"{page}/homes/{books.home}").text)
    assert phone.send(f"{page}/do/moved", item=home, home=books.other).status_code == 404
    assert "不再看得到" in phone.sent_and_shown(f"{page}/do/moved", item=home, home=books.home)
    assert "90.00" not in phone.open("/" + personal_path("fees", mother)).text
    assert phone.open(handed_on).status_code == 404
    assert phone.send(handed_on).status_code == 404
    assert "现在要交 90.00 元" in words_of(phone.open("/" + personal_path("fees", child)).text)
    with db.read():
        assert [one.what for one in steps_about("person", mother)] == ["home_ended"]


@pytest.fixture
def supervisor(db: Database, town: Cast) -> Someone:
    def made() -> None:
        staff = session().scalars(select(Staff).where(Staff.person_id == town.zhou.id)).one()
        community = session().scalars(select(Staff).where(Staff.person_id == town.zhao.id)).one().community_id
        session().execute(
            update(Staff).where(Staff.id == staff.id).values(roles=["supervisor"], community_id=community)
        )

    db.write(made)
    return town.zhou


def test_supervisors_see_and_do_not_act(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk, supervisor: Someone
) -> None:
    number = db.write(paid, books.home, 60_00, "0001", town.zhao.id)
    page = desk(supervisor) + "/fees"
    account = phone.open(f"{page}/homes/{books.home}")
    assert "现在欠 30.00 元" in words_of(account.text)
    assert "收现金" not in account.text
    assert "记错了" not in phone.open(f"{page}/homes/{books.home}/receipts/{number}").text
    tasks = "enter wrong right agree settle_order refund agree_refund settle_refund"
    for task in tasks.split():
        assert phone.send(f"{page}/do/{task}", **entry(books, item=str(number))).status_code == 404
    assert payments(db) == [60_00]


def test_whoever_has_no_such_post_finds_nothing(phone: Phone, town: Cast, books: Books, desk: Desk) -> None:
    for someone in (town.li, town.sun, town.zhou, town.wang, town.rider):
        page = desk(someone) + "/fees"
        assert phone.open(page).status_code == 404
        assert phone.open(f"{page}/homes/{books.home}").status_code == 404
        assert phone.send(f"{page}/do/enter", **entry(books)).status_code == 404
        assert phone.send(f"{page}/find", building="3", unit="2", room="501").status_code == 404


def test_another_communitys_money_is_not_there(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    """A2: with numbers harvested from the other one."""
    number = db.write(paid, books.other, 10_01, "0002", town.qian.id)
    page = desk(town.zhao) + "/fees"
    there = f"{page}/homes/{books.other}"
    for path in (there, f"{there}/bills/{books.other_bill}", f"{there}/receipts/{number}"):
        answer = phone.open(path)
        assert answer.status_code == 404
        assert "10.01" not in answer.text
        assert "建设" not in answer.text
    mine = f"{page}/homes/{books.home}"
    for path in (f"{mine}/bills/{books.other_bill}", f"{mine}/receipts/{number}"):
        assert phone.open(path).status_code == 404
    assert phone.send(f"{page}/do/enter", **entry(replace(books, home=books.other))).status_code == 404
    assert phone.send(f"{page}/do/wrong", item=number, home=books.home, why="x").status_code == 404
    assert "建设" not in phone.open(page).text
    assert payments(db) == [10_01]
    with db.read():
        assert steps_about("household", books.other) == []


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://else.example"}],
    ids=["cross", "sister", "origin"],
)
def test_no_other_site_sends_a_form_in_the_desks_name(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk, headers: dict[str, str]
) -> None:
    """A6."""
    page = desk(town.zhao) + "/fees"
    for path in (f"{page}/do/enter", f"{page}/find"):
        assert phone.send(path, headers=headers, **entry(books)).status_code == 403
    assert payments(db) == []


def test_both_rates_are_drawn_with_what_they_are_of(
    db: Database, phone: Phone, town: Cast, books: Books, desk: Desk
) -> None:
    def made() -> None:
        for room in ("502", "503"):
            a_home(room)
        billed("2026-Q3")  # so that those two are billed for one quarter
        paid(books.home, 90_00, "0001", town.zhao.id)

    db.write(made)
    said = words_of(phone.open(desk(town.zhao) + "/fees").text)
    assert "2026年第2季度 按户 100.0% 1/1 户 按钱 100.0% 45.00/45.00 元" in said
    assert "2025年第4季度 按户 — 0/0 户" in said


@pytest.mark.parametrize("kind", ["case", "notice", "fees", "pay"])
def test_a_link_of_another_kind_opens_no_desk(phone: Phone, town: Cast, books: Books, kind: str) -> None:
    link = "/" + personal_path(kind, town.zhao.id, books.bills[0])
    assert phone.open(f"{link}/fees").status_code in (404, 405)
    assert phone.open(f"{link}/fees/homes/{books.home}").status_code == 404
    assert phone.send(f"{link}/fees/do/enter", **entry(books)).status_code in (404, 405)
