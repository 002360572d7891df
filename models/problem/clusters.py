"""Which cases look like one common problem, and why. Pure: cases and rules are handed in."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from models.base.resources import table


class Told(NamedTuple):
    """A case, as much of it as matters here. `person` is None for a caller without WeChat: one voice each."""

    case_id: int
    estate_id: int
    building_id: int | None
    category: str
    person: int | None
    at: datetime


class Rule(NamedTuple):
    place: str  # building | estate
    cases: int
    buildings: int
    people: int
    days: int


class Cluster(NamedTuple):
    """`building_id` is None for a whole estate. `people` and `buildings` say why, with the rule."""

    rule: Rule
    estate_id: int
    building_id: int | None
    category: str
    cases: tuple[int, ...]
    people: int
    buildings: int


def rules() -> tuple[Rule, ...]:
    return tuple(Rule(**said) for said in _table()["clusters"])


def not_categories() -> frozenset[str]:
    return frozenset(_table()["not_categories"])


def clusters(told: Iterable[Told], by: Iterable[Rule], at: datetime) -> list[Cluster]:
    """Those of a moment, the first rule's first; no case is in two."""
    left = sorted(told)
    found: list[Cluster] = []
    for rule in by:
        for cluster in _of_rule(left, rule, at):
            found.append(cluster)
            taken = set(cluster.cases)
            left = [one for one in left if one.case_id not in taken]
    return found


def _of_rule(left: list[Told], rule: Rule, at: datetime) -> list[Cluster]:
    groups: dict[tuple[int, int, str], list[Told]] = defaultdict(list)
    since = at - timedelta(days=rule.days)
    for one in left:
        if since < one.at <= at and (rule.place == "estate" or one.building_id is not None):
            building = one.building_id or 0
            groups[one.estate_id, 0 if rule.place == "estate" else building, one.category].append(one)
    found = []
    for (estate, building, category), several in sorted(groups.items()):
        people = len({("person", one.person) if one.person else ("case", one.case_id) for one in several})
        buildings = len({one.building_id for one in several if one.building_id is not None})
        if len(several) >= rule.cases and people >= rule.people and buildings >= rule.buildings:
            cases = tuple(one.case_id for one in several)
            found.append(Cluster(rule, estate, building or None, category, cases, people, buildings))
    return found


def _table() -> dict[str, Any]:
    return table("rules/problems.toml")
