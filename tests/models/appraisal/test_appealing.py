"""A colour is the person's own first; nobody hears of a red one before its appeal is over or was ruled."""

from datetime import datetime, timedelta

import pytest
import time_machine
from appraised import MONTH, NEXT_MONTH, a_bad_month, apart, coloured, stands_above
from cast import Cast, Someone
from factories import letters_to, told
from sqlalchemy import select

from models.appraisal import appealing, colouring, looking
from models.appraisal.appealing import TAKEN_OUT
from models.appraisal.rules import GREEN, RED
from models.appraisal.tables import Appeal, StaffWarning
from models.base.actor import By
from models.base.clock import SHANGHAI, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.case import reach
from models.case.case import Case
from models.duty import ladder
from models.indicator.period import month_at
from models.outbox.letter import Letter
from models.person.arriving import visitor_of
from models.person.tables import Staff
from models.place.version import raise_version

WORDS = "那几天停电"


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(apart(NEXT_MONTH), tick=False) as clock:
        yield clock


@pytest.fixture
def red(cast: Cast) -> StaffWarning:
    a_bad_month(cast)
    return coloured()[cast.li.id, "prompt"]


def kinds(someone: Someone) -> set[str]:
    return set(told(someone)) & {"own_colours", "appeal_waits", "appeal_ruled", "colour_stands"}


def heard_of(warning: StaffWarning) -> set[str]:
    query = select(Letter.kind).where(Letter.about_kind == "warning", Letter.about_id == warning.id)
    return set(session().scalars(query))


def all_end() -> None:
    while appealing.end_one():
        pass
    session().flush()


def test_a_red_figure_is_found_with_its_cases_and_told_to_the_person_alone(cast: Cast, red: StaffWarning):
    assert (red.colour, red.numerator, red.denominator) == (RED, 5, 10)
    assert sum(under for _, _, under in red.cases) == 10
    assert {one for one in vars(cast).values() if kinds(one)} == {cast.li}
    (letter,) = letters_to(cast.li, "own_colours")
    assert {line["indicator"] for line in letter.facts["lines"]} == {"prompt_handling_rate", "overdue_rate"}


def test_the_same_month_counted_again_writes_and_says_nothing_new(cast: Cast, red: StaffWarning):
    before = {key: (one.id, one.colour) for key, one in coloured().items()}
    for case in session().scalars(select(Case)):  # whatever becomes of the cases later
        case.void(By.staff(cast.zhao.id), "x", agreed_by=cast.leader.id) if case.state == "handling" else None
    session().flush()
    again = colouring.found(MONTH)
    assert colouring.enter(again, again.people) == 0
    assert {(one.person_id, one.rule.code): one.colour for several in again.people for one in several} == {
        key: colour for key, (_, colour) in before.items()
    }
    assert len(letters_to(cast.li, "own_colours")) == 1


def test_amber_and_red_stand_when_the_time_is_over_and_only_then_the_leader_hears(
    cast: Cast, red: StaffWarning, then
):
    stands_above(cast.ma)
    assert looking.standing(_visitor(cast.zhao), MONTH.name) == []
    then.move_to(red.appeal_until - timedelta(seconds=1))
    all_end()
    assert red.final_at is None
    then.move_to(red.appeal_until)
    all_end()
    assert (red.stands, red.final_at) == (RED, now())
    # 李 keeps a building and holds no rung: the desk answers for keepers
    assert kinds(cast.zhao) == {"colour_stands"}
    assert kinds(cast.qian) == set()
    assert red in looking.standing(_visitor(cast.zhao), MONTH.name)
    assert looking.standing(_visitor(cast.qian), MONTH.name) == []
    assert red in looking.standing(_visitor(cast.ma), MONTH.name)  # one rung above the building
    assert looking.standing(_visitor(cast.li), MONTH.name) == []


def test_a_grid_workers_red_goes_one_rung_up(cast: Cast, then):
    a_bad_month(cast, cast.sun)
    stands_above(cast.ma)
    until = coloured()[cast.sun.id, "prompt"].appeal_until
    then.move_to(until)
    all_end()
    assert kinds(cast.ma) == {"colour_stands"}
    assert kinds(cast.zhao) == set()


def test_an_appeal_holds_everything_until_somebody_else_has_ruled(cast: Cast, red: StaffWarning, then):
    assert appealing.appeal(red.id, cast.li.id, WORDS)
    assert not appealing.appeal(red.id, cast.li.id, WORDS)
    assert kinds(cast.zhao) == {"appeal_waits"}
    assert [warning.id for warning, _ in appealing.to_rule(cast.zhao.id)] == [red.id]
    then.shift(timedelta(days=60))
    all_end()
    assert red.final_at is None
    assert heard_of(red) == {"appeal_waits"}
    assert appealing.rule_on(red.id, By.staff(cast.zhao.id), upheld=False, reason="当天有电")
    assert not appealing.rule_on(red.id, By.staff(cast.leader.id), upheld=True, reason="x", rule="disaster")
    assert red.stands == RED
    assert "appeal_ruled" in kinds(cast.li)
    assert "colour_stands" in heard_of(red)


def test_upheld_it_takes_out_the_cases_or_the_colour_with_a_rule_and_a_reason(cast: Cast, red: StaffWarning):
    appealing.appeal(red.id, cast.li.id, WORDS)
    bad = [case for case, over, _ in red.cases if not over]
    by = By.staff(cast.zhao.id)
    with pytest.raises(Invalid, match="appeal_reason"):
        appealing.rule_on(red.id, by, upheld=True, reason=" ", rule="disaster")
    with pytest.raises(Invalid, match="removal_unknown"):
        appealing.rule_on(red.id, by, upheld=True, reason="停电", rule="because")
    with pytest.raises(Invalid, match="appeal_cases"):
        appealing.rule_on(red.id, by, upheld=True, reason="停电", rule="disaster", cases=[1])
    assert appealing.rule_on(red.id, by, upheld=True, reason="停电", rule="disaster", cases=bad)
    assert red.stands == TAKEN_OUT  # five are too few to say anything
    assert "colour_stands" not in kinds(cast.zhao)
    found = session().scalars(select(Appeal)).one()
    assert (found.ruling_rule, found.ruling_reason, found.taken_out) == ("disaster", "停电", sorted(bad))


def test_neither_the_person_nor_whoever_does_not_decide_there_rules(cast: Cast, red: StaffWarning):
    appealing.appeal(red.id, cast.li.id, WORDS)
    for who in (cast.li, cast.ma, cast.sun, cast.qian, cast.wang):
        with pytest.raises(NotAllowed, match="appeal_not_yours"):
            appealing.rule_on(red.id, By.staff(who.id), upheld=True, reason="x", rule="disaster")


def test_nobody_rules_on_somebody_above(cast: Cast):
    """The desk that holds the lowest rung of a grid, and the street above it."""
    stands_above(cast.ma, 2)
    stands_above(cast.zhao)
    assert ladder.posts(cast.ma.id)
    a_bad_month(cast, cast.ma)
    red = coloured()[cast.ma.id, "prompt"]
    appealing.appeal(red.id, cast.ma.id, WORDS)
    assert kinds(cast.zhao) == set()
    assert kinds(cast.leader) == {"appeal_waits"}
    with pytest.raises(NotAllowed):
        appealing.rule_on(red.id, By.staff(cast.zhao.id), upheld=True, reason="x", rule="disaster")
    assert appealing.rule_on(red.id, By.staff(cast.leader.id), upheld=False, reason="x")


def test_where_nobody_of_the_community_may_rule_the_level_above_rules(cast: Cast, then):
    """The only desk appeals; the street's post names another community."""
    stands_above(cast.ma, 2)
    a_bad_month(cast, cast.ma)
    red = coloured()[cast.ma.id, "prompt"]
    post_of(cast.ma).roles = ["community"]
    post_of(cast.zhao).active = False
    post_of(cast.leader).community_id = post_of(cast.qian).community_id
    raise_version()
    appealing.appeal(red.id, cast.ma.id, WORDS)
    assert kinds(cast.leader) == {"appeal_waits"}
    assert [warning.id for warning, _ in appealing.to_rule(cast.leader.id)] == [red.id]
    assert list(appealing.to_rule(cast.qian.id)) == []
    with pytest.raises(NotAllowed):
        appealing.rule_on(red.id, By.staff(cast.qian.id), upheld=False, reason="x")
    assert appealing.rule_on(red.id, By.staff(cast.leader.id), upheld=False, reason="当天有电")


def test_where_all_who_heard_of_an_appeal_have_left_whoever_may_rule_now_hears(cast: Cast, red: StaffWarning):
    post_of(cast.leader).active = False
    raise_version()
    appealing.appeal(red.id, cast.li.id, WORDS)
    post_of(cast.leader).active = True
    raise_version()
    assert appealing.tell_above() > 0
    assert kinds(cast.leader) == set()
    post_of(cast.zhao).active = False
    raise_version()
    after = 0
    while after := appealing.tell_above(after):
        pass
    assert kinds(cast.leader) == {"appeal_waits"}
    appealing.tell_above()
    assert len(letters_to(cast.leader, "appeal_waits")) == 1


def post_of(who: Someone) -> Staff:
    return session().scalars(select(Staff).where(Staff.person_id == who.id)).one()


def test_who_may_appeal_and_until_when(cast: Cast, red: StaffWarning, then):
    with pytest.raises(NotFound):
        appealing.appeal(red.id, cast.ma.id, WORDS)
    with pytest.raises(Invalid, match="appeal_words"):
        appealing.appeal(red.id, cast.li.id, "  ")
    green = next(one for one in coloured().values() if one.colour == GREEN)
    assert green.final_at is not None
    with pytest.raises(NotAllowed, match="appeal_over"):
        appealing.appeal(green.id, cast.li.id, WORDS)
    then.move_to(red.appeal_until)
    with pytest.raises(NotAllowed, match="appeal_over"):
        appealing.appeal(red.id, cast.li.id, WORDS)


def test_five_working_days_are_counted_by_the_calendar(red: StaffWarning):
    """1 December 2026 is a Tuesday."""
    assert red.appeal_until == datetime(2026, 12, 8, 17, tzinfo=SHANGHAI)


def test_without_the_calendar_of_the_year_nothing_becomes_final(cast: Cast, then, monkeypatch):
    monkeypatch.setattr(colouring, "appeal_until", lambda *_: None)
    a_bad_month(cast)
    red = coloured()[cast.li.id, "prompt"]
    assert red.appeal_until is None
    then.shift(timedelta(days=20))
    all_end()
    assert red.final_at is None
    assert appealing.date_some() == 0
    all_end()
    assert red.stands == RED


def test_the_number_opens_to_cases_that_are_there(cast: Cast, red: StaffWarning):
    assert all(reach.hold(case).taker_id == cast.li.id for case, _, _ in red.cases)


def test_a_month_without_enough_work_has_no_colours(cast: Cast):
    a_bad_month(cast, good=2, bad=2)
    assert coloured() == {}
    assert coloured(month_at(datetime(2026, 10, 1, tzinfo=SHANGHAI).date())) == {}


def _visitor(someone: Someone):
    found = visitor_of(someone.id, "work")
    assert found is not None
    return found
