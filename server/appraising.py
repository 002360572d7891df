"""Colours of a month, digests of a morning and of a week: counted in a look at the database, then written for
some people at a time, so that nobody waits. What is broken off is gone on with, and nobody is told twice.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import TypeVar

from sqlalchemy import select

from models.appraisal import appealing, colouring, weekly
from models.base import ticks
from models.base.clock import SHANGHAI, local, now
from models.base.months import month_on
from models.base.orm import session
from models.indicator import keeping
from models.indicator.period import Period, month_at
from models.indicator.sealing import counted, sealed
from models.joins import morning
from models.place.tables import Community
from server.config import Config
from server.database import Database

AT_ONCE = 100  # people in one transaction
_COLOURS, _MORNING, _WEEK = "colours were found", "the morning was said", "the week was said"
T = TypeVar("T")


def find_colours(_config: Config, database: Database) -> None:
    """Of the month that is over, once; until then each morning again."""
    period = month_at(month_on(local(now()).date().replace(day=1), -1))
    database.write(appealing.date_some)
    with database.read():
        if ticks.taken(_COLOURS, period.end):
            return
        month = colouring.found(period)
    _each(database, month.people, lambda some: colouring.enter(month, some))
    database.write(ticks.take, _COLOURS, period.end)


def say_morning(_config: Config, database: Database) -> None:
    today = _midnight()
    with database.read():
        if ticks.taken(_MORNING, today):
            return
        found = morning.gathered()
        people = morning.due_people(found)
    _each(database, people, lambda some: morning.tell_some(found, some))
    database.write(ticks.take, _MORNING, today)


def say_week(_config: Config, database: Database) -> None:
    """On the first working day of a week, about the week before; on a later one if nobody ran then."""
    today = local(now()).date()
    period = weekly.last_week(today)
    with database.read():
        if ticks.taken(_WEEK, period.end) or not morning.is_workday(None, today):
            return
    _keep(database, period)
    with database.read():
        leaders = weekly.leaders()
    _each(database, leaders, lambda some: weekly.tell_some(period, some))
    database.write(ticks.take, _WEEK, period.end)


def _keep(database: Database, period: Period) -> None:
    """Counts the week of every community and of the town, for the pages of all leaders."""
    with database.read():
        places = [*session().scalars(select(Community.id).order_by(Community.id)), None]
    for place in places:
        with database.read():
            at = now()
            found = counted(period, place) if sealed(period, place) is None else None
        if found is not None:
            database.write(keeping.keep, keeping.Due(period, place), found, at)


def _each(database: Database, several: Sequence[T], verb: Callable[[Sequence[T]], object]) -> None:
    for start in range(0, len(several), AT_ONCE):
        database.write(verb, several[start : start + AT_ONCE])


def _midnight() -> datetime:
    return datetime.combine(local(now()).date(), time(), SHANGHAI)
