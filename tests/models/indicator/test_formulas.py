"""Every formula against another way of counting, over histories made by chance."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from chance_histories import AS_SHIPPED, CUT, FIRST, LIMITS, START, History, a_history, histories
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_figures import slow

from models.indicator.counting import BY, Figures, count, marks, times
from models.indicator.events import Dues, record_of
from models.indicator.formulas import MINUTES, RATES, View
from models.indicator.record import Record
from models.indicator.settings import Settings


def records(several: list[History], cut: datetime = CUT) -> list[Record]:
    known = [(one.place, [step for step in one.steps if step.at < cut]) for one in several]
    return [record_of(place, steps, LIMITS) for place, steps in known if steps]


def figures(several: list[History], kept: Settings = AS_SHIPPED) -> Figures:
    return count(records(several), View(START, CUT, kept))[None]


kept_settings = st.builds(
    lambda early, on_time, extension: replace(
        AS_SHIPPED, early=early, on_time=on_time, extension_of=extension
    ),
    st.sampled_from(["left_out", "counted"]),
    st.sampled_from(["finished", "closed"]),
    st.sampled_from(["closing", "handling"]),
)


@settings(max_examples=60)
@given(st.integers(0, 2**32), kept_settings)
def test_every_rate_is_what_counting_by_hand_gives(seed: int, kept: Settings) -> None:
    several = histories(seed, 25, FIRST, 45)
    found = figures(several, kept)
    for code in RATES:
        rate = found.rates[code]
        assert (rate.over, rate.under, found.left_out[code]) == slow(code, several, START, CUT, kept), code


@given(st.integers(0, 2**32))
@settings(max_examples=20)
def test_no_rate_is_above_one_and_opens_to_what_it_counts(seed: int) -> None:
    several = histories(seed, 25, FIRST, 45)
    found, view = figures(several), View(START, CUT, AS_SHIPPED)
    for code, rate in found.rates.items():
        assert 0 <= rate.over <= rate.under * rate.scale
        opened = [mark for _, mark in marks(records(several), code, view)]
        assert (sum(one.over for one in opened), sum(one.under for one in opened)) == (rate.over, rate.under)
    for code in MINUTES:
        assert len(list(times(records(several), code, view))) == found.minutes[code].cases


@given(st.integers(0, 2**32), st.sampled_from(sorted(BY)))
@settings(max_examples=20)
def test_groups_add_up_to_the_whole(seed: int, by: str) -> None:
    several = histories(seed, 25, FIRST, 45)
    view = View(START, CUT, AS_SHIPPED)
    whole, groups = figures(several), count(records(several), view, by=BY[by]).values()
    for code, rate in whole.rates.items():
        assert sum(one.rates[code].over for one in groups) == rate.over
        assert sum(one.rates[code].under for one in groups) == rate.under
    for code, minutes in whole.minutes.items():
        assert sum(one.minutes[code].cases for one in groups) == minutes.cases


@given(st.integers(0, 2**32))
@settings(max_examples=20)
def test_what_happens_after_the_period_changes_nothing_of_it(seed: int) -> None:
    several = histories(seed, 25, FIRST, 45)
    cut = [History(one.place, [step for step in one.steps if step.at < CUT]) for one in several]
    assert figures(several) == figures([one for one in cut if one.steps])


def test_what_was_removed_counts_in_nothing_and_says_why() -> None:
    several = histories(7, 40, FIRST, 45)
    view = View(START, CUT, AS_SHIPPED)
    every = frozenset((one.place.id, "") for one in several)
    found = count(records(several), view, every)[None]
    assert all(rate.under == 0 for rate in found.rates.values())
    assert found.left_out["closing_rate"]["removed"] > 0
    some = frozenset((one.place.id, "closing_rate") for one in several)
    found = count(records(several), view, some)[None]
    assert found.rates["closing_rate"].under == 0
    assert found.rates["prompt_closing_rate"].under > 0


def of_tianmen() -> list[History]:
    """972 due, 911 closed, 737 of them in time (天门, December 2016)."""
    made = []
    for key in range(972):
        finished, closed = (0.5, 0.6) if key < 737 else (3.0, 3.1)
        steps: list[tuple[float, str, dict[str, object]]] = [(0.1, "", {}), (0.1, "dispatched", {})]
        if key < 911:
            steps += [
                (0.2, "accepted", {}), (finished, "finished", {"claim": "mended"}),
                (closed, "closed", {"kind": "default"}),
            ]  # fmt: skip
        made.append(a_history(key + 1, *steps))
    return made


def test_a_citys_month_comes_out_as_it_was_published() -> None:
    found = figures(of_tianmen()).rates
    assert found["closing_rate"].written(2) == "911/972 = 93.72%"
    assert found["prompt_closing_rate"].written(2) == "737/972 = 75.82%"
    assert found["late_closing_rate"].written() == "174/972 = 17.9%"
    assert found["overdue_rate"].written() == "61/972 = 6.3%"


def test_more_may_be_due_than_came_in_because_older_cases_fall_due() -> None:
    """The trap of Zhengzhou: 52 434 due of 51 571 received."""
    old = [a_history(key, (-9.0, "", {}), (-9.0, "dispatched", {})) for key in (1, 2, 3)]
    new = [a_history(key, (0.5, "", {}), (0.5, "dispatched", {})) for key in (4, 5)]
    found = figures([*old, *new]).rates
    assert (found["filing_rate"].under, found["closing_rate"].under) == (2, 5)


@pytest.mark.parametrize(("early", "said"), [("left_out", "—"), ("counted", "1/1 = 100.0%")])
def test_what_was_done_early_is_in_no_month_or_in_the_one_in_which_it_was_done(early: str, said: str) -> None:
    steps = [
        (29.9, "", {}), (29.9, "dispatched", {}), (29.92, "accepted", {}),
        (29.94, "finished", {"claim": "mended"}), (29.96, "closed", {"kind": "default"}),
    ]  # fmt: skip
    found = figures([a_history(1, *steps)], replace(AS_SHIPPED, early=early))  # type: ignore[arg-type]
    assert found.rates["closing_rate"].written() == said
    assert found.left_out["closing_rate"] == ({"early": 1} if early == "left_out" else {})


@pytest.mark.parametrize(("deferred", "under"), [("counted", 1), ("left_out", 0)])
def test_what_is_put_off_is_due_or_not_as_the_place_says(deferred: str, under: int) -> None:
    until = (START + timedelta(days=60)).isoformat()
    put_off = a_history(1, (0.1, "", {}), (0.1, "dispatched", {}), (0.2, "deferred", {"until": until}))
    kept = replace(AS_SHIPPED, deferred=deferred)
    records = [record_of(put_off.place, put_off.steps, lambda *_: Dues(finish=(START + timedelta(days=2),)))]
    assert count(records, View(START, CUT, kept))[None].rates["closing_rate"].under == under


def test_a_limit_that_nobody_knows_makes_nothing_due_and_nothing_late() -> None:
    """A year whose calendar was not entered: reported all the same (models/workdays)."""
    one = a_history(1, (0.1, "", {}), (0.1, "dispatched", {}), (0.2, "accepted", {}))
    unknown = record_of(one.place, [step._replace(facts={}) for step in one.steps], LIMITS)
    found = count([unknown], View(START, CUT, AS_SHIPPED))[None]
    assert found.rates["handling_rate"].under == found.rates["closing_rate"].under == 0
    assert found.left_out["closing_rate"] == {"no_due": 1}
    assert found.rates["done_rate"].under == 1


def test_persons_are_counted_by_persons_and_cases_by_cases() -> None:
    """Two who met the same thing rate one case: 结案 counts one, 满意率 two."""
    steps = [
        (0.1, "", {}), (0.1, "dispatched", {}), (0.2, "accepted", {}), (0.3, "finished", {"claim": "mended"}),
    ]  # fmt: skip
    one = a_history(1, *steps)  # type: ignore[arg-type]
    last = one.steps[-1]
    for person, what, facts in (
        (201, "closed", {"kind": "nod"}),
        (201, "rated", {"grade": 5}),
        (202, "rated", {"grade": 4}),
    ):
        one.steps.append(last._replace(what=what, by_kind="person", by_id=person, facts=facts))
    found = figures([one]).rates
    assert found["closing_rate"].counted == "1/1"
    assert found["satisfaction_rate"].counted == found["solution_rate"].counted == "2/2"


@pytest.mark.parametrize(("day", "counts"), [(0.0, True), (-1 / 86400, False), (30.0, False)])
def test_a_period_holds_its_first_moment_and_not_the_one_after_its_last(day: float, counts: bool) -> None:
    one = a_history(1, (day, "", {}), (day, "dispatched", {}))
    found = count([record_of(one.place, one.steps, LIMITS)], View(START, CUT, AS_SHIPPED))[None]
    assert found.rates["filing_rate"].under == counts


@pytest.mark.parametrize(("seconds", "due"), [(-1, 1), (0, 0)])
def test_what_falls_due_with_the_end_of_a_period_belongs_to_the_next_one(seconds: int, due: int) -> None:
    one = a_history(1, (29 + seconds / 86400, "", {}))  # due after 1440 minutes
    assert figures([one]).rates["handling_rate"].under == due


@pytest.mark.parametrize(("seconds", "over"), [(0, 1), (1, 0)])
def test_what_is_done_at_its_very_limit_is_in_time(seconds: int, over: int) -> None:
    steps = [(0.0, "", {}), (0.0, "accepted", {}), (1 + seconds / 86400, "finished", {"claim": "mended"})]
    assert figures([a_history(1, *steps)]).rates["prompt_handling_rate"].counted == f"{over}/1"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "counts"),
    [("patrol", 1), ("work", 1), ("visit", 1), ("phone", 0), ("walk_in", 0), ("chat", 0), ("mini", 0)],
)
def test_what_somebody_on_duty_brings_is_the_collectors(source: str, counts: int) -> None:
    """有效上报率 is of collectors: also of what they bring from doors, and of nothing that people say."""
    came = a_history(1, (0.1, "", {}), (0.1, "dispatched", {}))
    rate = figures([came._replace(place=came.place._replace(source=source))]).rates["valid_report_rate"]
    assert rate.under == counts


def test_what_was_solved_on_the_spot_is_filed_and_was_nothing_to_dispatch() -> None:
    steps = [(0.1, "", {}), (0.1, "finished", {"level": "spot"}), (0.1, "closed", {"kind": "unasked"})]
    found = figures([a_history(1, *steps)]).rates  # type: ignore[arg-type]
    assert found["filing_rate"].counted == "1/1"
    assert found["dispatch_rate"].under == found["right_dispatch_rate"].under == 0
    assert found["level_spot"].counted == "1/1"
