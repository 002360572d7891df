"""What the clock does with money at night: bills, charges for late payment, fees of a month that has ended,
the proof of the books. Each a bit at a time, so that what is broken off is gone on with."""

from datetime import date

from models.base.clock import local, now
from models.base.months import month_on
from models.fee import billing, calendar, late, recognition
from models.fee.late import LateRule
from models.pay import alerting
from models.pay.checking import faults
from server.config import Config
from server.database import Database
from server.outgoing import alert_persons

MONTHS_BACK = 12  # so long lines that came later still change what a month earned


def make_bills(config: Config, database: Database) -> None:
    """The bills of the period that is coming, each home once; once a month another look for homes that have
    come since and for services that are proved since."""
    fees = config.fees
    if fees.bill_every == "off":
        return
    today = local(now()).date()
    period = calendar.newest(today, fees.bill_every, fees.bill_on_day)
    database.write(billing.begin, period, fees.due_days)
    with database.read():
        runs = calendar.runs_to_go_on_with(today, period, fees.bill_every)
    for run in runs:
        database.write(billing.again, run)
        while database.write(billing.bill_some, run):
            pass


def charge_late(config: Config, database: Database) -> None:
    """For the month that has ended; nothing where the place has no such rule."""
    fees = config.fees
    rule = LateRule(fees.late_per_10000_day, fees.late_from_day, fees.late_most_percent)
    after: int | None = 0 if rule.per_10000 else None
    while after is not None:
        after = database.write(late.charge_some, after, rule)


def earn(_config: Config, database: Database) -> None:
    """What was billed becomes fees of the months that have ended."""
    this = local(now()).date().replace(day=1)
    for back in range(MONTHS_BACK, 0, -1):
        earn_month(database, month_on(this, -back))


def earn_month(database: Database, month: date) -> None:
    """Each estate in a transaction of its own, so that nobody waits long for the writing thread."""
    with database.read():
        estates = recognition.unrecognised(month)
    for estate in estates:
        database.write(recognition.recognise, estate, month)


def prove(config: Config, database: Database) -> None:
    """Whoever [alerts] names hears where the books do not prove themselves."""
    with database.read():
        found = list(faults())
        people = alert_persons(config.alerts.staff)
    database.write(alerting.alert, people, found)
