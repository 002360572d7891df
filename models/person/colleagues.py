"""Whom a piece of work may be handed to."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select

from models.base.orm import session
from models.base.refusals import NotFound
from models.outbox.address import Address, Channel
from models.person.grants import Held, all_granted
from models.person.tables import Staff
from models.place.gazetteer import town


def colleagues(community_id: int | None, except_for: int | None = None) -> Sequence[Staff]:
    """Active staff of the community, by the workbook or by a post granted there, and of none; of all when the
    community is not known. By number."""
    query = _of(community_id).where(Staff.person_id != (except_for or 0))
    return session().scalars(query.order_by(Staff.number).limit(200)).all()


def colleague(number: str, community_id: int | None) -> Staff | None:
    """One of them by 工号."""
    return session().scalars(_of(community_id).where(Staff.number == number)).first()


def is_colleague(staff: Staff, community_id: int | None) -> bool:
    """Whether this person is one of them."""
    if None in (community_id, staff.community_id) or staff.community_id == community_id:
        return True
    return community_id is not None and staff.person_id in _granted(community_id)


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
        here = or_(Staff.community_id == community_id, Staff.community_id.is_(None))
        query = query.where(or_(here, Staff.person_id.in_(_granted(community_id))))
    return query


def _granted(community_id: int) -> set[int]:
    """Who was granted a post there, on all of it or on one of its estates or grids."""
    places = town()

    def lies_there(post: Held) -> bool:
        if post.grid_id is not None:
            return places.grids.get(post.grid_id) == community_id
        if post.estate_id is not None:
            estate = places.estates.get(post.estate_id)
            return estate is not None and estate.community_id == community_id
        return post.covers(community_id)

    return {person for person, post in all_granted() if lies_there(post)}


def numbered(number: str) -> Staff:
    """Whoever has this staff number (工号), wherever. Raises NotFound."""
    found = session().scalars(select(Staff).where(Staff.number == number, Staff.active)).first()
    if found is None:
        raise NotFound("no_such_number")
    return found
