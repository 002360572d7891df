"""What was sealed of indicators, and what was taken out of them by rule."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.append_only import guard
from models.base.clock import now
from models.base.orm import Base, Numbered


class SealedPeriod(Numbered, Base):
    """封账: the figures of a period of a community (None: the town) as they stay for good."""

    __tablename__ = "sealed_periods"
    __table_args__ = (UniqueConstraint("community_id", "period"),)
    community_id: Mapped[int | None]
    period: Mapped[str]  # 2026-11 | 2026-Q4 | 2026
    formulas: Mapped[str]  # their version
    figures: Mapped[dict[str, Any]]
    sha256: Mapped[str]  # of the figures as they were sealed
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class Removal(Numbered, Base):
    """剔除: a case that does not count in an indicator, by rule, with a reason and two persons."""

    __tablename__ = "indicator_removals"
    __table_args__ = (Index("ix_indicator_removals_case", "case_id"),)
    case_id: Mapped[int]
    indicator: Mapped[str]
    rule: Mapped[str]
    reason: Mapped[str]
    by_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    agreed_by: Mapped[int | None]
    agreed_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]


guard(SealedPeriod.__table__)
