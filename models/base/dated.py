"""Rows that hold from a day on, until a later one takes their place: none is edited but for its end."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from models.base.clock import local, now
from models.base.orm import Base, session
from models.base.refusals import Invalid


def makes_room(model: type[Base], since: date, *same: ColumnElement[bool]) -> date | None:
    """What holds on the day `since`, of the rows that speak of the `same`, ends then.

    Gives the day on which one begins that was put in before for later (None without), because it ends what
    begins now. Raises Invalid (from_tomorrow) for a day that has begun: what people relied on stays.
    """
    if since <= local(now()).date():
        raise Invalid("from_tomorrow")
    table: Any = model
    standing = or_(table.until.is_(None), table.until > since)
    query = select(table).where(*same, standing).order_by(table.since).with_for_update()
    later: date | None = None
    for row in session().scalars(query):
        if row.since > since:
            later = later or row.since
        else:
            row.until = since
    session().flush()
    return later
