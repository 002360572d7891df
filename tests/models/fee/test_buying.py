"""A year in advance, a trial, service first: agreed to once, billed by their own rules (rows 53–55)."""

import threading
from datetime import UTC, date, datetime

import pytest
import time_machine
from fee_homes import AUTUMN, HOME, ONE, TWO, an_offer, bills_of, lines_of, run_bills, some_homes
from sqlalchemy import func, select

from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, Refused
from models.contract import offers
from models.contract.tables import Charging, Contract, Gift, Offer
from models.fee import buying, leaving
from models.fee.checking import faults
from models.fee.payments import Way, receive
from models.fee.tables import State
from models.ledger import Account
from models.ledger.balances import balances, household_balance


@pytest.fixture(autouse=True)
def _autumn():
    with time_machine.travel(AUTUMN, tick=False):
        yield


@pytest.fixture
def homes(db):
    return db.write(some_homes)


def bought(db, home: int, **offer) -> int:
    return db.write(lambda: buying.agree(home, an_offer(**offer), HOME, "page").id)


def sound(db) -> None:
    with db.read():
        assert list(faults()) == []


def test_a_year_is_billed_at_once_and_its_discount_stands_in_the_books(db, homes):
    bought(db, homes[0])
    with db.read():
        (bill,) = bills_of(homes[0])
        assert (bill.period, bill.first, bill.months) == ("2026-12+12", date(2026, 12, 1), 12)
        assert lines_of(bill) == [("service", 180_00), ("discount", -30_00)]
        assert (bill.amount_fen, bill.due_on) == (150_00, date(2026, 12, 5))
        assert balances() == {
            Account.RECEIVABLE: 150_00, Account.DISCOUNT: 30_00, Account.DEFERRED: -180_00,
        }  # fmt: skip
    sound(db)


def test_runs_leave_out_what_a_year_covers_and_go_on_after_it(db, homes):
    bought(db, homes[0])
    for label in ("2026-Q4", "2027-Q1", "2027-Q4", "2028-Q1"):
        run_bills(db, label)
    with db.read():
        of_year, *others = bills_of(homes[0])
        assert of_year.months == 12
        assert [(one.period, one.first, one.months) for one in others] == [
            ("2026-Q4", date(2026, 10, 1), 2),
            ("2027-Q4", date(2027, 12, 1), 1),
            ("2028-Q1", date(2028, 1, 1), 3),
        ]
    sound(db)


def test_an_unpaid_quarter_that_the_year_covers_is_taken_back(db, homes):
    run_bills(db, "2027-Q1")
    bought(db, homes[0], starts_on=date(2027, 1, 1))
    with db.read():
        quarter, year = bills_of(homes[0])
        assert (quarter.state, quarter.amount_fen) == (State.VOID, 0)
        assert household_balance(Account.RECEIVABLE, homes[0]) == year.amount_fen == 150_00
    sound(db)
    run_bills(db, "2027-Q1")
    with db.read():
        assert len(bills_of(homes[0])) == 2


def test_a_paid_quarter_stays_and_the_year_begins_after_it(db, homes):
    run_bills(db, "2026-Q4")
    db.write(receive, homes[0], 45_00, Way.CASH, "1", date(2026, 11, 20), ONE)
    bought(db, homes[0])
    with db.read():
        assert bills_of(homes[0])[1].period == "2027-01+12"
    with pytest.raises(NotAllowed, match="months_billed"):
        bought(db, homes[1], starts_on=date(2026, 11, 1), name="从十一月起")
    sound(db)


def test_months_that_come_free_again_are_billed_under_a_label_of_their_own(db, homes):
    run_bills(db, "2026-Q4")
    contract = bought(db, homes[0])  # from January on, because the quarter is billed
    with time_machine.travel(datetime(2027, 1, 20, tzinfo=UTC)):
        run_bills(db, "2027-Q1")
        db.write(lambda: leaving.leave(contract, ONE, "搬家"))
        run_bills(db, "2027-Q1")
    with db.read():
        assert [(one.period, one.months, one.state) for one in bills_of(homes[0])][1:] == [
            ("2027-01+12", 1, State.OPEN),
            ("2027-Q1", 2, State.OPEN),
        ]
    sound(db)


def test_what_was_shown_is_what_is_agreed_to(db, homes):
    offer = db.write(an_offer)
    with db.read():
        mark = buying.terms_of(homes[0], session().get_one(Offer, offer)).mark
    with pytest.raises(NotAllowed, match="offer_changed"):
        db.write(lambda: buying.agree(homes[0], offer, HOME, "page", mark=mark + "0"))
    db.write(lambda: buying.agree(homes[0], offer, HOME, "page", mark=mark))
    with pytest.raises(NotAllowed, match="offer_changed"):  # another tap begins a year later
        db.write(lambda: buying.agree(homes[0], offer, HOME, "page", mark=mark))


@pytest.mark.parametrize(
    ("day", "change"),
    [
        (datetime(2026, 10, 31, tzinfo=UTC), None),
        (datetime(2027, 4, 1, tzinfo=UTC), None),
        (AUTUMN, offers.withdraw),
    ],
)
def test_an_offer_holds_between_its_days_and_until_it_is_withdrawn(db, homes, day, change):
    offer = db.write(an_offer)
    if change:
        db.write(change, offer)
    with time_machine.travel(day), pytest.raises(NotAllowed, match="offer_closed"):
        db.write(lambda: buying.agree(homes[0], offer, HOME, "page"))


def test_an_offer_needs_a_second_person(db, homes):
    number = db.write(
        lambda: offers.make(
            1, Charging.TRIAL, "试用", date(2026, 11, 1), date(2026, 12, 1), ONE, months_term=3
        )
    )
    with pytest.raises(NotAllowed, match="offer_second"):
        db.write(offers.agree, number, ONE)
    with pytest.raises(NotAllowed, match="offer_closed"):
        db.write(lambda: buying.agree(homes[0], number, HOME, "page"))
    db.write(offers.agree, number, TWO)
    with pytest.raises(NotAllowed, match="offer_settled"):
        db.write(offers.agree, number, TWO)


@pytest.mark.parametrize(
    "said",
    [
        {"months_paid": 13, "months_term": 12},
        {"months_paid": 0, "months_term": 12},
        {"months_paid": 10, "months_term": 60},
        {"open_until": date(2026, 10, 1)},
        {"starts_on": date(2027, 1, 2)},
        {"gift": "米", "gift_stock": 0},
        {"gift_stock": 3},
        {"name": " "},
        {"charging": Charging.QUARTER},
    ],
)
def test_an_offer_that_cannot_be_is_refused(db, homes, said):
    with pytest.raises(Invalid):
        db.write(lambda: an_offer(**said))


def test_a_home_without_a_price_or_an_area_is_told_so(db):
    home = db.write(lambda: some_homes(1, area=None)[0])
    with pytest.raises(NotAllowed, match="no_area"):
        bought(db, home)


def test_gifts_are_reserved_while_they_last_however_many_come_at_once(db):
    homes = db.write(lambda: some_homes(8))
    offer = db.write(lambda: an_offer(gift="一袋米", gift_stock=3, gift_fen=20_00))
    trouble: list[Exception] = []

    def buys(home: int) -> None:
        try:
            db.write(lambda: buying.agree(home, offer, HOME, "page"))
        except Exception as one:  # noqa: BLE001 - whatever it is, it is shown
            trouble.append(one)

    threads = [threading.Thread(target=buys, args=(home,)) for home in homes]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert trouble == []
    with db.read():
        assert session().scalar(select(func.count(Gift.id))) == 3
        assert session().scalar(select(func.count(Contract.id))) == 8
        assert offers.gifts_left(session().get_one(Offer, offer)) == 0
    sound(db)


def test_a_trial_is_free_and_silence_after_it_stays_free(db, homes):
    bought(db, homes[0], charging=Charging.TRIAL, name="先试后买")
    for label in ("2026-Q4", "2027-Q1", "2027-Q2", "2027"):
        run_bills(db, label)
    with db.read():
        assert [(one.first, one.months) for one in bills_of(homes[0])] == [(date(2026, 10, 1), 2)]


def test_a_trial_never_begins_before_what_is_billed_has_ended(db, homes):
    run_bills(db, "2026-Q4")
    contract = bought(db, homes[0], charging=Charging.TRIAL, name="先试后买")
    with db.read():
        assert session().get_one(Contract, contract).since == date(2027, 1, 1)


def test_one_trial_a_home_ever(db, homes):
    contract = bought(db, homes[0], charging=Charging.TRIAL, name="先试后买")
    db.write(leaving.return_trial, contract, HOME)
    with pytest.raises(NotAllowed, match="trial_once"):
        bought(db, homes[0], charging=Charging.TRIAL, name="再试一次")


def test_whoever_returns_a_trial_is_billed_nothing_until_the_home_agrees(db, homes):
    contract = bought(db, homes[0], charging=Charging.TRIAL, name="先试后买", starts_on=date(2026, 11, 1))
    db.write(leaving.return_trial, contract, HOME)
    db.write(leaving.return_trial, contract, HOME)  # a second tap
    run_bills(db, "2026-Q4")
    run_bills(db, "2027-Q1")
    with db.read():
        assert [one.months for one in bills_of(homes[0])] == [1]  # October
    with time_machine.travel(datetime(2027, 2, 3, tzinfo=UTC)):
        db.write(lambda: buying.agree_to_quarter(homes[0], HOME, "page"))
        with pytest.raises(NotAllowed, match="quarter_already"):
            db.write(lambda: buying.agree_to_quarter(homes[0], HOME, "page"))
    run_bills(db, "2027-Q1")
    with db.read():
        assert [(one.first, one.months) for one in bills_of(homes[0])][1:] == [(date(2027, 3, 1), 1)]


def test_a_trial_that_is_given_back_before_it_began_is_no_consent_either(db, homes):
    contract = bought(db, homes[0], charging=Charging.TRIAL, name="先试后买")
    db.write(leaving.return_trial, contract, HOME)
    run_bills(db, "2026-Q4")
    run_bills(db, "2027-Q1")
    with db.read():
        assert [(one.first, one.months) for one in bills_of(homes[0])] == [(date(2026, 10, 1), 2)]
    db.write(lambda: buying.agree_to_quarter(homes[0], HOME, "page"))


def test_a_trial_that_is_over_need_not_be_returned(db, homes):
    contract = bought(db, homes[0], charging=Charging.TRIAL, name="先试后买")
    with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC)), pytest.raises(NotAllowed, match="trial_over"):
        db.write(leaving.return_trial, contract, HOME)


def test_a_year_that_nobody_pays_falls_away_and_the_quarter_is_charged(db, homes):
    bought(db, homes[0], gift="一袋米", gift_stock=1)
    with time_machine.travel(datetime(2026, 12, 5, 12, tzinfo=UTC)):
        assert not db.write(leaving.fall_away)
    with time_machine.travel(datetime(2026, 12, 6, tzinfo=UTC)):
        assert db.write(leaving.fall_away)
        assert not db.write(leaving.fall_away)
    run_bills(db, "2026-Q4")
    with db.read():
        year, quarter = bills_of(homes[0])
        assert (year.state, quarter.months) == (State.VOID, 3)
        assert session().scalars(select(Gift)).one().released_at is not None
        assert balances()[Account.DISCOUNT] == 0
    sound(db)


def test_two_taps_at_once_are_one_trial(db, homes):
    offer = db.write(lambda: an_offer(charging=Charging.TRIAL, name="先试后买"))
    refused: list[Refused] = []

    def taps() -> None:
        try:
            db.write(lambda: buying.agree(homes[0], offer, HOME, "page"))
        except Refused as one:
            refused.append(one)

    threads = [threading.Thread(target=taps) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.code for one in refused] == ["trial_once"] * 3
