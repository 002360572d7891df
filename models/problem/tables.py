"""Problems and the cases that hang on them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered


class Problem(Numbered, Base):
    """One line of the ledger (row 13). Proposed by hemei or a person, confirmed by a person."""

    __tablename__ = "problems"
    __table_args__ = (Index("ix_problems_community", "community_id", "state"),)
    kind: Mapped[str]  # common | single
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"))
    estate_id: Mapped[int | None] = mapped_column(ForeignKey("estates.id"))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("buildings.id"))
    category: Mapped[str | None]
    state: Mapped[str]  # proposed | open | put_right | refused
    owner_id: Mapped[int | None]  # person
    next_on: Mapped[date | None]  # when it is looked at again
    yearly_work: Mapped[str | None]  # 专项工程 that holds it
    yearly_on: Mapped[int | None]  # its year
    outcome: Mapped[str | None]
    proposed_by: Mapped[int | None]  # None: hemei
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_by: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    put_right_by: Mapped[int | None]
    put_right_at: Mapped[datetime | None]


class ProblemCase(Numbered, Base):
    """A case that hangs on a problem; on one at a time."""

    __tablename__ = "problem_cases"
    __table_args__ = (
        Index("ix_problem_cases_problem", "problem_id"),
        Index("ix_problem_cases_case", "case_id", "until"),
    )
    problem_id: Mapped[int] = mapped_column(ForeignKey("problems.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    by_id: Mapped[int | None]
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]


class ClusterRule(Numbered, Base):
    """From when on hemei proposes a common problem at a place of a community (None: of the town); else
    templates/rules/problems.toml. A community that has rows for a kind of place has no others for it."""

    __tablename__ = "cluster_rules"
    __table_args__ = (Index("ix_cluster_rules_place", "community_id", "place", "since"),)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    place: Mapped[str]  # building | estate
    cases: Mapped[int]
    buildings: Mapped[int]
    people: Mapped[int]
    days: Mapped[int]
    since: Mapped[date]
    until: Mapped[date | None]
    source: Mapped[str]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
