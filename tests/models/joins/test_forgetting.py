"""What is past its term goes by itself, not a day too early; what the law has kept stays."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from factories import a_case, a_town
from fee_bills import a_bill, estate_of
from fee_books import book, homes
from notices import a_notice
from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.case.caller import caller_of, keep_caller
from models.case.case import Case
from models.contract import reliefs
from models.contract.tables import Standard, StandardRating
from models.enquiry import keeping
from models.enquiry.tables import Enquiry
from models.fee.tables import Bill, FeeVisit
from models.joins.forgetting import TEN_YEARS, THREE_YEARS, UNPAID, forget_past
from models.notice.fees import FeeLine
from models.notice.tables import CallAnswer, Receipt
from models.pay.tables import Order, State
from models.place.spot import NOWHERE
from models.praise.praise import Praise
from models.visit.tables import HomeVisit, VisitOpinion
from server.database import Database

THEN = datetime(2026, 11, 21, 4, tzinfo=UTC)
DAY = timedelta(days=1)
THREE_YEARS_LONG = (
    FeeLine,
    Receipt,
    CallAnswer,
    FeeVisit,
    HomeVisit,
    VisitOpinion,
    StandardRating,
    Praise,
    Enquiry,
)


@dataclass(frozen=True)
class Kept:
    case: int
    unpaid: int
    paid: int


@pytest.fixture
def kept(db: Database) -> Kept:
    """One thing of each kind, all of today."""
    with time_machine.travel(THEN, tick=False):
        return db.write(_one_of_each)


def _one_of_each() -> Kept:
    cast = a_town()
    (home,) = homes(1)
    a_bill(home, 100_00)
    notice = book(a_notice(cast.zhao.id), [home], [])
    put(Receipt, notice_id=notice.id, reader_kind="person", reader_id=cast.wang.id, opened_at=now())
    put(CallAnswer, notice_id=notice.id, person_id=cast.wang.id, coming=True, answered_at=now())
    put(FeeVisit, household_id=home, asked_on=THEN.date(), words="有难处", done_at=now())
    visited = {"person_id": cast.sun.id, "sync_id": "visit-0001", "household_id": home, "result": "met"}
    visit = put(HomeVisit, public_id="v", words="", visited_at=now(), at=now(), **visited)
    put(VisitOpinion, visit_id=visit, kind="repair", text="灯不亮")
    standard = put(
        Standard, estate_id=estate_of(home), since=date(2026, 1, 1), lines=[], ground="会", made_at=now()
    )
    put(StandardRating, standard_id=standard, line="snow", household_id=home, stars=5, at=now())
    put(Praise, by_id=cast.wang.id, for_id=None, case_id=None, text="谢谢", at=now())
    _an_answer(cast.wang.id, cast.zhao.id)
    by = By.staff(cast.zhao.id)
    reliefs.ask(home, "hardship", "证 9", Fraction(1, 2), date(2026, 10, 1), date(2026, 12, 1), by)
    case = a_case(reporter=cast.wang)
    keep_caller(case, "王桂兰", "13800001234")
    case.state, case.closed_at = "closed", now()
    return Kept(case.id, _order(home, cast.wang.id, State.CLOSED), _order(home, cast.wang.id, State.PAID))


def _an_answer(asker: int, by: int) -> None:
    number = keeping.note_known("几点停水", asker=asker, intent="policy", category=None, spot=NOWHERE)
    enquiry = session().get_one(Enquiry, number)
    enquiry.state = "open"
    keeping.answer(enquiry, by, "八点")


def _order(home: int, payer: int, state: State) -> int:
    paid: dict[str, Any] = {"transaction_id": "42", "paid_at": now()} if state == State.PAID else {}
    return put(
        Order, number=f"o-{state}", household_id=home, estate_id=estate_of(home), payer_id=payer,
        openid="o-wang", app_id="wx", mch_id="1900000001", fen=100_00, state=state,
        made_at=now(), expires_at=now(), asked=0, **paid,
    )  # fmt: skip


def _let_go(db: Database) -> int:
    rounds = 0
    while db.write(forget_past):
        rounds += 1
    return rounds


def _count(db: Database, table: Any) -> int:
    with db.read():
        return session().execute(select(func.count(table.id))).scalar_one()


def _payer(db: Database, order: int) -> tuple[int, str]:
    with db.read():
        found = session().get_one(Order, order)
        return found.payer_id, found.openid


def test_who_did_not_pay_is_forgotten_and_the_order_stays(db: Database, kept: Kept) -> None:
    before = _payer(db, kept.unpaid)
    assert before[1] == "o-wang"
    with time_machine.travel(THEN + UNPAID, tick=False):
        assert _let_go(db) == 0
    with time_machine.travel(THEN + UNPAID + DAY, tick=False):
        assert _let_go(db) == 1
    assert _payer(db, kept.unpaid) == (0, "")
    assert _payer(db, kept.paid) == before
    assert _count(db, Order) == 2


@pytest.mark.parametrize("table", THREE_YEARS_LONG)
def test_after_three_years_it_goes(db: Database, kept: Kept, table: Any) -> None:
    assert _count(db, table) == 1
    with time_machine.travel(THEN + THREE_YEARS - DAY, tick=False):
        _let_go(db)
        assert _count(db, table) == 1
    with time_machine.travel(THEN + THREE_YEARS + DAY, tick=False):
        _let_go(db)
        assert _count(db, table) == 0
        assert _let_go(db) == 0
    assert _count(db, Bill) == 1


def test_three_years_after_a_case_nobody_reads_who_called(db: Database, kept: Kept) -> None:
    def caller() -> object:
        return caller_of(session().get_one(Case, kept.case))

    assert db.write(caller) is not None
    with time_machine.travel(THEN + THREE_YEARS + DAY, tick=False):
        _let_go(db)
    assert db.write(caller) is None
    assert _count(db, Case) == 1


def test_a_case_that_is_open_is_not_past(db: Database, kept: Kept) -> None:
    def opened() -> None:
        session().get_one(Case, kept.case).state = "handling"

    db.write(opened)
    with time_machine.travel(THEN + THREE_YEARS + DAY, tick=False):
        _let_go(db)
    with db.read():
        assert caller_of(session().get_one(Case, kept.case)) is not None


def test_why_somebody_was_relieved_goes_after_ten_years_and_the_relief_stays(
    db: Database, kept: Kept
) -> None:
    with time_machine.travel(THEN + THREE_YEARS + DAY, tick=False):
        _let_go(db)
        with db.read():
            assert [one["ground"] for one in reliefs.listed()] == ["hardship"]
    with time_machine.travel(datetime(2026, 12, 2, 4, tzinfo=UTC) + TEN_YEARS, tick=False):
        _let_go(db)
        with db.read():
            assert [(one["ground"], one["proof"], one["part"]) for one in reliefs.listed()] == [
                ("", None, "1/2")
            ]
