"""The demo's quarrels that are with a mediator: one that goes on, one to be asked about, one very old."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.resources import table
from models.mediation import mediating, rules
from models.mediation.reading import ABOUT
from models.mediation.tables import Mediation
from models.outbox.door import withdraw
from models.person.tables import Staff
from server.database import Database

DESK = "C01"


def furnish(database: Database) -> None:
    """What the desk and its mediators would have written down before."""
    database.write(_enter)


def _enter() -> None:
    numbered = {one.number: one for one in session().scalars(select(Staff))}
    for one in table("demo/quarrels.toml")["quarrel"]:
        _quarrel(one, numbered[DESK], numbered[one["mediator"]].person_id)


def _quarrel(one: dict[str, Any], desk: Staff, mediator: int) -> None:
    at, by = now(), By.staff(mediator)
    assert desk.community_id is not None
    made = mediating.open_one(
        desk.community_id,
        one["kind"],
        one["parties"],
        one["matter"],
        local(at).date() - timedelta(days=one["began"]),
        mediator,
        By.staff(desk.person_id),
    )
    withdraw((ABOUT, made.id), mediating.GIVEN)  # because on the demo's first day it is no news
    for meeting in one["meetings"]:
        mediating.meet(made.public_id, at - timedelta(days=meeting["ago"]), meeting["note"], by)
    if "agreement" in one:
        mediating.agree(made.public_id, one["agreement"], by)
        agreed = at - timedelta(days=one["agreed"])
        dates = {"concluded_at": agreed, "check_on": rules.check_day(local(agreed).date())}
        session().execute(update(Mediation).where(Mediation.id == made.id).values(dates))
