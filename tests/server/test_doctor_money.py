"""The doctor says what of the money on its way waits for a person, or for a clock."""

import pytest
from fee_bills import CLERK
from pay_till import push
from paying_homes import owing
from settings_files import configuration, plain_url
from sqlalchemy import select, update

from models.base import quarantine
from models.base.clock import ago
from models.base.orm import session
from models.pay import refunding
from models.pay.tables import Order
from server.doctor import examine

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def found(db, tmp_path, monkeypatch):
    """The codes of the findings about money."""
    configuration(tmp_path, plain_url(db))
    monkeypatch.chdir(tmp_path)

    def look() -> dict[str, dict]:
        return {
            one.code: one.facts
            for one in examine(ask_platforms=False)
            if one.code.startswith(("pay_", "refunds_"))
        }

    return look


def test_what_runs_well_is_not_spoken_of(db, found):
    home = owing(db, 45_00)
    push(db, home.till.pay(home.tap().number))
    assert found() == {}


def test_what_waits_for_a_person_is_said(db, found):
    home = owing(db, 45_00)
    trade = home.till.pay(home.tap().number)
    push(db, trade._replace(fen=1))
    push(db, trade._replace(number="o-nobody"), "EV-2")
    assert found() == {"pay_troubled": {"count": 1}, "pay_strays": {"count": 1, "number": "o-nobody"}}


def test_a_refund_that_a_second_person_has_to_agree_to_is_said(db, found):
    home = owing(db, 45_00)
    push(db, home.till.pay(home.tap().number))
    db.write(lambda: refunding.ask(session().scalars(select(Order)).one(), 1, "mistaken", CLERK) and None)
    assert found() == {"refunds_waiting": {"count": 1}}


def test_an_order_about_which_nobody_asks_is_said_but_not_after_a_restore(db, found):
    owing(db, 45_00).tap()
    db.write(lambda: session().execute(update(Order).values(ask_at=ago(minutes=6))))
    assert found() == {"pay_late": {"count": 1}}
    db.write(quarantine.begin, "restore")
    assert found() == {}
