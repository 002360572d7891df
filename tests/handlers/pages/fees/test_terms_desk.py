"""The desk's page of offers, reliefs, records and gifts: what one did another agrees to, in the own town."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO

import pytest
import time_machine
from asked_for import statements
from cast import Cast, Someone
from fee_homes import ONE, an_offer, estate_of
from own_bills import a_home, a_price, billed, bills_of
from page_phone import Phone
from pictures import photo
from sqlalchemy import select
from standing import standing

from models.base.actor import By
from models.base.orm import session
from models.case.case import Case
from models.contract import offers, reliefs, standards
from models.contract.standards import Line
from models.contract.tables import Charging, Gift, Offer, Proof, Relief
from models.fee import buying, leaving
from models.fee.checking import faults
from models.fee.payments import Way, receive
from models.fee.returning import owed_back
from models.fee.tables import Bill
from models.history import steps_about
from models.ledger import Account, Posting, post
from server.config import Config
from server.database import Database

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
Desk = Callable[[Someone], str]


@dataclass
class House:
    home: int
    offer: int
    relief: int


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house(db: Database, town: Cast) -> House:
    """赵 made an offer and asked for a relief for 501."""

    def made() -> House:
        a_price()
        home = a_home("501")
        by = By.staff(town.zhao.id)
        offer = offers.make(
            estate_of(), Charging.TRIAL, "先试后买", date(2026, 11, 1), date(2027, 1, 1), by, months_term=3
        )
        until = date(2027, 10, 1)
        relief = reliefs.ask(home, "disability", "证 77", Fraction(1, 2), date(2026, 10, 1), until, by)
        standards.set_standard(estate_of(), date(2026, 1, 1), [Line("snow", "当天扫雪", 1)], "会", by)
        return House(home, offer, relief)

    return db.write(made)


def acts(phone: Phone, desk: str, task: str, **form: object) -> str:
    return phone.sent_and_shown(f"{desk}/fees/terms/{task}", **form)


def test_what_waits_stands_first_and_is_counted_at_the_fee_desk(
    phone: Phone, town: Cast, house: House, desk: Desk
) -> None:
    page = phone.open(f"{desk(town.leader)}/fees/terms").text
    assert page.index("减免，要另一个人同意") < page.index("优惠，要另一个人同意")
    assert "重度残疾" in page
    assert re.search(r'优惠、减免、服务记录等您看</strong><span class="count">2<', phone.open(
        f"{desk(town.leader)}/fees"
    ).text)  # fmt: skip


def test_whoever_reads_why_homes_are_to_be_relieved_leaves_a_step(
    db: Database, phone: Phone, town: Cast, house: House, desk: Desk
) -> None:
    phone.open(f"{desk(town.leader)}/fees/terms")
    with db.read():
        looks = [(one.what, one.by_id, one.facts) for one in steps_about("fee_desk", 0)]
    assert looks == [("looked", town.leader.id, {"reliefs": [house.relief]})]


def test_a_second_person_agrees_and_the_first_cannot(
    db: Database, phone: Phone, town: Cast, house: House, desk: Desk
) -> None:
    own = desk(town.zhao)
    assert "您提的，等另一个人同意" in phone.open(f"{own}/fees/terms").text
    for task, item in (("agree_offer", house.offer), ("agree_relief", house.relief)):
        refused = phone.send(f"{own}/fees/terms/{task}", item=item)
        assert (refused.status_code, "另一个人" in refused.text) == (409, True)
    other = desk(town.leader)
    assert "都能办" in acts(phone, other, "agree_offer", item=house.offer)
    assert "多一行减免" in acts(phone, other, "agree_relief", item=house.relief)
    with db.read():
        assert session().get_one(Offer, house.offer).agreed_by == town.leader.id
        assert session().get_one(Relief, house.relief).agreed_by == town.leader.id
    assert "照旧" in acts(phone, own, "withdraw_offer", item=house.offer)


def test_what_two_have_agreed_to_is_not_refused_from_an_old_page(
    db: Database, phone: Phone, town: Cast, house: House, desk: Desk
) -> None:
    acts(phone, desk(town.leader), "agree_relief", item=house.relief)
    late = phone.send(f"{desk(town.zhao)}/fees/terms/refuse_relief", item=house.relief)
    assert (late.status_code, "已经有人定过了" in late.text) == (409, True)
    with db.read():
        relief = session().get_one(Relief, house.relief)
        assert (relief.ended_at, relief.until) == (None, date(2027, 10, 1))


def test_a_relief_is_asked_for_by_the_door_and_refused_by_another(
    db: Database, phone: Phone, town: Cast, house: House, desk: Desk
) -> None:
    form = {
        "estate": house_estate(db), "building": "3", "unit": "2", "room": "501", "ground": "hardship",
        "part": "1/2", "since": "2027-10", "until": "2027-12", "proof": "社区证明 3",
    }  # fmt: skip
    assert "等另一个人同意" in acts(phone, desk(town.zhao), "ask_relief", **form)
    with db.read():
        asked = session().scalars(select(Relief).order_by(Relief.id.desc())).first()
        assert (asked.household_id, asked.since, asked.until) == (
            house.home, date(2027, 10, 1), date(2028, 1, 1),
        )  # fmt: skip
        number = asked.id
    assert "不减" in acts(phone, desk(town.leader), "refuse_relief", item=number)
    for wrong in ({"part": "2"}, {"since": "x"}, {"ground": "friend"}, {"room": ""}, {"until": "2027-09"},
                  {"until": "9999-12"}, {"since": "9999-10", "until": "9999-12"}):  # fmt: skip
        assert phone.send(f"{desk(town.zhao)}/fees/terms/ask_relief", **form | wrong).status_code == 422
    nowhere = phone.send(f"{desk(town.zhao)}/fees/terms/ask_relief", **form | {"room": "999"})
    assert nowhere.status_code == 404
    assert "给一家办减免" in nowhere.text


def house_estate(db: Database) -> int:
    with db.read():
        return estate_of()


def test_a_record_is_entered_checked_by_another_and_what_was_not_done_is_a_case(
    db: Database, phone: Phone, town: Cast, house: House, desk: Desk
) -> None:
    own = desk(town.zhao)
    assert "10月的服务记录" in phone.open(f"{own}/fees/terms").text
    form = {"estate": house_estate(db), "line": "snow", "done": "no"}
    assert phone.send(f"{own}/fees/terms/enter_proof", **form).status_code == 422
    assert "等另一个人核" in acts(phone, own, "enter_proof", **form, words="两天才扫")
    with db.read():
        proof = session().scalars(select(Proof.id)).one()
    assert phone.send(f"{own}/fees/terms/check_proof", item=proof, done="no").status_code == 409
    other = desk(town.leader)
    late = phone.send(f"{other}/fees/terms/check_proof", item=proof, done="yes")  # as an old page has it
    assert (late.status_code, "刚刚改过" in late.text) == (409, True)
    sent = re.search(r'check_proof">.*?name="item" value="(\d+)".*?name="done" value="(\w+)"', late.text)
    assert sent
    assert sent.groups() == (str(proof), "no")
    assert "号工单" in acts(phone, other, "check_proof", item=proof, done=sent[2])
    with db.read():
        assert session().scalars(select(Case)).one().text.startswith("当天扫雪 2026-10")


def bought(db: Database, house: House) -> int:
    """A year with a gift, paid in cash."""

    def work() -> int:
        offer = an_offer(gift="一袋米", gift_stock=1, gift_fen=20_00)
        return buying.agree(house.home, offer, ONE, "desk").id

    number = db.write(work)
    db.write(receive, house.home, 150_00, Way.CASH, "1", date(2026, 11, 21), ONE)
    return number


def test_a_gift_is_handed_over_against_a_picture_of_the_signature_once(
    db: Database, phone: Phone, town: Cast, house: House, desk: Desk, config: Config
) -> None:
    number = bought(db, house)
    own = desk(town.zhao)
    assert "等着领礼物" in phone.open(f"{own}/fees/terms").text
    assert phone.send(f"{own}/fees/terms/hand_gift", item=number).status_code == 422

    def hands() -> str:
        return acts(phone, own, "hand_gift", item=number, photos=(BytesIO(photo()), "s.jpg"))

    assert "签字留下了" in hands()
    with db.read():
        first = session().scalars(select(Gift.signature)).one()
        assert len(first) == 22
    page = phone.open(f"{own}/fees/terms").text
    assert f"signatures/{first}" in page
    assert phone.open(f"{own}/fees/terms/signatures/{first}").content_type == "image/jpeg"
    for someone in (town.qian, town.li):
        assert phone.open(f"{desk(someone)}/fees/terms/signatures/{first}").status_code == 404
    assert phone.open(f"{own}/fees/terms/signatures/x").status_code == 404
    assert "早就发过" in hands()
    with db.read():
        assert session().scalars(select(Gift.signature)).one() == first


def test_money_goes_back_over_the_counter(
    db: Database, phone: Phone, town: Cast, house: House, desk: Desk
) -> None:
    number = bought(db, house)
    db.write(leaving.leave, number, ONE, "搬家")
    own = desk(town.zhao)
    assert "要退给这些人家的钱" in phone.open(f"{own}/fees/terms").text
    form = {"home": house.home, "yuan": "150", "way": "cash", "receipt": "R1", "day": "2026-11-21"}
    for wrong in ({"yuan": "150.01"}, {"way": "wechat"}, {"receipt": ""}, {"yuan": "-1"}):
        assert phone.send(f"{own}/fees/terms/give_back", **form | wrong).status_code in (409, 422)
    assert "退了" in acts(phone, own, "give_back", **form)
    assert "没有再记一遍" in acts(phone, own, "give_back", **form)
    with db.read():
        assert owed_back() == {}
        assert list(faults()) == []


def owed_to_one_more(room: str, estate: str, building: str) -> None:
    home, day = a_home(room, estate=estate, building=building), date(2026, 11, 20)
    lines = [Posting(Account.CASH, 5_00), Posting(Account.REFUND, -5_00, home)]
    post("received", estate_of(estate), day, lines, key=f"test/{room}", by=ONE)


def test_however_many_homes_are_owed_money_the_database_is_asked_as_often(
    db: Database, phone: Phone, town: Cast, house: House, desk: Desk
) -> None:
    page = phone.led(f"{desk(town.zhao)}/fees/terms")

    def asked() -> int:
        with statements(db) as found:
            assert "要退给这些人家的钱" in phone.open(page).text
        return len(found)

    db.write(owed_to_one_more, "601", "育英小区", "3")
    phone.open(page)
    before = asked()
    for one in range(602, 606):
        db.write(owed_to_one_more, str(one), "育英小区", "3")
        db.write(owed_to_one_more, str(one + 10), "建设小区", "1")
    assert asked() == before


def test_a_desk_of_another_community_finds_nothing_there(
    db: Database, phone: Phone, town: Cast, house: House, desk: Desk
) -> None:
    number = bought(db, house)
    other = desk(town.qian)
    page = phone.open(f"{other}/fees/terms").text
    assert standing("501", page) == []
    for word in ("证 77", "先试后买", "等着领礼物"):
        assert word not in page
    for task, form in (
        ("agree_offer", {"item": house.offer}),
        ("agree_relief", {"item": house.relief}),
        ("refuse_relief", {"item": house.relief}),
        ("enter_proof", {"estate": house_estate(db), "line": "snow", "done": "yes"}),
        ("hand_gift", {"item": number, "photos": (BytesIO(photo()), "s.jpg")}),
        ("give_back", {"home": house.home, "yuan": "1", "way": "cash", "receipt": "x", "day": "2026-11-21"}),
        ("dance", {}),
    ):
        assert phone.send(f"{other}/fees/terms/{task}", **form).status_code == 404, task
    for someone in (town.li, town.sun):
        assert phone.open(f"{desk(someone)}/fees/terms").status_code == 404
        assert phone.send(f"{desk(someone)}/fees/terms/agree_offer", item=house.offer).status_code == 404
    path, elsewhere = f"{desk(town.leader)}/fees/terms/agree_offer", {"Sec-Fetch-Site": "cross-site"}
    assert phone.send(path, headers=elsewhere, item=house.offer).status_code == 403
    with db.read():
        assert session().get_one(Offer, house.offer).agreed_by is None


def test_reliefs_are_nowhere_but_at_the_desk_and_with_the_home(
    db: Database, phone: Phone, town: Cast, house: House, desk: Desk
) -> None:
    acts(phone, desk(town.leader), "agree_relief", item=house.relief)
    db.write(billed, "2026-Q4")
    with db.read():
        assert [one.amount_fen for one in session().scalars(select(Bill))] == [22_50]
        assert len(bills_of(house.home)) == 1
