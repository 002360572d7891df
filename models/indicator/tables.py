"""What was sealed of indicators, and what was taken out of them by rule."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.append_only import guard
from models.base.clock import now
from models.base.orm import Base, Json, Numbered


class SealedPeriod(Numbered, Base):
    """封账: the figures of a period of a community (None: the town) as they stay for good."""

    __tablename__ = "sealed_periods"
    __table_args__ = (
        UniqueConstraint("community_id", "period"),
        Index(
            "uq_sealed_periods_town",
            "period",
            unique=True,
            sqlite_where=text("community_id IS NULL"),
            postgresql_where=text("community_id IS NULL"),
        ),
    )
    community_id: Mapped[int | None]
    period: Mapped[str]  # 2026-11 | 2026-Q4 | 2026
    formulas: Mapped[str]  # their version
    figures: Mapped[dict[str, Any]]
    cases: Mapped[str] = mapped_column(deferred=True)  # what each counted as, packed (sealing.py)
    sha256: Mapped[str]  # of both as they were sealed
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class KeptFigures(Numbered, Base):
    """What was counted of a period last, and when, so that a page need not count a year of a city again. Not
    the truth: what the steps say is."""

    __tablename__ = "indicator_kept"
    __table_args__ = (UniqueConstraint("scope", "period"),)
    scope: Mapped[int]  # a community, 0 the town
    period: Mapped[str]
    formulas: Mapped[str]
    figures: Mapped[dict[str, Any]]
    cases: Mapped[str] = mapped_column(deferred=True)
    at: Mapped[datetime]


class IndicatorSetting(Numbered, Base):
    """A place (None: the town) counts otherwise from a day on; else templates/rules/indicators.toml."""

    __tablename__ = "indicator_settings"
    __table_args__ = (Index("ix_indicator_settings_community", "community_id", "since"),)
    community_id: Mapped[int | None]
    name: Mapped[str]
    value: Mapped[Any] = mapped_column(Json)
    since: Mapped[date]
    source: Mapped[str]
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
