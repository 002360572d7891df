"""At most one open question per person and channel; a newer one takes the older one's place."""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import UniqueConstraint, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, put, session
from models.base.prepared import Prepared


class Asked(StrEnum):
    PLACE = "place"  # where is it?
    WHAT = "what"  # what is it about? (a photo or a voice came first)
    FINISH = "finish"  # keeper: words and a photo, please
    RETURN_REASON = "return_reason"  # keeper: why back?
    CLAIM = "claim"  # whoever works on it: why can it not be mended, by which rule?
    SPOT = "spot"  # staff: the photo of what was solved on the spot, please
    WHISTLE_REASON = "whistle_reason"  # department: why not?
    CONSENT = "consent"  # may we keep your phone or home?
    UNSATISFIED = "unsatisfied"  # what is still wrong?
    SAME = "same"  # is it the same thing as another open case?
    WHICH = "which"  # which of several open cases do you mean?
    ADDED = "added"  # nothing asked: what was put into a report may be taken out again
    STATION = "station"  # near which estate are you?
    TARIFF = "tariff"  # which estate, to say what its fee is?
    WHO = "who"  # which building, to say who answers for it?
    WORDS = "words"  # what shall we put before a person?
    REPORT_IT = "report_it"  # no case about that: shall we make one of what was asked?


#: Nothing is asked: the next message may be about anything, and these are only remembered beside it.
REMEMBERED = frozenset({Asked.ADDED})


class QuestionRow(Numbered, Base):
    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("person_id", "channel"),)
    person_id: Mapped[int]
    channel: Mapped[str]
    kind: Mapped[str]
    case_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


def ask(
    person_id: int, channel: str, kind: Asked, *, lasts: timedelta, case_id: int | None = None, **facts: Any
) -> None:
    """Remembers the question that goes out with our reply."""
    forget(person_id, channel)
    at = now()
    put(
        QuestionRow,
        person_id=person_id,
        channel=channel,
        kind=kind,
        case_id=case_id,
        facts=facts,
        asked_at=at,
        expires_at=at + lasts,
    )


class Question(NamedTuple):
    """One that waits for its answer."""

    kind: str
    case_id: int | None
    facts: dict[str, Any]


def open_question(person_id: int, channel: str) -> Question | None:
    """What this person's next message may be answering."""
    session().flush()
    found = _OPEN.first(person=person_id, channel=channel, now=now())
    if found is None:
        return None
    kind, case_id, facts = found
    return Question(kind, case_id, json.loads(facts) if isinstance(facts, str) else facts)


_OPEN = Prepared(
    select(QuestionRow.kind, QuestionRow.case_id, QuestionRow.facts).where(
        QuestionRow.person_id == bindparam("person"),
        QuestionRow.channel == bindparam("channel"),
        QuestionRow.expires_at > bindparam("now"),
    )
)


def forget(person_id: int, channel: str) -> None:
    session().flush()
    _FORGET(person=person_id, channel=channel)


_FORGET = Prepared(
    delete(QuestionRow).where(
        QuestionRow.person_id == bindparam("person"), QuestionRow.channel == bindparam("channel")
    )
)
