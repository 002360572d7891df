"""Whom a piece of work may be handed to."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from models.base.orm import session
from models.person.tables import Staff


def colleagues(community_id: int | None, except_for: int | None = None) -> Sequence[Staff]:
    """Active staff of the community, and of none; of all when the community is not known. By number."""
    query = select(Staff).where(Staff.active, Staff.person_id != (except_for or 0))
    if community_id is not None:
        query = query.where(or_(Staff.community_id == community_id, Staff.community_id.is_(None)))
    return session().scalars(query.order_by(Staff.number).limit(200)).all()


def colleague(number: str, community_id: int | None) -> Staff | None:
    """One of them by 工号."""
    query = select(Staff).where(Staff.active, Staff.number == number)
    found = session().scalars(query).first()
    elsewhere = found is not None and found.community_id not in (None, community_id)
    return None if elsewhere and community_id is not None else found
