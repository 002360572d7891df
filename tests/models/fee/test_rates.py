"""Two rates, of homes and of money, each with what it is of; and what everybody may hear of them (row 58)."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from factories import a_town
from fee_bills import CLERK, OTHER, a_bill, pay
from fee_books import building, homes
from hypothesis import given
from hypothesis import strategies as st

from models.base.months import month_on
from models.base.orm import session
from models.fee.payments import Payment, agree_wrong, say_wrong
from models.fee.period import Period
from models.fee.rates import Owed, Rate, by_building, by_households, in_period, rates, trend, unpaid
from models.fee.tables import State
from models.place.tables import Building, Household

Q3, Q4, YEAR = Period.of("2026-Q3"), Period.of("2026-Q4"), Period.of("2026")
AFTER = datetime(2027, 1, 2, tzinfo=UTC)


def anything(_building: int, _homes: object) -> bool:
    return True


@pytest.fixture
def estate(db) -> int:
    db.write(a_town)
    with db.read():
        return session().get_one(Building, building("育英小区", "3")).estate_id


@time_machine.travel(AFTER, tick=False)
def test_homes_and_money_are_counted_apart_each_with_what_it_is_of(db, estate):
    def work() -> None:
        small, large, none, half = homes(4)
        for home, fen in ((small, 10_00), (large, 90_00), (none, 50_00), (half, 50_00)):
            a_bill(home, fen)
        pay(small, 10_00, date(2026, 10, 5))
        pay(large, 90_00, date(2026, 12, 31))
        pay(half, 20_00, date(2026, 10, 5))

    db.write(work)
    with db.read():
        assert by_households(estate, Q4) == Rate(2, 4, "2026-Q4")
        assert rates(estate, [Q4])[0].money == Rate(120_00, 200_00, "2026-Q4")
        assert by_households(estate, Q4).permille == 500
        assert rates(estate, [Q4])[0].money.permille == 600


@time_machine.travel(AFTER, tick=False)
def test_what_came_after_the_period_or_for_another_one_is_not_in_its_rate(db, estate):
    def work() -> None:
        (home,) = homes(1)
        a_bill(home, 30_00, "2026-Q3")
        a_bill(home, 30_00)
        pay(home, 60_00, date(2026, 10, 1))  # the first half of it is for the quarter before, and too late

    db.write(work)
    with db.read():
        assert [one.households for one in rates(estate, [Q3, Q4])] == [
            Rate(0, 1, "2026-Q3"),
            Rate(1, 1, "2026-Q4"),
        ]
        assert rates(estate, [Q3])[0].money == Rate(0, 30_00, "2026-Q3")
        assert rates(estate, [YEAR])[0].money == Rate(60_00, 60_00, "2026")


def test_where_nothing_was_due_there_is_no_rate(db, estate):
    with db.read():
        assert by_households(estate, Q4) == Rate(0, 0, "2026-Q4")
        assert by_households(estate, Q4).permille is None


@time_machine.travel(AFTER, tick=False)
def test_a_year_in_advance_counts_month_by_month(db, estate):
    def work() -> None:
        year, _, _ = homes(3)
        a_bill(year, 100_01, "2026")
        pay(year, 100_01, date(2026, 1, 5))

    db.write(work)
    months = [Period.of(f"2026-{month:02}") for month in range(1, 13)]
    with db.read():
        found = [one.money for one in rates(estate, months)]
        assert [one.over for one in found] == [8_34] * 5 + [8_33] * 7
        assert sum(one.under for one in found) == 100_01
        assert rates(estate, [Period.of("2026-Q1")])[0].money == Rate(25_02, 25_02, "2026-Q1")


@time_machine.travel(AFTER, tick=False)
def test_charges_for_late_payment_and_bills_taken_back_are_in_no_rate(db, estate):
    def work() -> None:
        late, void = homes(2)
        a_bill(late, 30_00, late=5_00)
        a_bill(void, 30_00, state=State.VOID)
        pay(late, 30_00, date(2026, 12, 1))

    db.write(work)
    with db.read():
        assert by_households(estate, Q4) == Rate(1, 1, "2026-Q4")
        assert rates(estate, [Q4])[0].money == Rate(30_00, 30_00, "2026-Q4")


@time_machine.travel(AFTER, tick=False)
def test_what_was_owed_before_the_books_began_is_in_no_rate(db, estate):
    def work() -> None:
        (home,) = homes(1)
        a_bill(home, 0, opening=30_00)
        pay(home, 30_00, date(2026, 12, 1))

    db.write(work)
    with db.read():
        assert by_households(estate, Q4) == Rate(0, 0, "2026-Q4")


@time_machine.travel(AFTER, tick=False)
def test_a_payment_that_was_a_mistake_never_was(db, estate):
    def work() -> None:
        (home,) = homes(1)
        a_bill(home, 30_00)
        payment = session().get_one(Payment, pay(home, 30_00, date(2026, 12, 1)))
        say_wrong(payment, CLERK, "另一户的")
        agree_wrong(payment, OTHER)

    db.write(work)
    with db.read():
        assert by_households(estate, Q4) == Rate(0, 1, "2026-Q4")
        assert rates(estate, [Q4])[0].money == Rate(0, 30_00, "2026-Q4")


@time_machine.travel(AFTER, tick=False)
def test_a_building_has_its_own_rates_and_the_rooms_that_owe(db, estate):
    def work() -> tuple[int, int]:
        paid, owing = homes(2)
        (fifth,) = homes(1, name="5")
        for home in (paid, owing, fifth):
            a_bill(home, 30_00)
        pay(paid, 30_00, date(2026, 12, 1))
        pay(fifth, 30_00, date(2026, 12, 1))
        return session().get_one(Household, paid).building_id, owing

    third, owing = db.write(work)
    with db.read():
        assert by_households(estate, Q4, building_id=third) == Rate(1, 2, "2026-Q4")
        assert by_building(estate, Q4)[third].households == Rate(1, 2, "2026-Q4")
        assert sorted(one.households.over for one in by_building(estate, Q4).values()) == [1, 1]
        assert unpaid(third, estate, Q4) == [owing]


@time_machine.travel(AFTER, tick=False)
@pytest.mark.parametrize(("owing", "money"), [(0, None), (1, Rate(60_00, 110_00, "2026-Q4"))])
def test_everybody_hears_only_of_buildings_whose_number_tells_of_nobody(db, estate, owing, money):
    """Nor of money, where taking it away from what the statements say came in would tell of the others."""
    last = owing

    def work() -> None:
        for name, paid, owing in (("3", 6, 5), ("5", 8, 4), ("7", 5, last)):
            for number, home in enumerate(homes(paid + owing, name=name)):
                a_bill(home, 10_00)
                if number < paid:
                    pay(home, 10_00, date(2026, 12, 1))

    db.write(work)
    with db.read():
        (said,) = trend(estate, [Q4], anything)
        assert (said.buildings, said.of) == (1, 3)
        assert said.households == Rate(6, 11, "2026-Q4")
        assert said.money == money
        (nothing,) = trend(estate, [Q3], anything)
        assert (nothing.households, nothing.money) == (None, None)


def test_nobody_hears_of_a_period_that_still_runs(db, estate):
    def work() -> None:
        for number, home in enumerate(homes(20)):
            a_bill(home, 10_00)
            if number < 10:
                pay(home, 10_00, date(2026, 10, 2))

    with time_machine.travel(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), tick=False), db.read():
        assert trend(estate, [Q4], anything) == []
    with time_machine.travel(AFTER, tick=False):
        db.write(work)
        with db.read():
            assert len(trend(estate, [Q4], anything)) == 1


@given(
    fen=st.integers(1, 10**7),
    months=st.integers(1, 24),
    paid=st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.integers(1, 10**6)), max_size=4),
)
def test_the_months_of_a_bill_are_the_bill_and_never_more_came_than_was_due(fen, months, paid):
    first = date(2026, 3, 1)
    bill = Owed(1, 1, first, months, fen, paid)
    each = []
    for number in range(months):
        month = month_on(first, number)
        each.append(in_period(bill, Period.of(f"{month:%Y-%m}")))
    assert sum(one.due for one in each) == fen
    assert all(0 <= one.received <= one.due for one in each)
    whole = in_period(bill, Period("whole", date(2026, 1, 1), 48))
    assert whole == (fen, min(fen, sum(part for _, part in paid)))
