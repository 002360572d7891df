"""What the platform tells of customer groups is taken in: new ones, changed ones, those that are no more."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from models.base.actor import SYSTEM
from models.base.clock import now
from models.base.orm import session, upsert
from models.history import record
from models.outbox.address import Address, Channel, at_value, give_up, owner_of
from models.place import join_ways
from models.place.customer_groups import WELL, CustomerGroup, JoinWay
from models.place.tables import BuildingGroup

LISTED = "customer groups listed"  # the job of the clock, once a night and when somebody wants it
GONE = "group_gone"  # why nothing arrives there
DISMISSED = "dismiss"  # as change_external_chat says it
_ID, _NAME, _TROUBLE = 64, 200, 300  # characters


@dataclass(frozen=True, slots=True)
class Details:
    """What is kept of a chat's details; `states` are those of the join ways by which people came."""

    name: str
    owner_userid: str
    members: int
    states: frozenset[str] = frozenset()


def changed(chat_id: str, what: str) -> None:
    """change_external_chat: the platform is asked what it is like now; a dismissed chat is gone at once."""
    if not 0 < len(chat_id) <= _ID:
        return
    fresh = upsert(CustomerGroup).values(chat_id=chat_id)
    again = fresh.on_conflict_do_update(index_elements=[CustomerGroup.chat_id], set_={"read_again": True})
    session().connection().execute(again)
    if what == DISMISSED:
        lost(chat_id, now())


def listed(statuses: Mapping[str, int]) -> None:
    """All chats of our staff, chat → status of its owner. They and the chats that the workbook names are read
    again; those that are not on the list are asked for, and are gone when the platform says so."""
    ours = session().scalars(
        select(Address.value).where(Address.channel == Channel.CUSTOMER_GROUP, Address.value != "")
    )
    known = set(session().scalars(select(CustomerGroup.chat_id)))
    new = sorted(({chat for chat in statuses if 0 < len(chat) <= _ID} | set(ours)) - known)
    if new:
        fresh = upsert(CustomerGroup).on_conflict_do_nothing()
        session().connection().execute(fresh, [{"chat_id": chat} for chat in new])
    session().execute(update(CustomerGroup).values(read_again=True))
    for group in session().scalars(select(CustomerGroup).where(CustomerGroup.chat_id.in_(statuses))):
        group.status = statuses[group.chat_id]


def due(limit: int) -> Sequence[str]:
    """Chats to be asked about: first those that were never read."""
    query = select(CustomerGroup.chat_id).where(CustomerGroup.read_again)
    order = CustomerGroup.read_at.is_not(None), CustomerGroup.id
    return session().scalars(query.order_by(*order).limit(limit)).all()


def seen(chat_id: str, details: Details, at: datetime) -> CustomerGroup | None:
    """The chat is as the platform says. A building's group gets the chat's owner as its own where that is one
    of us. Returns the chat when people came into it by a join way for the first time."""
    group = _held(chat_id)
    if group is None:
        return None
    group.name, group.members = details.name[:_NAME], details.members
    group.read_at, group.read_again, group.trouble, group.gone_at = at, False, None, None
    if details.owner_userid != group.owner_userid:
        if group.owner_userid:  # of somebody new the list of the night says how he is
            group.status = WELL
        group.owner_userid = details.owner_userid
        _follow_owner(group, at)
    session().execute(
        update(Address)
        .where(at_value(Channel.CUSTOMER_GROUP, chat_id), Address.dead_reason == GONE)
        .values(dead_reason=None)
    )
    came = _way_of(details.states) if group.state is None else None
    if came is None:
        return None
    group.state = came
    return group


def lost(chat_id: str, at: datetime, trouble: str | None = None) -> None:
    """The chat is no more, or never was a customer group: nothing is sent there."""
    group = _held(chat_id)
    if group is None:
        return
    group.gone_at = group.gone_at or at
    group.read_at, group.read_again, group.trouble = at, False, (trouble or "")[:_TROUBLE] or None
    give_up(Channel.CUSTOMER_GROUP, chat_id, reason=GONE, at=at)


def unread(chat_id: str, at: datetime, trouble: str) -> None:
    """The platform says nothing of it; it is asked again with all others."""
    group = _held(chat_id)
    if group is not None:
        group.read_at, group.read_again, group.trouble = at, False, trouble[:_TROUBLE]


def _held(chat_id: str) -> CustomerGroup | None:
    return (
        session()
        .scalars(select(CustomerGroup).where(CustomerGroup.chat_id == chat_id).with_for_update())
        .first()
    )


def _follow_owner(group: CustomerGroup, at: datetime) -> None:
    query = select(BuildingGroup).join(Address, Address.owner_id == BuildingGroup.id)
    here = at_value(Channel.CUSTOMER_GROUP, group.chat_id), Address.owner_kind == "group"
    person = owner_of(Channel.WORK, group.owner_userid) if group.owner_userid else None
    for mine in session().scalars(query.where(*here)):
        if person is not None and mine.owner_id != person:
            before, mine.owner_id = mine.owner_id, person
            record(("group", mine.id), "owner_changed", by=SYSTEM, at=at, before=before, now=person)


def _way_of(states: Collection[str]) -> str | None:
    query = select(JoinWay.state).where(JoinWay.state.in_(states)).order_by(JoinWay.id)
    return session().scalars(query).first() if states else None


def anything_due(at: datetime) -> bool:
    """A cheap look: a chat to be read, or a join way to be made."""
    read = select(CustomerGroup.id).where(CustomerGroup.read_again).limit(1)
    return session().scalars(read).first() is not None or bool(join_ways.due(at, 1))


def bound(chat_id: str) -> BuildingGroup | None:
    """The building group that this chat is, if it is one."""
    query = select(BuildingGroup).join(Address, Address.owner_id == BuildingGroup.id)
    here = at_value(Channel.CUSTOMER_GROUP, chat_id), Address.owner_kind == "group"
    return session().scalars(query.where(*here)).first()
