"""The ledger of problems (row 13): proposed, confirmed by a person, owned, put right with its cases."""

from datetime import date, timedelta

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_case, letters_to, spot, steps, told
from sqlalchemy import select

from handlers import words
from models.base.actor import By
from models.base.checkdigit import with_check
from models.base.clock import ago, local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.case.case import Case
from models.case.lifecycle import State
from models.history import steps_about
from models.person.arriving import visitor_of
from models.problem import deferring, keeping, putting_right
from models.problem.figures import rates
from models.problem.listing import cases_of, line, listed, whole
from models.problem.reminding import remind_some
from models.problem.suggesting import suggest_some
from models.problem.tables import Problem

WORK = ("屋面防水专项", 2027)


def day(days: int) -> date:
    return local(now()).date() + timedelta(days=days)


def a_problem(cast: Cast, *, confirmed: bool = True, kind: str = "common", work: bool = False) -> Problem:
    problem = keeping.propose(cast.zhao.id, kind, "3号楼下水总堵", "一到晚上就返水", spot(), "drainage")
    if confirmed:
        held = WORK if work else ("", None)
        keeping.confirm(
            problem,
            cast.zhao.id,
            owner_id=cast.sun.id,
            next_on=day(30),
            yearly_work=held[0],
            yearly_on=held[1],
        )
    return problem


def a_clogged(cast: Cast, who: Someone, **more: object) -> Case:
    return a_case(reporter=who, text="下水堵了", category="drainage", **more)  # type: ignore[arg-type]


# proposed and confirmed


def test_staff_propose_and_only_who_decides_there_confirms_with_owner_and_day(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        keeping.propose(cast.qian.id, "common", "堵", "", spot())
    with pytest.raises(Invalid, match="problem_title"):
        keeping.propose(cast.li.id, "common", " ", "", spot())
    problem = keeping.propose(cast.li.id, "common", "3号楼下水总堵", "", spot(), "drainage")
    assert problem.state == "proposed"
    for wrong in (cast.li, cast.sun, cast.qian):
        with pytest.raises(NotAllowed, match="problem_not_yours"):
            keeping.confirm(problem, wrong.id, owner_id=cast.sun.id, next_on=day(9))
    with pytest.raises(Invalid, match="problem_owner"):
        keeping.confirm(problem, cast.zhao.id, owner_id=cast.qian.id, next_on=day(9))
    for wrong_day in (day(0), day(-1), day(900)):
        with pytest.raises(Invalid, match="problem_day"):
            keeping.confirm(problem, cast.zhao.id, owner_id=cast.sun.id, next_on=wrong_day)
    with pytest.raises(Invalid, match="problem_year"):
        keeping.confirm(problem, cast.zhao.id, owner_id=cast.sun.id, next_on=day(9), yearly_work="防水")
    assert keeping.confirm(problem, cast.zhao.id, owner_id=cast.sun.id, next_on=day(9))
    assert not keeping.confirm(problem, cast.zhao.id, owner_id=cast.sun.id, next_on=day(9))
    assert told(cast.sun) == ["problem_yours"]
    assert [step.what for step in steps_about("problem", problem.id)] == ["proposed", "confirmed"]


def test_what_is_no_problem_lets_go_of_its_cases(cast: Cast) -> None:
    problem, case = a_problem(cast, confirmed=False), a_clogged(cast, cast.wang)
    keeping.hang(problem, case, cast.zhao.id)
    with pytest.raises(Invalid, match="problem_reason"):
        keeping.refuse(problem, cast.zhao.id, "")
    assert keeping.refuse(problem, cast.zhao.id, "两回事")
    assert not keeping.refuse(problem, cast.zhao.id, "两回事")
    assert keeping.held_by(case.id) is None
    with pytest.raises(NotAllowed, match="problem_over"):
        keeping.confirm(problem, cast.zhao.id, owner_id=cast.sun.id, next_on=day(9))


def test_a_case_hangs_on_one_problem_at_a_time_and_of_its_own_place(cast: Cast) -> None:
    first, second, case = a_problem(cast), a_problem(cast), a_clogged(cast, cast.wang)
    assert keeping.hang(first, case, cast.sun.id)  # who owns it
    assert not keeping.hang(first, case, cast.zhao.id)
    with pytest.raises(NotAllowed, match="case_hangs"):
        keeping.hang(second, case, cast.zhao.id)
    with pytest.raises(NotAllowed, match="problem_not_yours"):
        keeping.hang(second, case, cast.li.id)
    assert keeping.take_off(first, case, cast.zhao.id)
    assert not keeping.take_off(first, case, cast.zhao.id)
    assert keeping.hang(second, case, cast.zhao.id)
    elsewhere = a_case(reporter=cast.wang, at=spot("建设小区", "1", None))
    with pytest.raises(Invalid, match="case_of_other_place"):
        keeping.hang(second, elsewhere, cast.zhao.id)
    withdrawn = a_clogged(cast, cast.rider)
    withdrawn.void(By.person(cast.rider.id), "自己好了")
    with pytest.raises(NotAllowed, match="case_over"):
        keeping.hang(second, withdrawn, cast.zhao.id)
    assert steps(case)[-3:] == ["hung", "taken_off", "hung"]


def test_past_its_day_it_needs_a_yearly_work_before_it_gets_another_day(cast: Cast) -> None:
    problem = a_problem(cast)
    keeping.keep(problem, cast.sun.id, owner_id=cast.sun.id, next_on=day(20))
    with time_machine.travel(ago(days=-20)):
        with pytest.raises(Invalid, match="work_needed_now"):
            keeping.keep(problem, cast.zhao.id, owner_id=cast.sun.id, next_on=day(9))
        assert line(problem, 0)["due"]
        year = day(0).year
        keeping.keep(
            problem, cast.zhao.id, owner_id=cast.zhao.id, next_on=day(9), yearly_work="防水", yearly_on=year
        )
        assert not line(problem, 0)["due"]


def test_its_owner_hears_once_of_a_day_that_has_come(cast: Cast) -> None:
    problem = a_problem(cast)
    assert remind_some() == 0
    with time_machine.travel(ago(days=-30)):
        assert remind_some() == problem.id
        assert remind_some(problem.id) == 0
        remind_some()
        assert told(cast.sun).count("problem_due") == 1
        keeping.keep(
            problem,
            cast.sun.id,
            owner_id=cast.sun.id,
            next_on=day(5),
            yearly_work="防水",
            yearly_on=day(0).year,
        )
    with time_machine.travel(ago(days=-36)):
        remind_some()
        assert told(cast.sun).count("problem_due") == 2


# put right


def test_put_right_it_claims_its_open_cases_each_for_its_own_nod(cast: Cast) -> None:
    problem = a_problem(cast)
    offered, taken = a_clogged(cast, cast.wang), a_clogged(cast, cast.sun_xiaoyu, accepted_by=cast.li)
    over = a_clogged(cast, cast.rider, finished_by=cast.li, nodded_by=cast.rider)
    for case in (offered, taken, over):
        keeping.hang(problem, case, cast.zhao.id)
    with pytest.raises(Invalid, match="problem_outcome"):
        putting_right.put_right(problem, cast.sun.id, " ")
    with pytest.raises(NotAllowed):
        putting_right.put_right(problem, cast.li.id, "换了总管")
    assert putting_right.put_right(problem, cast.sun.id, "换了总管")
    assert not putting_right.put_right(problem, cast.sun.id, "换了总管")
    assert [offered.state, taken.state, over.state] == [State.FINISHED, State.FINISHED, State.CLOSED]
    assert {offered.claim, offered.taker_id, offered.solved_level} == {"mended", cast.sun.id, "grid"}
    letter = letters_to(cast.wang, "case_finished")[0]
    assert "换了总管" in words.letter("case_finished", "chat", letter.facts).text
    assert told(cast.li)[-1] == "case_called_off"
    taken.object(By.person(cast.sun_xiaoyu.id), "还堵")
    assert (taken.state, offered.state) == (State.HANDLING, State.FINISHED)
    assert len(cases_of(problem)) == 3


def test_many_cases_are_claimed_by_the_clock_and_none_is_forgotten(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(putting_right, "AT_ONCE", 2)
    problem = a_problem(cast)
    cases = [a_clogged(cast, cast.wang) for _ in range(5)]
    for case in cases:
        keeping.hang(problem, case, cast.zhao.id)
    putting_right.put_right(problem, cast.zhao.id, "换了总管")
    assert [case.state for case in cases].count(State.FINISHED) == 2
    assert [putting_right.claim_some(silence_days=7) for _ in range(3)] == [2, 1, 0]
    assert {case.state for case in cases} == {State.FINISHED}


def test_a_case_ends_by_the_yearly_work_of_its_problem_and_its_people_hear_when_it_is_done(
    cast: Cast,
) -> None:
    problem, case = a_problem(cast), a_clogged(cast, cast.wang, accepted_by=cast.li)
    keeping.hang(problem, case, cast.zhao.id)
    with pytest.raises(Invalid, match="work_needed"):
        deferring.propose_end(case, cast.li.id, "yearly_work", "要换整根总管")
    keeping.keep(
        problem, cast.sun.id, owner_id=cast.sun.id, next_on=day(9), yearly_work="防水", yearly_on=2027
    )
    deferring.propose_end(case, cast.li.id, "yearly_work", "要换整根总管")
    keeping.take_off(problem, case, cast.zhao.id)
    with pytest.raises(Invalid, match="work_needed"):
        deferring.agree_to_end(case, cast.zhao.id)
    keeping.hang(problem, case, cast.zhao.id)
    assert deferring.agree_to_end(case, cast.zhao.id)
    assert case.nod(By.person(cast.wang.id))
    putting_right.put_right(problem, cast.sun.id, "整根换了")
    assert case.state == State.CLOSED
    assert told(cast.wang)[-1] == "problem_put_right"


# suggested


def test_hemei_proposes_from_a_cluster_says_why_and_never_twice(cast: Cast) -> None:
    people = (cast.wang, cast.sun_xiaoyu, cast.rider, cast.wang)
    cases = [a_clogged(cast, who) for who in people]
    a_case(reporter=cast.wang)  # of another kind
    after = 0
    while after := suggest_some(after):
        pass
    (problem,) = session().scalars(select(Problem)).all()
    assert (problem.state, problem.proposed_by, problem.building_id) == (
        "proposed",
        None,
        cases[0].building_id,
    )
    (step,) = steps_about("problem", problem.id)
    assert step.facts["cases"] == [case.number for case in cases]
    assert (step.facts["people"], step.facts["rule"]["place"]) == (3, "building")
    assert "育英小区3号楼" in problem.title
    assert told(cast.zhao).count("problem_suggested") == 1
    keeping.refuse(problem, cast.zhao.id, "四家各堵各的")
    while after := suggest_some(after):
        pass
    assert len(session().scalars(select(Problem)).all()) == 1


# read


def test_the_rates_count_what_is_confirmed_and_refused_ones_not(cast: Cast) -> None:
    for right, kind in ((True, "common"), (False, "common"), (True, "single")):
        problem = a_problem(cast, kind=kind)
        if right:
            putting_right.put_right(problem, cast.zhao.id, "好了")
    keeping.refuse(a_problem(cast, confirmed=False), cast.zhao.id, "不是")
    a_problem(cast, confirmed=False)
    found = {one.kind: (one.put_right, one.total) for one in rates(spot().community_id)}
    assert found == {"common": (1, 2), "single": (1, 1)}
    assert {one.total for one in rates(0)} == {0}


def test_who_sees_a_problem_and_its_whole_story(cast: Cast) -> None:
    problem, case = a_problem(cast, work=True), a_clogged(cast, cast.wang)
    keeping.hang(problem, case, cast.zhao.id)
    number = with_check(problem.id)
    for person, sees in (
        (cast.sun, True),
        (cast.zhao, True),
        (cast.leader, True),
        (cast.li, False),
        (cast.qian, False),
    ):
        visitor = visitor_of(person.id, "page")
        assert visitor is not None
        if sees:
            assert keeping.find(number, visitor).id == problem.id
        else:
            with pytest.raises(NotFound):
                keeping.find(number, visitor)
    said = whole(problem)
    assert (said["owner"], said["yearly_on"], said["hanging"]) == (
        "孙网格员", 2027, [{"number": case.number, "state": "dispatched"}],
    )  # fmt: skip
    assert [one.id for one in listed(owner_id=cast.sun.id, state="open")] == [problem.id]
