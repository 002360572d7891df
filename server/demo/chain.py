"""The demo's chain: deputies, and a rota of the second rung for the next weeks."""

from datetime import timedelta

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.duty import rota, terms
from models.duty.ladder import posts
from models.duty.patterns import read
from models.duty.weeks import planned
from models.person.tables import Staff
from server.database import Database

WEEKDAYS_AND_WEEKENDS = ("1-5 08:00-08:00 G11", "6,7 08:00-08:00 G21")
RUNG = 1
STREET = "G31"  # decides about the chain of every community
DEPUTIES = ((0, "G01", "G02"), (0, "G02", "G01"), (1, "G11", "G21"))


def furnish(database: Database) -> None:
    """What a desk would have entered before."""
    database.write(_enter)


def _enter() -> None:
    numbered = {one.number: one for one in session().scalars(select(Staff))}
    by = By.staff(numbered[STREET].person_id)
    first = local(now()).date() - timedelta(days=1)  # because before eight it is still yesterday's shift
    shifts = planned(
        read(WEEKDAYS_AND_WEEKENDS, lambda number: numbered[number].person_id),
        first,
        first + timedelta(days=34),
    )
    rota.enter(numbered["G11"].community_id, RUNG, shifts, by)
    for rung, holder, deputy in DEPUTIES:
        who = numbered[holder].person_id
        for post in posts(who):
            if (post.rung, post.how) == (rung, "holder"):
                terms.depute(post.grid_id, rung, who, numbered[deputy].person_id, by)
