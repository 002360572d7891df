"""Each indicator by the standards' name: what of a record it counts, out of what. Pure.

GB/T 30428.4 as cities publish it, the three rates of 接诉即办, 办结率 and 满意率, shares by level, minutes.
What is said about each, its formula and its source stand in templates/labels/indicators.toml. Every numerator
counts things that its denominator counts too: no rate is above one, and both open to the same list of cases.

A period is looked at from its end (or from now, while it runs): `cut`. Later steps are not known to it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from models.indicator.period import Period
from models.indicator.record import LEVELS, YES, Record, Round, Word
from models.indicator.settings import Settings


@dataclass(frozen=True, slots=True)
class View:
    """From where records are looked at."""

    start: datetime
    cut: datetime
    settings: Settings

    @classmethod
    def of(cls, period: Period, at: datetime, settings: Settings) -> "View":
        return cls(period.start, period.cut(at), settings)

    def holds(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.cut


class Counted(NamedTuple):
    """What one record adds: `over` of `under`, and on whose account (a person of the staff, if anybody's)."""

    over: int
    under: int
    taker: int | None


#: Of a case: whether it counts, or None where it is in no denominator.
OfCase = Callable[[Record, View], bool | None]
#: Of the rounds of a case, or of what people said of them.
OfRounds = Callable[[Record, View], Iterator[Counted]]


class Rate(NamedTuple):
    """It has one of both ways of counting."""

    code: str
    of_case: OfCase | None = None
    of_rounds: OfRounds | None = None
    less_is_better: bool = False
    of_persons: bool = False  # what people said: nobody on duty reads whose word it was
    weighted: bool = False  # its numerator is in hundredths
    voids: bool = False  # whether cases that ended without work count too

    def counts(self, record: Record, view: View) -> Sequence[Counted]:
        """What a record adds; nothing where it is in no denominator."""
        if self.of_rounds is not None:
            return list(self.of_rounds(record, view))
        assert self.of_case is not None
        over = self.of_case(record, view)
        return () if over is None else (Counted(int(over), 1, record.taker),)


class Minutes(NamedTuple):
    """Whole minutes of each case in it."""

    code: str
    minutes: Callable[[Record, View], int | None]


# 受理, 立案, 派遣


def _filing(record: Record, view: View) -> bool | None:
    if view.holds(record.received_at):
        return record.filed_at is not None
    return None


def _right_filing(record: Record, view: View) -> bool | None:
    if view.holds(record.filed_at):
        return record.ended_how != "voided"
    return None


def _dispatch(record: Record, view: View) -> bool | None:
    if view.holds(record.filed_at) and not record.is_on_the_spot:
        return record.dispatched_at is not None
    return None


def _to_dispatch(record: Record, view: View) -> bool:
    is_to_be = record.filed_at is not None and not record.is_on_the_spot
    return is_to_be and _was_due(record.dispatch_due, record.dispatched_at, view)


def _right_dispatch(record: Record, view: View) -> bool | None:
    if _to_dispatch(record, view):
        return record.dispatched_at is not None and not record.is_misdirected
    return None


def _prompt_dispatch(record: Record, view: View) -> bool | None:
    if _to_dispatch(record, view):
        return _in_time(record.dispatched_at, record.dispatch_due)
    return None


def _valid_report(record: Record, view: View) -> bool | None:
    if record.place.source in view.settings.collectors and view.holds(record.received_at):
        is_nothing = record.ended_how == "voided" or (record.closed_at and record.last.claim == "untrue")
        return record.filed_at is not None and not is_nothing
    return None


def _prompt_verifying(record: Record, view: View) -> bool | None:
    """What was not clear at once; its limit falls in the period."""
    due = record.received_at + timedelta(minutes=view.settings.verify_minutes)
    if record.filed_at != record.received_at and view.holds(due):
        return _in_time(record.filed_at, due)
    return None


# 处置, 结案


def _handling_due(record: Record, view: View) -> bool:
    """应处置数."""
    return _was_due(record.last.due, record.last.finished_at, view)


def _closing_due(record: Record, view: View) -> bool:
    """应结案数."""
    return _was_due(record.last.due, record.last.closed_at, view)


def _was_due(due: datetime | None, done: datetime | None, view: View) -> bool:
    if view.settings.early == "counted" and view.holds(done):
        return True
    return due is not None and due < view.cut and not (done is not None and done < view.start)


def _in_time(done: datetime | None, due: datetime | None) -> bool:
    """What was done without that anybody knows its limit is not said to be late."""
    return done is not None and (due is None or done <= due)


def _closed_in_time(one: Round, view: View) -> bool:
    done = one.closed_at if view.settings.on_time == "closed" else one.finished_at
    return one.closed_at is not None and _in_time(done, one.due)


def _handling(record: Record, view: View) -> bool | None:
    if _handling_due(record, view):
        return record.last.finished_at is not None
    return None


def _prompt_handling(record: Record, view: View) -> bool | None:
    if _handling_due(record, view):
        return _in_time(record.last.finished_at, record.last.due)
    return None


def _overdue(record: Record, view: View) -> bool | None:
    if _handling_due(record, view):
        return record.last.finished_at is None
    return None


def _closing(record: Record, view: View) -> bool | None:
    if _closing_due(record, view) and not _is_put_off(record, view):
        return record.closed_at is not None
    return None


def _is_put_off(record: Record, view: View) -> bool:
    until = record.deferred_until
    is_open = record.closed_at is None and until is not None and until > view.cut
    return is_open and view.settings.deferred == "left_out"


def _prompt_closing(record: Record, view: View) -> bool | None:
    if _closing_due(record, view):
        return _closed_in_time(record.last, view)
    return None


def _late_closing(record: Record, view: View) -> bool | None:
    if _closing_due(record, view):
        return record.closed_at is not None and not _closed_in_time(record.last, view)
    return None


def _rework(record: Record, view: View) -> bool | None:
    if _closing_due(record, view):
        return any(view.holds(one.objected_at) for one in record.rounds)
    return None


def _extension(record: Record, view: View) -> bool | None:
    is_due = _handling_due if view.settings.extension_of == "handling" else _closing_due
    if is_due(record, view):
        return any(view.holds(at) for at in record.extended_at)
    return None


def _prompt_checking(record: Record, view: View) -> Iterator[Counted]:
    """核查: of what was said to be done the last word came in time; its limit falls in the period."""
    for one in record.rounds:
        if one.finished_at is not None:
            due = one.finished_at + timedelta(days=view.settings.check_days)
            if view.holds(due):
                known = min(filter(None, (one.closed_at, one.objected_at)), default=None)
                yield Counted(int(_in_time(known, due)), 1, one.taker)


# 办结率, and what a closing is worth


def _done(record: Record, view: View) -> bool | None:
    if view.holds(record.received_at):
        return record.closed_at is not None
    return None


def _closed_then(record: Record, view: View) -> bool:
    return view.holds(record.closed_at)


def _by_default(record: Record, view: View) -> bool | None:
    if _closed_then(record, view):
        return record.last.close_kind == "default"
    return None


def _unasked(record: Record, view: View) -> bool | None:
    if _closed_then(record, view):
        return record.last.close_kind == "unasked"
    return None


def _unmended(record: Record, view: View) -> bool | None:
    if _closed_then(record, view):
        return record.last.claim != "mended"
    return None


def _at_level(level: str | None) -> OfCase:
    def count(record: Record, view: View) -> bool | None:
        if _closed_then(record, view) and record.last.claim == "mended":
            return record.last.level == level
        return None

    return count


def _unclimbed(record: Record, view: View) -> bool | None:
    if _closed_then(record, view):
        return record.climbs == 0
    return None


# 满意率 of persons, and the three rates of 接诉即办


def _said(record: Record, view: View) -> Iterator[tuple[Round, Word]]:
    for one in record.rounds:
        for word in one.words:
            if view.holds(word.at):
                yield one, word


def _satisfaction(record: Record, view: View) -> Iterator[Counted]:
    for one, word in _said(record, view):
        if word.grade is not None:
            yield Counted(int(word.grade >= view.settings.satisfied_from), 1, one.taker)


def _response(record: Record, view: View) -> Iterator[Counted]:
    """An effective visit: somebody was asked and answered. Contacted: within the limit of the answer."""
    for one, _ in _said(record, view):
        yield Counted(int(_in_time(record.answered_at, record.answer_due)), 1, one.taker)


def _solution(record: Record, view: View) -> Iterator[Counted]:
    for one, word in _said(record, view):
        yield Counted(int(word.verdict == YES and one.claim == "mended"), 1, one.taker)


def _content(record: Record, view: View) -> Iterator[Counted]:
    kept = view.settings
    for one, word in _said(record, view):
        grade = word.grade or (kept.yes_is if word.verdict == YES else kept.no_is)
        weight = 100 if grade >= kept.content_from else kept.fair_weight if grade == kept.fair else 0
        yield Counted(weight, 1, one.taker)


RATES: dict[str, Rate] = {
    one.code: one
    for one in (
        Rate("filing_rate", _filing, voids=True),
        Rate("right_filing_rate", _right_filing, voids=True),
        Rate("dispatch_rate", _dispatch, voids=True),
        Rate("right_dispatch_rate", _right_dispatch),
        Rate("prompt_dispatch_rate", _prompt_dispatch),
        Rate("handling_rate", _handling),
        Rate("prompt_handling_rate", _prompt_handling),
        Rate("overdue_rate", _overdue, less_is_better=True),
        Rate("closing_rate", _closing),
        Rate("prompt_closing_rate", _prompt_closing),
        Rate("late_closing_rate", _late_closing, less_is_better=True),
        Rate("rework_rate", _rework, less_is_better=True),
        Rate("extension_rate", _extension, less_is_better=True),
        Rate("valid_report_rate", _valid_report, voids=True),
        Rate("prompt_verifying_rate", _prompt_verifying),
        Rate("prompt_checking_rate", of_rounds=_prompt_checking),
        Rate("response_rate", of_rounds=_response, of_persons=True),
        Rate("solution_rate", of_rounds=_solution, of_persons=True),
        Rate("content_rate", of_rounds=_content, of_persons=True, weighted=True),
        Rate("done_rate", _done),
        Rate("satisfaction_rate", of_rounds=_satisfaction, of_persons=True),
        Rate("default_rate", _by_default, less_is_better=True),
        Rate("unasked_rate", _unasked, less_is_better=True),
        Rate("unmended_rate", _unmended, less_is_better=True),
        Rate("unclimbed_rate", _unclimbed),
        *(Rate(f"level_{level}", _at_level(level)) for level in LEVELS),
        Rate("level_unknown", _at_level(None), less_is_better=True),
    )
}


def _minutes(since: datetime, until: datetime | None) -> int | None:
    return max(0, round((until - since).total_seconds() / 60)) if until is not None else None


def _to_answer(record: Record, view: View) -> int | None:
    return _minutes(record.received_at, record.answered_at) if view.holds(record.answered_at) else None


def _to_accept(record: Record, view: View) -> int | None:
    return _minutes(record.received_at, record.accepted_at) if view.holds(record.accepted_at) else None


def _to_mend(record: Record, view: View) -> int | None:
    """Until it was said to be mended for the last time: what was sent back was not."""
    one = record.last
    return _minutes(record.received_at, one.finished_at) if view.holds(one.finished_at) else None


MINUTES: dict[str, Minutes] = {
    one.code: one
    for one in (
        Minutes("minutes_to_answer", _to_answer),
        Minutes("minutes_to_accept", _to_accept),
        Minutes("minutes_to_mend", _to_mend),
    )
}


def ended_before(record: Record, view: View) -> bool:
    """Whether it ended without work before the period, and is nobody's matter in it any more."""
    return record.ended_at is not None and record.ended_at < view.start


def left_out(record: Record, rate: Rate, removed: frozenset[tuple[int, str]]) -> str | None:
    """Why a record that would count does not: a code of labels/left_out.toml."""
    if record.ended_how is not None and not rate.voids:
        return record.ended_how
    if (record.id, rate.code) in removed or (record.id, "") in removed:
        return "removed"
    return None


def left_aside(record: Record, code: str, view: View) -> str | None:
    """Why a rate of what was due does not see a case: it was done in this period and its limit falls after
    it, so that the working reading counts it in none (early), or nobody knows its limit (no_due)."""
    if code not in _DONE or record.ended_how is not None:
        return None
    done = _DONE[code](record)
    due = record.dispatch_due if code in _DISPATCHING else record.last.due
    if due is None:
        return "no_due" if done is None or done >= view.start else None
    is_early = view.settings.early != "counted" and view.holds(done) and due >= view.cut
    return "early" if is_early else None


_DISPATCHING = ("right_dispatch_rate", "prompt_dispatch_rate")
_HANDLING = ("handling_rate", "prompt_handling_rate", "overdue_rate")
_CLOSING = ("closing_rate", "prompt_closing_rate", "late_closing_rate", "rework_rate", "extension_rate")
_DONE: dict[str, Callable[[Record], datetime | None]] = {
    **dict.fromkeys(_DISPATCHING, lambda record: record.dispatched_at),
    **dict.fromkeys(_HANDLING, lambda record: record.last.finished_at),
    **dict.fromkeys(_CLOSING, lambda record: record.last.closed_at),
}
