"""Rules, colours, appeals, stars, goals. No figure was typed by hand: all come from models/indicator."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.append_only import guard
from models.base.clock import now
from models.base.orm import Base, Json, Numbered


class WarningRule(Numbered, Base):
    """预警规则 that a place (None: the town) sets from a date on: an indicator, two thresholds, how few
    cases say nothing. Else templates/rules/warnings_of_staff.toml."""

    __tablename__ = "warning_rules"
    __table_args__ = (Index("ix_warning_rules_code", "community_id", "code", "since"),)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    code: Mapped[str]
    indicator: Mapped[str]
    higher_is_better: Mapped[bool]
    amber_per_10000: Mapped[int]
    red_per_10000: Mapped[int]
    least: Mapped[int]  # fewer in the denominator say nothing
    appeal_days: Mapped[int]  # working days; nothing follows from a colour before they are over
    since: Mapped[date]
    until: Mapped[date | None]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class StaffWarning(Numbered, Base):
    """A person's colour by one rule in one period (row 92). The person alone is told first."""

    __tablename__ = "warnings"
    __table_args__ = (
        UniqueConstraint("person_id", "code", "period"),
        Index("ix_warnings_community", "community_id", "period"),
        Index(
            "ix_warnings_open",
            "appeal_until",
            sqlite_where=text("final_at IS NULL"),
            postgresql_where=text("final_at IS NULL"),
        ),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    community_id: Mapped[int | None]  # of the person's post
    code: Mapped[str]
    rule: Mapped[dict[str, Any]]  # as it was on the last day of the period
    period: Mapped[str]
    colour: Mapped[str]  # green | amber | red
    numerator: Mapped[int]
    denominator: Mapped[int]
    cases: Mapped[Any] = mapped_column(Json)  # what the number opens to: [case, over, under]
    formulas: Mapped[str]
    found_at: Mapped[datetime] = mapped_column(default=now)
    told_at: Mapped[datetime | None]
    appeal_until: Mapped[datetime | None]  # None: the calendar of that year is missing
    final_at: Mapped[datetime | None]  # when the time for an appeal was over, or it was ruled
    stands: Mapped[str | None]  # the colour that is left then


class Appeal(Numbered, Base):
    """申诉 against a colour; nothing follows from the colour until it is ruled."""

    __tablename__ = "appeals"
    __table_args__ = (UniqueConstraint("warning_id"),)
    warning_id: Mapped[int] = mapped_column(ForeignKey("warnings.id"))
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    ruling: Mapped[str | None]  # upheld | dismissed
    ruling_rule: Mapped[str | None]  # of labels/removal_rules.toml, of what is upheld
    taken_out: Mapped[list[int]] = mapped_column(default=list)  # cases; none of them: all of the colour
    ruling_reason: Mapped[str | None]
    ruled_by: Mapped[int | None]
    ruled_at: Mapped[datetime | None]


class StarQuarter(Numbered, Base):
    """星级管家 of a quarter (row 93): closed once, with formula, ranking, and who was left out and why."""

    __tablename__ = "star_quarters"
    __table_args__ = (
        UniqueConstraint("community_id", "quarter"),
        Index(
            "uq_star_quarters_town",
            "quarter",
            unique=True,
            sqlite_where=text("community_id IS NULL"),
            postgresql_where=text("community_id IS NULL"),
        ),
    )
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    quarter: Mapped[str]  # 2026-Q4
    formulas: Mapped[str]
    places: Mapped[int]  # how many stars there are
    ranking: Mapped[dict[str, Any]]
    excluded: Mapped[dict[str, Any]]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class StarVote(Numbered, Base):
    """A resident's vote for a steward of the own grid; one a quarter. Nobody reads in it who voted."""

    __tablename__ = "star_votes"
    __table_args__ = (UniqueConstraint("quarter", "voter_hash"),)
    quarter: Mapped[str]
    voter_hash: Mapped[str]  # blinded with the quarter: it knows the voter again, and tells nobody who it is
    grid_id: Mapped[int]
    steward_id: Mapped[int]
    at: Mapped[datetime]  # the beginning of the quarter, for every vote


class Goal(Numbered, Base):
    """目标任务 (row 95): a measure with target and period, of a grid and of the cadre who answers for it."""

    __tablename__ = "goals"
    __table_args__ = (Index("ix_goals_community", "community_id", "period"),)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    title: Mapped[str]
    measure: Mapped[str]  # an indicator, or a count of labels/measures.toml
    higher_is_better: Mapped[bool]
    target_per_10000: Mapped[int | None]  # of a rate
    target_count: Mapped[int | None]  # of a count
    period: Mapped[str]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class Scoreboard(Numbered, Base):
    """晾晒实绩 as it stood on its date: frozen, whatever happens later."""

    __tablename__ = "scoreboards"
    __table_args__ = (
        UniqueConstraint("community_id", "shown_on"),
        Index(
            "uq_scoreboards_town",
            "shown_on",
            unique=True,
            sqlite_where=text("community_id IS NULL"),
            postgresql_where=text("community_id IS NULL"),
        ),
    )
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    shown_on: Mapped[date]
    formulas: Mapped[str]
    lines: Mapped[dict[str, Any]]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


guard(StarQuarter.__table__)
guard(Scoreboard.__table__)
