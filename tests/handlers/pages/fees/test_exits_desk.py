"""A firm leaves, at the fee desk: told, handed over, followed, and what homes are to have back."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from cast import Cast, Someone
from fee_homes import estate_of
from own_bills import a_home, a_price, billed, paid
from page_phone import Phone
from sqlalchemy import select

from models.base.orm import session
from models.contract.tables import Exit
from server.database import Database

Desk = Callable[[Someone], str]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(datetime(2026, 11, 21, 2, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def form(db: Database, town: Cast) -> dict[str, str]:
    """501 has paid the quarter, 45 yuan, of which December is left when the firm leaves."""

    def made() -> str:
        a_price()
        home = a_home("501")
        billed("2026-Q4")
        paid(home, 45_00, "1", town.zhao.id, date(2026, 10, 9))
        return str(estate_of())

    return {
        "estate": db.write(made), "firm": "光明物业", "told_on": "2026-11-01", "leaves_on": "2026-12-01",
    }  # fmt: skip


def the_exit(db: Database) -> Exit:
    with db.read():
        return session().scalars(select(Exit)).one()


def test_step_by_step(db: Database, phone: Phone, town: Cast, form: dict[str, str], desk: Desk) -> None:
    here = f"{desk(town.zhao)}/fees/exits"
    told = phone.sent_and_shown(f"{here}/tell", **form)
    assert "育英小区：光明物业" in told
    assert "<strong>15.00</strong><span>元，1户</span>" in told
    item = the_exit(db).id
    assert "<li>钥匙 40 把</li>" in phone.sent_and_shown(
        f"{here}/hand_over", item=item, things="钥匙 40 把\n管线图一套"
    )
    phone.sent_and_shown(f"{here}/follow", item=item, emergency_since="2026-12-01")
    assert "2026年12月20日起" in phone.sent_and_shown(f"{here}/follow", item=item, followed_on="2026-12-20")
    left = the_exit(db)
    assert left.handed_over == ["钥匙 40 把", "管线图一套"]
    assert (left.emergency_since, left.followed_on) == (date(2026, 12, 1), date(2026, 12, 20))


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_cannot_be_is_refused(
    db: Database, phone: Phone, town: Cast, form: dict[str, str], desk: Desk
) -> None:
    here = f"{desk(town.zhao)}/fees/exits"
    for wrong in ({"firm": ""}, {"leaves_on": "2026-10-01"}, {"told_on": "x"}):
        answer = phone.send(f"{here}/tell", **form | wrong)
        assert (answer.status_code, "<details open>" in answer.text) == (422, True)
    phone.send(f"{here}/tell", **form)
    item = the_exit(db).id
    assert phone.send(f"{here}/hand_over", item=item, things="  ").status_code == 422
    assert phone.send(f"{here}/follow", item=item, followed_on="2026-01-01").status_code == 422
    assert phone.send(f"{here}/hand_over", item=99, things="x").status_code == 404


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_desk_of_another_community_sees_and_does_nothing(
    db: Database, phone: Phone, town: Cast, form: dict[str, str], desk: Desk
) -> None:
    phone.send(f"{desk(town.zhao)}/fees/exits/tell", **form)
    item = the_exit(db).id
    assert "光明物业" not in phone.open(f"{desk(town.qian)}/fees/exits").text
    for someone in (town.qian, town.li):
        assert phone.send(f"{desk(someone)}/fees/exits/tell", **form).status_code == 404
        answer = phone.send(f"{desk(someone)}/fees/exits/hand_over", item=item, things="x")
        assert answer.status_code == 404
