"""What was paid at the platform and never heard of is found in its file the next day and booked by asking."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from bill_files import Back, Paid, a_home, a_refund, clerk, paid_orders, trade_file
from pay_desk import PayDesk, pay_desk
from paying_homes import owing
from sqlalchemy import select

from handlers import words
from models.base.clock import SHANGHAI
from models.base.orm import session
from models.fee.payments import Way, receive_for
from models.outbox.letter import Letter
from models.pay.bill_files import Kind
from models.pay.checking import faults
from models.pay.comparing import compared
from models.pay.differences import unsettled
from models.pay.said import RefundStatus, Returned, Trade, TradeState
from models.pay.tables import Order, Refund, RefundState, State
from server.database import Database
from server.pay import office
from server.pay.troubles import Unknown
from server.paying import Paying
from server.reconciling import _missing, catch_up, reconcile

DAY = date(2026, 3, 23)
NOON = datetime(2026, 3, 24, 12, tzinfo=SHANGHAI)
APP = "wx5a4db0c0ff1c1a10"

sqlite = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    with pay_desk(tmp_path) as made:
        yield made


class Files:
    """A merchant's files, and what the platform says when it is asked."""

    mch_id = "1900000001"

    def __init__(self, trade: bytes | None = None, fund: bytes | None = None) -> None:
        self.trade, self.fund = trade, fund
        self.asked: list[str] = []
        self.trades: dict[str, Trade] = {}
        self.backs: dict[str, Returned] = {}

    def trade_bill(self, day: date) -> bytes | None:
        if self.trade == b"away":
            raise Unknown("cut")
        return self.trade if day == DAY else None

    def fund_bill(self, day: date) -> bytes | None:
        return self.fund if day == DAY else None

    def query(self, number: str) -> Trade | None:
        self.asked.append(number)
        return self.trades.get(number)

    def query_refund(self, number: str) -> Returned | None:
        self.asked.append(number)
        return self.backs.get(number)


def _open(db: Database) -> list[tuple[str, str]]:
    with db.read():
        return [(one.what, one.number) for one, _ in unsettled()]


def _compared(db: Database) -> list[int]:
    with db.read():
        return [len(compared(kind, DAY, DAY)) for kind in Kind]


@sqlite
def test_a_payment_that_nobody_told_us_of_is_booked_the_next_day(db, desk: PayDesk):
    with time_machine.travel(datetime(2026, 3, 23, 10, 20, tzinfo=SHANGHAI)):
        payers = owing(db, 180_00)
        config = desk.config(db.url)
        opened = office.opened(config, db)
        assert opened is not None
        person = payers.people[0]
        started = Paying(db, opened.merchant).pay(payers.home, person, "o-payer", APP)
        desk.pay.pay(started.parameters["package"].partition("=")[2], "o-payer", "unheard")
    with time_machine.travel(datetime(2026, 3, 24, 10, 0, tzinfo=SHANGHAI)):
        reconcile(config, db)
    assert _compared(db) == [0, 0], "the platform has no files before 10:30"
    with time_machine.travel(NOON):
        reconcile(config, db)
    assert _compared(db) == [1, 1]
    assert _open(db) == []
    assert payers.order(started.number).state == State.PAID
    assert payers.bill().paid_fen == 180_00
    with db.read():
        assert list(faults()) == []


@time_machine.travel(NOON)
def test_each_day_of_a_week_is_compared_and_none_before_the_first_order(db):
    def days() -> list[tuple[date, Kind]]:
        with db.read():
            return list(_missing())

    assert days() == []
    home = db.write(a_home)
    db.write(paid_orders, home, DAY - timedelta(days=1), {"o-1": 5})
    assert days() == [(DAY - timedelta(days=1), kind) for kind in Kind] + [(DAY, kind) for kind in Kind]
    db.write(paid_orders, home, DAY - timedelta(days=60), {"o-2": 5})
    assert len(days()) == 2 * 7
    assert catch_up(db, Files(), days()) == 14
    assert days() == []


@time_machine.travel(NOON)
def test_a_file_that_cannot_be_had_or_is_broken_is_asked_for_again(db, caplog):
    db.write(lambda: paid_orders(a_home(), DAY, {"o-1": 5}))
    both = [(DAY, kind) for kind in Kind]
    assert catch_up(db, Files(b"away", b"<html>502</html>"), both) == 0
    assert _compared(db) == [0, 0]
    assert "no trade bill of 2026-03-23" in caplog.text
    assert "bill_file_kind" in caplog.text
    assert catch_up(db, Files(trade_file(DAY, [Paid("o-1", 5)])), both[:1]) == 1
    assert _compared(db) == [1, 0]


@time_machine.travel(NOON)
def test_only_orders_and_refunds_of_ours_are_asked_about_and_the_answer_counts(db):
    def made() -> None:
        home = a_home()
        paid_orders(home, DAY, {"o-paid": 9, "o-1": 9})
        paid_orders(home, DAY, {"o-open": 5}, State.OPEN)
        a_refund("o-1", "r-1", 3, None, RefundState.SENT)

    db.write(made)
    rows = [Paid("o-paid", 9), Paid("o-1", 9), Paid("o-open", 5), Paid("o-strange", 7)]
    files = Files(trade_file(DAY, rows))
    files.trades["o-open"] = Trade("o-open", TradeState.NOTPAY, files.mch_id, "wx0000000000000001")
    catch_up(db, files, [(DAY, Kind.TRADE)])
    assert files.asked == ["o-open"]
    assert _open(db) == [("missing_here", "o-open"), ("missing_here", "o-strange")]


@time_machine.travel(NOON)
def test_a_refund_that_was_done_unheard_is_booked_by_asking(db):
    def made() -> None:
        home = a_home()
        paid_orders(home, DAY, {"o-1": 9})
        order = session().scalars(select(Order)).one()
        order.payment_id, _ = receive_for({}, home, 9, Way.WECHAT, "42o-1", DAY)
        a_refund("o-1", "r-1", 9, None, RefundState.SENT)

    db.write(made)
    files = Files(trade_file(DAY, [Paid("o-1", 9), Back("r-1", 9, of="o-1")]))
    files.backs["r-1"] = Returned(
        "r-1", "o-1", RefundStatus.SUCCESS, files.mch_id, 9, 9, "50r-1", done_at=NOON
    )
    catch_up(db, files, [(DAY, Kind.TRADE)])
    assert _open(db) == []
    with db.read():
        assert session().scalars(select(Refund.state)).one() == RefundState.DONE
        assert list(faults()) == []


@time_machine.travel(NOON)
def test_the_desk_hears_once_of_what_is_left_and_not_of_what_was_booked(db):
    def made() -> None:
        paid_orders(a_home(), DAY, {"o-1": 9, "o-2": 7})

    db.write(made)
    files = Files(trade_file(DAY, [Paid("o-1", 9)]))
    catch_up(db, files, [(DAY, Kind.TRADE), (DAY, Kind.FUND)])
    catch_up(db, files, [(DAY, Kind.TRADE)])
    with db.read():
        letters = session().scalars(select(Letter).where(Letter.kind == "differences")).all()
        assert [(one.to_id, one.facts["count"]) for one in letters] == [(clerk().id, 2)]
        said = words.letter("differences", "work", letters[0].facts).text
    assert "有2笔对不上" in said
    assert "/fees/compare" in said


@time_machine.travel(NOON)
def test_a_day_on_which_all_is_right_writes_to_nobody(db):
    db.write(lambda: paid_orders(a_home(), DAY, {"o-1": 9}))
    catch_up(db, Files(trade_file(DAY, [Paid("o-1", 9)])), [(DAY, Kind.TRADE)])
    with db.read():
        assert session().scalars(select(Letter)).all() == []
