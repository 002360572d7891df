"""Which tariff holds for a home on a day, and how a period is cut where one follows another."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import select

from models.base.months import days_of, month_on
from models.base.orm import put, session
from models.base.refusals import Invalid
from models.fee.period import Period
from models.fee.tables import Basis, Tariff

MOST_PRICE = 10_000 * 10_000  # 10 000 yuan; more is a slip of the pen


class Rate(NamedTuple):
    """A tariff without its row: `price` in 0.0001 yuan, from `since` on."""

    basis: Basis
    price: int
    since: date


class Stretch(NamedTuple):
    """So many months of a period at one rate; 14/30 are the first fourteen days of November."""

    rate: Rate
    months: Fraction


class Tariffs:
    """All tariffs, or those of one estate, read once for many homes. Service 0 is the property fee."""

    def __init__(self, estate_id: int | None = None) -> None:
        self._kept: dict[tuple[int, int, int], list[Rate]] = {}
        query = select(Tariff).order_by(Tariff.estate_id, Tariff.building_id, Tariff.since)
        if estate_id is not None:
            query = query.where(Tariff.estate_id == estate_id)
        for row in session().scalars(query):
            rate = Rate(Basis(row.basis), row.price, row.since)
            self._kept.setdefault((row.estate_id, row.building_id, row.service_id), []).append(rate)

    def of(self, estate_id: int, building_id: int, service_id: int = 0) -> Sequence[Rate]:
        """By day, the first first. A building with tariffs of its own leaves its estate's on the first of
        their days."""
        estate = self._kept.get((estate_id, 0, service_id), [])
        own = self._kept.get((estate_id, building_id, service_id), [])
        return [one for one in estate if not own or one.since < own[0].since] + own

    def on(self, estate_id: int, building_id: int, day: date, service_id: int = 0) -> Rate | None:
        before = [one for one in self.of(estate_id, building_id, service_id) if one.since <= day]
        return before[-1] if before else None


def stretches(rates: Sequence[Rate], period: Period) -> list[Stretch]:
    """The period by the rates that hold in it, none for days before the first: a price applies from its day.

    Months that are cut count by their days.
    """
    found: list[Stretch] = []
    ends = [*(one.since for one in rates[1:]), date.max][: len(rates)]
    for first in period.month_starts():
        days, after = days_of(first), month_on(first, 1)
        for rate, end in zip(rates, ends, strict=True):
            held = (min(end, after) - max(rate.since, first)).days
            if held <= 0:
                continue
            months = Fraction(held, days)
            if found and found[-1].rate == rate:
                found[-1] = Stretch(rate, found[-1].months + months)
            else:
                found.append(Stretch(rate, months))
    return found


def set_price(
    estate_id: int,
    price: int,
    since: date,
    *,
    building_id: int = 0,
    service_id: int = 0,
    basis: Basis = Basis.AREA,
    ground: str | None = None,
    by_id: int | None = None,
) -> None:
    """From that day on. The same day's earlier word is replaced; Invalid: price_range, below nothing or above
    MOST_PRICE."""
    if not 0 <= price <= MOST_PRICE:
        raise Invalid("price_range")
    query = select(Tariff).where(
        Tariff.estate_id == estate_id,
        Tariff.building_id == building_id,
        Tariff.service_id == service_id,
        Tariff.since == since,
    )
    known = session().scalars(query).first()
    if known is not None:
        known.basis, known.price, known.ground, known.by_id = basis, price, ground, by_id
        return
    put(
        Tariff,
        estate_id=estate_id,
        building_id=building_id,
        service_id=service_id,
        basis=basis,
        price=price,
        since=since,
        ground=ground,
        by_id=by_id,
    )
