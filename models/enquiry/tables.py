"""What somebody asked and who answered, and the answers that a clerk wrote in advance."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered

TEXT_LIMIT = 1000


class State(StrEnum):
    KNOWN = "known"  # answered at once, from what the town knows
    OPEN = "open"  # waits for a person
    ANSWERED = "answered"  # a person answered, once
    FILED = "filed"  # it was a case after all


class Enquiry(Numbered, Base):
    """咨询: a question of somebody's, with whom it waits for and what was answered.

    Its `id` is the number that staff answer by; the asker needs none.
    """

    __tablename__ = "enquiries"
    __table_args__ = (
        Index(
            "ix_enquiries_open",
            "community_id",
            "id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_enquiries_asker", "asker_id", "id"),
    )
    asker_id: Mapped[int]
    text: Mapped[str]
    intent: Mapped[str]  # fee | policy | notice | station | human | chat, as understood
    category: Mapped[str | None]
    community_id: Mapped[int | None]
    estate_id: Mapped[int | None]
    building_id: Mapped[int | None]
    route: Mapped[str]  # known | department | desk | relay | nobody
    department: Mapped[str | None]
    to_ids: Mapped[list[int]] = mapped_column(default=list)  # who was told of it
    state: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    answer: Mapped[str | None]
    answered_by: Mapped[int | None]
    settled_at: Mapped[datetime | None]  # answered or filed


class KnownAnswer(Numbered, Base):
    """问答: an answer that a clerk wrote, with its source and date (row 88). Without a community it is
    everybody's. What is past `valid_until` is never said."""

    __tablename__ = "known_answers"
    __table_args__ = (UniqueConstraint("community_id", "question"),)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"))
    question: Mapped[str]  # the clerk's name for it
    words: Mapped[list[str]] = mapped_column(default=list)  # "停水+几点": asked when all parts are said
    answer: Mapped[str]
    source: Mapped[str]
    as_of: Mapped[date]
    valid_until: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
