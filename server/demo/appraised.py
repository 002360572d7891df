"""The demo's goals with a board of today, and the colours of the month that is over, by rules of its own: so
few cases say nothing in a real town.
"""

from datetime import date, timedelta

from sqlalchemy import select

from models.appraisal import colouring, goals
from models.appraisal.goals import Target
from models.appraisal.measuring import is_rate
from models.appraisal.tables import WarningRule
from models.base.actor import By
from models.base.clock import local, now
from models.base.months import month_on
from models.base.orm import put, session
from models.base.resources import table
from models.indicator.formulas import RATES
from models.indicator.period import month_at
from models.person.tables import Staff
from server.database import Database

STREET, DESK = "G31", "C01"


def furnish(database: Database) -> None:
    """After the months before today."""
    database.write(_set_goals)
    month = month_at(month_on(local(now()).date().replace(day=1), -1))
    database.write(_few_are_enough, month.first)
    with database.read():
        found = colouring.found(month)
    database.write(colouring.enter, found, found.people)


def _set_goals() -> None:
    numbered = {one.number: one for one in session().scalars(select(Staff))}
    desk = numbered[DESK]
    by, year = By.staff(desk.person_id), str(local(now()).year)
    for title, measure, aim, cadre in table("demo/goals.toml")["goals"]:
        whose = numbered[cadre].person_id if cadre else None
        per_10000, number = (aim, None) if is_rate(measure) else (None, aim)
        target = Target(title, measure, year, per_10000, number, None, whose)
        goals.set_goal(target, desk.community_id, by)
    goals.freeze(desk.community_id, by, goals.stand(goals.running(desk.community_id)))


def _few_are_enough(first: date) -> None:
    said = table("demo/goals.toml")
    for code, indicator, amber, red in said["rules"]:
        put(
            WarningRule,
            community_id=None,
            code=code,
            indicator=indicator,
            higher_is_better=not RATES[indicator].less_is_better,
            amber_per_10000=amber,
            red_per_10000=red,
            least=said["few"],
            appeal_days=5,
            since=first - timedelta(days=1),
        )
