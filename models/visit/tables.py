"""Visits from door to door and the opinions heard there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, public_id


class HomeVisit(Numbered, Base):
    """Somebody on duty was at a home's door. `sync_id` is the visitor's own name for it, given while there
    was no network, so that sending it again makes no second visit."""

    __tablename__ = "home_visits"
    __table_args__ = (
        UniqueConstraint("person_id", "sync_id"),
        Index("ix_home_visits_household", "household_id", "visited_at"),
    )
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sync_id: Mapped[str]
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    result: Mapped[str]  # met | absent | refused
    words: Mapped[str] = mapped_column(default="")
    visited_at: Mapped[datetime]
    at: Mapped[datetime] = mapped_column(default=now)  # when it came in


class VisitOpinion(Numbered, Base):
    """意见: what somebody said at the door, under one of the classes of templates/labels/opinions.toml."""

    __tablename__ = "visit_opinions"
    visit_id: Mapped[int] = mapped_column(ForeignKey("home_visits.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    noted_at: Mapped[datetime | None]  # when somebody said that nothing has to follow from it
