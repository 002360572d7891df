"""Where somebody can be reached, and what the platform allows there right now."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, bindparam, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from models.base.orm import Base, Numbered, put, session


class Channel(StrEnum):
    OFFICIAL = "official"  # 服务号, by openid
    MINI = "mini"  # 小程序, by openid
    WORK = "work"  # 企业微信 app message, by userid
    ROBOT = "robot"  # 群机器人, by key: a secret
    CUSTOMER_GROUP = "customer_group"  # 企业微信客户群, by chat_id: its owner confirms
    HAND = "hand"  # somebody pastes it and says so


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


def owner_of(channel: str, value: str) -> int | None:
    """The person behind a platform id, or None for somebody new."""
    query = select(Address.owner_id).where(
        Address.channel == channel, Address.value == value, Address.owner_kind == "person"
    )
    return session().connection().execute(query).scalar()


def addresses_of(kind: str, key: int) -> Sequence[Address]:
    query = select(Address).where(Address.owner_kind == kind, Address.owner_id == key).order_by(Address.id)
    return session().scalars(query).all()


def add_address(kind: str, key: int, channel: str, value: str) -> int:
    return put(Address, owner_kind=kind, owner_id=key, channel=channel, value=value)


def open_window(channel: str, value: str, *, until: datetime, count: int, at: datetime) -> None:
    """The person did something that lets us answer freely: `count` messages until `until`."""
    facts = {"of": channel, "to": value, "until": until, "count": count, "at": at}
    session().connection().execute(_OPEN_WINDOW, facts)


# Built once: every message pays for it.
_OPEN_WINDOW = (
    update(Address)
    .where(Address.channel == bindparam("of"), Address.value == bindparam("to"))
    .values(
        window_until=bindparam("until"),
        window_left=bindparam("count"),
        last_heard_at=bindparam("at"),
        dead_reason=None,
    )
)
