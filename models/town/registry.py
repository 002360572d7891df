"""The groups of a community as its desk looks at them: what must be done first, then all of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, or_, select

from models.base.clock import SHANGHAI, local
from models.base.orm import session
from models.duty.overseeing import watches
from models.outbox.address import Address, Channel
from models.outbox.budget import NOTHING, Allowance, GroupDay, Used, used
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate
from models.person.tables import Staff
from models.place.customer_groups import HANDING_OVER, OWNER_LEFT, CustomerGroup
from models.place.customer_groups import senders as senders_of
from models.place.gazetteer import town
from models.place.join_ways import ways_of
from models.place.spot import Spot
from models.place.tables import BuildingGroup, Estate
from models.understanding.place import place_in

NEARLY = 0.9  # of what a chat takes
NOON = time(12)  # of a digest the day is known


@dataclass(frozen=True, slots=True)
class Registered:
    """A group of a building or an estate.

    `value` is a chat_id, or "": a robot's key is a secret. `owner` is a person, `owner_userid` what the
    platform says; `code` is (there, why not), None where none was wanted.
    """

    id: int
    name: str
    estate_id: int
    building_id: int | None
    channel: str
    value: str
    owner: int | None
    owner_userid: str | None
    status: int | None
    members: int | None
    gone: bool
    trouble: str | None
    last_at: datetime | None
    used: Used
    code: tuple[bool, str | None] | None

    @property
    def owner_left(self) -> bool:
        return self.status in (OWNER_LEFT, HANDING_OVER)

    def is_nearly_full(self, limit: int) -> bool:
        return self.members is not None and self.members >= limit * NEARLY


class Unbound(NamedTuple):
    """A chat that is no building's yet, and the community of its owner where that is one of us."""

    chat_id: str
    name: str
    owner_userid: str
    members: int
    community_id: int | None

    def suggestion(self) -> Spot:
        """Where it belongs, as far as its name says so."""
        said = place_in(self.name, town().gazetteer)
        return town().locate(Spot.said(said), community_id=self.community_id).spot

    def concerns(self, community_id: int | None) -> bool:
        """Whether a desk of this community has to look at it: the owner's, else the one that its name names,
        else every desk."""
        if community_id is None:
            return True
        theirs = self.community_id if self.community_id is not None else self.suggestion().community_id
        return watches(community_id, theirs)


class Totals(NamedTuple):
    """Customer groups with somebody who can send, those of them that take a message today, those that take
    ordinary news; and groups that only hands reach."""

    chats: int
    urgent: int
    ordinary: int
    by_hand: int


def registered(
    community_id: int | None, at: datetime, *, said: str = "", start: int = 0, limit: int | None = None
) -> Sequence[Registered]:
    """Active groups by place; `said` is a part of a group's or an estate's name."""
    query = _groups(community_id).order_by(Estate.name, BuildingGroup.building_id, BuildingGroup.id)
    if said:
        query = query.where(
            or_(
                BuildingGroup.name.contains(said, autoescape=True),
                Estate.name.contains(said, autoescape=True),
            )
        )
    return _filled(query.offset(start).limit(limit), at)


def troubled(community_id: int | None, at: datetime, limit_of_members: int) -> Sequence[Registered]:
    """Those about which somebody has to do something: the owner left, the chat is gone, it cannot be read, or
    it is nearly full and has no code for joining."""
    query = _groups(community_id).where(
        or_(
            CustomerGroup.status.in_((OWNER_LEFT, HANDING_OVER)),
            CustomerGroup.gone_at.is_not(None),
            CustomerGroup.trouble.is_not(None),
            CustomerGroup.members >= limit_of_members * NEARLY,
        )
    )
    found = _filled(query.order_by(BuildingGroup.id), at)
    return [
        one
        for one in found
        if one.code is None or one.gone or one.owner_left or one.trouble or not one.code[0]
    ]


def unbound(community_id: int | None) -> Sequence[Unbound]:
    """Chats that are nobody's and concern this community; the newest first."""
    owner = and_(
        Address.channel == Channel.WORK, Address.value == CustomerGroup.owner_userid, Address.value != ""
    )
    bound = select(Address.value).where(Address.channel == Channel.CUSTOMER_GROUP, Address.value != "")
    query = (
        select(CustomerGroup, Staff.community_id)
        .outerjoin(Address, and_(owner, Address.owner_kind == "person"))
        .outerjoin(Staff, and_(Staff.person_id == Address.owner_id, Staff.active))
        .where(CustomerGroup.gone_at.is_(None), CustomerGroup.read_at.is_not(None))
        .where(CustomerGroup.chat_id.not_in(bound))
        .order_by(CustomerGroup.id.desc())
    )
    found = (
        Unbound(one.chat_id, one.name, one.owner_userid, one.members, theirs)
        for one, theirs in session().execute(query)
    )
    return [one for one in found if one.concerns(community_id)]


def waiting(community_id: int | None, at: datetime, limit_of_members: int) -> int:
    """How many groups somebody of the desk has to look at."""
    return len(unbound(community_id)) + len(troubled(community_id, at, limit_of_members))


def totals(community_id: int | None, allowance: Allowance, at: datetime) -> Totals:
    rows = session().execute(_groups(community_id)).all()
    senders = senders_of([row.id for row in rows])
    chats = [row.value for row in rows if row.id in senders and row.value and row.dead_reason is None]
    spent = used(chats, at)
    left = [spent.get(chat, NOTHING) for chat in chats]
    robots = sum(row.channel == Channel.ROBOT and bool(row.value) and row.dead_reason is None for row in rows)
    return Totals(
        len(chats),
        sum(allowance.left(one, at, urgent=True) > 0 for one in left),
        sum(allowance.left(one, at, urgent=False) > 0 for one in left),
        len(rows) - len(chats) - robots,
    )


def _groups(community_id: int | None) -> Select[Any]:
    query: Any = (
        select(
            BuildingGroup.id,
            BuildingGroup.name,
            BuildingGroup.estate_id,
            BuildingGroup.building_id,
            BuildingGroup.owner_id,
            Address.channel,
            Address.value,
            Address.dead_reason,
            CustomerGroup.owner_userid,
            CustomerGroup.status,
            CustomerGroup.members,
            CustomerGroup.read_at,
            CustomerGroup.gone_at,
            CustomerGroup.trouble,
        )
        .join(Estate, Estate.id == BuildingGroup.estate_id)
        .outerjoin(Address, and_(Address.owner_kind == "group", Address.owner_id == BuildingGroup.id))
        .outerjoin(
            CustomerGroup,
            and_(Address.channel == Channel.CUSTOMER_GROUP, CustomerGroup.chat_id == Address.value),
        )
        .where(BuildingGroup.active)
    )
    chosen: Select[Any] = query
    return chosen if community_id is None else chosen.where(Estate.community_id == community_id)


def _filled(query: Select[Any], at: datetime) -> Sequence[Registered]:
    rows = session().execute(query).all()
    groups = [row.id for row in rows]
    chats = {row.id: row.value for row in rows if row.channel == Channel.CUSTOMER_GROUP and row.value}
    spent, last, ways = used(list(chats.values()), at), _last(groups, chats), ways_of(groups)
    return [
        Registered(
            id=row.id,
            name=row.name,
            estate_id=row.estate_id,
            building_id=row.building_id,
            channel=row.channel or Channel.HAND,
            value=chats.get(row.id, ""),
            owner=row.owner_id,
            owner_userid=row.owner_userid or None,
            status=row.status,
            members=row.members if row.read_at is not None else None,
            gone=row.gone_at is not None,
            trouble=row.trouble,
            last_at=last.get(row.id),
            used=spent.get(row.value or "", NOTHING),
            code=ways.get(row.id),
        )
        for row in rows
    ]


def _last(groups: Collection[int], chats: Mapping[int, str]) -> Mapping[int, datetime]:
    """When each heard something last: by a letter of its own, or by a digest that it shares with others."""
    own = select(Letter.to_id, func.max(Letter.sent_at)).where(
        Letter.to_kind == "group", Letter.to_id.in_(groups), Letter.state == Fate.SENT
    )
    found = {row[0]: row[1] for row in session().execute(own.group_by(Letter.to_id)) if row[1] is not None}
    days = select(GroupDay.chat_id, func.max(GroupDay.day)).where(
        GroupDay.chat_id.in_(list(chats.values())), GroupDay.used > 0
    )
    by_chat = {row[0]: row[1] for row in session().execute(days.group_by(GroupDay.chat_id))}
    for group, chat in chats.items():
        day = by_chat.get(chat)
        if day is not None and (group not in found or local(found[group]).date() < day):
            found[group] = datetime.combine(day, NOON, tzinfo=SHANGHAI)
    return found
