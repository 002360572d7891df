"""Every fen that came in is on a bill or kept for one, once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from factories import a_town
from fee_books import homes
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.fee.billing import again, begin, bill_some
from models.fee.checking import faults
from models.fee.composing import Line
from models.fee.lines import change
from models.fee.payments import Payment, Way, agree_wrong, receive, say_wrong
from models.fee.period import Period
from models.fee.tables import Bill, State
from models.fee.tariffs import set_price
from models.ledger import Account
from models.ledger.balances import balances, household_balance
from models.ledger.sealing import seal
from models.ledger.tables import Entry
from models.place.tables import Building, Estate, Household

DAY = date(2026, 3, 23)
CLERK, OTHER = By.staff(1), By.staff(2)


@pytest.fixture
def home(db) -> int:
    """50 m² at 0.30: 45 yuan a quarter, billed for the first."""

    def made() -> int:
        a_town()
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        building = session().scalars(select(Building.id).where(Building.estate_id == estate)).first()
        set_price(estate, 3000, date(2026, 1, 1))
        return put(Household, building_id=building, unit_name="1", room="101", area=5000, active=True)

    home = db.write(made)
    _bill(db, "2026-Q1")
    return home


def _bill(db, label: str) -> None:
    run = db.write(begin, Period.of(label), 30)
    while db.write(bill_some, run):
        pass


def _bills(db) -> list[tuple[str, int, str]]:
    with db.read():
        return [
            (one.period, one.paid_fen, one.state) for one in session().scalars(select(Bill).order_by(Bill.id))
        ]


def _pay(db, home: int, fen: int, receipt: str = "0001", way: Way = Way.CASH) -> int:
    return db.write(receive, home, fen, way, receipt, DAY, CLERK)[0]


def _in_order(db) -> None:
    with db.read():
        assert list(faults()) == []
        assert sum(balances().values()) == 0


def test_a_payment_settles_the_bill_and_stands_in_the_ledger(db, home):
    _pay(db, home, 45_00)
    assert _bills(db) == [("2026-Q1", 45_00, State.PAID)]
    with db.read():
        assert balances() == {Account.CASH: 45_00, Account.RECEIVABLE: 0, Account.DEFERRED: -45_00}
    _in_order(db)


def test_the_oldest_bill_is_paid_first_and_a_part_leaves_it_open(db, home):
    _bill(db, "2026-Q2")
    _pay(db, home, 60_00, way=Way.TRANSFER)
    assert _bills(db) == [("2026-Q1", 45_00, State.PAID), ("2026-Q2", 15_00, State.OPEN)]
    with db.read():
        assert household_balance(Account.RECEIVABLE, home) == 30_00
    _in_order(db)


def test_what_is_left_over_pays_the_bills_to_come(db, home):
    _pay(db, home, 100_00)
    with db.read():
        assert household_balance(Account.PREPAID, home) == -55_00
    _bill(db, "2026-Q2")
    _bill(db, "2026-Q3")
    assert _bills(db) == [
        ("2026-Q1", 45_00, State.PAID),
        ("2026-Q2", 45_00, State.PAID),
        ("2026-Q3", 10_00, State.OPEN),
    ]
    with db.read():
        assert household_balance(Account.PREPAID, home) == 0
    _in_order(db)


def test_the_same_receipt_is_booked_once_and_never_for_something_else(db, home):
    first = db.write(receive, home, 45_00, Way.CASH, "7", DAY, CLERK)
    assert db.write(receive, home, 45_00, Way.CASH, "7", DAY, CLERK) == (first[0], False)
    with pytest.raises(Invalid):
        db.write(receive, home, 44_00, Way.CASH, "7", DAY, CLERK)
    assert db.write(receive, home, 1_00, Way.TRANSFER, "7", DAY, CLERK)[1]  # another kind of receipt
    _in_order(db)


def test_two_estates_have_each_their_own_book_of_receipts(db, home):
    (other,) = db.write(lambda: homes(1, estate="建设小区", name="1"))
    paid = [_pay(db, one, 20_00, "000001") for one in (home, other)]
    assert paid == [_pay(db, one, 20_00, "000001") for one in (home, other)]
    assert len(set(paid)) == 2
    with pytest.raises(Invalid, match="payment_receipt"):
        _pay(db, other, 21_00, "000001")


@pytest.mark.parametrize(("fen", "day"), [(0, DAY), (-1, DAY), (10**12, DAY), (1, date(2999, 1, 1))])
def test_what_cannot_be_is_refused(db, home, fen, day):
    with pytest.raises(Invalid):
        db.write(receive, home, fen, Way.CASH, "1", day, CLERK)


def test_many_at_once_for_one_home_lose_and_double_nothing(db, home):
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda one: _pay(db, home, 7_00, str(one % 20)), range(40)))
    assert _bills(db) == [("2026-Q1", 45_00, State.PAID)]
    with db.read():
        assert balances()[Account.CASH] == 140_00
        assert household_balance(Account.PREPAID, home) == -95_00
    _in_order(db)


def test_a_mistake_is_put_right_by_two_persons_and_the_bill_is_open_again(db, home):
    number = _pay(db, home, 45_00)

    def wrong(by: By) -> None:
        say_wrong(session().get_one(Payment, number), by, "记到101王桂兰家了")

    def agree(by: By) -> None:
        agree_wrong(session().get_one(Payment, number), by)

    with pytest.raises(NotAllowed):
        db.write(agree, OTHER)
    db.write(wrong, CLERK)
    with pytest.raises(NotAllowed):
        db.write(agree, CLERK)
    db.write(agree, OTHER)
    assert _bills(db) == [("2026-Q1", 0, State.OPEN)]
    with db.read():
        # an entry is never edited, so nobody's name gets into one
        assert "王桂兰" not in str(session().scalars(select(Entry.facts)).all())
        assert balances()[Account.CASH] == 0
        assert household_balance(Account.RECEIVABLE, home) == 45_00
    _in_order(db)
    with pytest.raises(NotAllowed):
        db.write(agree, OTHER)


def test_what_was_left_over_and_has_paid_other_bills_is_taken_back_from_them(db, home):
    number = _pay(db, home, 1_000_00)  # a nought too many
    _bill(db, "2026-Q2")
    _pay(db, home, 10_00, "0002")
    _take_back(db, number)
    assert _bills(db) == [("2026-Q1", 0, State.OPEN), ("2026-Q2", 10_00, State.OPEN)]
    with db.read():
        assert balances()[Account.CASH] == 10_00
        assert household_balance(Account.PREPAID, home) == 0
        assert household_balance(Account.RECEIVABLE, home) == 80_00
    _in_order(db)


def test_what_was_taken_off_a_bill_since_is_kept_no_more(db, home):
    number = _pay(db, home, 45_00)

    def less() -> None:
        bill = session().scalars(select(Bill)).one()
        change(bill, "changed", [Line("withheld", -15_00)], CLERK)

    db.write(less)
    _bill(db, "2026-Q2")
    assert _bills(db)[1] == ("2026-Q2", 15_00, State.OPEN)
    _take_back(db, number)
    assert _bills(db) == [("2026-Q1", 0, State.OPEN), ("2026-Q2", 0, State.OPEN)]
    with db.read():
        assert household_balance(Account.RECEIVABLE, home) == 75_00
    _in_order(db)


def test_what_the_platform_booked_is_refunded_and_not_put_right(db, home):
    number = _pay(db, home, 45_00, "wx1", Way.WECHAT)
    with pytest.raises(NotAllowed):
        db.write(lambda: say_wrong(session().get_one(Payment, number), CLERK, "x"))


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_year_of_chance_stays_in_order(db, home):
    rng = random.Random(11)
    numbers = []
    for step in range(60):
        if step % 20 == 10:
            _bill(db, f"2026-Q{step // 20 + 2}")
        number = _pay(db, home, rng.randrange(1, 30_00), str(step), rng.choice((Way.CASH, Way.TRANSFER)))
        numbers.append(number)
        if rng.random() < 0.3:
            _take_back(db, rng.choice(numbers))
    _in_order(db)


def _take_back(db, number: int) -> None:
    def both() -> None:
        payment = session().get_one(Payment, number)
        say_wrong(payment, CLERK, "错")
        agree_wrong(payment, OTHER)

    try:
        db.write(both)
    except NotAllowed:
        return


def test_the_receipt_of_a_payment_that_was_put_right_is_no_second_payment(db, home):
    number = _pay(db, home, 45_00)
    _take_back(db, number)
    with pytest.raises(Invalid, match="payment_receipt"):
        _pay(db, home, 45_00)
    assert _bills(db) == [("2026-Q1", 0, State.OPEN)]


def test_what_another_payment_left_over_pays_a_bill_that_is_open_again(db, home):
    number = _pay(db, home, 45_00)
    _pay(db, home, 20_00, "0002")
    _take_back(db, number)
    assert _bills(db) == [("2026-Q1", 20_00, State.OPEN)]
    _in_order(db)


def test_what_was_paid_beforehand_pays_a_bill_of_months_that_are_sealed(db, home):
    estate = db.write(lambda: session().scalars(select(Bill.estate_id)).one())
    _pay(db, home, 100_00)
    for month in (1, 2, 3):
        db.write(seal, estate, date(2026, month, 1), OTHER)
    _bill(db, "2025-Q4")  # nothing costs anything then, but the run goes on
    _bill(db, "2026-02+2")

    def comes() -> int:
        building = session().get_one(Household, home).building_id
        return put(Household, building_id=building, unit_name="1", room="102", area=5000, active=True)

    other = db.write(comes)
    db.write(receive, other, 50_00, Way.CASH, "0002", date(2026, 4, 1), CLERK)
    run = db.write(begin, Period.of("2026-Q1"), 30)
    db.write(again, run)
    while db.write(bill_some, run):
        pass
    assert _bills(db) == [("2026-Q1", 45_00, State.PAID)] * 2
    _in_order(db)
