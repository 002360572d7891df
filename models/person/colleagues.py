"""Whom a piece of work may be handed to."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select

from models.base.orm import session
from models.base.refusals import NotFound
from models.outbox.address import Address, Channel
from models.person.tables import Staff


def colleagues(community_id: int | None, except_for: int | None = None) -> Sequence[Staff]:
    """Active staff of the community, and of none; of all when the community is not known. By number."""
    query = _of(community_id).where(Staff.person_id != (except_for or 0))
    return session().scalars(query.order_by(Staff.number).limit(200)).all()


def colleague(number: str, community_id: int | None) -> Staff | None:
    """One of them by 工号."""
    return session().scalars(_of(community_id).where(Staff.number == number)).first()


def called(said: str, community_id: int | None) -> Sequence[Staff]:
    """Those of this name or 工号; two when there are more, for then it must be said better."""
    query = _of(community_id).where(or_(Staff.name == said, Staff.number == said))
    return session().scalars(query.order_by(Staff.number).limit(2)).all()


def userids() -> Sequence[str]:
    """The WeCom userids of all active staff."""
    query = (
        select(Address.value)
        .join(Staff, (Address.owner_kind == "person") & (Address.owner_id == Staff.person_id))
        .where(Staff.active, Address.channel == Channel.WORK, Address.value != "")
    )
    return session().scalars(query.distinct().order_by(Address.value)).all()


def _of(community_id: int | None) -> Select[Staff]:
    query = select(Staff).where(Staff.active)
    if community_id is not None:
        query = query.where(or_(Staff.community_id == community_id, Staff.community_id.is_(None)))
    return query


def numbered(number: str) -> Staff:
    """Whoever has this staff number (工号), wherever. Raises NotFound."""
    found = session().scalars(select(Staff).where(Staff.number == number, Staff.active)).first()
    if found is None:
        raise NotFound("no_such_number")
    return found
