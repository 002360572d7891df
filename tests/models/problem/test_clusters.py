"""Clusters and rates, by arithmetic alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.problem.clusters import Rule, Told, clusters, rules
from models.problem.figures import Rate

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
HOUSE = Rule("building", cases=4, buildings=1, people=3, days=60)
WHOLE = Rule("estate", cases=6, buildings=3, people=4, days=60)


def told(number: int, *, building: int | None = 3, person: int | None = None, days: float = 1) -> Told:
    return Told(number, 1, building, "drainage", person or number, NOON - timedelta(days=days))


def test_four_of_one_house_by_three_people_are_a_common_problem_and_it_says_why() -> None:
    (found,) = clusters([told(one) for one in (1, 2, 3)] + [told(4, person=3)], [HOUSE], NOON)
    assert (found.building_id, found.category, found.cases) == (3, "drainage", (1, 2, 3, 4))
    assert (found.people, found.rule) == (3, HOUSE)


@pytest.mark.parametrize(
    "few",
    [
        [told(one) for one in (1, 2, 3)],
        [told(one, person=7) for one in (1, 2, 3, 4)],
        [told(one, building=one) for one in (1, 2, 3, 4)],
        [told(one, building=None) for one in (1, 2, 3, 4)],
        [told(one) for one in (1, 2, 3)] + [told(4, days=60)],
        [told(one) for one in (1, 2, 3)] + [told(4)._replace(category="noise")],
    ],
    ids=["three", "one person", "four houses", "no house", "long ago", "another kind"],
)
def test_fewer_are_none(few: list[Told]) -> None:
    assert clusters(few, [HOUSE], NOON) == []


def test_callers_without_wechat_are_one_voice_each() -> None:
    (found,) = clusters([told(one)._replace(person=None) for one in (1, 2, 3, 4)], [HOUSE], NOON)
    assert found.people == 4


def test_an_estate_goes_before_its_houses_and_no_case_is_in_two() -> None:
    several = [told(one, building=one % 3) for one in range(1, 13)] + [told(20 + one) for one in range(4)]
    found = clusters(several, [WHOLE, HOUSE], NOON)
    assert [(one.building_id, len(one.cases)) for one in found] == [(None, 16)]


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 6), st.integers(0, 90)), max_size=40
    )
)
def test_every_cluster_keeps_its_rule_and_no_case_is_in_two(rows: list[tuple[int, int, int, int]]) -> None:
    several = [
        Told(number, estate, house, "drainage", person, NOON - timedelta(days=days))
        for number, (estate, house, person, days) in enumerate(rows)
    ]
    known = {one.case_id: one for one in several}
    found = clusters(several, [WHOLE, HOUSE], NOON)
    seen = [case for one in found for case in one.cases]
    assert len(seen) == len(set(seen))
    for one in found:
        of = [known[case] for case in one.cases]
        assert len(of) >= one.rule.cases
        assert len({case.person for case in of}) == one.people >= one.rule.people
        assert len({case.building_id for case in of}) == one.buildings >= one.rule.buildings
        assert all(NOON - case.at < timedelta(days=one.rule.days) for case in of)
        assert len({(case.estate_id, one.building_id and case.building_id) for case in of}) == 1


def test_the_rules_of_the_package_are_read() -> None:
    assert {one.place for one in rules()} == {"building", "estate"}


@pytest.mark.parametrize(
    ("right", "total", "tenths"),
    [(56, 76, 737), (111, 119, 933), (167, 195, 856), (0, 7, 0), (7, 7, 1000), (0, 0, None), (1, 16, 63)],
)
def test_the_published_rates(right: int, total: int, tenths: int | None) -> None:
    """The street of 西长发: 56 of 76 common, 111 of 119 single, 167 of 195 in all (requirements row 13)."""
    rate = Rate("common", right, total)
    assert (rate.tenths, rate.left) == (tenths, total - right)
