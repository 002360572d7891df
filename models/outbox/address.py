"""Where somebody can be reached, and what the platform allows there right now."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Index,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base.orm import Base, Numbered, Utc, put, session, upsert
from models.base.prepared import Prepared


class Channel(StrEnum):
    OFFICIAL = "official"  # 服务号, by openid
    MINI = "mini"  # 小程序, by openid
    WORK = "work"  # 企业微信 app message, by userid
    ROBOT = "robot"  # 群机器人, by key: a secret
    CUSTOMER_GROUP = "customer_group"  # 企业微信客户群, by chat_id: its owner confirms
    SMS = "sms"  # to the number of a colleague, by the gateway; no row of this table holds it
    CALL = "call"  # the same read out by a voice
    HAND = "hand"  # somebody pastes it and says so


# As text, because a partial index serves only a query that says the very same.
HAS_VALUE = "addresses.value <> ''"


class Address(Numbered, Base):
    """One way to reach a person or a group. The value is an id of the platform, for robots a secret."""

    __tablename__ = "addresses"
    __table_args__ = (
        Index(
            "uq_addresses_value",
            "channel",
            "value",
            unique=True,
            sqlite_where=text("value <> ''"),
            postgresql_where=text("value <> ''"),
        ),
        Index("ix_addresses_owner", "owner_kind", "owner_id"),
    )
    owner_kind: Mapped[str]  # person | group
    owner_id: Mapped[int]
    channel: Mapped[str]
    value: Mapped[str] = mapped_column(default="")
    dead_reason: Mapped[str | None]  # unfollowed, blocked …: why nothing can arrive
    window_until: Mapped[datetime | None]  # customer-service messages are allowed until then
    window_left: Mapped[int] = mapped_column(default=0)  # and so many of them
    last_heard_at: Mapped[datetime | None]


class Consent(Numbered, Base):
    """How many subscription messages of one template a person still allows (fact sheet 3.3)."""

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("address_id", "template_id"),)
    address_id: Mapped[int]
    template_id: Mapped[str]
    left: Mapped[int] = mapped_column(default=0)


def at_value(channel: Any, value: Any) -> ColumnElement[bool]:
    """The one address with this value, found by its index however many there are."""
    return and_(text(HAS_VALUE), Address.channel == channel, Address.value == value)


def owner_of(channel: str, value: str) -> int | None:
    """The person behind a platform id, or None for somebody new."""
    query = select(Address.owner_id).where(at_value(channel, value), Address.owner_kind == "person")
    return session().connection().execute(query).scalar()


def addresses_of(kind: str, key: int) -> Sequence[Address]:
    query = select(Address).where(Address.owner_kind == kind, Address.owner_id == key).order_by(Address.id)
    return session().scalars(query).all()


def add_address(kind: str, key: int, channel: str, value: str) -> int:
    return put(Address, owner_kind=kind, owner_id=key, channel=channel, value=value)


def claim_address(kind: str, key: int, channel: str, value: str) -> bool:
    """As `add_address`; False when somebody else has it, of whom nothing was to be seen until now."""
    row = upsert(Address).values(owner_kind=kind, owner_id=key, channel=channel, value=value)
    mine = row.on_conflict_do_nothing().returning(Address.id)
    return session().connection().execute(mine).first() is not None


def open_window(channel: str, value: str, *, until: datetime, count: int, at: datetime) -> None:
    """The person did something that lets us answer freely: `count` messages until `until`."""
    _OPEN_WINDOW(of=channel, to=value, until=until, count=count, at=at)


# A tap opens a minute; it must not close the two days that a message opened.
_IS_WIDER = Address.window_until > bindparam("until", type_=Utc)
_OPEN_WINDOW = Prepared(
    update(Address)
    .where(at_value(bindparam("of"), bindparam("to")))
    .values(
        window_until=case((_IS_WIDER, Address.window_until), else_=bindparam("until", type_=Utc)),
        window_left=case(
            (and_(_IS_WIDER, Address.window_left > bindparam("count")), Address.window_left),
            else_=bindparam("count"),
        ),
        last_heard_at=bindparam("at"),
        dead_reason=None,
    )
)


def address_of(channel: str, value: str) -> int | None:
    query = select(Address.id).where(at_value(channel, value))
    return session().connection().execute(query).scalar()


def allow(address_id: int, template_id: str) -> None:
    """The person accepted one more subscription message of this template."""
    one_more = upsert(Consent).values(address_id=address_id, template_id=template_id, left=1)
    session().connection().execute(
        one_more.on_conflict_do_update(
            index_elements=[Consent.address_id, Consent.template_id], set_={"left": Consent.left + 1}
        )
    )


def allow_none(address_id: int, template_id: str) -> None:
    """The person switched this template off."""
    session().connection().execute(
        update(Consent)
        .where(Consent.address_id == address_id, Consent.template_id == template_id)
        .values(left=0)
    )


def give_up(channel: str, value: str, *, reason: str, at: datetime) -> None:
    """Nothing can arrive there any more, unless the person was heard after `at`."""
    heard_since = Address.last_heard_at > at
    session().connection().execute(
        update(Address)
        .where(at_value(channel, value))
        .where(or_(Address.last_heard_at.is_(None), not_(heard_since)))
        .values(dead_reason=reason, window_left=0)
    )
