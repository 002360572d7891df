"""A bill's lines against an oracle that knows nothing of how they are made (P7)."""

import random
from datetime import date
from fractions import Fraction
from math import floor

from models.base.months import month_on, months_from
from models.contract.terms import Relieved, Seen
from models.fee.composing import Ask, Gift, composed
from models.fee.leaving import given_back
from models.fee.period import Period
from models.fee.tables import Basis
from models.fee.tariffs import Rate
from models.ledger.parts import split

FIRST = date(2027, 3, 1)
YEAR = Period.stretch(FIRST, 12)
RATE = Rate(Basis.AREA, 3000, date(2026, 1, 1))
CASES = 6_000


def made(**ask):
    return composed(Ask(**{"rates": [RATE], "over": YEAR, "area": 5000} | ask))


def told(lines):
    return [(one.what, one.fen) for one in lines]


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def test_a_year_for_ten_months_says_both_the_fee_and_what_is_given_away():
    lines = made(away=Gift(Fraction(2, 12), "年付十个月"))
    assert told(lines) == [("service", 180_00), ("discount", -30_00)]
    assert lines[1].detail == "年付十个月"


def test_a_relief_is_a_line_of_its_own_and_one_of_all_leaves_nothing():
    half = Relieved(Fraction(1, 2), FIRST, month_on(FIRST, 6))
    assert told(made(reliefs=[half])) == [("service", 180_00), ("relief", -45_00)]
    whole = Relieved(Fraction(1), FIRST, month_on(FIRST, 24))
    rates = [RATE, Rate(Basis.AREA, 3333, date(2027, 7, 11))]
    assert sum(one.fen for one in made(rates=rates, reliefs=[whole])) == 0


def test_what_was_not_done_is_withheld_by_its_weight_each_line_of_the_standard_by_itself():
    seen = {
        FIRST: Seen([("扫雪", Fraction(1, 4)), ("灯", Fraction(1, 8))]),
        month_on(FIRST, 1): Seen([("扫雪", Fraction(1, 4))]),
    }
    lines = made(over=Period.stretch(FIRST, 3), seen=seen)
    assert told(lines) == [("service", 45_00), ("withheld", -7_50), ("withheld", -1_88)]
    assert [one.detail for one in lines[1:]] == ["扫雪", "灯"]
    nothing = {month: Seen([("都没干", Fraction(1))]) for month in months_from(FIRST, 3)}
    assert sum(one.fen for one in made(over=Period.stretch(FIRST, 3), seen=nothing)) == 0


def test_a_home_without_an_area_has_no_lines_where_the_price_asks_for_it():
    assert made(area=None) is None
    flat = Rate(Basis.YEAR, 120 * 10_000, date(2026, 1, 1))
    assert told(composed(Ask([flat], YEAR))) == [("service", 120_00)]


def test_pieces_of_a_service():
    monthly = Rate(Basis.UNIT, 50 * 10_000, date(2026, 1, 1))
    assert told(composed(Ask([monthly], Period.stretch(FIRST, 3), quantity=2))) == [("service", 300_00)]


def test_lines_parts_and_refunds_differ_nowhere_from_the_rational_oracle():
    rng = random.Random(54)
    for _ in range(CASES):
        area, price, months = rng.randrange(1, 40_000), rng.randrange(1, 60_000), rng.randrange(1, 25)
        paid = rng.randrange(1, months + 1)
        part = Fraction(rng.randrange(1, 8), 7)
        covered = rng.randrange(0, months + 1)
        over = Period.stretch(FIRST, months)
        reliefs = [Relieved(part, FIRST, month_on(FIRST, covered))] if covered else []
        away = Gift(Fraction(months - paid, months), "x")
        rate = Rate(Basis.AREA, price, date(2026, 1, 1))
        lines = composed(Ask([rate], over, area, away=away, reliefs=reliefs)) or []
        fee = half_up(Fraction(area, 100) * Fraction(price, 10_000) * months * 100)
        discount = half_up(fee * Fraction(months - paid, months)) if fee else 0
        relief = half_up((fee - discount) * part * Fraction(covered, months)) if fee else 0
        assert sum(one.fen for one in lines) == fee - discount - relief
        assert sum(split(fee, [1] * months)) == fee
        begun = rng.randrange(0, months + 1)
        due = fee - discount - relief
        back = given_back(due, paid, begun)
        assert back == half_up(due * Fraction(max(0, paid - begun), paid))
        assert 0 <= back <= due
