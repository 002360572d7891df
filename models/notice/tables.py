"""A notice, the doors by which it is opened, who opened it, and who answered a call."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, public_id

TITLE_LIMIT, BODY_LIMIT, SIGNED_LIMIT = 60, 2000, 40


class Kind(StrEnum):
    ORDINARY = "ordinary"
    URGENT = "urgent"  # goes before what is ordinary, and has a slot of the group's day kept for it
    EMERGENCY = "emergency"  # overtakes everything and does not wait for the morning


class State(StrEnum):
    DRAFT = "draft"
    CHECKING = "checking"  # the platform reads it for what may not be published
    HELD = "held"  # so many would hear it that a second person must agree
    WAITING = "waiting"  # for its hour, and for the minutes in which it can still be stopped
    GOING = "going"  # its letters are being written
    TOLD = "told"  # all of them are written; the outbox has them
    STOPPED = "stopped"  # before everybody had heard it
    WITHDRAWN = "withdrawn"  # it does not hold any more


# As text, because a partial index serves only a query that says the very same.
DUE = "state IN ('waiting', 'going')"
IN_CHECK = "state = 'checking'"
UNSETTLED = "state IN ('held', 'checking')"  # handed in, and nobody has let it go yet
IS_TOLD = "state = 'told'"
VISITS_DUE = "visits_due_at IS NOT NULL"
#: What can still be stopped or withdrawn.
ALIVE = (State.CHECKING, State.HELD, State.WAITING, State.GOING, State.TOLD)
ENDED = (State.STOPPED, State.WITHDRAWN)


class Notice(Numbered, Base):
    """通知. Nothing of what it says changes once it is handed in: a mistake is put right by another notice
    that `corrects` this one."""

    __tablename__ = "notices"
    __table_args__ = (
        Index(
            "ix_notices_due",
            "starts_at",
            sqlite_where=text(DUE),
            postgresql_where=text(DUE),
        ),
        Index("ix_notices_checking", "id", sqlite_where=text(IN_CHECK), postgresql_where=text(IN_CHECK)),
        Index(
            "ix_notices_past", "valid_until", sqlite_where=text(UNSETTLED), postgresql_where=text(UNSETTLED)
        ),
        Index("ix_notices_told", "told_at", sqlite_where=text(IS_TOLD), postgresql_where=text(IS_TOLD)),
        Index(
            "ix_notices_visits",
            "visits_due_at",
            sqlite_where=text(VISITS_DUE),
            postgresql_where=text(VISITS_DUE),
        ),
        Index("ix_notices_community", "community_id", "id"),
    )
    community_id: Mapped[int | None]  # whose desk answers for it; None: the whole town's
    title: Mapped[str]
    body: Mapped[str]  # plain text; an empty line parts paragraphs, "- " begins an item of a list
    signed: Mapped[str]  # who says it: 育英社区居委会
    kind: Mapped[str] = mapped_column(default=Kind.ORDINARY)
    is_call: Mapped[bool] = mapped_column(default=False)  # everybody answers whether he comes (call.py)
    audience: Mapped[dict[str, Any]]  # models.notice.audience.Audience
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"))
    is_about_fees: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # fees.py
    warns_of_case: Mapped[int | None] = mapped_column(index=True)  # a danger, until that case is safe
    season_call_id: Mapped[int | None]  # the yearly call that it was made from
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    author_id: Mapped[int]  # person: who wrote it, and from then on who handed it in
    created_at: Mapped[datetime] = mapped_column(default=now)
    send_at: Mapped[datetime | None]  # not before
    checking_since: Mapped[datetime | None]
    checked: Mapped[str | None]  # what the platform said of it; by_person: what somebody said instead
    second_id: Mapped[int | None]  # the other person who agreed
    starts_at: Mapped[datetime | None]  # when the first letter is written
    people: Mapped[int] = mapped_column(default=0)  # addressed, as counted when it was handed in
    groups: Mapped[int] = mapped_column(default=0)
    groups_up_to: Mapped[int] = mapped_column(default=0)  # the last group whose letter is written
    people_up_to: Mapped[int] = mapped_column(default=0)  # the last person's
    told_at: Mapped[datetime | None]
    visits_due_at: Mapped[datetime | None]  # when to look next whom somebody has to go to
    climbed: Mapped[int] = mapped_column(default=0)  # how often those above were told who is silent
    ended_at: Mapped[datetime | None]  # stopped or withdrawn
    ended_by: Mapped[int | None]


class NoticeDoor(Numbered, Base):
    """The short address of a notice for one group: /q/<code>, and the QR picture that holds it."""

    __tablename__ = "notice_doors"
    __table_args__ = (UniqueConstraint("notice_id", "group_id"),)
    code: Mapped[str] = mapped_column(unique=True, default=public_id)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    group_id: Mapped[int]


class Receipt(Numbered, Base):
    """收件: a person, or a group by its own address, opened the notice. Once each."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("notice_id", "reader_kind", "reader_id"),)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    reader_kind: Mapped[str]  # person | group
    reader_id: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(default=now)


class CallAnswer(Numbered, Base):
    """到 or 不能: the last word of a person about a call."""

    __tablename__ = "call_answers"
    __table_args__ = (UniqueConstraint("notice_id", "person_id"),)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    person_id: Mapped[int]
    coming: Mapped[bool]
    answered_at: Mapped[datetime] = mapped_column(default=now)
