"""A whistle, who was called, when they met on the spot, and what was disputed."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered


class Whistle(Numbered, Base):
    """One lead and any number of assisting departments, called about a case (row 3)."""

    __tablename__ = "whistles"
    __table_args__ = (
        Index("ix_whistles_case", "case_id"),
        Index("ix_whistles_community", "community_id", "ended_at"),
        Index(
            "ix_whistles_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    community_id: Mapped[int | None]
    grid_id: Mapped[int | None]
    text: Mapped[str]
    urgency: Mapped[str]
    by_id: Mapped[int]  # who blew it
    blown_at: Mapped[datetime] = mapped_column(default=now)
    answer_due: Mapped[datetime]
    arrive_due: Mapped[datetime]
    due_at: Mapped[datetime | None]  # the clock looks again then
    rung: Mapped[int] = mapped_column(default=0)  # how far its silence has climbed
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]  # done | called_off
    result: Mapped[str | None]
    was_justified: Mapped[bool | None]  # the lead's score of the whistle
    justified_note: Mapped[str | None]
    scored_at: Mapped[datetime | None]


class Called(Numbered, Base):
    """部门 called by a whistle: 应 or 不应 with its reason, arrival, and the whistler's score."""

    __tablename__ = "whistle_departments"
    __table_args__ = (UniqueConstraint("whistle_id", "department_id"),)
    whistle_id: Mapped[int] = mapped_column(ForeignKey("whistles.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"), index=True)
    is_lead: Mapped[bool]
    comes: Mapped[bool | None]  # 应 or 不应
    reason: Mapped[str | None]  # of a no
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]
    arrived_at: Mapped[datetime | None]
    arrived_by: Mapped[int | None]
    grade: Mapped[int | None]  # 1 to 5, by who blew it
    graded_at: Mapped[datetime | None]


class SiteMeeting(Numbered, Base):
    """现场办公: dated and counted for each case (第5次)."""

    __tablename__ = "site_meetings"
    __table_args__ = (UniqueConstraint("case_id", "number"),)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    whistle_id: Mapped[int | None] = mapped_column(ForeignKey("whistles.id"))
    number: Mapped[int]
    starts_at: Mapped[datetime]
    place: Mapped[str]
    who: Mapped[list[str]] = mapped_column(default=list)  # names of departments and units that were there
    outcome: Mapped[str | None]
    held_at: Mapped[datetime | None]
    by_id: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=now)


class Referral(Numbered, Base):
    """转办: handed to a department; who received it first stays its lead (row 15)."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_case", "case_id"),
        Index("ix_referrals_department", "department_id", "ended_at"),
    )
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    first_receiver_id: Mapped[int]  # person; follows it until the resident nods
    reason: Mapped[str]
    by_id: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=now)
    dispute_due: Mapped[datetime]  # no dispute is heard after that
    disputed_at: Mapped[datetime | None]
    disputed_by: Mapped[int | None]
    dispute_reason: Mapped[str | None]
    ruled_at: Mapped[datetime | None]
    ruled_by: Mapped[int | None]
    ruling: Mapped[str | None]  # stays | back: final
    ruling_reason: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class CommunityList(Numbered, Base):
    """社区事项清单 as a place published it from a date on (None: the town's); else
    templates/rules/community_list.toml. Each row is a whole list."""

    __tablename__ = "community_lists"
    __table_args__ = (Index("ix_community_lists_community", "community_id", "since"),)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    categories: Mapped[list[str]]
    since: Mapped[date]
    until: Mapped[date | None]
    source: Mapped[str]
    by_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
