"""Fetches the platform's bill files of the days that ended and holds them against the books.

A file is there from about 10 o'clock of the next day on. One that cannot be had yet, or is not whole, is
asked for again half an hour later; what was missed is made up for within a week.
"""

import logging
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Protocol

from models.base.actor import SYSTEM
from models.base.clock import local, now
from models.base.refusals import Invalid
from models.pay import bill_files, comparing, differences, hearing, refunding, telling
from models.pay.bill_files import BillFile, Kind
from models.pay.differences import Code
from models.pay.said import Returned, Trade
from server.config import Config
from server.database import Database
from server.pay import office
from server.pay.troubles import Trouble

log = logging.getLogger(__name__)

FROM = time(10, 30)
DAYS_BACK = 7


class Merchant(Protocol):
    """What is used of server/pay/client.Merchant; its errors are those of server/pay/troubles."""

    mch_id: str

    def trade_bill(self, day: date) -> bytes | None: ...
    def fund_bill(self, day: date) -> bytes | None: ...
    def query(self, number: str) -> Trade | None: ...
    def query_refund(self, number: str) -> Returned | None: ...


def reconcile(config: Config, database: Database) -> None:
    """A line of the timetable."""
    if local(now()).time() < FROM:
        return
    with database.read():
        missing = list(_missing())
    if not missing:
        return
    desk = office.opened(config, database)
    if desk is not None:
        catch_up(database, desk.merchant, missing)


def catch_up(database: Database, merchant: Merchant, missing: list[tuple[date, Kind]]) -> int:
    """Compares these days, asks the platform about what it was paid and the books do not have, and tells the
    desks what is left. Returns how many files were compared."""
    done, began = 0, now()
    for day, kind in missing:
        try:
            data = merchant.trade_bill(day) if kind == Kind.TRADE else merchant.fund_bill(day)
            file = bill_files.read(data) if data is not None else BillFile(kind, "", day)
            database.write(comparing.compare, file, SYSTEM, day=day, mch_id=merchant.mch_id)
            done += 1
        except Trouble as trouble:
            log.warning("no %s bill of %s: %s", kind, day, trouble)
        except Invalid as refusal:
            log.error("the %s bill of %s is of no use: %s %s", kind, day, refusal.code, refusal.facts)
    if done:
        _ask(database, merchant)
        database.write(telling.tell_of_new, began, local(began).date())
    return done


def _missing() -> Iterator[tuple[date, Kind]]:
    """The oldest day first, of each day the trade bill first."""
    began = comparing.first_day()
    if began is None:
        return
    today = local(now()).date()
    first, last = max(began, today - timedelta(days=DAYS_BACK)), today - timedelta(days=1)
    have = {kind: comparing.compared(kind, first, last) for kind in Kind}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        yield from ((day, kind) for kind in Kind if day not in have[kind])


def _ask(database: Database, merchant: Merchant) -> None:
    """Nothing is booked from a file alone: the platform is asked about each, and its signed answer counts."""
    with database.read():
        wanted = differences.missing_here()
    for code, number in wanted:
        try:
            if code == Code.MISSING_HERE:
                database.write(hearing.answered, number, merchant.query(number))
            else:
                database.write(refunding.answered, number, merchant.query_refund(number))
        except Trouble as trouble:
            log.warning("no answer about %s: %s", number, trouble)
    database.write(differences.settle_booked)
