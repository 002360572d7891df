"""A place says for itself when a common problem is proposed, from a day on."""

from datetime import date, timedelta

import pytest
import time_machine
from cast import Cast
from factories import a_case, spot
from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.problem.cluster_rules import listed, rules_of, set_rule
from models.problem.clusters import Rule, rules
from models.problem.suggesting import suggest_some
from models.problem.tables import Problem

FEW = Rule("building", 2, 1, 1, 30)


def a_day(days: int = 1) -> date:
    return local(now()).date() + timedelta(days=days)


def test_the_communitys_rule_comes_before_the_towns_and_both_before_the_packages(cast: Cast) -> None:
    here, by = spot().community_id, By.staff(cast.leader.id)
    set_rule(FEW._replace(cases=3), community_id=None, since=a_day(), source="town", by=by)
    set_rule(FEW, community_id=here, since=a_day(2), source="here", by=By.staff(cast.zhao.id))
    assert rules_of(here) == rules()
    assert [one.cases for one in rules_of(here, a_day(1)) if one.place == "building"] == [3]
    assert [one for one in rules_of(here, a_day(2)) if one.place == "building"] == [FEW]
    assert [one.cases for one in rules_of(None, a_day(2)) if one.place == "building"] == [3]
    assert [one.place for one in rules_of(here, a_day(2))] == [one.place for one in rules()]


def test_what_held_before_ends_the_day_the_next_begins(cast: Cast) -> None:
    here, by = spot().community_id, By.staff(cast.zhao.id)
    for days in (5, 1):
        rule = FEW._replace(cases=days + 1)
        set_rule(rule, community_id=here, since=a_day(days), source="here", by=by)
    assert [(one.since, one.until) for one in listed()] == [(a_day(1), a_day(5)), (a_day(5), None)]


def test_who_does_not_decide_there_and_what_makes_no_sense_is_refused(cast: Cast) -> None:
    here, by = spot().community_id, By.staff(cast.zhao.id)
    with pytest.raises(NotAllowed):
        set_rule(FEW, community_id=here, since=a_day(), source="x", by=By.staff(cast.qian.id))
    with pytest.raises(NotAllowed):
        set_rule(FEW, community_id=None, since=a_day(), source="x", by=by)
    with pytest.raises(Invalid, match="from_tomorrow"):
        set_rule(FEW, community_id=here, since=a_day(0), source="x", by=by)
    for rule in (FEW._replace(people=3), FEW._replace(days=0), FEW._replace(place="moon")):
        with pytest.raises(Invalid, match="cluster_wrong"):
            set_rule(rule, community_id=here, since=a_day(), source="x", by=by)


def test_a_place_that_asks_for_fewer_is_proposed_one_sooner(cast: Cast) -> None:
    with time_machine.travel(now() - timedelta(days=2)):
        set_rule(FEW, community_id=spot().community_id, since=a_day(), source="x", by=By.staff(cast.zhao.id))
    for who in (cast.wang, cast.rider):
        a_case(reporter=who, text="下水堵了", category="drainage")
    assert suggest_some()
    assert session().execute(select(func.count(Problem.id))).scalar_one() == 1
