"""A firm leaves an estate: what was handed over, days without anybody, what each home has back (row 49)."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from fee_homes import AUTUMN, HOME, ONE, an_offer, estate_of, run_bills, some_homes

from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.contract.tables import Exit
from models.fee import buying, exiting
from models.fee.exiting import Back
from models.fee.payments import Way, receive


@pytest.fixture
def homes(db):
    """One with a year that is paid, one with a quarter half paid and one with money beforehand."""
    with time_machine.travel(AUTUMN, tick=False):
        homes = db.write(lambda: some_homes(3))
        db.write(lambda: buying.agree(homes[0], an_offer(starts_on=date(2026, 12, 1)), HOME, "page"))
        run_bills(db, "2026-Q4")
        today = date(2026, 11, 21)
        for home, fen, receipt in ((homes[0], 180_00, "1"), (homes[1], 40_00, "2"), (homes[2], 50_00, "3")):
            db.write(receive, home, fen, Way.CASH, receipt, today, ONE)
        yield homes


def tells(db, leaves_on: date) -> int:
    return db.write(lambda: exiting.tell(estate_of(), "兴旺物业", date(2026, 11, 21), leaves_on, ONE))


def test_what_was_paid_for_months_after_the_last_day_is_owed_back(db, homes):
    with db.read():
        assert exiting.back(estate_of(), date(2026, 12, 1)) == [
            Back(homes[0], 150_00, 0, 0),
            Back(homes[1], 10_00, 0, 0),
            Back(homes[2], 15_00, 5_00, 0),
        ]
        assert exiting.back(estate_of(), date(2026, 12, 2)) == [
            Back(homes[0], 137_50, 0, 0),
            Back(homes[2], 0, 5_00, 0),
        ]


def test_days_without_anybody_are_counted_until_somebody_comes(db, homes):
    number = tells(db, date(2026, 12, 1))
    for day, without in ((datetime(2026, 11, 30, tzinfo=UTC), 0), (datetime(2026, 12, 10, tzinfo=UTC), 10)):
        with time_machine.travel(day), db.read():
            assert exiting.days_without(exiting.held(number)) == without
    db.write(lambda: exiting.followed(exiting.held(number), emergency_since=date(2026, 12, 1)))
    db.write(lambda: exiting.followed(exiting.held(number), on=date(2026, 12, 8)))
    with time_machine.travel(datetime(2027, 5, 1, tzinfo=UTC)), db.read():
        assert exiting.days_without(exiting.held(number)) == 7


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_two_who_write_down_what_was_handed_over_lose_nothing(db, homes):
    number = tells(db, date(2026, 12, 1))

    def second() -> list[str]:
        before = session().get_one(Exit, number)  # as the page finds it, before it is held
        db.write(lambda: exiting.hand_over(exiting.held(number), ["水泵房钥匙"]))
        left = exiting.held(before.id)
        exiting.hand_over(left, ["图纸"])
        return left.handed_over

    assert db.write(second) == ["水泵房钥匙", "图纸"]


def test_what_was_handed_over_is_a_list_that_grows(db, homes):
    number = tells(db, date(2026, 12, 1))
    db.write(lambda: exiting.hand_over(exiting.held(number), ["水泵房钥匙", "监控账号"]))
    db.write(lambda: exiting.hand_over(exiting.held(number), ["图纸", "水泵房钥匙"]))
    with db.read():
        assert exiting.held(number).handed_over == ["水泵房钥匙", "监控账号", "图纸"]
    with pytest.raises(Invalid, match="exit_things"):
        db.write(lambda: exiting.hand_over(exiting.held(number), [" "]))


def test_what_cannot_be_is_refused(db, homes):
    with pytest.raises(Invalid, match="exit_days"):
        tells(db, date(2026, 11, 1))
    with pytest.raises(Invalid, match="exit_firm"):
        db.write(lambda: exiting.tell(estate_of(), " ", date(2026, 11, 21), date(2026, 12, 1), ONE))
    number = tells(db, date(2026, 12, 1))
    with pytest.raises(Invalid, match="exit_days"):
        db.write(lambda: exiting.followed(exiting.held(number), on=date(2026, 11, 1)))
    with pytest.raises(NotFound, match="exit_not_found"):
        db.write(exiting.held, 4711)
