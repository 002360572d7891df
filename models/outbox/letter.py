"""A letter: one thing said to one person or group. Its facts are frozen when it is written."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered


class State(StrEnum):
    WAITING = "waiting"  # for its time, or for a sender
    TAKEN = "taken"  # a sender has it, until its lease ends
    SENT = "sent"  # the platform accepted it
    FAILED = "failed"  # for good, with a reason in words
    UNKNOWN = "unknown"  # it may have arrived: a person decides
    BY_HAND = "by_hand"  # waits for somebody to paste or carry it
    WITHDRAWN = "withdrawn"  # overtaken before it went out


class DataClass(StrEnum):
    PUBLIC = "public"  # may be read by a whole building
    OWN = "own"  # for the person it is about
    SENSITIVE = "sensitive"


class Lane(StrEnum):
    """Which letters go first. Emergencies overtake everything; news waits for quiet hours to end."""

    EMERGENCY = "0"
    ANSWER = "1"
    URGENT = "3"  # an urgent notice: before the news, but by day
    NEWS = "5"


# As text, because a partial index serves only a query that says the very same.
OWNER_CONFIRMS = "owner_confirms"  # why a letter that was accepted has not been heard yet
CANCELLING = "cancelling"  # and shall not be heard any more
CALLED_BACK = "called_back"  # of a letter that a sender holds: should it come back, it stays here
REWRITTEN = "rewritten"  # of a digest that a sender holds: what it says is not what it should say any more
OVER = "too_late"  # whoever would hear it now would hear of what is past
UNCONFIRMED = "reason IN ('owner_confirms', 'cancelling')"
STUCK = "state IN ('failed', 'unknown', 'by_hand')"  # a person must look at it


class Letter(Numbered, Base):
    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(
            "ix_letters_waiting",
            "lane",
            "not_before",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_letters_taken",
            "lease_until",
            sqlite_where=text("state = 'taken'"),
            postgresql_where=text("state = 'taken'"),
        ),
        Index(
            "ix_letters_dead",
            "id",
            sqlite_where=text("state IN ('failed', 'unknown') AND alerted_at IS NULL"),
            postgresql_where=text("state IN ('failed', 'unknown') AND alerted_at IS NULL"),
        ),
        Index(
            "ix_letters_stuck",
            "to_kind",
            "created_at",
            sqlite_where=text(STUCK),
            postgresql_where=text(STUCK),
        ),
        Index(
            "ix_letters_platform",
            "platform_id",
            sqlite_where=text("platform_id IS NOT NULL"),
            postgresql_where=text("platform_id IS NOT NULL"),
        ),
        Index(
            "ix_letters_unconfirmed",
            "id",
            sqlite_where=text(UNCONFIRMED),
            postgresql_where=text(UNCONFIRMED),
        ),
        Index(
            "ix_letters_said_in",
            "said_in",
            sqlite_where=text("said_in IS NOT NULL"),
            postgresql_where=text("said_in IS NOT NULL"),
        ),
        Index("ix_letters_about", "about_kind", "about_id"),
        Index("ix_letters_to", "to_kind", "to_id"),
    )
    key: Mapped[str]  # what, about, step and person: saying it twice is one letter
    kind: Mapped[str]  # a folder of templates/letters/
    about_kind: Mapped[str | None]
    about_id: Mapped[int | None]
    to_kind: Mapped[str]  # person | group
    to_id: Mapped[int]
    data_class: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lane: Mapped[str] = mapped_column(default=Lane.ANSWER)
    via: Mapped[str | None]  # only this channel: an emergency goes by every channel, one letter each
    state: Mapped[str] = mapped_column(default=State.WAITING)
    not_before: Mapped[datetime] = mapped_column(default=now)
    not_after: Mapped[datetime | None]  # what it says is over then: whoever has not heard it hears nothing
    created_at: Mapped[datetime] = mapped_column(default=now)
    # what became of it
    attempts: Mapped[int] = mapped_column(default=0)
    uncertain: Mapped[int] = mapped_column(default=0)  # tries on this way whose outcome nobody knows
    uncertain_at: Mapped[datetime | None]  # the first of them: a platform knows its key for some minutes only
    tried: Mapped[list[str]] = mapped_column(default=list)  # ways that are closed to this letter for good
    fence: Mapped[int] = mapped_column(default=0)  # raised by every claim: a late settler is refused
    lease_until: Mapped[datetime | None]
    channel: Mapped[str | None]
    way: Mapped[str | None]  # models.outbox.routing.Way, finer than the channel
    address: Mapped[str | None]
    words: Mapped[str | None]  # as they were sent
    platform_id: Mapped[str | None]
    task_id: Mapped[str | None] = mapped_column(unique=True)  # of a WeCom card
    response_code: Mapped[str | None]  # lets us change that card once
    changes: Mapped[int | None]  # the letter whose card this one changes
    reason: Mapped[str | None]  # a code of labels/fates.toml, after it the platform's words
    said_in: Mapped[int | None]  # the evening digest that says it instead
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]  # when the named persons were told that it did not arrive
    carried_by: Mapped[int | None]  # the person who pasted it or told it at the door
