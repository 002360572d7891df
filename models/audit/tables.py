"""One act in the log, its place in the chain, what was let go of, and lists that wait for a second person."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.audit.keeping import guard_all_but_past
from models.base.append_only import guard
from models.base.clock import now
from models.base.orm import Base, Numbered, public_id


class Act(Numbered, Base):
    """One sensitive act. Append-only: edited never, removed only after its term (`Forgotten`).

    Whoever has the database alone cannot make or change one: `mac` is an HMAC over all other columns.
    """

    __tablename__ = "audit_acts"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_audit_acts_at", "at"),
        Index("ix_audit_acts_by", "by_id", "act", "at"),
        Index("ix_audit_acts_community", "community_id", "at"),
        Index("ix_audit_acts_whom", "whom_kind", "whom_id", "at"),
    )
    key: Mapped[str]  # random: no row can stand in for another
    at: Mapped[datetime] = mapped_column(default=now)
    act: Mapped[str]  # a code of templates/labels/audit_acts.toml
    by_kind: Mapped[str]  # person | staff | system | nobody (a log-in that failed)
    by_id: Mapped[int | None]
    post: Mapped[str]  # the roles at that time, "" without any
    community_id: Mapped[int | None]  # whose log it stands in; None: the town's
    about_kind: Mapped[str]
    about_id: Mapped[str]  # public number or id
    whom_kind: Mapped[str | None]  # person | household
    whom_id: Mapped[int | None]
    purpose: Mapped[str | None]  # a code of templates/labels/audit_purposes.toml, or the words of a reason
    origin: Mapped[str | None]  # network of the address, 203.0.113.0/24, never the address itself
    result: Mapped[str]  # ok | refused | failed
    many: Mapped[int]  # rows of an export, homes of a page; else 1
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    mac: Mapped[str]


class Sealed(Numbered, Base):
    """One link of the chain: acts in the order in which they found their place. Append-only, kept for good.

    `rows` are "<id>:<first 16 characters of its mac>"; `mac` covers them and the link before.
    """

    __tablename__ = "audit_links"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("previous"),
        Index("ix_audit_links_at", "at"),
    )
    number: Mapped[int]  # 1, 2, 3 …: a gap is a link that was removed
    previous: Mapped[str]  # mac of the link before; "" of the first
    rows: Mapped[list[str]]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    at: Mapped[datetime]
    mac: Mapped[str]


class Forgotten(Numbered, Base):
    """Acts of links up to `number` were let go of after their term. Append-only; `mac` as above."""

    __tablename__ = "audit_forgotten"
    __table_args__ = (UniqueConstraint("number"),)
    number: Mapped[int]
    up_to_id: Mapped[int]  # the highest id among the acts of those links
    before: Mapped[datetime]  # all of them were older
    at: Mapped[datetime]
    mac: Mapped[str]


class ExportAsk(Numbered, Base):
    """More people than one person may take out alone: asked for, agreed to by a second, taken once."""

    __tablename__ = "export_asks"
    __table_args__ = (
        UniqueConstraint("public_id"),
        Index("ix_export_asks_by", "by_id", "asked_at"),
        Index("ix_export_asks_community", "community_id", "asked_at"),
    )
    public_id: Mapped[str] = mapped_column(default=public_id)
    by_id: Mapped[int]
    community_id: Mapped[int | None]
    what: Mapped[str]  # the name of the route
    path: Mapped[str]  # below the console, with its filters: exactly this list is agreed to
    many: Mapped[int]
    reason: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    settled_by: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
    taken_at: Mapped[datetime | None]


guard_all_but_past(Act.__table__, Forgotten.__tablename__)
guard(Sealed.__table__)
guard(Forgotten.__table__)
