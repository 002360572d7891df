"""At most one open question per person and channel; a newer one takes the older one's place."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

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


class Question(Numbered, Base):
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
        Question,
        person_id=person_id,
        channel=channel,
        kind=kind,
        case_id=case_id,
        facts=facts,
        asked_at=at,
        expires_at=at + lasts,
    )


def open_question(person_id: int, channel: str) -> Question | None:
    """What this person's next message may be answering."""
    found = _OPEN.first(person=person_id, channel=channel, now=now())
    return None if found is None else session().get(Question, found[0])


_OPEN = Prepared(
    select(Question.id).where(
        Question.person_id == bindparam("person"),
        Question.channel == bindparam("channel"),
        Question.expires_at > bindparam("now"),
    )
)


def forget(person_id: int, channel: str) -> None:
    session().execute(delete(Question).where(Question.person_id == person_id, Question.channel == channel))
