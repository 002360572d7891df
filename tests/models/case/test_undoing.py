"""A slip is taken back by whoever made it, within minutes, while nobody has acted on it; its limits run as if
it had not been."""

from collections.abc import Callable

import pytest
import time_machine
from calendars import known_years
from cast import Cast
from factories import a_case, letters_to, spot, steps, told

from models.base.actor import By
from models.base.clock import ago, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.case import offering
from models.case.case import Case
from models.case.climbing import columns_of, rules, seen_of
from models.case.deadlines import lived
from models.case.emergency import raise_alarm, ring_again
from models.case.lifecycle import State
from models.corrections.correction import lines
from models.joins.turning import agree_as_second, ask_whether_it_was, case_was, is_case_again


@pytest.fixture(autouse=True)
def _limits_are_known(cast: Cast) -> None:
    known_years()


def as_its_steps_say(case: Case) -> bool:
    session().flush()
    said = columns_of(lived(seen_of(case.id), rules()), now())
    return {name: getattr(case, name) for name in said} == said


def test_an_acceptance(cast: Cast):
    case = a_case(reporter=cast.wang)
    before = set(offering.holders(case.id))
    case.accept(cast.li.id)
    assert case.take_back(cast.li.id) == "accepted"
    assert (case.state, case.taker_id, case.accepted_at) == (State.DISPATCHED, None, None)
    assert set(offering.holders(case.id)) == before
    assert steps(case) == ["reported", "dispatched", "accepted", "taken_back"]
    assert as_its_steps_say(case)
    assert case.due_stage == "accept"
    assert [one.state for one in letters_to(cast.wang, "case_accepted")] == ["withdrawn"]
    assert case.accept(cast.ma.id)
    assert len(letters_to(cast.wang, "case_accepted")) == 2


def test_an_acceptance_of_what_nobody_was_asked(cast: Cast):
    case = a_case(reporter=cast.wang, at=spot(building="7", unit="1"), category="noise")
    offering.end(case.id, "moved", at=ago(minutes=1))
    case.state = State.FILED
    case.accept(cast.zhao.id)
    case.take_back(cast.zhao.id)
    assert (case.state, offering.holders(case.id)) == (State.FILED, [])
    assert as_its_steps_say(case)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_return(cast: Cast, accepted: bool):
    case = a_case(
        reporter=cast.wang, at=spot(building="5", unit="1"), accepted_by=cast.sun if accepted else None
    )
    case.give_back(cast.sun.id, "点错了")
    asked = offering.holders(case.id)
    assert cast.sun.id not in asked
    assert case.take_back(cast.sun.id) == "returned"
    assert case.state == (State.HANDLING if accepted else State.DISPATCHED)
    assert case.taker_id == (cast.sun.id if accepted else None)
    assert offering.holders(case.id) == ([] if accepted else [cast.sun.id])
    assert offering.returned_by(case.id) == frozenset()
    assert as_its_steps_say(case)
    for person in (cast.zhou, cast.zhao):
        assert all(one.state == "withdrawn" for one in letters_to(person, "case_returned"))


def test_a_return_while_a_colleague_is_asked_too(cast: Cast):
    case = a_case(reporter=cast.wang)
    case.give_back(cast.li.id, "点错了")
    case.take_back(cast.li.id)
    assert set(offering.holders(case.id)) == {cast.li.id, cast.ma.id}
    assert as_its_steps_say(case)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_transfer(cast: Cast, accepted: bool):
    case = a_case(reporter=cast.wang, accepted_by=cast.li if accepted else None)
    case.transfer(cast.zhao.id, cast.sun.id, "你去")
    assert case.take_back(cast.zhao.id) == "transferred"
    assert case.taker_id == (cast.li.id if accepted else None)
    assert set(offering.holders(case.id)) == (set() if accepted else {cast.li.id, cast.ma.id})
    assert as_its_steps_say(case)
    assert told(cast.sun, state="waiting") == []


MEANWHILE: dict[str, Callable[[Case, Cast], object]] = {
    "somebody else accepted": lambda case, cast: case.accept(cast.sun.id),
    "somebody added": lambda case, cast: case.urge(By.person(cast.wang.id)),
    "the clock climbed": lambda case, cast: case.supervise(cast.leader.id, "快"),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_somebody_acted_on_stays(cast: Cast, what: str):
    case = a_case(reporter=cast.wang)
    case.transfer(cast.zhao.id, cast.sun.id, "你去")
    MEANWHILE[what](case, cast)
    with pytest.raises(NotAllowed, match="not_to_take_back"):
        case.take_back(cast.zhao.id)


def test_only_ones_own_only_once_and_only_for_minutes(cast: Cast):
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    for someone in (cast.ma, cast.zhao, cast.wang):
        with pytest.raises(NotAllowed):
            case.take_back(someone.id)
    with time_machine.travel(ago(minutes=-11)):
        assert case.may_take_back(cast.li.id) is None
    case.take_back(cast.li.id)
    assert case.may_take_back(cast.li.id) is None


def test_a_slip_is_in_no_figure(cast: Cast):
    from models.indicator.events import NO_DUES, Event, record_of
    from models.indicator.record import Place

    at = now()

    def event(minute: int, what: str, **facts: object) -> Event:
        return Event(1, at.replace(second=minute), what, "staff", 7, facts)

    slips = [
        event(1, "reported"), event(2, "dispatched"), event(3, "transferred"),
        event(4, "taken_back", of="transferred"),
        event(5, "accepted"), event(6, "taken_back", of="accepted"),
    ]  # fmt: skip
    place = Place(*([1, at] + [None] * (len(Place._fields) - 2)))
    made = record_of(place, slips, lambda *_: NO_DUES)
    assert (made.is_misdirected, made.accepted_at, made.taker) == (False, None, None)
    made = record_of(place, [*slips, event(9, "accepted")], lambda *_: NO_DUES)
    assert made.accepted_at == at.replace(second=9)


def voided(cast: Cast, urgency: str = "normal") -> Case:
    case = a_case(reporter=cast.wang, text="楼道里有人", urgency=urgency)
    ask_whether_it_was(case, "chat", cast.zhao.id, "闲聊")
    assert agree_as_second(case, cast.leader.id) == "void"
    return case


def test_what_was_voided_by_two_is_taken_up_again_by_one(cast: Cast) -> None:
    case = voided(cast)
    closed = case.closed_at
    with pytest.raises(NotAllowed, match="not_to_revive"):
        is_case_again(case, cast.qian.id, "真有事")
    with pytest.raises(Invalid, match="reason_needed"):
        is_case_again(case, cast.zhao.id, " ")
    assert (case.state, case.closed_at) == (State.VOID, closed)
    is_case_again(case, cast.zhao.id, "真有事")
    assert (case.state, case.closed_at) == (State.DISPATCHED, None)
    assert "revived" in steps(case)
    assert told(cast.wang)[-1] == "case_revived"
    assert letters_to(cast.wang, "case_voided")[0].state == "withdrawn"
    assert case.due_at is not None
    with pytest.raises(NotAllowed, match="not_to_revive"):
        is_case_again(case, cast.zhao.id, "真有事")
    assert as_its_steps_say(case)
    assert list(lines())[-1].split("\t")[1] == "report"
    ask_whether_it_was(case, "chat", cast.zhao.id, "还是闲聊")
    assert agree_as_second(case, cast.leader.id) == "void"


def test_an_emergency_that_was_voided_rings_again(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, text="闻到煤气味", urgency="emergency")
    raise_alarm(case.id, "119", community_id=case.community_id, facts=case.facts(), every_minutes=3)
    ask_whether_it_was(case, "chat", cast.zhao.id, "闲聊")
    agree_as_second(case, cast.leader.id)
    assert ring_again(every_minutes=3) == 0
    is_case_again(case, cast.zhao.id, "真有味")
    assert ring_again(every_minutes=3) == 1


def test_what_was_withdrawn_or_became_a_question_stays_void(cast: Cast) -> None:
    withdrawn, asked = a_case(reporter=cast.wang), a_case(reporter=cast.wang, text="几点开门")
    withdrawn.void(By.person(cast.wang.id), "没事了")
    case_was(asked, "station", By.staff(cast.zhao.id), "是问题")
    for case in (withdrawn, asked):
        assert not case.may_revive(cast.zhao.id)
