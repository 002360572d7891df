"""The list of the desk: filtered, in an order, page by page, as far as one may see.

Pages go on from the last case (no row is counted or passed over), and every look is bounded: cases are looked
through in stretches of their numbers that grow, and when the time for one page is over the page says from
where to go on. So a page costs the same among a thousand cases and among a million.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, select, true, tuple_

from models.base.orm import session
from models.case.case import Case
from models.case.listing_rows import ends, found_by, with_limit
from models.case.listing_terms import Filters, wanted
from models.case.search import Word, among, candidates, holding, words_of
from models.person.arriving import Visitor

T = TypeVar("T")

PAGE = 50
COUNTED = 1_000  # "1 000+" is said beyond
SECONDS = 0.04  # looked for one page, then somebody asks to go on
FIRST_STRETCH, GROWS = 8_192, 4  # numbers
DUE_AT_ONCE = 640
BY_DUE = ("due", "due_last")
AT_ONCE = 64  # cases whose words are read: a little more than a page shows
WRITTEN_AT_ONCE = 500  # into a file


@dataclass(frozen=True, slots=True)
class After:
    """Behind which case a page begins; `due_at` where that is the order."""

    case_id: int
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`count`: how many there are in all, as far as it was counted (`more`: there are more); None on later
    pages. `next`: where it goes on, None at the end; `is_cut`: there the time was over, not the page."""

    cases: Sequence[Case]
    next: After | None
    count: int | None
    more: bool
    is_cut: bool


@dataclass(slots=True)
class _Look:
    """What was found, and where the look stopped, if before the end."""

    found: list[int]
    stopped: After | None = None


def page(
    visitor: Visitor,
    filters: Filters,
    after: After | None = None,
    *,
    seconds: float | None = None,
    most: int = PAGE,
) -> Page:
    """One page, of `most` cases, of what this person may see of it."""
    until = time.perf_counter() + (SECONDS if seconds is None else seconds)
    words = words_of(filters.words)
    if filters.words.strip():
        look = _look_for_words(visitor, filters, words, after, most + 1, until)
    else:
        look = _look(visitor, filters, after, most + 1 if after else max(most, COUNTED) + 1, until)
    here = loaded(look.found[:most])
    is_full = len(look.found) > most
    last = After(here[-1].id, here[-1].due_at if filters.order in BY_DUE else None) if is_full else None
    counted = most if filters.words.strip() else COUNTED
    return Page(
        here,
        next=last or look.stopped,
        count=None if after is not None else min(len(look.found), counted),
        more=look.stopped is not None or len(look.found) > counted,
        is_cut=look.stopped is not None and not is_full,
    )


def beside(visitor: Visitor, filters: Filters, case: Case) -> tuple[int | None, int | None]:
    """The cases before and behind this one in the list, as far as they are near."""
    here = After(case.id, case.due_at)
    turned = {"newest": "oldest", "oldest": "newest", "due": "due_last"}[filters.order]
    found = [
        page(visitor, replace(filters, order=order), here, most=1).cases for order in (turned, filters.order)
    ]
    before, behind = (cases[0].id if cases else None for cases in found)
    return before, behind


def numbers(visitor: Visitor, filters: Filters, most: int) -> list[int]:
    """The ids of the first `most` cases, however long it takes: for what is done with all of them."""
    words = words_of(filters.words)
    if filters.words.strip():
        return _look_for_words(visitor, filters, words, None, most, math.inf).found
    return _look(visitor, filters, None, most, math.inf).found


def every(visitor: Visitor, filters: Filters) -> Iterator[Sequence[Case]]:
    """All of them, a page at a time, so that a file of a million is no larger in memory than one page."""
    after: After | None = None
    while True:
        part = page(visitor, filters, after, seconds=1.0, most=WRITTEN_AT_ONCE)
        yield part.cases
        session().expunge_all()
        if part.next is None:
            return
        after = part.next


def loaded(ids: Sequence[int]) -> list[Case]:
    """The cases of these ids, in their order."""
    by_id = {case.id: case for case in session().scalars(select(Case).where(Case.id.in_(ids)))}
    return [by_id[one] for one in ids if one in by_id]


def _look(visitor: Visitor, filters: Filters, after: After | None, most: int, until: float) -> _Look:
    if filters.order in BY_DUE:
        return _Look([row.id for row in session().execute(_by_due(visitor, filters, after).limit(most))])
    upwards = filters.order == "oldest"
    between, order = found_by(visitor, filters), Case.id if upwards else Case.id.desc()
    low, high = ends(visitor, filters)
    if after is not None:
        low, high = (max(low, after.case_id + 1), high) if upwards else (low, min(high, after.case_id - 1))
    found: list[int] = []
    size, began = FIRST_STRETCH, time.perf_counter()
    while low <= high:
        first, last = (low, min(high, low + size - 1)) if upwards else (max(low, high - size + 1), high)
        query = select(Case.id).where(between(first, last))
        found += session().scalars(query.order_by(order).limit(most - len(found)))
        if len(found) >= most:
            break
        low, high = (last + 1, high) if upwards else (low, first - 1)
        ended = time.perf_counter()
        if ended >= until and low <= high:
            return _Look(found, After(last if upwards else first))
        # as much more as takes half of the time that is left, because what is older is read from a disk
        size = max(FIRST_STRETCH, int(size * min(GROWS, (until - ended) / 2 / (ended - began))))
        began = ended
    return _Look(found)


def _by_due(visitor: Visitor, filters: Filters, after: After | None) -> Select[int, datetime | None]:
    """What turns red first."""
    query = select(Case.id, Case.due_at).where(with_limit(visitor, filters))
    both, turned = tuple_(Case.due_at, Case.id), filters.order == "due_last"
    if after is not None and after.due_at is not None:
        last = tuple_(after.due_at, after.case_id)
        query = query.where(both < last if turned else both > last)
    return query.order_by(*((Case.due_at.desc(), Case.id.desc()) if turned else (Case.due_at, Case.id)))


def _look_for_words(
    visitor: Visitor,
    filters: Filters,
    words: Sequence[Word],
    after: After | None,
    most: int,
    until: float,
) -> _Look:
    found: list[int] = []
    passed: After | None = None
    for ids, end in _portions(visitor, filters, words, after):
        if passed is not None and time.perf_counter() >= until:
            return _Look(found, passed)
        found += [case.id for case in holding(loaded(ids), words)] if ids else []
        if len(found) >= most:
            return _Look(found[:most])
        passed = end
    return _Look(found)


def _portions(
    visitor: Visitor, filters: Filters, words: Sequence[Word], after: After | None
) -> Iterator[tuple[list[int], After]]:
    """Cases that may hold the words and are wanted, in the order of the list, each portion with its end."""
    if filters.order in BY_DUE:
        while rows := session().execute(_by_due(visitor, filters, after).limit(DUE_AT_ONCE)).all():
            maybe = among([row.id for row in rows], words)
            for due in _some(rows):
                after = After(due[-1].id, due[-1].due_at)
                yield [row.id for row in due if row.id in maybe], after
        return
    upwards = filters.order == "oldest"
    start = after.case_id if after is not None else 0 if upwards else None
    term = wanted(visitor, filters).is_(true())
    for portion in candidates(words, **{"after" if upwards else "before": start}):
        for some in _some(portion):
            query = select(Case.id).where(Case.id.in_(some), term)
            yield (
                list(session().scalars(query.order_by(Case.id if upwards else Case.id.desc()))),
                After(some[-1]),
            )


def _some(them: Sequence[T]) -> Iterator[Sequence[T]]:
    return (them[at : at + AT_ONCE] for at in range(0, len(them), AT_ONCE))
