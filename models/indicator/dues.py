"""When the stages of a case were due, by its own steps and the limits and calendar of its days.

models/case/deadlines.py reads them. A climb gives a stage another clock; what was due is what was due before.
延期 moves the finish, and is counted apart. Without the calendar of a year nobody knows: then it is None.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NoReturn

from models.case.deadlines import Life, Rules
from models.case.limits import limits as known_limits
from models.indicator.events import Dues, Event, Limits
from models.indicator.record import Place
from models.workdays import CalendarMissing, workdays

_STAGES = ("dispatch", "accept", "answer")


def limits() -> Limits:
    """By the limits and the calendar as they are known now."""
    # each calendar asked for once, because otherwise each case would ask whether it has changed
    return limits_of(Rules(known_limits(), cache(workdays), _unasked, _unasked))


def limits_of(rules: Rules) -> Limits:
    """Pure."""

    def dues(place: Place, events: Sequence[Event]) -> Dues:
        return _dues(rules, events)

    return dues


def _dues(rules: Rules, events: Sequence[Event]) -> Dues:
    life = Life(rules)
    found: dict[str, datetime | None] = {}
    finish: list[datetime | None] = []
    for event in events:
        if event.what == "objected":
            finish.append(_promised(life))
        _note(life, found)
        life.take(event)
    _note(life, found)
    finish.append(_promised(life))
    return Dues(found.get("dispatch"), found.get("accept"), found.get("answer"), tuple(finish))


def _note(life: Life, found: dict[str, datetime | None]) -> None:
    """The first clock of each stage, as long as it runs: nothing that comes later moves it."""
    for stage in _STAGES:
        if stage in life.since and stage not in found:
            try:
                found[stage] = life.due_of(stage)
            except CalendarMissing:
                found[stage] = None


def _promised(life: Life) -> datetime | None:
    try:
        return life.promised()
    except CalendarMissing:
        return None


def _unasked(*_: object) -> NoReturn:
    raise AssertionError  # no climb is reckoned here: those that happened are steps
