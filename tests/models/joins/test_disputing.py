"""While somebody looks into what was not done, nobody is reminded of the bill for it (row 55)."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from fee_homes import AUTUMN, HOME, ONE, TWO, an_offer, bills_of, estate_of, run_bills, some_homes
from sqlalchemy import update

from models.base.orm import session
from models.case.case import Case
from models.contract import proofs, standards
from models.contract.standards import Line
from models.contract.tables import Charging
from models.fee import buying
from models.fee.reminding import settled
from models.joins import disputing, withholding

LINES = [Line("sweep", "每周扫楼道两次", 3), Line("snow", "雪停四小时内扫完", 1)]
MONTHS = [date(2027, month, 1) for month in (1, 2, 3)]


@pytest.fixture
def home(db):
    """Service first from January 2027 on; in February the snow lay for two days."""
    with time_machine.travel(AUTUMN, tick=False):

        def work() -> int:
            (home,) = some_homes(1)
            standards.set_standard(estate_of(), date(2026, 1, 1), LINES, "居民代表会议", ONE)
            offer = an_offer(Charging.SERVICE_FIRST, name="先服务后交费", starts_on=MONTHS[0])
            buying.agree(home, offer, HOME, "page")
            return home

        home = db.write(work)
    with time_machine.travel(datetime(2027, 4, 2, tzinfo=UTC), tick=False):
        for month in MONTHS:
            for line in LINES:
                done = (month, line.code) != (MONTHS[1], "snow")
                words = "" if done else "雪停了两天才扫"
                number = db.write(
                    lambda month=month, line=line, done=done, words=words: proofs.enter(
                        estate_of(), month, line.code, done, ONE, building_id=0, words=words
                    )
                )
                db.write(withholding.check, number, TWO)
        run_bills(db, "2027-Q1")
        yield home


def case_of(db, home: int) -> int | None:
    with db.read():
        (bill,) = bills_of(home)
        return bill.case_id


def test_a_bill_with_something_withheld_rests_until_its_case_ends(db, home):
    assert db.write(disputing.pause_withheld) == 1
    assert db.write(disputing.pause_withheld) == 0
    assert case_of(db, home) is not None
    with db.read():
        assert settled([home]) == {home}
    assert db.write(disputing.end_some) == 0
    db.write(lambda: session().execute(update(Case).values(state="rated")))
    assert db.write(disputing.end_some) == 1
    assert db.write(disputing.pause_withheld) == 0
    assert case_of(db, home) is None
