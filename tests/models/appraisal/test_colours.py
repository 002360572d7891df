"""Colours come from steps by rule, the same ones whenever they are asked; none of this needs a database."""

from dataclasses import replace
from datetime import date

import pytest
from chance_histories import AS_SHIPPED, CUT, FIRST, LIMITS, STAFF, START, History, histories
from hypothesis import given, settings
from hypothesis import strategies as st

from models.appraisal.appealing import DISMISSED, TAKEN_OUT, UPHELD, stands
from models.appraisal.colouring import Found, Tally, colours, tallies
from models.appraisal.rules import AMBER, GREEN, RED, Known, Rule, package
from models.appraisal.tables import Appeal, WarningRule
from models.indicator.counting import BY, count
from models.indicator.events import record_of
from models.indicator.formulas import RATES, View
from models.indicator.period import named
from models.indicator.record import Record

VIEW = View(START, CUT, AS_SHIPPED)
MONTH = named("2026-11")
PROMPT = Rule("prompt", "prompt_handling_rate", True, 9000, 8000, 10, 5)
REWORK = Rule("rework", "rework_rate", False, 1000, 2000, 10, 5)


def records(several: list[History]) -> list[Record]:
    known = [(one.place, [step for step in one.steps if step.at < CUT]) for one in several]
    return [record_of(place, steps, LIMITS) for place, steps in known if steps]


def found(several: list[History], *rules: Rule) -> list[tuple[int, str, str]]:
    counted = tallies(records(several), [one.indicator for one in rules], VIEW, frozenset())
    known = Known([a_row(one) for one in rules])
    several_people = colours(counted, dict.fromkeys(STAFF), known, MONTH)
    codes = {one.code for one in rules}
    return [(one.person_id, one.rule.code, one.colour) for people in several_people for one in people
            if one.rule.code in codes]  # fmt: skip


def a_row(rule: Rule, community: int | None = None, since: date = date(2026, 1, 1)) -> WarningRule:
    return WarningRule(
        community_id=community, code=rule.code, indicator=rule.indicator, since=since,
        higher_is_better=rule.higher_is_better, amber_per_10000=rule.amber, red_per_10000=rule.red,
        least=rule.least, appeal_days=rule.appeal_days, until=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "over", "under", "colour"),
    [
        (PROMPT, 9, 10, GREEN),
        (PROMPT, 89, 100, AMBER),
        (PROMPT, 8, 10, AMBER),
        (PROMPT, 79, 100, RED),
        (PROMPT, 0, 9, None),
        (REWORK, 1, 10, GREEN),
        (REWORK, 2, 10, AMBER),
        (REWORK, 3, 10, RED),
        (PROMPT._replace(least=1), 0, 0, None),
    ],
)
def test_a_threshold_itself_is_still_the_better_colour(
    rule: Rule, over: int, under: int, colour: str | None
) -> None:
    assert rule.colour(over, under) == colour


def test_a_weighted_rate_is_compared_as_people_read_it() -> None:
    content = Rule("content", "content_rate", True, 9000, 8000, 1, 5)
    assert content.colour(1790, 20) == AMBER  # 17.9 of 20 are 89.5 %


def test_the_rules_that_come_with_hemei_make_sense() -> None:
    for rule in package():
        assert rule.indicator in RATES
        assert rule.colour(rule.least if rule.higher_is_better else 0, rule.least) == GREEN
        assert rule.colour(0 if rule.higher_is_better else rule.least, rule.least) == RED


def test_a_community_has_its_own_rule_from_its_day_on() -> None:
    milder = PROMPT._replace(amber=5000, red=4000)
    known = Known([a_row(PROMPT._replace(amber=9500)), a_row(milder, 7, date(2026, 11, 1))])
    assert known.of(7, date(2026, 11, 30))["prompt"] == milder
    assert known.of(7, date(2026, 10, 31))["prompt"].amber == 9500
    assert known.of(8, date(2026, 11, 30))["prompt"].amber == 9500
    assert known.of(8, date(2025, 12, 31))["prompt"] == package()[0]


@given(st.integers(0, 2**32))
@settings(max_examples=20)
def test_the_number_behind_a_colour_is_the_indicators_own_and_opens_to_its_cases(seed: int) -> None:
    several = records(histories(seed, 40, FIRST, 45))
    counted = tallies(several, list(RATES), VIEW, frozenset({(several[0].id, "")}))
    figures = count(several, VIEW, frozenset({(several[0].id, "")}), BY["person"])
    for person in STAFF:
        for code in RATES:
            tally = counted.get((person, code), Tally())
            rate = figures[person].rates[code] if person in figures else None
            assert (tally.over, tally.under) == ((rate.over, rate.under) if rate else (0, 0))
            assert tally.over == sum(over for _, over, _ in tally.cases)
            assert tally.under == sum(under for _, _, under in tally.cases)


@given(st.integers(0, 2**32))
@settings(max_examples=10)
def test_what_happens_later_changes_no_colour(seed: int) -> None:
    rules = (PROMPT._replace(least=1), REWORK._replace(least=1))
    several = histories(seed, 40, FIRST, 45)
    before = found([one._replace(steps=[step for step in one.steps if step.at < CUT]) for one in several],
                   *rules)  # fmt: skip
    assert found(several, *rules) == before
    assert found(list(reversed(several)), *rules) == before


CASES = [(1, 0, 1), *((key, 1, 1) for key in range(2, 12))]


def an_appeal(ruling: str | None, *taken_out: int) -> Appeal:
    return Appeal(ruling=ruling, taken_out=list(taken_out))


@pytest.mark.parametrize(
    ("appeal", "left"),
    [
        (None, RED),
        (an_appeal(None), RED),
        (an_appeal(DISMISSED), RED),
        (an_appeal(UPHELD), TAKEN_OUT),
        (an_appeal(UPHELD, 1), GREEN),
        (an_appeal(UPHELD, 1, 2), TAKEN_OUT),  # nine are too few
        (an_appeal(UPHELD, 5), AMBER),
    ],
)
def test_an_upheld_appeal_takes_out_its_cases_or_the_whole_colour(appeal: Appeal | None, left: str) -> None:
    assert stands(PROMPT._replace(amber=9050), RED, CASES, appeal) == left


def test_who_has_too_few_has_no_colour_at_all() -> None:
    counted = {(101, "rework_rate"): Tally(9, 9, []), (102, "rework_rate"): Tally(0, 10, [])}
    several = list(colours(counted, {101: None, 102: None, 103: None}, Known([]), MONTH))
    assert [one.person_id for people in several for one in people] == [102]
    assert isinstance(several[0][0], Found)
    assert replace(counted[102, "rework_rate"]).over == 0
