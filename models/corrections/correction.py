"""One thing that was understood otherwise than it was meant, and how it was meant."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, put, session
from models.corrections.cleaning import cleaned

RESIDENT = "resident"
LASTS = timedelta(days=730)
NONE = "-"  # how a line of training/messages writes nothing


class Label(NamedTuple):
    """What a sentence is, in the codes of the label guide; the place by names."""

    intent: str
    category: str | None = None
    also: tuple[str, ...] = ()
    urgency: str = "normal"
    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    floor: str | None = None


class Correction(Numbered, Base):
    """Nothing leads from here to the case or to a person: only the cleaned words, and what they mean."""

    __tablename__ = "corrections"
    text: Mapped[str]
    was: Mapped[dict[str, Any]]  # a Label
    label: Mapped[dict[str, Any]]  # a Label
    by_role: Mapped[str]  # a code of labels/roles.toml, or "resident" of their own words
    at: Mapped[datetime] = mapped_column(default=now)


def learn(text: str, was: Label, label: Label, *, by_role: str, names: Sequence[str] = ()) -> bool:
    """Keeps what is put right. False when nothing differs, or no words are left to learn from."""
    words = cleaned(text, names)
    if was == label or len(words) < 2:
        return False
    put(Correction, text=words, was=_kept(was), label=_kept(label), by_role=by_role, at=now())
    return True


def lines() -> Iterator[str]:
    """As training/messages holds them: text, intent, category, also, urgency between tabs; of a sentence that
    was put right several times the last word. Those in which only the place was wrong are not among them."""
    last: dict[str, str] = {}
    for one in session().scalars(select(Correction).order_by(Correction.id)):
        label = one.label
        if all(one.was[name] == label[name] for name in ("intent", "category", "also", "urgency")):
            continue
        also = ",".join(label["also"]) or NONE
        last.pop(one.text, None)
        last[one.text] = "\t".join(
            (one.text, label["intent"], label["category"] or NONE, also, label["urgency"])
        )
    yield from last.values()


def records() -> Iterator[dict[str, Any]]:
    """All of them, with what they were taken for and the places."""
    for one in session().scalars(select(Correction).order_by(Correction.id)):
        yield {
            "text": one.text,
            **one.label,
            "was": one.was,
            "by_role": one.by_role,
            "at": one.at.isoformat(),
        }


def forget_old() -> bool:
    """Removes what is older than two years: by then it has been learned, or it never will be."""
    done = session().execute(delete(Correction).where(Correction.at < now() - LASTS))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _kept(label: Label) -> dict[str, Any]:
    return {**label._asdict(), "also": list(label.also)}
