"""What one person was told: the notices that were sent to them, whatever became of the letters."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select

from models.base.orm import session
from models.notice.audience import LETTER_KINDS
from models.notice.tables import Notice, Receipt, State
from models.outbox.letter import Letter

SHOWN = (State.GOING, State.TOLD, State.STOPPED, State.WITHDRAWN)


def told_to(person_id: int, *, before: int | None = None, limit: int = 20) -> Sequence[Notice]:
    """The newest first; those with a smaller id than `before`."""
    query = select(Notice).where(Notice.id.in_(_letters_to(person_id)), Notice.state.in_(SHOWN))
    if before is not None:
        query = query.where(Notice.id < before)
    return session().scalars(query.order_by(Notice.id.desc()).limit(limit)).all()


def told(person_id: int, notice_id: int) -> Notice | None:
    """The notice of this number, if it was sent to this person and is told."""
    mine = _letters_to(person_id).where(Letter.about_id == notice_id)
    query = select(Notice).where(Notice.id == notice_id, Notice.id.in_(mine), Notice.state.in_(SHOWN))
    return session().scalars(query).first()


def read_by(person_id: int, notices: Collection[int]) -> frozenset[int]:
    """Which of these the person has opened."""
    query = select(Receipt.notice_id).where(
        Receipt.reader_kind == "person", Receipt.reader_id == person_id, Receipt.notice_id.in_(notices)
    )
    return frozenset(session().scalars(query))


def _letters_to(person_id: int) -> Select[int | None]:
    return select(Letter.about_id).where(
        Letter.to_kind == "person",
        Letter.to_id == person_id,
        Letter.kind.in_(LETTER_KINDS),
        Letter.about_kind == "notice",
    )
