"""Fees in fen from 0.01 m² and 0.0001 yuan."""

import pytest

from models.place.tariff import fee


@pytest.mark.parametrize(
    ("area", "rate", "months", "fen"),
    [
        (5000, 3000, 12, 18_000),  # 0.30 × 50 m² × 12 = 180.00 yuan
        (5000, 3000, 10, 15_000),  # with two months off
        (6350, 3000, 1, 1905),
        (5980, 12_000, 12, 86_112),
        (1, 5000, 1, 1),  # half a fen is a fen
        (1, 4999, 1, 0),
        (0, 3000, 12, 0),
    ],
)
def test_area_times_rate_times_months(area: int, rate: int, months: int, fen: int) -> None:
    assert fee(area, rate, months) == fen


def test_a_year_is_rounded_once_and_not_twelve_times() -> None:
    assert fee(3333, 3333, 12) != 12 * fee(3333, 3333)
