"""抽查: drawn by chance that anybody can check, never one's own, and a wrong one goes back to work."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_case, a_photo, finish, letters_to, spot, told
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import ago, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.case import on_the_spot, sampling
from models.case.case import Case
from models.case.lifecycle import State
from models.case.tables import Sample
from models.history import steps_about
from models.person.tables import Staff
from models.place.version import raise_version

WEDNESDAY, NEXT_MONDAY = "2026-11-18T10:00:00+08:00", "2026-11-23T08:20:00+08:00"


# pure


def test_the_order_follows_from_the_seed_alone() -> None:
    assert sampling.in_order("a1", [1, 2, 3, 4]) == sampling.in_order("a1", [4, 3, 2, 1])
    seen = Counter(sampling.in_order(f"seed{n}", [1, 2, 3, 4])[0] for n in range(400))
    assert min(seen.values()) > 60  # of 100 expected each


@given(
    st.sets(st.integers(1, 60), max_size=30),
    st.dictionaries(st.integers(1, 60), st.sets(st.integers(100, 103)), max_size=30),
    st.integers(0, 12),
)
def test_nobody_is_dealt_an_own_case_and_everybody_about_as_many(
    cases: set[int], parts: dict[int, set[int]], count: int
) -> None:
    drawn = sampling.dealt("s", cases, [100, 101, 102], parts, count)
    free = [case for case in cases if {100, 101, 102} - parts.get(case, set())]
    assert len(drawn) == min(count, len(free))
    assert len({case for case, _ in drawn}) == len(drawn)
    assert all(person not in parts.get(case, ()) for case, person in drawn)
    if not any(parts.values()):
        has = Counter(person for _, person in drawn)
        assert max(has.values(), default=0) - min((has[one] for one in (100, 101, 102)), default=0) <= 1


@pytest.mark.parametrize(
    ("pool", "percent", "count"),
    [(0, 10, 0), (1, 10, 1), (10, 10, 1), (11, 10, 2), (500, 10, 30), (3, 100, 3)],
)
def test_so_many_of_a_week_are_drawn(pool: int, percent: int, count: int) -> None:
    assert sampling.wanted(pool, percent) == count


# drawn


def a_supervisor(someone: Someone) -> Someone:
    """Beside the own post."""
    staff = session().scalars(select(Staff).where(Staff.person_id == someone.id)).one()
    staff.roles = [*staff.roles, "supervisor"]
    raise_version()
    return someone


def unheard(cast: Cast, count: int = 1) -> list[Case]:
    """Cases of 育英 that silence closed on a Wednesday."""
    made = []
    with time_machine.travel(WEDNESDAY, tick=False):
        for _ in range(count):
            case = a_case(reporter=cast.wang, finished_by=cast.li)
            case.close_by_default()
            made.append(case)
    return made


def draw(percent: int = 100) -> None:
    after = 0
    while after := sampling.draw_last_week(after, percent=percent):
        pass


def drawn() -> list[Sample]:
    return list(session().scalars(select(Sample).order_by(Sample.id)))


def test_once_a_week_the_share_is_drawn_and_drawing_again_draws_no_more(cast: Cast) -> None:
    a_supervisor(cast.sun)
    unheard(cast, 11)
    a_case(reporter=cast.wang, finished_by=cast.li, nodded_by=cast.wang)
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw(percent=10)
        draw(percent=10)
    assert len(drawn()) == 2
    (letter,) = letters_to(cast.sun, "samples_drawn")
    assert letter.facts["count"] == 2
    for one in drawn():
        step = next(step for step in steps_about("case", one.case_id) if step.what == "sample_drawn")
        assert (step.facts["pool"], step.facts["of"], step.facts["to"]) == (11, "2026-W47", cast.sun.id)


def test_the_draw_can_be_done_again_from_the_seed_in_the_steps(cast: Cast) -> None:
    a_supervisor(cast.sun)
    pool = [case.id for case in unheard(cast, 6)]
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw(percent=50)
    step = next(step for step in steps_about("case", drawn()[0].case_id) if step.what == "sample_drawn")
    assert sampling.in_order(step.facts["seed"], pool)[:3] == [one.case_id for one in drawn()]


def test_nobody_looks_at_a_case_of_which_they_were_a_part(cast: Cast) -> None:
    a_supervisor(cast.li)  # mended them
    a_supervisor(cast.ma)  # was offered them
    unheard(cast)
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw()
    assert drawn() == []
    a_supervisor(cast.qian)  # of another community
    a_supervisor(cast.sun)
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw()
    assert [one.supervisor_id for one in drawn()] == [cast.sun.id]


def test_a_supervisor_draws_more_by_chance_and_nobody_else_does(cast: Cast) -> None:
    unheard(cast, 3)
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        with pytest.raises(NotAllowed, match="not_supervisor"):
            sampling.draw_for(cast.zhao.id, 1)
        a_supervisor(cast.sun)
        for count in (0, 99):
            with pytest.raises(Invalid, match="sample_count"):
                sampling.draw_for(cast.sun.id, count)
        assert sampling.draw_for(cast.sun.id, 2) == 2
        assert sampling.draw_for(cast.sun.id, 2) == 1
        assert sampling.draw_for(cast.sun.id, 2) == 0


def test_what_was_solved_on_the_spot_with_nobody_to_ask_may_be_drawn(cast: Cast) -> None:
    case = on_the_spot.begin(text="纸箱清走了", category="clutter", spot=spot(), by=cast.li.id)
    a_photo(case, cast.li)
    on_the_spot.solve(case, cast.li.id)
    a_supervisor(cast.sun)
    with time_machine.travel(now() + timedelta(seconds=1)):
        assert sampling.draw_for(cast.sun.id, 1) == 1


# settled


def a_sample(cast: Cast) -> tuple[Sample, Case]:
    (case,) = unheard(cast)
    a_supervisor(cast.sun)
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw()
    return drawn()[0], case


def test_what_is_not_mended_goes_back_under_its_number_and_its_people_hear_of_it(cast: Cast) -> None:
    sample, case = a_sample(cast)
    with pytest.raises(Invalid, match="sample_note"):
        sampling.settle(sample.id, cast.sun.id, "not_mended")
    with pytest.raises(NotFound):
        sampling.settle(sample.id, cast.zhao.id, "mended")
    number = case.number
    assert sampling.settle(sample.id, cast.sun.id, "not_mended", "还是不亮")
    assert not sampling.settle(sample.id, cast.sun.id, "mended")
    assert (case.number, case.state, case.taker_id, case.round) == (number, State.HANDLING, cast.li.id, 2)
    assert letters_to(cast.li, "case_reopened")[0].facts["sample"]
    assert told(cast.wang)[-1] == "case_found_unmended"
    step = next(step for step in steps_about("case", case.id) if step.what == "objected")
    assert step.facts["sample"]


def test_who_is_supervisor_no_more_says_nothing_about_what_was_drawn(cast: Cast) -> None:
    sample, case = a_sample(cast)
    staff = session().scalars(select(Staff).where(Staff.person_id == cast.sun.id)).one()
    staff.roles = ["grid_worker"]
    session().flush()
    raise_version()
    with pytest.raises(NotAllowed, match="not_supervisor"):
        sampling.settle(sample.id, cast.sun.id, "not_mended", "还是不亮")
    assert (sample.settled_at, case.state) == (None, State.CLOSED)


def test_what_is_in_order_stays_closed_and_what_was_not_reached_counts_apart(cast: Cast) -> None:
    cases = unheard(cast, 3)
    a_supervisor(cast.sun)
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw()
        for one, verdict in zip(drawn(), ("mended", "not_reached", "not_mended"), strict=True):
            sampling.settle(one.id, cast.sun.id, verdict, "没人在家")
        assert [case.state for case in cases].count(State.CLOSED) == 2
        found = sampling.figures(spot().community_id, now() - timedelta(days=1), now() + timedelta(days=1))
    assert (found.drawn, found.mended, found.looked_at, found.not_reached) == (3, 1, 2, 1)
    assert (found.tenths, found.waiting) == (500, 0)
    assert sampling.Found(4, 0, 0, 0, 0).tenths is None


def test_who_said_no_before_the_supervisor_came_is_not_overruled(cast: Cast) -> None:
    sample, case = a_sample(cast)
    case.object(By.person(cast.wang.id), "没好")
    with time_machine.travel(ago(minutes=-5)):
        finish(case, cast.li)
        case.nod(By.person(cast.wang.id))
        assert sampling.settle(sample.id, cast.sun.id, "not_mended", "不亮")
    assert (case.state, case.round) == (State.CLOSED, 2)
