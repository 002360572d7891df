"""The table of states, walked pair by pair: allowed by a real verb, or refused with nothing changed."""

from collections.abc import Callable

import pytest
from cast import Cast, Someone
from factories import a_case, a_collected_case, everything, finish, spot

from models.base.actor import SYSTEM, By
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.case.case import Case
from models.case.lifecycle import ENDED, NEXT, OPEN, State
from models.duty.tables import Keeper, RungHolder
from models.person.tables import Staff
from models.place.version import raise_version


def _nowhere_and_nobody(cast: Cast) -> None:
    """Everybody has left: whatever is routed now finds nobody."""
    for staff in session().query(Staff):
        staff.active = staff.person_id == cast.li.id
    for duty in (*session().query(Keeper), *session().query(RungHolder)):
        session().delete(duty)
    raise_version()


def case_in(state: State, cast: Cast) -> Case:
    """One case in this state, reached by verbs."""
    wang, li = cast.wang, cast.li
    match state:
        case State.COLLECTED:
            return a_collected_case(wang)
        case State.FILED:
            case = a_case(reporter=wang)
            for person in (cast.li, cast.ma, cast.sun, cast.zhou, cast.zhao):
                case.give_back(person.id, "不归我管")
            return case
        case State.DISPATCHED:
            return a_case(reporter=wang)
        case State.HANDLING:
            return a_case(reporter=wang, accepted_by=li)
        case State.FINISHED:
            return a_case(reporter=wang, finished_by=li)
        case State.CLOSED:
            return a_case(reporter=wang, finished_by=li, nodded_by=wang)
        case State.RATED:
            case = a_case(reporter=wang, finished_by=li)
            case.rate(By.person(wang.id), 5)
            return case
        case State.VOID:
            case = a_case(reporter=wang)
            case.void(By.person(wang.id), "说错了")
            return case


def _takes(case: Case, cast: Cast) -> None:
    taker: Someone = cast.zhao if case.state == State.FILED else cast.li
    case.accept(taker.id)


def _objects(case: Case, cast: Cast) -> None:
    case.object(By.person(cast.wang.id), "还是不亮")


def _li_is_gone(cast: Cast) -> None:
    session().query(Staff).filter_by(person_id=cast.li.id).one().active = False
    raise_version()


def _objects_without_li(case: Case, cast: Cast) -> None:
    _li_is_gone(cast)
    _objects(case, cast)


def _objects_with_nobody(case: Case, cast: Cast) -> None:
    _nowhere_and_nobody(cast)
    _li_is_gone(cast)
    _objects(case, cast)


def _files_with_nobody(case: Case, cast: Cast) -> None:
    _nowhere_and_nobody(cast)
    _li_is_gone(cast)
    case.file()


def _gives_back_with_nobody(case: Case, cast: Cast) -> None:
    _nowhere_and_nobody(cast)
    case.give_back(cast.li.id, "够不着")
    if case.state == State.DISPATCHED:
        case.give_back(cast.ma.id, "够不着")


def _is_separated(case: Case, cast: Cast) -> None:
    """What was dealt with together with another comes back."""
    case.merged_into_id = a_case(reporter=cast.rider).id
    case.separate(By.person(cast.wang.id))


def _is_separated_with_nobody(case: Case, cast: Cast) -> None:
    other = a_case(reporter=cast.rider)
    _nowhere_and_nobody(cast)
    _li_is_gone(cast)
    case.merged_into_id = other.id
    case.separate(By.person(cast.wang.id))


def _ends_without_mending(case: Case, cast: Cast) -> None:
    """The desk says that there is nothing to mend, the street agrees."""
    case.propose_end(cast.zhao.id, "untrue", "路灯亮着")
    case.agree_to_end(cast.leader.id)


VERBS: dict[tuple[State, State], Callable[[Case, Cast], object]] = {
    (State.COLLECTED, State.DISPATCHED): lambda case, cast: case.relocate(spot(), By.person(cast.wang.id)),
    (State.COLLECTED, State.FILED): _files_with_nobody,
    (State.COLLECTED, State.VOID): lambda case, cast: case.void(By.person(cast.wang.id), "算了"),
    (State.FILED, State.DISPATCHED): lambda case, cast: case.transfer(cast.zhao.id, cast.li.id, "请去看看"),
    (State.FILED, State.HANDLING): _takes,
    (State.FILED, State.FINISHED): _ends_without_mending,
    (State.FILED, State.VOID): lambda case, cast: case.void(
        By.staff(cast.zhao.id), "不是诉求", agreed_by=cast.leader.id
    ),
    (State.DISPATCHED, State.HANDLING): _takes,
    (State.DISPATCHED, State.FINISHED): _ends_without_mending,
    (State.DISPATCHED, State.FILED): _gives_back_with_nobody,
    (State.DISPATCHED, State.DISPATCHED): lambda case, cast: case.transfer(cast.li.id, cast.sun.id, "您近"),
    (State.DISPATCHED, State.VOID): lambda case, cast: case.void(By.person(cast.wang.id), "自己好了"),
    (State.HANDLING, State.FINISHED): lambda case, cast: finish(case, cast.li),
    (State.HANDLING, State.DISPATCHED): lambda case, cast: case.give_back(cast.li.id, "太高了"),
    (State.HANDLING, State.FILED): _gives_back_with_nobody,
    (State.HANDLING, State.VOID): lambda case, cast: case.void(By.person(cast.wang.id), "自己好了"),
    (State.FINISHED, State.CLOSED): lambda case, cast: case.nod(By.person(cast.wang.id)),
    (State.FINISHED, State.HANDLING): _objects,
    (State.FINISHED, State.DISPATCHED): _objects_without_li,
    (State.FINISHED, State.FILED): _objects_with_nobody,
    (State.CLOSED, State.RATED): lambda case, cast: case.rate(By.person(cast.wang.id), 5),
    (State.CLOSED, State.HANDLING): _objects,
    (State.CLOSED, State.DISPATCHED): _objects_without_li,
    (State.CLOSED, State.FILED): _objects_with_nobody,
    (State.RATED, State.HANDLING): _objects,
    (State.RATED, State.DISPATCHED): _objects_without_li,
    (State.RATED, State.FILED): _objects_with_nobody,
    (State.VOID, State.DISPATCHED): _is_separated,
    (State.VOID, State.FILED): _is_separated_with_nobody,
}
ALLOWED = sorted(VERBS)
FORBIDDEN = sorted((a, b) for a in State for b in State if b not in NEXT[a])


def test_every_allowed_move_has_a_verb_and_no_other_has_one() -> None:
    assert set(VERBS) == {(a, b) for a in State for b in NEXT[a]}
    assert len(ALLOWED) + len(FORBIDDEN) == len(State) ** 2


def test_every_state_is_open_or_ended() -> None:
    assert set(State) == OPEN | ENDED
    assert not OPEN & ENDED


@pytest.mark.parametrize(("before", "after"), ALLOWED)
def test_an_allowed_move_is_made_by_its_verb_and_leaves_a_step(
    cast: Cast, before: State, after: State
) -> None:
    case = case_in(before, cast)
    assert case.state == before
    had = len(everything(case)[1])
    VERBS[before, after](case, cast)
    assert case.state == after
    assert len(everything(case)[1]) > had


def test_every_forbidden_move_is_refused_and_nothing_changes(cast: Cast) -> None:
    for before in State:
        case = case_in(before, cast)
        had = everything(case)
        for after in (state for state in State if state not in NEXT[before]):
            with pytest.raises(NotAllowed):
                case._enter(after, "forced", SYSTEM)
        assert everything(case) == had


# Which verbs may be said in which state, by the very person whose turn it would be. All others are refused.
SAYING: dict[str, Callable[[Case, Cast], object]] = {
    "accept": lambda case, cast: case.accept(cast.ma.id),
    "give_back": lambda case, cast: case.give_back(cast.li.id, "太高了"),
    "transfer": lambda case, cast: case.transfer(cast.li.id, cast.sun.id, "您近"),
    "finish": lambda case, cast: finish(case, cast.li),
    "nod": lambda case, cast: case.nod(By.person(cast.wang.id)),
    "object": _objects,
    "rate": lambda case, cast: case.rate(By.person(cast.wang.id), 5),
    "propose_end": lambda case, cast: case.propose_end(cast.zhao.id, "untrue", "路灯亮着"),
    "say_level": lambda case, cast: case.say_level(cast.zhao.id, "department"),
    "join": lambda case, cast: case.join(cast.sun_xiaoyu.id),
    "void": lambda case, cast: case.void(By.person(cast.wang.id), "算了"),
    "relocate": lambda case, cast: case.relocate(spot(building="5"), By.person(cast.wang.id)),
}
MAY = {
    State.COLLECTED: {"join", "void", "relocate"},
    State.FILED: {"propose_end", "join", "void", "relocate"},
    State.DISPATCHED: {"accept", "give_back", "transfer", "propose_end", "join", "void", "relocate"},
    State.HANDLING: {"give_back", "transfer", "finish", "propose_end", "join", "void", "relocate"},
    State.FINISHED: {"nod", "object", "rate", "say_level", "join", "relocate"},
    State.CLOSED: {"nod", "object", "rate", "say_level"},
    State.RATED: {"nod", "object", "rate", "say_level"},
    State.VOID: set(),
}


@pytest.mark.parametrize("state", list(State))
def test_a_verb_that_has_no_place_in_a_state_is_refused_and_changes_nothing(cast: Cast, state: State) -> None:
    refusing = case_in(state, cast)  # all of them, because it stays as it was
    for name, verb in SAYING.items():
        case = case_in(state, cast) if name in MAY[state] else refusing
        had = everything(case)
        if name in MAY[state]:
            verb(case, cast)
            continue
        if name == "finish":
            with pytest.raises(NotAllowed):
                case.finish(cast.li.id, "换了灯泡", no_photo_reason="手机坏了")
        else:
            with pytest.raises(NotAllowed):
                verb(case, cast)
        assert everything(case) == had, name
