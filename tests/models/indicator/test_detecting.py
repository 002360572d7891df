"""What a number may be polished with is listed, never counted silently."""

from typing import Any

import pytest
from chance_histories import AS_SHIPPED, CUT, LIMITS, START, History, a_history

from models.indicator.detecting import Found, detect
from models.indicator.events import record_of
from models.indicator.formulas import View

MINUTE = 1 / 1440


def found(*several: History) -> list[Found]:
    records = [record_of(one.place, one.steps, LIMITS) for one in several]
    return list(detect(records, View(START, CUT, AS_SHIPPED)))


def mended(minutes: float, reason: str | None, kind: str = "nod") -> History:
    facts = {"claim": "mended", "no_photo_reason": reason}
    return a_history(
        1, (1.0, "", {}), (1.0, "dispatched", {}), (1.1, "accepted", {}),
        (1.1 + minutes * MINUTE, "finished", facts), (1.5, "closed", {"kind": kind}),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("minutes", "reason", "kind", "is_listed"),
    [
        (2, "手机坏了", "nod", True),
        (2, None, "default", True),
        (2, None, "nod", False),
        (3, "手机坏了", "nod", True),
        (3.1, "手机坏了", "nod", False),
    ],
)
def test_what_was_done_at_once_without_a_photo_or_anybodys_word_is_listed(
    minutes: float, reason: str | None, kind: str, is_listed: bool
) -> None:
    listed = found(mended(minutes, reason, kind))
    assert [one.code for one in listed] == (["quick_close"] if is_listed else [])
    if is_listed:
        assert listed[0] == ("quick_close", (1,), 101, int(minutes))


def test_what_somebody_reported_and_finished_alone_is_listed() -> None:
    one = mended(60, None)
    own = one.steps[0]._replace(by_kind="staff", by_id=101)
    by_staff = History(one.place._replace(reporter_id=None, entered_by=101), [own, *one.steps[1:]])
    as_resident = History(one.place._replace(reporter_id=101), one.steps)
    assert found(by_staff) == found(as_resident) == [Found("self_made", (1,), 101)]
    assert not found(one)


def self_made(reason: str | None, kind: str, by: tuple[str, int | None], case: int = 1) -> History:
    """Entered and finished by 101, closed like that."""
    one = mended(60, reason, kind)
    first = one.steps[0]._replace(by_kind="staff", by_id=101)
    last = one.steps[-1]._replace(by_kind=by[0], by_id=by[1])
    steps = [step._replace(case_id=case) for step in (first, *one.steps[1:-1], last)]
    return History(one.place._replace(id=case, reporter_id=None, entered_by=101), steps)


@pytest.mark.parametrize(
    ("reason", "kind", "by", "is_listed"),
    [
        (None, "nod", ("person", 201), False),
        (None, "nod_by_phone", ("staff", 103), False),
        ("手机坏了", "nod", ("person", 201), True),
        (None, "default", ("system", None), True),
        (None, "unasked", ("system", None), False),
        ("手机坏了", "unasked", ("system", None), True),
    ],
)
def test_it_is_odd_without_a_photo_or_anybody_elses_yes(
    reason: str | None, kind: str, by: tuple[str, int | None], is_listed: bool
) -> None:
    assert bool(found(self_made(reason, kind, by))) is is_listed


def test_what_waits_for_its_nod_is_not_odd_yet() -> None:
    one = self_made(None, "nod", ("person", 201))
    assert not found(History(one.place, one.steps[:-1]))


@pytest.mark.parametrize(("times", "is_listed"), [(19, False), (20, True)])
def test_solved_on_the_spot_with_a_photo_it_is_odd_only_in_numbers(times: int, is_listed: bool) -> None:
    several = [self_made(None, "unasked", ("system", None), case) for case in range(1, times + 1)]
    listed = found(*several)
    assert listed == ([Found("self_made", tuple(range(1, times + 1)), 101)] if is_listed else [])


def reports(*days: float, **place: Any) -> list[History]:
    made = [a_history(key, (day, "", {}), (day, "dispatched", {})) for key, day in enumerate(days, 1)]
    return [History(one.place._replace(**place), one.steps) for one in made]


@pytest.mark.parametrize(
    ("days", "cases"),
    [
        ((1, 2, 3), [(1, 2, 3)]),
        ((1, 2, 9), []),
        ((1, 4, 7.99), [(1, 2, 3)]),
        ((1, 4, 8), []),
        ((1, 2, 3, 9, 10, 11), [(1, 2, 3, 4, 5, 6)]),
        ((1, 2, 3, 20, 21, 22, 29), [(1, 2, 3, 4, 5, 6)]),
        ((1, 2), []),
    ],
)
def test_who_reports_the_same_again_and_again_is_listed_with_the_cases(
    days: tuple[float, ...], cases: list[tuple[int, ...]]
) -> None:
    assert [one.cases for one in found(*reports(*days))] == cases


def test_what_several_people_report_is_no_repetition() -> None:
    several = reports(1, 2, 3)
    apart = [History(one.place._replace(reporter_id=one.place.id), one.steps) for one in several]
    elsewhere = [History(one.place._replace(building_id=one.place.id), one.steps) for one in several]
    assert not found(*apart)
    assert not found(*elsewhere)
