"""Homes are told of their bills each morning, some homes at a time; what is broken off is gone on with."""

from models.base import ticks
from models.base.clock import local, now
from models.fee import reminding, visits_due
from models.fee.reminding import Rules
from server.config import Config
from server.database import Database

_DONE = "bills were reminded of"


def rules_of(config: Config) -> Rules:
    fees = config.fees
    return Rules(
        before_days=fees.remind_before_days,
        after_days=fees.remind_after_days,
        gap_days=fees.remind_gap_days,
        tells_of_bills=fees.tell_of_bills,
        visit_gap_days=fees.visit_gap_days,
    )


def remind(config: Config, database: Database) -> None:
    """Letters first, then the homes that somebody has to go to; once a day, where the place wants it."""
    if not config.fees.remind:
        return
    today = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    with database.read():
        if ticks.taken(_DONE, today):
            return
    rules = rules_of(config)
    for verb in (reminding.remind_some, visits_due.ask_some):
        after: int | None = 0
        while after is not None:
            after = database.write(verb, after, rules)
    while database.write(visits_due.hand_out_one):
        pass
    database.write(ticks.take, _DONE, today)
