"""Offers at the fee desk: one person enters one, another agrees, and it is ended."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from cast import Cast, Someone
from fee_homes import estate_of
from page_phone import Phone
from sqlalchemy import select

from models.base.orm import session
from models.contract import offers
from models.contract.tables import Offer
from server.database import Database

Desk = Callable[[Someone], str]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(datetime(2026, 11, 21, 2, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def form(db: Database, town: Cast) -> dict[str, str]:
    with db.read():
        estate = str(estate_of())
    return {
        "estate": estate, "charging": "year", "name": "年付减两月", "months_paid": "10", "months_term": "12",
        "open_from": "2026-11-21", "open_until": "2027-03-31", "starts_on": "2027-01", "gift": "一袋米",
        "gift_stock": "30", "yuan": "20.00", "ground": "第四次会",
    }  # fmt: skip


def the_offer(db: Database) -> Offer:
    with db.read():
        return session().scalars(select(Offer)).one()


def test_an_offer_is_entered_agreed_to_by_another_and_ended(
    db: Database, phone: Phone, town: Cast, form: dict[str, str], desk: Desk
) -> None:
    own, other = f"{desk(town.zhao)}/fees/offers", f"{desk(town.leader)}/fees/offers"
    made = phone.sent_and_shown(f"{own}/make", **form)
    assert "您提的，等另一个人同意" in made
    assert "交 10 个月，用 12 个月，送一袋米，还有 30 份" in made
    one = the_offer(db)
    assert (one.starts_on, one.gift_fen, one.by_id) == (date(2027, 1, 1), 20_00, town.zhao.id)
    refused = phone.send(f"{own}/agree", item=one.id)
    assert (refused.status_code, "另一个人" in refused.text) == (409, True)
    assert "正在办的" in phone.sent_and_shown(f"{other}/agree", item=one.id)
    with db.read():
        assert [offer.id for offer in offers.open_offers(one.estate_id)] == [one.id]
    assert "撤了。" in phone.sent_and_shown(f"{own}/withdraw", item=one.id)
    with db.read():
        assert offers.open_offers(one.estate_id) == []


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"months_paid": "13"}, "月数不对"),
        ({"charging": "gift"}, "月数不对"),
        ({"open_until": ""}, "请选日子"),
        ({"open_until": "2026-11-01"}, "结束的日子"),
        ({"starts_on": "一月"}, "请选月份"),
        ({"gift_stock": "0"}, "礼物要写清"),
        ({"yuan": "二十"}, "金额要大于0"),
        ({"name": ""}, "优惠得有个名字"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    db: Database,
    phone: Phone,
    town: Cast,
    form: dict[str, str],
    desk: Desk,
    wrong: dict[str, str],
    said: str,
) -> None:
    answer = phone.send(f"{desk(town.zhao)}/fees/offers/make", **form | wrong)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert "<details open>" in answer.text
    assert "第四次会" in answer.text
    with db.read():
        assert session().scalars(select(Offer)).all() == []


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_desk_of_another_community_offers_nothing_here(
    db: Database, phone: Phone, town: Cast, form: dict[str, str], desk: Desk
) -> None:
    for someone in (town.qian, town.li, town.wang):
        assert phone.send(f"{desk(someone)}/fees/offers/make", **form).status_code == 404
    phone.send(f"{desk(town.zhao)}/fees/offers/make", **form)
    item = the_offer(db).id
    assert "年付减两月" not in phone.open(f"{desk(town.qian)}/fees/offers").text
    for task in ("agree", "withdraw"):
        assert phone.send(f"{desk(town.qian)}/fees/offers/{task}", item=item).status_code == 404
    assert the_offer(db).withdrawn_at is None
    assert phone.open(f"{desk(town.li)}/fees/offers").status_code == 404
