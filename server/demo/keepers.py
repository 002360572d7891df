"""The demo's buildings as a year of work left them: who came when, who manages them, the target."""

from datetime import timedelta
from fractions import Fraction

from sqlalchemy import select, update

from models.base.actor import By
from models.base.clock import local, now
from models.base.months import month_on
from models.base.orm import put, session
from models.base.resources import table
from models.duty.tables import Keeper
from models.grid import management
from models.grid.tables import KeeperVisit
from models.person.tables import Staff
from models.place.gazetteer import town
from server.database import Database

VISITED = {"K01": 3, "K02": 12, "K03": 41}  # days ago; K04 has never been there
KEPT = timedelta(days=100)
STREET = "G31"
SHARE = Fraction(85, 100)


def furnish(database: Database) -> None:
    """What staff would have done and entered before."""
    database.write(_enter)


def _enter() -> None:
    numbered = {one.number: one.person_id for one in session().scalars(select(Staff))}
    at, today = now(), local(now()).date()
    session().execute(update(Keeper).values(since=at - KEPT))
    for keeper in session().scalars(select(Keeper)):
        for number, days in VISITED.items():
            if numbered[number] == keeper.person_id:
                put(
                    KeeperVisit,
                    building_id=keeper.building_id,
                    person_id=keeper.person_id,
                    at=at - timedelta(days=days),
                    note="",
                )
    by = By.staff(numbered[STREET])
    for name, models in table("demo/town.toml")["managed"].items():
        (estate,) = town().estates_named(name)
        houses = [one.id for one in town().buildings_of(estate.id)]
        for back, model in models:
            management.say(dict.fromkeys(houses, model), month_on(today, -back), by.id)
    management.aim(None, SHARE, month_on(today, 7), by)
