"""A month of an estate is put up for everybody: sealed first, when nothing of it waits any more."""

from collections.abc import Mapping
from datetime import date

from models.base.actor import By
from models.base.months import month_of, month_on
from models.books import publishing
from models.books.money import hold
from models.books.publishing import Collected
from models.books.rights import estate_of
from models.fee.period import Period
from models.fee.rates import Home, Rate, Rule, trend
from models.joins.sealing import seal_month
from models.ledger.sealing import is_sealed
from models.notice.fee_counts import Count, tells_nobody
from models.notice.fee_sums import said_before
from models.place.gazetteer import town

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
    quarters = [Period.of(f"{day.year}-Q{day.month // 3 + 1}") for day in firsts]
    said = [
        before_them.get(one.period) or Collected(one.period, _pair(one.households), _pair(one.money))
        for one in trend(estate_id, quarters, _beside_notices(estate_id))
    ]
    begun = next((n for n, one in enumerate(said) if one.households or one.money), len(said))
    return said[begun:]


def _beside_notices(estate_id: int) -> Rule:
    """A group that heard of its building in a notice may take that number from the estate's: so the buildings
    of a rate are held to the same rule (decision 0020). Notices hold the estate too, so none is missed."""
    said = said_before([one.id for one in town().buildings_of(estate_id)])

    def tells_nobody_new(building: int, homes: Mapping[int, Home]) -> bool:
        paid = frozenset(key for key, home in homes.items() if home.has_paid)
        return tells_nobody(Count(paid, frozenset(homes) - paid), said.get(building, ()))

    return tells_nobody_new


def _pair(rate: Rate | None) -> tuple[int, int] | None:
    return (rate.over, rate.under) if rate is not None else None
