"""What the platform is asked about a notice before the public reads it, and what it said (msgSecCheck and
mediaCheckAsync, version 2, of the mini-program's developer pages).

One row for its words and one for each picture. Nobody asks inside a transaction: rows are taken for a minute,
the platform is asked, the answer is written down. What is to be done with the answers is in checking.py.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, put, session
from models.notice.tables import Notice, State

PASS: Final = "pass"  # noqa: S105 - what the platform says, no word that opens anything
SUGGESTIONS: Final = (PASS, "review", "risky")  # what the platform may say; anything else says nothing
FORGOTTEN: Final = "forgotten"  # a question whose answer means nothing any more
NO_MINI, NOT_SEEN = "no_mini", "not_seen"  # the author can do something about these two
PAUSES = (5, 10, 20, 30, 60)  # seconds after a try that gave no answer, the last one again and again
TRACE_LIMIT = 200
TAKEN = timedelta(minutes=1)  # so long a row is somebody's, who may have died
ANSWER_WITHIN = timedelta(minutes=40)  # the platform says: within 30; then its event was lost
# As text, because a partial index serves only a query that says the very same.
OPEN = "verdict IS NULL"


class ContentCheck(Numbered, Base):
    """One question to the platform. A notice that is handed in again gets new ones; the old ones stay,
    because an answer to one of them may be under way, and the database may give a number a second time."""

    __tablename__ = "content_checks"
    __table_args__ = (
        Index("ix_content_checks_open", "not_before", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    )
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"), index=True)
    item_id: Mapped[int | None]  # the picture; None: the words
    trace_id: Mapped[str | None] = mapped_column(unique=True)  # by which the platform's event names a picture
    not_before: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    verdict: Mapped[str | None]  # one of SUGGESTIONS, or FORGOTTEN
    label: Mapped[int | None]  # what the platform takes it for: labels/content_labels.toml
    trouble: Mapped[str | None]  # why the last try gave no answer


class Question(NamedTuple):
    """Taken for asking. `item_id` None: the words."""

    id: int
    notice_id: int
    item_id: int | None
    author_id: int


def begin(notice: Notice, pictures: Sequence[int]) -> None:
    """From now on the notice waits for the answers about its words and these pictures (media items)."""
    forget(notice)
    at = now()
    for item in (None, *pictures):
        put(ContentCheck, notice_id=notice.id, item_id=item, not_before=at, attempts=0)


def forget(notice: Notice) -> None:
    """Answers that are still under way mean nothing any more."""
    session().execute(update(ContentCheck).where(*_alive(notice)).values(verdict=FORGOTTEN))


def of(notice: Notice) -> Sequence[ContentCheck]:
    return session().scalars(select(ContentCheck).where(*_alive(notice)).order_by(ContentCheck.id)).all()


def _alive(notice: Notice) -> tuple[ColumnElement[bool], ...]:
    return (
        ContentCheck.notice_id == notice.id,
        ContentCheck.verdict.is_(None) | (ContentCheck.verdict != FORGOTTEN),
    )


def due(limit: int) -> Sequence[Question]:
    """What to ask next, the most urgent notice first; each for one asker."""
    query = (
        select(ContentCheck, Notice.author_id)
        .join(Notice, Notice.id == ContentCheck.notice_id)
        .where(text(f"content_checks.{OPEN}"), ContentCheck.not_before <= now())
        .where(Notice.state == State.CHECKING)
        .order_by(Notice.kind != "emergency", ContentCheck.not_before, ContentCheck.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ContentCheck)
    )
    found = []
    for check, author in session().execute(query).all():
        check.not_before = now() + TAKEN
        check.attempts += 1
        found.append(Question(check.id, check.notice_id, check.item_id, author))
    return found


def anything_due() -> bool:
    """A cheap look, without a lock."""
    query = select(ContentCheck.id).where(text(OPEN), ContentCheck.not_before <= now())
    return session().execute(query.limit(1)).first() is not None


def read(result: Any) -> tuple[str | None, int | None]:
    """Suggestion and label of what the platform calls `result`, whose numbers may come as text; (None, None)
    for what says nothing."""
    if not isinstance(result, dict) or result.get("suggest") not in SUGGESTIONS:
        return None, None
    label = str(result.get("label", ""))
    return result["suggest"], int(label) if label.isascii() and label.isdigit() and len(label) < 9 else None


def answered(check_id: int, suggest: str, label: int | None) -> None:
    """The platform has said something about it. The first word counts; a copy, and a word about a forgotten
    question, change nothing."""
    check = session().get_one(ContentCheck, check_id, with_for_update=True)
    if check.verdict is None:
        check.verdict, check.label, check.trouble = suggest, label, None


def promised(check_id: int, trace_id: str) -> None:
    """The platform looks at the picture and will say so in an event that names `trace_id`."""
    check = session().get_one(ContentCheck, check_id, with_for_update=True)
    if check.verdict is None:
        check.trace_id, check.not_before, check.trouble = trace_id, now() + ANSWER_WITHIN, None


def traced(trace_id: str) -> ContentCheck | None:
    return session().scalars(select(ContentCheck).where(ContentCheck.trace_id == trace_id)).first()


def unanswered(check_id: int, trouble: str) -> None:
    """A try gave no answer: again later."""
    check = session().get_one(ContentCheck, check_id, with_for_update=True)
    if check.verdict is None:
        pause = PAUSES[min(check.attempts, len(PAUSES)) - 1] if check.attempts else PAUSES[0]
        check.trouble, check.trace_id = trouble[:100], None
        check.not_before = now() + timedelta(seconds=pause)
