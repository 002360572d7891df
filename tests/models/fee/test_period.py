"""Periods, and how tariffs cut them."""

from datetime import date
from fractions import Fraction

import pytest

from models.base.refusals import Invalid
from models.fee.period import Period
from models.fee.tables import Basis
from models.fee.tariffs import Rate, stretches


@pytest.mark.parametrize(
    ("label", "first", "last", "months"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), 12),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), 3),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), 1),
    ],
)
def test_a_period_is_what_its_label_says(label, first, last, months):
    period = Period.of(label)
    assert (period.first, period.last, period.months) == (first, last, months)


@pytest.mark.parametrize(
    "label", ["", "2026-Q5", "2026-13", "2026-00", "26-Q1", "2026-Q1 ", "２０２６", "1999"]
)
def test_what_is_no_period_is_refused(label):
    with pytest.raises(Invalid):
        Period.of(label)


def _rate(price: int, since: date) -> Rate:
    return Rate(Basis.AREA, price, since)


def test_one_price_holds_all_along():
    rate = _rate(3000, date(2026, 1, 1))
    assert [(one.rate, one.months) for one in stretches([rate], Period.of("2026-Q4"))] == [(rate, 3)]


def test_a_price_applies_from_its_day_and_not_before():
    old, new = _rate(3000, date(2026, 1, 1)), _rate(3500, date(2026, 11, 15))
    cut = stretches([old, new], Period.of("2026-Q4"))
    assert [(one.rate, one.months) for one in cut] == [
        (old, 1 + Fraction(14, 30)),
        (new, Fraction(16, 30) + 1),
    ]
    assert sum(one.months for one in cut) == 3


def test_months_before_the_first_price_cost_nothing():
    rate = _rate(3000, date(2026, 12, 1))
    assert [one.months for one in stretches([rate], Period.of("2026-Q4"))] == [1]
    assert stretches([rate], Period.of("2026-Q3")) == []
    assert stretches([], Period.of("2026-Q4")) == []


def test_a_price_that_lasted_no_day_is_on_no_line():
    rates = [_rate(1, date(2026, 1, 1)), _rate(2, date(2026, 10, 1)), _rate(3, date(2027, 1, 1))]
    assert [one.rate.price for one in stretches(rates, Period.of("2026-Q4"))] == [2]
