"""值班: who is on duty for a community at a moment (row 104). How a rota is made and kept whole: rota.py."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from models.base.orm import session
from models.duty.tables import Shift

LONGEST = timedelta(days=7)  # of one shift: so far back one has to look for who is on duty


def on_shift(community_id: int | None, rung: int, at: datetime) -> tuple[int, ...]:
    """Who is on duty for this rung of the community (None: of the town) at that moment, by the rota as it
    stood then; leave is not looked at."""
    return all_on_shift(at, Shift.community_id.is_not_distinct_from(community_id)).get(
        (community_id, rung), ()
    )


def all_on_shift(
    at: datetime, *which: ColumnElement[bool]
) -> Mapping[tuple[int | None, int], tuple[int, ...]]:
    """As `on_shift`, by community and rung."""
    query = select(Shift.community_id, Shift.rung, Shift.person_id).where(
        Shift.starts_at <= at,
        Shift.starts_at > at - LONGEST,
        Shift.ends_at > at,
        or_(Shift.ended_at.is_(None), Shift.ended_at > at),
        *which,
    )
    found: dict[tuple[int | None, int], tuple[int, ...]] = {}
    for row in session().connection().execute(query.order_by(Shift.id)):
        key = (row.community_id, row.rung)
        found[key] = (*found.get(key, ()), row.person_id)
    return found
