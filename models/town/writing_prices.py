"""The workbook's prices become tariffs: one that differs from today's holds from today on."""

from datetime import date

from models.base.clock import local, now
from models.fee.tables import Basis
from models.fee.tariffs import Rate, Tariffs, set_price
from models.town.held import Held
from models.town.parsing import Row


def write_prices(rows: list[Row], town: Held) -> None:
    """The first price of an estate holds from the first day of this year, because the workbook has no day for
    it. A cell that is empty changes nothing."""
    priced = [row for row in rows if row.values.get("fee_rate") is not None]
    if not priced:
        return
    today, tariffs = local(now()).date(), Tariffs()
    for row in priced:
        estate = town.estates[row.values["community"], row.values["estate"]]
        known = tariffs.of(estate, 0)
        since = today if known else date(today.year, 1, 1)
        if not _is(tariffs.on(estate, 0, today), row.values["fee_rate"]):
            set_price(estate, row.values["fee_rate"], since)


def _is(rate: Rate | None, price: int) -> bool:
    return rate is not None and rate.basis == Basis.AREA and rate.price == price
