"""Steps become records, in one pass: the only source of every figure. Pure: no database, no clock."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from models.case.deadlines import ANSWERS
from models.indicator.record import NO, YES, Place, Record, Round, Word

SATISFIED = 3  # grades from here on are a yes (models/case/nodding.py)


class Event(NamedTuple):
    """A step, as it is read."""

    case_id: int
    at: datetime
    what: str
    by_kind: str
    by_id: int | None
    facts: dict[str, Any]


class Dues(NamedTuple):
    """When the stages of a case were due by its own steps; `finish` for each round. None: nobody knows, as
    long as the calendar of a year is missing."""

    dispatch: datetime | None = None
    accept: datetime | None = None
    answer: datetime | None = None
    finish: tuple[datetime | None, ...] = ()


NO_DUES = Dues()
Limits = Callable[[Place, Sequence[Event]], Dues]


def record_of(place: Place, events: Sequence[Event], limits: Limits) -> Record:
    """One case. `events` in the order in which they were written."""
    made = Record(place, [Round(place.reported_at)])
    for event in _meant(events):
        if (means := _MEANS.get(event.what)) is not None:
            means(made, event)
        if event.what in ANSWERS:
            made.answered_at = made.answered_at or event.at
    dues = limits(place, events)
    made.dispatch_due, made.accept_due, made.answer_due = dues.dispatch, dues.accept, dues.answer
    for one, due in zip(made.rounds, dues.finish, strict=False):
        one.due = due
    return made


def _meant(events: Sequence[Event]) -> Sequence[Event]:
    """Without what was a slip and was taken back: it was neither accepted in time nor misdirected."""
    if all(event.what != "taken_back" for event in events):
        return events
    found: list[Event] = []
    for event in events:
        if event.what == "taken_back":
            slip = max(at for at, one in enumerate(found) if one.what == event.facts["of"])
            del found[slip]
        else:
            found.append(event)
    return found


def _reported(made: Record, event: Event) -> None:
    made.reporter = event.by_id
    made.reported_by_staff = event.by_kind == "staff"


def _filed(made: Record, event: Event) -> None:
    made.filed_at = made.filed_at or event.at


def _dispatched(made: Record, event: Event) -> None:
    _filed(made, event)
    made.dispatched_at = made.dispatched_at or event.at


def _misdirected(made: Record, event: Event) -> None:
    if made.rounds[0].finished_at is None:
        made.is_misdirected = True


def _accepted(made: Record, event: Event) -> None:
    made.accepted_at = made.accepted_at or event.at
    made.last.accepted_at = made.last.accepted_at or event.at
    made.taker = made.last.taker = event.by_id


def _finished(made: Record, event: Event) -> None:
    one = made.last
    if made.filed_at is None:
        made.filed_at, made.is_on_the_spot = event.at, True
    if one.accepted_at is None:
        _accepted(made, event)
    made.taker = one.taker = event.by_id  # whoever says what became of it answers for it
    one.finished_at, one.finisher = event.at, event.by_id
    one.claim = event.facts.get("claim") or "mended"
    one.level = event.facts.get("level") or one.level
    one.has_photo = not event.facts.get("no_photo_reason")


def _level(made: Record, event: Event) -> None:
    made.last.level = event.facts.get("level")


def _closed(made: Record, event: Event) -> None:
    one = made.last
    one.closed_at, one.close_kind = event.at, event.facts.get("kind")
    if one.close_kind == "nod":
        _says(one, event.by_id, event.at, YES)
    elif one.close_kind == "nod_by_phone":
        _says(one, None, event.at, YES)


def _objected(made: Record, event: Event) -> None:
    one = made.last
    one.objected_at = event.at
    if event.by_kind == "person":
        _says(one, event.by_id, event.at, NO, event.facts.get("grade"))
    elif not event.facts.get("sample"):
        _says(one, None, event.at, NO)
    made.rounds.append(Round(event.at))


def _reworked(made: Record, event: Event) -> None:
    made.last.accepted_at = event.at
    made.last.taker = made.taker


def _rated(made: Record, event: Event) -> None:
    grade = int(event.facts["grade"])
    _says(made.last, event.by_id, event.at, YES if grade >= SATISFIED else NO, grade)


def _voided(made: Record, event: Event) -> None:
    made.ended_at = event.at
    made.ended_how = "withdrawn" if event.by_kind == "person" else "voided"


def _merged(made: Record, event: Event) -> None:
    made.ended_at, made.ended_how = event.at, "merged"


def _separated(made: Record, event: Event) -> None:
    made.ended_at = made.ended_how = None


def _extended(made: Record, event: Event) -> None:
    made.extended_at.append(event.at)


def _deferred(made: Record, event: Event) -> None:
    made.deferred_until = datetime.fromisoformat(event.facts["until"])


def _resumed(made: Record, event: Event) -> None:
    made.deferred_until = None


def _climbed(made: Record, event: Event) -> None:
    made.climbs += 1


def _says(one: Round, person: int | None, at: datetime, verdict: str, grade: int | None = None) -> None:
    """A later word of the same person stands for the earlier one; a grade once given stays."""
    for word in one.words:
        if word.person == person:
            word.at, word.verdict = at, verdict
            word.grade = grade if grade is not None else word.grade
            return
    one.words.append(Word(person, at, verdict, grade))


_MEANS: dict[str, Callable[[Record, Event], None]] = {
    "reported": _reported,
    "routed": _filed,
    "nobody_found": _filed,
    "dispatched": _dispatched,
    "returned": _misdirected,
    "transferred": _misdirected,
    "accepted": _accepted,
    "finished": _finished,
    "level_said": _level,
    "closed": _closed,
    "objected": _objected,
    "reworked": _reworked,
    "rated": _rated,
    "voided": _voided,
    "merged": _merged,
    "separated": _separated,
    "revived": _separated,
    "extended": _extended,
    "deferred": _deferred,
    "resumed": _resumed,
    "asked": _resumed,
    "climbed": _climbed,
}


def grouped(events: Iterable[Event]) -> Iterable[tuple[int, list[Event]]]:
    """(case, its events) of events that come case by case."""
    key: int | None = None
    several: list[Event] = []
    for event in events:
        if event.case_id != key:
            if key is not None:
                yield key, several
            key, several = event.case_id, []
        several.append(event)
    if key is not None:
        yield key, several
