"""Answers known in advance: those that come with hemei and those that a clerk wrote for a community."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from models.base.orm import session
from models.base.resources import table
from models.enquiry.tables import KnownAnswer
from models.place.version import Remembered
from models.understanding.normal import normal

SHIPPED = "answers/law.toml"
ALL_PARTS = "+"


@dataclass(frozen=True, slots=True)
class Known:
    """`asked`: each a set of parts that must all be said; one set is enough."""

    question: str
    asked: tuple[tuple[str, ...], ...]
    answer: str
    source: str
    as_of: date
    valid_until: date | None = None
    community_id: int | None = None


def known_answer(text: str, *, community_id: int | None, today: date) -> Known | None:
    """The entry that the words ask for: the community's own before everybody's, the closest before others.

    What is past its day is never said.
    """
    said = normal(text)
    best: tuple[tuple[bool, int], Known] | None = None
    for entry in (*_remembered.current(), *_shipped()):
        if entry.community_id not in (None, community_id):
            continue
        if entry.valid_until is not None and entry.valid_until < today:
            continue
        length = max((sum(map(len, parts)) for parts in entry.asked if _all_in(parts, said)), default=0)
        rank = (entry.community_id is not None, length)
        if length and (best is None or rank > best[0]):
            best = (rank, entry)
    return best[1] if best else None


def parts_of(words: str) -> tuple[str, ...]:
    """`停水+几点` as the parts that must be said, spelled as messages are read."""
    return tuple(part for one in words.split(ALL_PARTS) if (part := normal(one).strip()))


def _all_in(parts: tuple[str, ...], said: str) -> bool:
    return bool(parts) and all(part in said for part in parts)


def _shipped() -> tuple[Known, ...]:
    return tuple(
        Known(
            one["question"],
            tuple(parts_of(words) for words in one["words"]),
            one["answer"],
            one["source"],
            one["as_of"],
        )
        for one in table(SHIPPED)["entry"]
    )


def _build() -> tuple[Known, ...]:
    rows = session().scalars(select(KnownAnswer).where(KnownAnswer.active).order_by(KnownAnswer.id))
    return tuple(
        Known(
            row.question,
            tuple(parts_of(words) for words in row.words),
            row.answer,
            row.source,
            row.as_of,
            row.valid_until,
            row.community_id,
        )
        for row in rows
    )


_remembered = Remembered("known answers", _build)
