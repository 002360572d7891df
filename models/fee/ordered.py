"""What a home ordered beside the property fee, as it is billed (row 42)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from models.base.months import in_rows, month_of
from models.base.orm import session
from models.contract.tables import Service, ServiceOrder
from models.fee.composing import Ask, on_day
from models.fee.period import Period
from models.fee.tables import Basis
from models.fee.tariffs import Rate, Stretch, stretches


class Wanted(NamedTuple):
    """An order: so many pieces from a day on; `until` is the day after its last."""

    service_id: int
    name: str
    quantity: int
    since: date
    until: date | None


def orders_of(households: Sequence[int]) -> Mapping[int, list[Wanted]]:
    query = (
        select(ServiceOrder.household_id, ServiceOrder.service_id, Service.name, ServiceOrder.quantity,
               ServiceOrder.since, ServiceOrder.until)
        .join(Service, Service.id == ServiceOrder.service_id)
        .where(ServiceOrder.household_id.in_(households))
        .order_by(ServiceOrder.id)
    )  # fmt: skip
    found: dict[int, list[Wanted]] = defaultdict(list)
    for household, service, name, quantity, since, until in session().execute(query):
        found[household].append(Wanted(service, name, quantity, since, until))
    return found


def asks_of(
    order: Wanted, rates: Sequence[Rate], area: int | None, period: Period, taken: Collection[date]
) -> Iterator[tuple[Ask, Sequence[Stretch]]]:
    """What is to be billed of it in the period, a row of months each; `taken` are months that are."""
    months = [month for month in period.month_starts() if month not in taken and _lies_in(order, month)]
    for first, count in in_rows(months):
        over = Period.stretch(first, count)
        once = on_day(rates, order.since)
        is_once = bool(once) and once[0].rate.basis == Basis.ONCE
        cut = once if is_once else stretches(rates, over)
        yield Ask(rates, over, area, order.quantity, order.name), cut


def _lies_in(order: Wanted, month: date) -> bool:
    if order.until is not None and order.until <= order.since:
        return False  # taken back before it began
    return month_of(order.since) <= month and (order.until is None or month < order.until)
