"""The rota: shifts, swaps, and no hour that nobody covers without somebody hearing of it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_town, letters_to, unit_of_work
from sqlalchemy import select, update

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty import rota, swaps
from models.duty.answering import duty_persons
from models.duty.leave import take_leave
from models.duty.shifts import on_shift
from models.duty.tables import Shift
from models.duty.weeks import Planned
from models.outbox.letter import Lane
from models.person.tables import Staff
from server.database import Database

HOME = 1  # the community


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    """赵 is the desk of the community, 孙 and 李 and 马 may be put on its rota."""
    with time_machine.travel(datetime(2026, 11, 23, 1, tzinfo=UTC)), unit_of_work(db):
        yield a_town()


def shift(someone: Someone, begins: float, hours: float = 12) -> Planned:
    """From so many hours from now."""
    start = now() + timedelta(hours=begins)
    return Planned(someone.id, start, start + timedelta(hours=hours))


def entered(cast: Cast, *shifts: Planned, rung: int = 0, replace: bool = False) -> tuple[int, int]:
    return rota.enter(HOME, rung, shifts, By.staff(cast.zhao.id), replace=replace)


def numbers() -> list[int]:
    return list(session().scalars(select(Shift.id).where(Shift.ended_at.is_(None)).order_by(Shift.starts_at)))


def gaps(cast: Cast) -> list[tuple[int, int]]:
    """In whole hours from now."""
    at = now()
    return [
        (round((one.starts_at - at) / timedelta(hours=1)), round((one.ends_at - at) / timedelta(hours=1)))
        for one in rota.gaps(at, at + timedelta(hours=47))
    ]


def test_who_is_on_shift_comes_first_and_without_a_rota_all_is_as_ever(cast: Cast) -> None:
    assert duty_persons(HOME) == (cast.zhao.id,)
    entered(cast, shift(cast.sun, -1), shift(cast.li, 11))
    assert duty_persons(HOME) == (cast.sun.id,)
    with time_machine.travel(now() + timedelta(hours=12)):
        assert duty_persons(HOME) == (cast.li.id,)
    with time_machine.travel(now() + timedelta(days=3)):
        assert duty_persons(HOME) == (cast.zhao.id,)


def test_a_place_that_nobody_could_tell_rings_at_the_towns_own_shift(cast: Cast) -> None:
    rota.enter(None, 0, [shift(cast.qian, -1)], By.staff(cast.leader.id))
    assert duty_persons(None) == (cast.qian.id,)
    assert duty_persons(HOME) == (cast.zhao.id,)


def test_the_same_shifts_again_change_nothing(cast: Cast) -> None:
    shifts = [shift(cast.sun, 1), shift(cast.li, 13)]
    assert entered(cast, *shifts) == (2, 0)
    assert entered(cast, *shifts) == (0, 0)
    assert entered(cast, *shifts, replace=True) == (0, 0)


def test_what_has_begun_counts_from_now_and_what_is_over_is_left_out(cast: Cast) -> None:
    assert entered(cast, shift(cast.sun, -30), shift(cast.sun, -6)) == (1, 0)
    (only,) = session().scalars(select(Shift))
    assert only.starts_at <= now()
    with pytest.raises(Invalid, match="shift_none"):
        entered(cast, shift(cast.sun, -30))


def test_another_plan_replaces_what_stands_there(cast: Cast) -> None:
    entered(cast, shift(cast.sun, -1), shift(cast.sun, 13), shift(cast.sun, 60))
    before = now()
    assert entered(cast, shift(cast.li, 0, 30), replace=True) == (1, 2)
    assert on_shift(HOME, 0, now()) == (cast.li.id,)
    assert on_shift(HOME, 0, before) == (cast.sun.id,)  # what was stays what it was
    assert len(numbers()) == 2


def test_nobody_is_on_duty_twice_at_a_time(cast: Cast) -> None:
    entered(cast, shift(cast.sun, 1))
    with pytest.raises(Invalid, match="shift_overlaps"):
        entered(cast, shift(cast.sun, 5))
    entered(cast, shift(cast.sun, 13), shift(cast.li, 1))
    entered(cast, shift(cast.sun, 1), rung=1)  # another rung has a rota of its own


def test_what_makes_no_sense_or_is_not_theirs_is_refused(cast: Cast) -> None:
    for code, shifts, rung in [
        ("rung_unknown", [shift(cast.sun, 1)], 4),
        ("shift_length", [shift(cast.sun, 1, 24 * 8)], 0),
        ("shift_length", [shift(cast.sun, 5, -1)], 0),
        ("rung_person", [shift(cast.wang, 1)], 0),
        ("rung_person", [shift(cast.qian, 1)], 0),
    ]:
        with pytest.raises(Invalid, match=code):
            entered(cast, *shifts, rung=rung)
    for one in (cast.sun, cast.qian, cast.wang):
        with pytest.raises(NotAllowed, match="chain_not_yours"):
            rota.enter(HOME, 0, [shift(cast.sun, 1)], By.staff(one.id))
    with pytest.raises(NotAllowed, match="chain_not_yours"):
        rota.enter(None, 0, [shift(cast.sun, 1)], By.staff(cast.zhao.id))


def test_every_hour_without_anybody_is_named(cast: Cast) -> None:
    assert gaps(cast) == []  # no rota, no gap
    entered(cast, shift(cast.sun, 0), shift(cast.li, 14, 20))
    assert gaps(cast) == [(12, 14), (34, 47)]
    rota.strike_out(numbers()[1], By.staff(cast.zhao.id))
    assert gaps(cast) == [(12, 47)]


def test_a_leave_without_a_deputy_is_a_gap_and_one_with_a_deputy_is_none(cast: Cast) -> None:
    entered(cast, shift(cast.sun, 0, 48))
    at = now()
    by = By.staff(cast.sun.id)
    take_leave(cast.sun.id, by, since=at + timedelta(hours=2), until=at + timedelta(hours=4), reason="看病")
    take_leave(
        cast.sun.id,
        by,
        since=at + timedelta(hours=6),
        until=at + timedelta(hours=12),
        deputy_id=cast.ma.id,
        reason="开会",
    )
    assert gaps(cast) == [(2, 4)]
    take_leave(
        cast.ma.id,
        By.staff(cast.ma.id),
        since=at + timedelta(hours=10),
        until=at + timedelta(hours=20),
        reason="开会",
    )
    assert gaps(cast) == [(2, 4), (10, 12)]
    with time_machine.travel(at + timedelta(hours=7)):
        assert duty_persons(HOME) == (cast.ma.id,)


def test_the_desk_hears_of_a_gap_once_and_again_shortly_before(cast: Cast) -> None:
    entered(cast, shift(cast.sun, 0, 24 * 6))
    start = now()
    heard: list[tuple[float, int]] = []
    for hours in range(0, 24 * 8, 12):
        with time_machine.travel(start + timedelta(hours=hours, minutes=1)):
            if rota.tell_gaps():
                heard.append((hours / 24, len(letters_to(cast.zhao, "rota_gaps"))))
    assert heard[:2] == [(0, 1), (4, 2)]
    assert [day for day, _ in heard[2:]] == [6, 7]  # it is there: once each day
    assert letters_to(cast.zhao, "rota_gaps")[0].facts["count"] == 1
    assert letters_to(cast.qian, "rota_gaps") == []


# swaps


def swapping(cast: Cast) -> tuple[int, int]:
    entered(cast, shift(cast.sun, 1), shift(cast.li, 13))
    first, second = numbers()
    return first, second


def whose(hours: float) -> int:
    at = now() + timedelta(hours=hours)
    (person,) = on_shift(HOME, 0, at)
    return person


def test_a_swap_is_asked_by_one_and_agreed_to_by_the_other(cast: Cast) -> None:
    first, second = swapping(cast)
    number = swaps.ask(first, cast.li.id, By.staff(cast.sun.id), in_return=second)
    assert swaps.ask(first, cast.li.id, By.staff(cast.sun.id), in_return=second) == number
    assert whose(2) == cast.sun.id  # nothing has changed yet
    assert [one.id for one in swaps.waiting_for(cast.li.id)] == [number]
    assert [one.id for one in swaps.asked_by(cast.sun.id)] == [number]
    assert len(letters_to(cast.li, "swap_asked")) == 1
    assert swaps.agree(number, By.staff(cast.li.id))
    assert not swaps.agree(number, By.staff(cast.li.id))
    session().flush()
    with time_machine.travel(now() + timedelta(seconds=1)):
        assert (whose(2), whose(14)) == (cast.li.id, cast.sun.id)
    assert [one.facts["how"] for one in letters_to(cast.sun, "swap_ended")] == ["agreed"]
    assert gaps(cast)[0][0] == 0  # as before: the first shift begins in an hour


def test_a_shift_may_be_taken_without_anything_in_return(cast: Cast) -> None:
    first, _ = swapping(cast)
    swaps.agree(swaps.ask(first, cast.ma.id, By.staff(cast.sun.id)), By.staff(cast.ma.id))
    with time_machine.travel(now() + timedelta(seconds=1)):
        assert whose(2) == cast.ma.id


def test_a_no_and_a_change_of_mind_leave_everything_as_it_is(cast: Cast) -> None:
    first, _ = swapping(cast)
    asked = swaps.ask(first, cast.ma.id, By.staff(cast.sun.id))
    assert swaps.refuse(asked, By.staff(cast.ma.id))
    assert not swaps.refuse(asked, By.staff(cast.ma.id))
    again = swaps.ask(first, cast.ma.id, By.staff(cast.sun.id))
    assert swaps.take_back(again, By.staff(cast.sun.id))
    with pytest.raises(NotAllowed, match="swap_over"):
        swaps.agree(again, By.staff(cast.ma.id))
    assert whose(2) == cast.sun.id
    assert [one.facts["how"] for one in letters_to(cast.sun, "swap_ended")] == ["refused"]
    assert [one.facts["how"] for one in letters_to(cast.ma, "swap_ended")] == ["withdrawn"]


def test_nobody_answers_for_another_and_nobody_gives_away_what_is_not_theirs(cast: Cast) -> None:
    first, second = swapping(cast)
    for one in (cast.ma, cast.li, cast.qian, cast.wang):
        with pytest.raises(NotAllowed, match="shift_not_yours"):
            swaps.ask(first, cast.li.id, By.staff(one.id))
    number = swaps.ask(first, cast.li.id, By.staff(cast.zhao.id))  # the desk may
    for verb in (swaps.agree, swaps.refuse):
        for one in (cast.sun, cast.zhao, cast.ma):
            with pytest.raises(NotFound, match="swap_not_found"):
                verb(number, By.staff(one.id))
    with pytest.raises(NotFound, match="swap_not_found"):
        swaps.take_back(number, By.staff(cast.li.id))
    for code, to, given in [
        ("rung_person", cast.sun, None),
        ("rung_person", cast.wang, None),
        ("rung_person", cast.qian, None),
        ("swap_return", cast.ma, second),
        ("swap_open", cast.ma, None),
    ]:
        with pytest.raises(Invalid, match=code):
            swaps.ask(first, to.id, By.staff(cast.sun.id), in_return=given)


def test_nobody_gives_hours_to_somebody_who_has_left_since(cast: Cast) -> None:
    first, second = swapping(cast)
    in_return = swaps.ask(first, cast.li.id, By.staff(cast.sun.id), in_return=second)
    leaves = update(Staff).where(Staff.person_id == cast.sun.id).values(active=False)
    session().execute(leaves)
    with pytest.raises(Invalid, match="rung_person"):
        swaps.agree(in_return, By.staff(cast.li.id))
    assert whose(14) == cast.li.id
    swaps.refuse(in_return, By.staff(cast.li.id))
    session().execute(leaves.values(active=True))
    alone = swaps.ask(first, cast.ma.id, By.staff(cast.sun.id))
    session().execute(leaves)
    assert swaps.agree(alone, By.staff(cast.ma.id))  # a shift of somebody who has left may be taken


def test_who_would_be_on_duty_twice_cannot_take_it(cast: Cast) -> None:
    entered(cast, shift(cast.sun, 1), shift(cast.li, 5))
    first, second = numbers()
    with pytest.raises(Invalid, match="shift_overlaps"):
        swaps.ask(first, cast.li.id, By.staff(cast.sun.id))
    swaps.agree(swaps.ask(first, cast.li.id, By.staff(cast.sun.id), in_return=second), By.staff(cast.li.id))


def test_what_has_begun_is_swapped_no_more(cast: Cast) -> None:
    first, _ = swapping(cast)
    number = swaps.ask(first, cast.ma.id, By.staff(cast.sun.id))
    assert not swaps.lapse_one()
    with time_machine.travel(now() + timedelta(hours=2)):
        with pytest.raises(NotAllowed, match="shift_begun"):
            swaps.agree(number, By.staff(cast.ma.id))
        with pytest.raises(NotAllowed, match="shift_begun"):
            swaps.ask(first, cast.ma.id, By.staff(cast.sun.id))
        assert swaps.lapse_one()
        assert not swaps.lapse_one()
    (letter,) = letters_to(cast.sun, "swap_ended")
    assert (letter.facts["how"], letter.lane) == ("too_late", Lane.NEWS)


def test_after_any_swaps_as_many_hours_are_covered_as_before(cast: Cast) -> None:
    entered(cast, *[shift(one, 12 * turn) for turn, one in enumerate([cast.sun, cast.li, cast.ma] * 2)])
    before = hours()
    for first, second in ((1, 2), (3, 5), (4, 2)):
        given, taken = (session().get_one(Shift, numbers()[one]) for one in (first, second))
        with suppress(Invalid):
            asked = swaps.ask(given.id, taken.person_id, By.staff(given.person_id), in_return=taken.id)
            swaps.agree(asked, By.staff(taken.person_id))
        session().flush()
    assert hours() == before


def hours() -> list[tuple[datetime, datetime]]:
    query = select(Shift.starts_at, Shift.ends_at).where(Shift.ended_at.is_(None))
    return sorted((row[0], row[1]) for row in session().execute(query))
