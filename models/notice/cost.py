"""What a notice costs in groups, before anybody agrees to it: slots of the day, taps of owners, hands."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from models.base.orm import session
from models.notice.tables import Kind
from models.outbox.address import Address, Channel
from models.outbox.budget import NOTHING, Allowance, used
from models.place.customer_groups import senders


class Cost(NamedTuple):
    """`robots` hear it at once; `slots` customer groups give today's message for it, which so many `owners`
    have to tap; `used_up` have given today's already; `by_hand` are reached by hands alone."""

    robots: int
    slots: int
    owners: int
    used_up: int
    by_hand: int


def cost(groups: Sequence[int], kind: Kind | str, allowance: Allowance, at: datetime) -> Cost:
    """As it would be at this moment."""
    query = select(Address.owner_id, Address.channel, Address.value).where(
        Address.owner_kind == "group",
        Address.owner_id.in_(groups),
        Address.value != "",
        Address.dead_reason.is_(None),
    )
    ways = {row.owner_id: row for row in session().connection().execute(query)} if groups else {}
    owners = senders(list(ways))
    robots = sum(way.channel == Channel.ROBOT for way in ways.values())
    chats = {group: ways[group].value for group in owners if ways[group].channel == Channel.CUSTOMER_GROUP}
    spent = used(list(chats.values()), at)
    urgent = kind != Kind.ORDINARY
    free = [
        group
        for group, chat in chats.items()
        if allowance.left(spent.get(chat, NOTHING), at, urgent=urgent) > 0
    ]
    return Cost(
        robots=robots,
        slots=len(free),
        owners=len({owners[group] for group in free}),
        used_up=len(chats) - len(free),
        by_hand=len(groups) - robots - len(chats),
    )
