"""The doctor names days that were not compared, before the platform's files are gone."""

from datetime import timedelta

from bill_files import Paid, a_home, paid_orders, trade_file

from models.base.actor import SYSTEM
from models.base.clock import local, now
from models.pay.bill_files import BillFile, Kind, read
from models.pay.comparing import compare
from server.doctor.comparing import examine


def _codes(db) -> list[str]:
    with db.read():
        return [one.code for one in examine()]


def test_without_orders_there_is_nothing_to_compare(db):
    db.write(a_home)
    assert _codes(db) == []


def test_a_day_that_was_not_compared_in_both_files_is_named(db):
    day = local(now()).date() - timedelta(days=2)
    db.write(lambda: paid_orders(a_home(), day, {"o-1": 5}))
    assert _codes(db) == ["bill_days_missing"]
    db.write(compare, BillFile(Kind.FUND, "", day), SYSTEM)
    assert _codes(db)[-1] == "bill_days_missing"
    db.write(compare, read(trade_file(day, [Paid("o-1", 5)])), SYSTEM)
    assert _codes(db) == ["differences_open"], "the fund bill lacks o-1"
