"""A month of an estate is put up for everybody: sealed first, when nothing of it waits any more."""

from datetime import date

from models.base.actor import By
from models.base.months import month_of, month_on
from models.books import publishing
from models.books.money import hold
from models.books.publishing import Collected
from models.books.rights import estate_of
from models.fee.period import Period
from models.fee.rates import Rate, trend
from models.joins.sealing import seal_month
from models.ledger.sealing import is_sealed

QUARTERS = 6  # of which both collection rates are put up with a month


def publish(estate_id: int, month: date, by: By, *, bank_fen: int | None = None) -> bool:
    """As `publishing.publish`; seals the month first where nobody has. Raises as `seal_month` too.

    The rates are kept as they are then, and one that was put up with an earlier month is put up again as it
    was, because a number that moves would tell whose payment turned out to be wrong.
    """
    estate_of(estate_id, by, settling=True)
    hold(estate_id)  # before the ledger is closed to all, because whoever books for it holds the estate first
    if not is_sealed(estate_id, month):
        seal_month(estate_id, month, by)
    rates = _collected(estate_id, month_on(month_of(month), 1))
    return publishing.publish(estate_id, month, by, bank_fen=bank_fen, collected=rates)


def _collected(estate_id: int, before: date) -> list[Collected]:
    """Of the quarters that have ended by that day, from the first of which anything may be said."""
    before_them = {
        one.period: one
        for up in publishing.months_published(estate_id)
        for one in publishing.collected(up)
        if one.households or one.money
    }
    quarter = month_on(before, -((before.month - 1) % 3))
    firsts = [month_on(quarter, -3 * back) for back in range(QUARTERS, 0, -1)]
    said = [
        before_them.get(one.period) or Collected(one.period, _pair(one.households), _pair(one.money))
        for one in trend(estate_id, [Period.of(f"{day.year}-Q{day.month // 3 + 1}") for day in firsts])
    ]
    begun = next((n for n, one in enumerate(said) if one.households or one.money), len(said))
    return said[begun:]


def _pair(rate: Rate | None) -> tuple[int, int] | None:
    return (rate.over, rate.under) if rate is not None else None
