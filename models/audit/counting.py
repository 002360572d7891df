"""How much somebody looked at or took out: for the limits of a day, and for who watches over it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, text

from models.audit.tables import Act
from models.base.clock import local, now
from models.base.orm import session

#: Acts by which somebody sees what is masked, sealed or a home's own.
LOOKS = ("reveal", "mediation", "home_money", "person")
EXPORT = "export"
_EXPORTING = 0x4845_4D45  # class of the locks by which exports of one person follow one another


class Many(NamedTuple):
    person_id: int
    community_id: int | None
    many: int


class Look(NamedTuple):
    person_id: int
    community_id: int | None
    at: datetime
    urgent: bool


def who_looked_at_many(above: int, within: timedelta) -> Sequence[Many]:
    """Persons with more than so many looks within that time."""
    query = (
        select(Act.by_id, func.max(Act.community_id), func.count(Act.id))
        .where(Act.at > now() - within, Act.act.in_(LOOKS), Act.result == "ok", Act.by_id.is_not(None))
        .group_by(Act.by_id)
        .having(func.count(Act.id) > above)
        .order_by(Act.by_id)
    )
    return [Many(row[0] or 0, row[1], row[2]) for row in session().execute(query)]


def looks(within: timedelta) -> Sequence[Look]:
    """All looks of that time, oldest first. `urgent`: at an emergency."""
    query = (
        select(Act.by_id, Act.community_id, Act.at, Act.facts)
        .where(Act.at > now() - within, Act.act.in_(LOOKS), Act.result == "ok", Act.by_id.is_not(None))
        .order_by(Act.id)
    )
    rows = session().execute(query)
    return [Look(row[0] or 0, row[1], row[2], bool(row[3].get("urgent"))) for row in rows]


def exported_today(person_id: int) -> int:
    """Rows that this person has taken out since midnight. Two exports of one person follow one another, so
    that both cannot be within a limit that they exceed together."""
    if session().get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:kind, :person)")
        session().execute(lock, {"kind": _EXPORTING, "person": person_id % 2**31})
    midnight = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(func.coalesce(func.sum(Act.many), 0)).where(
        Act.by_id == person_id, Act.act == EXPORT, Act.result == "ok", Act.at >= midnight
    )
    return int(session().execute(query).scalar_one())
