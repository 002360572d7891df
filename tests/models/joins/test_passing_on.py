"""Whoever lost a duty keeps no case of it; whoever has it now gets them, in one letter."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_case, a_town, finish, letters_to, spot, steps, unit_of_work
from sqlalchemy import event, select, update

from models.base.actor import By
from models.base.clock import SHANGHAI, now
from models.base.orm import put, session
from models.case import offering
from models.case.case import Case
from models.case.clock import climb_some
from models.case.lifecycle import State
from models.duty import terms
from models.duty.leave import come_back, note_posts, take_leave
from models.duty.tables import Department, Keeper, Shift
from models.history import steps_about
from models.joins.passing_on import pass_on_one
from models.outbox.letter import Lane, Letter
from models.person.tables import Staff
from models.place.tables import Building, Grid
from models.place.version import raise_version
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    """李 and 马 keep 3号楼; 孙 is the grid worker of 3号楼 and 5号楼."""
    # because a case climbs by working days: two weeks without a holiday
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)), unit_of_work(db):
        yield a_town()


def pass_on() -> int:
    passed = 0
    while pass_on_one():
        session().flush()
        passed += 1
    return passed


def climb() -> None:
    while climb_some():
        session().flush()


def at_five(reporter: Someone, **more: object) -> Case:
    return a_case(reporter=reporter, at=spot(building="5", unit=None), **more)  # type: ignore[arg-type]


def new_worker(someone: Someone, cast: Cast) -> None:
    grid = session().scalars(select(Grid.id)).one()
    terms.hold(grid, 0, someone.id, By.staff(cast.zhao.id))


def no_longer_keeps(*people: Someone) -> None:
    query = update(Keeper).where(Keeper.person_id.in_([one.id for one in people]))
    session().execute(query.values(until=now()))
    raise_version()


def keeps(someone: Someone) -> None:
    building = session().scalars(select(Building.id).where(Building.name == "3")).one()
    put(Keeper, building_id=building, person_id=someone.id, since=now())
    raise_version()


def heard(someone: Someone, kind: str) -> list[tuple[int, list[str]]]:
    return [(one.facts["count"], one.facts["numbers"]) for one in letters_to(someone, kind)]


def test_nothing_moves_while_everybody_is_in_place(cast: Cast) -> None:
    a_case(reporter=cast.wang)
    at_five(cast.wang, accepted_by=cast.sun)
    assert pass_on() == 0


def test_open_cases_go_to_the_new_grid_worker_in_one_letter(cast: Cast) -> None:
    offered, taken = at_five(cast.wang), at_five(cast.rider, accepted_by=cast.sun)
    new_worker(cast.ma, cast)
    assert pass_on() == 1
    assert offering.holders(offered.id) == offering.holders(taken.id) == [cast.ma.id]
    assert (taken.state, taken.taker_id, taken.accepted_at) == (State.DISPATCHED, None, None)
    assert heard(cast.ma, "cases_taken_over") == [(2, [offered.number, taken.number])]
    assert heard(cast.sun, "cases_handed_over") == [(2, [offered.number, taken.number])]
    assert letters_to(cast.ma, "cases_taken_over")[0].facts["former"] == "孙网格员"
    step = next(one for one in steps_about("case", taken.id) if one.what == "passed_on")
    assert step.facts == {"before": [cast.sun.id], "to": [cast.ma.id], "route": "grid_worker"}
    assert pass_on() == 0
    taken.accept(cast.ma.id)


def test_a_keeper_who_goes_leaves_what_others_hold_with_them(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    no_longer_keeps(cast.li)
    keeps(cast.zhou)
    assert pass_on() == 1
    assert set(offering.holders(case.id)) == {cast.ma.id, cast.zhou.id}
    assert steps(case)[-1] == "passed_on"
    assert heard(cast.zhou, "cases_taken_over") == [(1, [case.number])]
    assert heard(cast.ma, "cases_taken_over") == []


def test_where_no_keeper_is_left_the_grid_worker_has_it(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    no_longer_keeps(cast.li, cast.ma)
    pass_on()
    assert (case.route, offering.holders(case.id)) == ("grid_worker", [cast.sun.id])


def test_letters_that_the_former_has_not_read_yet_are_taken_back(cast: Cast) -> None:
    a_case(reporter=cast.wang)
    no_longer_keeps(cast.li)
    pass_on()
    assert [one.state for one in letters_to(cast.li, "case_dispatched")] == ["withdrawn"]
    assert [one.state for one in letters_to(cast.ma, "case_dispatched")] == ["waiting"]


def test_a_leave_with_a_deputy_passes_on_what_is_offered_and_what_is_in_hand(cast: Cast) -> None:
    offered, taken = at_five(cast.wang), at_five(cast.rider, accepted_by=cast.sun)
    number = take_leave(cast.sun.id, By.staff(cast.sun.id), deputy_id=cast.zhou.id, reason="年假")
    pass_on()
    assert offering.holders(offered.id) == offering.holders(taken.id) == [cast.zhou.id]
    come_back(number, By.staff(cast.sun.id))
    taken.accept(cast.zhou.id)
    pass_on()
    # back again: what nobody has taken yet is hers again, and what the deputy took comes along
    assert offering.holders(offered.id) == [cast.sun.id]
    assert offering.holders(taken.id) == [cast.sun.id]


def test_a_leave_without_a_deputy_leaves_what_is_in_hand(cast: Cast) -> None:
    offered, taken = at_five(cast.wang), at_five(cast.rider, accepted_by=cast.sun)
    take_leave(cast.sun.id, By.staff(cast.sun.id), reason="半天", until=now() + timedelta(hours=4))
    pass_on()
    assert taken.taker_id == cast.sun.id
    assert offering.holders(offered.id) == [cast.zhou.id]  # nobody stands one rung up: the department


def test_a_leave_that_begins_later_moves_nothing_before(cast: Cast) -> None:
    case = at_five(cast.wang)
    soon = now() + timedelta(minutes=5)  # before anything could climb, at whatever hour
    take_leave(cast.sun.id, By.staff(cast.sun.id), deputy_id=cast.ma.id, reason="年假", since=soon)
    assert pass_on() == 0
    with time_machine.travel(soon + timedelta(minutes=1)):
        assert pass_on() == 1
    assert offering.holders(case.id) == [cast.ma.id]


def test_whoever_it_has_climbed_to_keeps_it_though_nobody_holds_the_rung(cast: Cast) -> None:
    """At the desk, and above it at street and town: they have a post and no rung."""
    case = at_five(cast.wang)
    for days in (4, 30):
        with time_machine.travel(case.reported_at + timedelta(days=days)):
            climb()
            above = set(offering.holders(case.id)) - {cast.sun.id}
            assert above
            assert pass_on() == 0
            assert above <= set(offering.holders(case.id))


def test_who_was_on_shift_for_a_rung_keeps_what_climbed_there_as_long_as_the_shift(cast: Cast) -> None:
    case = at_five(cast.wang)
    assert case.due_at is not None
    begins, ends = case.due_at - timedelta(hours=1), case.due_at + timedelta(hours=2)
    put(Shift, community_id=1, rung=1, person_id=cast.zhou.id, starts_at=begins, ends_at=ends)
    with time_machine.travel(case.due_at + timedelta(minutes=1)):
        climb()
        assert cast.zhou.id in offering.holders(case.id)
        assert pass_on() == 0
    with time_machine.travel(ends + timedelta(hours=1)):
        pass_on()
        assert cast.zhou.id not in offering.holders(case.id)


def test_who_has_no_post_any_more_keeps_nothing_at_all(cast: Cast) -> None:
    handed = a_case(reporter=cast.wang)
    handed.transfer(cast.li.id, cast.zhou.id, "您近")
    handed.accept(cast.zhou.id)
    session().execute(update(Staff).where(Staff.person_id == cast.zhou.id).values(active=False))
    note_posts()
    raise_version()
    assert pass_on() == 1
    assert set(offering.holders(handed.id)) == {cast.li.id, cast.ma.id}
    assert letters_to(cast.zhou, "cases_handed_over") == []


def test_it_never_goes_back_to_who_gave_it_back(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    case.give_back(cast.ma.id, "够不着")
    no_longer_keeps(cast.li)
    pass_on()
    assert offering.holders(case.id) == [cast.sun.id]


def test_where_nobody_is_left_the_street_hears_of_it(cast: Cast) -> None:
    case = at_five(cast.wang, category="noise")
    by = By.staff(cast.leader.id)
    take_leave(cast.sun.id, by, reason="年假")
    take_leave(cast.zhao.id, by, reason="年假")
    pass_on()
    assert case.state == State.FILED
    assert letters_to(cast.leader, "case_filed_nobody")
    assert pass_on() == 0


def test_in_an_emergency_the_card_itself_goes_at_once(cast: Cast) -> None:
    at_five(cast.wang, urgency="emergency")
    new_worker(cast.ma, cast)
    pass_on()
    assert [one.lane for one in letters_to(cast.ma, "case_dispatched")] == [Lane.EMERGENCY]
    assert heard(cast.ma, "cases_taken_over") == []


@pytest.mark.parametrize(("urgency", "lane"), [("normal", Lane.NEWS), ("urgent", Lane.ANSWER)])
def test_a_leave_that_begins_at_midnight_wakes_nobody_for_what_is_not_pressing(
    cast: Cast, urgency: str, lane: Lane
) -> None:
    at_five(cast.wang, urgency=urgency)
    new_worker(cast.ma, cast)
    pass_on()
    assert [one.lane for one in letters_to(cast.ma, "cases_taken_over")] == [lane]


def test_what_is_finished_stays_with_whoever_finished_it(cast: Cast) -> None:
    case = at_five(cast.wang, finished_by=cast.sun)
    new_worker(cast.ma, cast)
    assert pass_on() == 0
    case.object(By.person(cast.wang.id), "还是不亮")
    pass_on()
    assert offering.holders(case.id) == [cast.ma.id]
    case.accept(cast.ma.id)
    finish(case, cast.ma)


def test_many_cases_are_one_letter_and_few_statements(cast: Cast) -> None:
    for _ in range(12):
        at_five(cast.rider)
    new_worker(cast.ma, cast)
    pass_on()
    assert [(count, len(numbers)) for count, numbers in heard(cast.ma, "cases_taken_over")] == [(12, 10)]
    assert session().query(Letter).filter(Letter.kind == "cases_taken_over").count() == 1
    statements = []
    engine = session().get_bind()
    event.listen(engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    assert not pass_on_one()
    assert len(statements) <= 3  # a look every minute costs next to nothing


def test_a_department_that_has_another_contact_hands_its_cases_on(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, at=spot(building="7", unit=None))
    assert offering.holders(case.id) == [cast.zhou.id]
    assert pass_on() == 0
    session().execute(update(Department).values(contact_id=cast.ma.id))
    raise_version()
    assert pass_on() == 1
    assert offering.holders(case.id) == [cast.ma.id]


def test_who_leaves_a_rung_above_holds_no_offer_of_it_any_more(cast: Cast) -> None:
    case = at_five(cast.wang)
    grid = session().scalars(select(Grid.id)).one()
    terms.hold(grid, 1, cast.ma.id, By.staff(cast.zhao.id))
    offering.note_offer(case.id, cast.ma.id, "rung", now())
    assert pass_on() == 0
    terms.give_up(grid, 1, cast.ma.id, By.staff(cast.zhao.id))
    assert pass_on() == 1
    assert offering.holders(case.id) == [cast.sun.id]
