"""What a number may be polished with: listed with its cases for a person to look at, never counted silently.

Thresholds are settings of the place. To be listed is no reproach: the emergency that was over in a minute is
here too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from models.base.clock import now
from models.case.reach import visible_to
from models.indicator.asking import TOWN, Scope, view_of
from models.indicator.formulas import View
from models.indicator.period import Period
from models.indicator.reading import records
from models.indicator.record import YES, Record, Round
from models.person.arriving import Visitor


class Found(NamedTuple):
    """`code`: quick_close | self_made | repeated. `person`: whoever of the staff finished it, None for a
    resident's own reports. `minutes` from 接单 to 办结, where that is what is odd."""

    code: str
    cases: tuple[int, ...]
    person: int | None = None
    minutes: int | None = None


def detected(period: Period, scope: Scope = TOWN, *, reader: Visitor | None = None) -> list[Found]:
    """Of the cases that `reader` may see, all without one."""
    view = view_of(period, scope, now())
    seen = [*scope.which(), *([visible_to(reader)] if reader is not None else [])]
    found = detect(records(view, *seen), view)
    return [one for one in found if scope.alone is None or one.person in (None, scope.alone)]


def detect(several: Iterable[Record], view: View) -> Iterator[Found]:
    """Pure."""
    reports: dict[tuple[int, str, int], list[Record]] = defaultdict(list)
    on_the_spot: dict[int, list[int]] = defaultdict(list)
    for record in several:
        for one in record.rounds:
            if (minutes := _quick(one, view)) is not None:
                yield Found("quick_close", (record.id,), one.finisher, minutes)
        if (alone := _self_made(record, view)) is not None and alone.finisher is not None:
            if alone.has_photo and alone.close_kind == "unasked":
                on_the_spot[alone.finisher].append(record.id)
            else:
                yield Found("self_made", (record.id,), alone.finisher)
        key = _same(record)
        if key is not None and view.holds(record.received_at):
            reports[key].append(record)
    for person, cases in on_the_spot.items():
        if len(cases) >= view.settings.self_made_times:
            yield Found("self_made", tuple(cases), person)
    for same in reports.values():
        if len(same) >= view.settings.repeated_times:
            yield from _repeated(same, view)


def _quick(one: Round, view: View) -> int | None:
    """Minutes of what was said to be done so soon that one would like to see it: without a photo, or closed
    by nobody's word."""
    if one.accepted_at is None or not view.holds(one.finished_at):
        return None
    assert one.finished_at is not None
    took = one.finished_at - one.accepted_at
    is_odd = not one.has_photo or one.close_kind == "default"
    if not is_odd or took > timedelta(minutes=view.settings.quick_minutes):
        return None
    return max(0, int(took.total_seconds() // 60))


def _self_made(record: Record, view: View) -> Round | None:
    """What the same person reported and finished, without a photo or without a yes of anybody else when it
    was over. What was solved on the spot with its photo and had nobody to ask is odd only in numbers."""
    told = {record.place.reporter_id, record.place.entered_by}
    if record.reported_by_staff:
        told.add(record.reporter)
    for one in record.rounds:
        if not view.holds(one.finished_at) or one.finisher is None or one.finisher not in told:
            continue
        is_over = one.closed_at is not None or one.objected_at is not None
        confirmed = any(word.verdict == YES and word.person != one.finisher for word in one.words)
        if not one.has_photo or (is_over and not confirmed):
            return one
    return None


def _same(record: Record) -> tuple[int, str, int] | None:
    place = record.place
    if place.reporter_id is None or place.category is None or place.building_id is None:
        return None
    return (place.reporter_id, place.category, place.building_id)


def _repeated(same: Sequence[Record], view: View) -> Iterator[Found]:
    """Stretches of reports of which so many lie within so many days; each report is in one of them."""
    several = sorted(same, key=lambda one: one.received_at)
    times, days = view.settings.repeated_times, timedelta(days=view.settings.repeated_days)
    in_one = [False] * len(several)
    for start in range(len(several) - times + 1):
        if several[start + times - 1].received_at - several[start].received_at < days:
            in_one[start : start + times] = [True] * times
    stretch: list[int] = []
    for record, is_in in zip(several, in_one, strict=True):
        if is_in:
            stretch.append(record.id)
        elif stretch:
            yield Found("repeated", tuple(stretch))
            stretch = []
    if stretch:
        yield Found("repeated", tuple(stretch))
