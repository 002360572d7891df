"""Keys of other programs, how much each was used on a day, and which case came from which."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered


class PartnerKey(Numbered, Base):
    """An api_key. The program has the key, the database its hash."""

    __tablename__ = "partner_keys"
    name: Mapped[str] = mapped_column(unique=True)  # of the program or its operator, nobody's own
    key_hash: Mapped[str] = mapped_column(unique=True)
    mark: Mapped[str]  # how the key begins, so that people know it again
    rights: Mapped[list[str]] = mapped_column(default=list)  # read | report
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))  # None: the whole town
    daily_quota: Mapped[int]
    until: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]


class PartnerDay(Numbered, Base):
    """How often a key was used on a day in Asia/Shanghai."""

    __tablename__ = "partner_days"
    __table_args__ = (UniqueConstraint("key_id", "day"),)
    key_id: Mapped[int] = mapped_column(ForeignKey("partner_keys.id"))
    day: Mapped[date] = mapped_column(index=True)
    used: Mapped[int]


class PartnerRequest(Numbered, Base):
    """A case that came by a key. `sent_key` is the sender's own (Idempotency-Key), else one that nobody
    knows: the same twice is the same case."""

    __tablename__ = "partner_requests"
    __table_args__ = (
        UniqueConstraint("key_id", "sent_key"),
        Index("ix_partner_requests_key_case", "key_id", "case_id"),
    )
    key_id: Mapped[int] = mapped_column(ForeignKey("partner_keys.id"))
    sent_key: Mapped[str]
    said_hash: Mapped[str | None]  # of the whole report, so that another one is not taken for its copy
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), unique=True)
    at: Mapped[datetime] = mapped_column(default=now)
