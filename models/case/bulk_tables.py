"""One action for many cases: who said it, and what became of each."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, public_id


class Bulk(Numbered, Base):
    """批量: looked at first, then begun; each case by the verb that it has alone."""

    __tablename__ = "bulks"
    __table_args__ = (
        Index("ix_bulks_by", "by_id", "id"),
        Index(
            "ix_bulks_running",
            "begun_at",
            sqlite_where=text("begun_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=text("begun_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    by_id: Mapped[int]
    verb: Mapped[str]  # transfer | urge | supervise | accept
    to_id: Mapped[int | None]  # person
    reason: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime] = mapped_column(default=now)
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class BulkCase(Numbered, Base):
    """One case of it. `why` is the code of the refusal."""

    __tablename__ = "bulk_cases"
    __table_args__ = (
        UniqueConstraint("bulk_id", "case_id"),
        Index("ix_bulk_cases_state", "bulk_id", "state"),
    )
    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulks.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    state: Mapped[str]  # waits | done | refused | left_out
    why: Mapped[str | None]
    at: Mapped[datetime | None]
