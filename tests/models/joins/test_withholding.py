"""Service first, pay later: no bill without proof, and what was not done is withheld and becomes a case."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from fee_homes import AUTUMN, HOME, ONE, TWO, an_offer, bills_of, estate_of, lines_of, run_bills, some_homes
from sqlalchemy import select

from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.case.case import Case
from models.contract import proofs, standards
from models.contract.standards import Line
from models.contract.tables import Charging, Proof
from models.fee import buying
from models.fee.checking import faults
from models.joins import withholding
from models.place.tables import Building

LINES = [Line("sweep", "每周扫楼道两次", 3), Line("snow", "雪停四小时内扫完", 1)]
JAN, FEB, MARCH, APRIL = (date(2027, month, 1) for month in (1, 2, 3, 4))
SPRING = datetime(2027, 4, 2, tzinfo=UTC)


@pytest.fixture
def home(db):
    """One that agreed to service first from January 2027 on."""
    with time_machine.travel(AUTUMN, tick=False):

        def work() -> int:
            (home,) = some_homes(1)
            standards.set_standard(estate_of(), date(2026, 1, 1), LINES, "居民代表会议", ONE)
            offer = an_offer(Charging.SERVICE_FIRST, name="先服务后交费", starts_on=JAN)
            buying.agree(home, offer, HOME, "page")
            return home

        home = db.write(work)
    with time_machine.travel(SPRING, tick=False):
        yield home


def seen(db, month: date, line: str, done: bool = True, building: int = 0, checks: bool = True) -> int:
    words = "" if done else "雪停了两天才扫"
    number = db.write(
        lambda: proofs.enter(estate_of(), month, line, done, ONE, building_id=building, words=words)
    )
    if checks:
        db.write(withholding.check, number, TWO)
    return number


def all_done(db, *months: date, except_for: tuple[date, str] | None = None) -> None:
    for month in months:
        for line in LINES:
            seen(db, month, line.code, (month, line.code) != except_for)


def test_nothing_is_billed_before_all_its_months_are_proved(db, home):
    all_done(db, JAN, FEB)
    seen(db, MARCH, "sweep")
    unchecked = seen(db, MARCH, "snow", checks=False)
    run_bills(db, "2027-Q1")
    with db.read():
        assert bills_of(home) == []
    db.write(withholding.check, unchecked, TWO)
    run_bills(db, "2027-Q1")
    run_bills(db, "2027-Q1")
    with db.read():
        (bill,) = bills_of(home)
        assert (bill.period, bill.months, bill.amount_fen) == ("2027-Q1", 3, 45_00)
        assert bill.due_on == date(2027, 5, 2)  # thirty days after it was made, not after January
        assert session().scalars(select(Case)).all() == []
        assert list(faults()) == []


def test_what_was_not_done_is_withheld_by_its_weight_and_becomes_one_case(db, home):
    all_done(db, JAN, FEB, MARCH, except_for=(FEB, "snow"))
    run_bills(db, "2027-Q1")
    with db.read():
        assert lines_of(bills_of(home)[0]) == [("service", 45_00), ("withheld", -3_75)]
        (case,) = session().scalars(select(Case)).all()
        assert case.text.startswith("雪停四小时内扫完 2027-02")
        assert (case.estate_name, case.category) == ("育英小区", "snow_ice")
        proof = session().scalars(select(Proof).where(Proof.case_id.is_not(None))).one()
        number = proof.id
    db.write(withholding.check, number, TWO)  # a second tap
    with db.read():
        assert len(session().scalars(select(Case)).all()) == 1
        assert list(faults()) == []


def test_what_was_seen_of_a_building_goes_before_what_was_seen_of_the_estate(db, home):
    with db.read():
        building = session().scalars(select(Building.id).where(Building.name == "3")).one()
    all_done(db, JAN, FEB, MARCH)
    seen(db, JAN, "sweep", done=False, building=building)
    run_bills(db, "2027-Q1")
    with db.read():
        assert bills_of(home)[0].amount_fen == 45_00 - 11_25
        assert session().scalars(select(Case)).one().building_name == "3"


def test_whoever_entered_it_does_not_check_it(db, home):
    number = seen(db, JAN, "snow", checks=False)
    with pytest.raises(NotAllowed, match="proof_second"):
        db.write(withholding.check, number, ONE)
    with pytest.raises(NotFound, match="proof_not_found"):
        db.write(withholding.check, 4711, TWO)


def test_until_it_is_checked_it_may_be_written_anew_and_not_after(db, home):
    number = seen(db, JAN, "snow", checks=False)
    assert seen(db, JAN, "snow", done=False, checks=True) == number
    with pytest.raises(NotAllowed, match="proof_checked"):
        seen(db, JAN, "snow")


def test_a_record_that_cannot_be_is_refused(db, home):
    for month, line, done, code in (
        (APRIL, "snow", True, "proof_month"),
        (date(2027, 1, 2), "snow", True, "proof_month"),
        (JAN, "lamps", True, "proof_line"),
        (JAN, "snow", False, "proof_words"),
    ):
        with pytest.raises(Invalid, match=code):
            db.write(lambda m=month, n=line, d=done: proofs.enter(estate_of(), m, n, d, ONE))


def test_a_list_of_what_is_still_to_be_entered(db, home):
    seen(db, JAN, "snow")
    with db.read():
        assert [one.code for one in proofs.missing(estate_of(), JAN)] == ["sweep"]
        (line,) = proofs.listed()
        assert (line["month"], line["text"], line["state"]) == ("2027-01", "雪停四小时内扫完", "checked")
