"""Codes for joining a building's customer group: wanted by a desk, made by the platform, tried again."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, select

from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid
from models.outbox.address import Address, Channel
from models.place.customer_groups import JoinWay
from models.place.tables import BuildingGroup

SOON, LATER = timedelta(minutes=2), timedelta(hours=1)  # after an outage, after a refusal
_TROUBLE = 300
_STATE = 10  # bytes, 20 characters: the platform takes 30


class Wanted(NamedTuple):
    """A code that the platform is to make, or (`config_id`) has made and is to show."""

    id: int
    chat_id: str
    name: str
    state: str
    config_id: str | None


def want(group: BuildingGroup) -> JoinWay:
    """The group's code, wanted now if there is none yet. Raises Invalid for a group of another channel."""
    chat = _is_customer_group(group.id)
    if chat is None:
        raise Invalid("group_no_chat")
    found = session().scalars(select(JoinWay).where(JoinWay.group_id == group.id)).first()
    if found is None:
        key = put(JoinWay, group_id=group.id, state=secrets.token_hex(_STATE))
        return session().get_one(JoinWay, key)
    if found.picture is None:
        found.next_try_at, found.trouble = now(), None
    return found


def due(at: datetime, limit: int) -> Sequence[Wanted]:
    query = (
        select(JoinWay.id, Address.value, BuildingGroup.name, JoinWay.state, JoinWay.config_id)
        .join(BuildingGroup, BuildingGroup.id == JoinWay.group_id)
        .join(Address, and_(Address.owner_kind == "group", Address.owner_id == BuildingGroup.id))
        .where(JoinWay.picture.is_(None), JoinWay.next_try_at <= at)
        .where(Address.channel == Channel.CUSTOMER_GROUP, Address.value != "", Address.dead_reason.is_(None))
        .order_by(JoinWay.id)
        .limit(limit)
    )
    return [Wanted(*row) for row in session().execute(query)]


def made(key: int, config_id: str) -> None:
    """The platform has it; its picture is still to be had."""
    way = session().get(JoinWay, key)
    if way is not None:
        way.config_id = config_id


def shown(key: int, picture: bytes) -> None:
    way = session().get(JoinWay, key)
    if way is not None:
        way.picture, way.trouble = picture, None


def missed(key: int, trouble: str, next_try_at: datetime) -> None:
    way = session().get(JoinWay, key)
    if way is not None:
        way.trouble, way.next_try_at = trouble[:_TROUBLE], next_try_at


def way_of(group_id: int) -> JoinWay | None:
    return session().scalars(select(JoinWay).where(JoinWay.group_id == group_id)).first()


def ways_of(groups: Collection[int]) -> Mapping[int, tuple[bool, str | None]]:
    """Group → whether its code is there to be shown, and else why not yet."""
    query = select(JoinWay.group_id, JoinWay.picture.is_not(None), JoinWay.trouble)
    rows = session().execute(query.where(JoinWay.group_id.in_(groups)))
    return {row[0]: (bool(row[1]), row[2]) for row in rows}


def _is_customer_group(group_id: int) -> str | None:
    query = select(Address.value).where(
        Address.owner_kind == "group",
        Address.owner_id == group_id,
        Address.channel == Channel.CUSTOMER_GROUP,
        Address.value != "",
    )
    return session().scalars(query).first()
