"""What became of letters, for operators: the list, and what a person may do about one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update

from models.base.checkdigit import with_check
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.outbox.letter import Letter, State

_OPEN_TO_A_PERSON = (State.FAILED, State.UNKNOWN, State.BY_HAND)
HAND = "hand"
SECOND_THOUGHTS = timedelta(minutes=10)  # so long a slip of the thumb can be taken back


@dataclass(frozen=True, slots=True)
class Fate:
    """One line of `hemei letter list`. `to` is masked; `reason` is a code, the platform's words behind it."""

    id: int
    kind: str
    to: str
    channel: str | None
    state: str
    reason: str | None
    case: str | None
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    words: str | None


def fates(
    *,
    case_id: int | None = None,
    state: str | None = None,
    kind: str | None = None,
    channel: str | None = None,
    limit: int | None = None,
) -> Iterator[Fate]:
    """Letters, oldest first; with `limit` the newest so many."""
    query = select(Letter)
    if case_id is not None:
        query = query.where(Letter.about_kind == "case", Letter.about_id == case_id)
    for column, wanted in ((Letter.state, state), (Letter.kind, kind), (Letter.channel, channel)):
        if wanted:
            query = query.where(column == wanted)
    if limit is None:
        found = session().scalars(query.order_by(Letter.id).execution_options(yield_per=500))
        return (_fate(letter) for letter in found)
    newest = session().scalars(query.order_by(Letter.id.desc()).limit(limit)).all()
    return (_fate(letter) for letter in reversed(newest))


def _fate(letter: Letter) -> Fate:
    return Fate(
        id=letter.id,
        kind=letter.kind,
        to=_masked(letter),
        channel=letter.channel or letter.via,
        state=letter.state,
        reason=letter.reason,
        case=with_check(letter.about_id) if letter.about_kind == "case" and letter.about_id else None,
        created_at=letter.created_at,
        sent_at=letter.sent_at,
        attempts=letter.attempts,
        words=letter.words,
    )


def _masked(letter: Letter) -> str:
    """Enough to tell two receivers apart, too little to write to one."""
    if letter.address and len(letter.address) > 4:
        return f"{letter.address[:2]}***{letter.address[-2:]}"
    return f"{letter.to_kind} {letter.to_id}"


def again(letter_id: int, at: datetime) -> None:
    """A person lets a dead letter go once more, by all ways. NotAllowed when it is not dead."""
    _move(
        letter_id,
        (State.FAILED, State.UNKNOWN),
        state=State.WAITING,
        not_before=at,
        attempts=0,
        uncertain=0,
        uncertain_at=None,
        tried=[],
        reason=None,
        settled_at=None,
        alerted_at=None,
    )


class Was(NamedTuple):
    """How a letter stood before somebody carried it."""

    state: str
    reason: str | None
    channel: str | None


def carried(letter_id: int, at: datetime, by: int | None = None) -> Was:
    """A person has told it: pasted it into the group, called, or knows that it arrived. NotAllowed when it
    does not wait for that."""
    query = select(Letter.state, Letter.reason, Letter.channel).where(
        Letter.id == letter_id, Letter.state.in_(_OPEN_TO_A_PERSON)
    )
    row = session().execute(query.with_for_update()).first()
    if row is None:
        raise NotAllowed("letter_not_open", letter=letter_id)
    _move(
        letter_id,
        _OPEN_TO_A_PERSON,
        state=State.SENT,
        channel=HAND,
        reason=None,
        sent_at=at,
        settled_at=at,
        carried_by=by,
    )
    return Was(row.state, row.reason, row.channel)


def not_carried(letter_id: int, was: Was, at: datetime) -> None:
    """It was not told after all. NotAllowed when nobody said so in the last minutes."""
    _move(
        letter_id,
        (State.SENT,),
        Letter.channel == HAND,
        Letter.sent_at > at - SECOND_THOUGHTS,
        state=was.state,
        reason=was.reason,
        channel=was.channel,
        sent_at=None,
        settled_at=at,
        carried_by=None,
    )


def _move(letter_id: int, allowed: tuple[State, ...], *when: Any, **values: object) -> None:
    moved = session().execute(
        update(Letter).where(Letter.id == letter_id, Letter.state.in_(allowed), *when).values(**values)
    )
    if not moved.rowcount:  # type: ignore[attr-defined]
        raise NotAllowed("letter_not_open", letter=letter_id)
