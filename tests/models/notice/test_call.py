"""A call with a roll: who comes, who cannot, who is silent and by whom he is named."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from cast import Cast
from factories import a_town, letters_to, unit_of_work
from notices import handed_in, letters_of, tell_all
from sqlalchemy import func, select, update

from models.base.clock import after, now
from models.base.orm import put, session
from models.base.refusals import NotAllowed
from models.duty.tables import RungHolder
from models.history import steps_about
from models.notice import call, climbing
from models.notice.audience import Audience, reach_of
from models.notice.call import Roll
from models.notice.tables import CallAnswer, Notice
from models.outbox.letter import Letter, State
from models.person.tables import Person, Staff
from models.place.tables import Grid
from models.place.version import raise_version
from server.database import Database

STAFF = {"roles": ["keeper", "grid_worker"], "communities": ["育英社区"]}


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


@pytest.fixture
def number(db: Database, cast: Cast) -> int:
    with unit_of_work(db):
        key = handed_in(cast.zhao.id, STAFF, title="今晚清雪", is_call=True).id
    tell_all(db)
    return key


def grid_of_yuying() -> int:
    return session().scalars(select(Grid.id)).one()


def say(db: Database, number: int, person: int, coming: bool) -> None:
    with unit_of_work(db):
        call.answer(session().get_one(Notice, number), person, coming)


def test_the_roll_counts_by_grid_and_the_last_word_counts(db: Database, cast: Cast, number: int) -> None:
    say(db, number, cast.li.id, True)
    say(db, number, cast.sun.id, True)
    say(db, number, cast.sun.id, False)
    with unit_of_work(db):
        assert call.rolls(number) == {grid_of_yuying(): Roll(coming=1, not_coming=1, silent=1)}
        assert call.answer_of(number, cast.li.id) is True
        assert call.answer_of(number, cast.ma.id) is None


def test_who_has_answered_is_not_called_a_second_time(db: Database, cast: Cast, number: int) -> None:
    with unit_of_work(db):
        session().execute(update(Letter).values(state=State.SENT))
    say(db, number, cast.li.id, False)
    with unit_of_work(db):
        second = reach_of(Audience.of({**STAFF, "unread_of": number}), 1)
        assert set(second.people(0, 10)) == {cast.sun.id, cast.ma.id}


@pytest.mark.parametrize("who", ["wang", "qian"])
def test_who_was_not_called_has_no_answer_to_give(db: Database, cast: Cast, number: int, who: str) -> None:
    with pytest.raises(NotAllowed, match="call_over"):
        say(db, number, getattr(cast, who).id, True)


def test_a_call_that_is_over_takes_no_answer(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        until = after(hours=2)
        key = handed_in(cast.zhao.id, STAFF, is_call=True, valid_until=until).id
    tell_all(db)
    with time_machine.travel(after(hours=3)), pytest.raises(NotAllowed):
        say(db, key, cast.li.id, True)


def test_an_older_call_is_answered_while_a_newer_one_is_open(db: Database, cast: Cast, number: int) -> None:
    with unit_of_work(db):
        newer = handed_in(cast.zhao.id, STAFF, title="明早清雪", is_call=True, valid_until=after(hours=1)).id
    tell_all(db)
    say(db, number, cast.li.id, True)
    with unit_of_work(db):
        assert call.answer_of(number, cast.li.id) is True
        newest = call.open_call(cast.li.id)
        assert newest is not None
        assert newest.id == newer
    with time_machine.travel(after(hours=2)), unit_of_work(db):
        still_open = call.open_call(cast.li.id)
        assert still_open is not None
        assert still_open.id == number


def test_nobody_is_named_as_silent_while_the_called_sleep(db: Database, cast: Cast, number: int) -> None:
    with unit_of_work(db):
        for letter in letters_of(number):
            letter.reason = "quiet"
    assert climbs(db, 8 * 60) == 0
    with unit_of_work(db):
        for letter in letters_of(number):
            letter.state, letter.reason, letter.sent_at = "sent", None, after(hours=9)
    assert climbs(db, 9 * 60 + 20) == 0
    assert climbs(db, 9 * 60 + 31) == 1


def climbs(db: Database, minutes: int) -> int:
    with time_machine.travel(now() + timedelta(minutes=minutes)):
        count = 0
        while True:
            with unit_of_work(db):
                if not climbing.climb_one(after_minutes=30):
                    return count
                count += 1


@pytest.fixture
def head(db: Database, cast: Cast) -> Iterator[int]:
    """The head of the grid of 育英小区."""
    with unit_of_work(db):
        person = put(Person, public_id="head", is_rider=False)
        put(Staff, number="H001", person_id=person, name="网格长", roles=["grid_head"], active=True)
        put(RungHolder, grid_id=grid_of_yuying(), rung=1, person_id=person, since=now())
        raise_version()
    return person


def test_who_is_silent_is_named_to_the_next_rung(db: Database, cast: Cast, number: int, head: int) -> None:
    say(db, number, cast.li.id, False)
    assert climbs(db, 20) == 0
    assert climbs(db, 31) == 1
    with unit_of_work(db):
        (letter,) = letters_to(cast.sun, "call_silent")  # keepers stand below the grid worker
        assert letter.facts["names"] == ["马师傅"]
        query = select(func.count()).select_from(Notice).where(Notice.climbed == 1)
        assert session().scalar(query) == 1
    assert climbs(db, 31) == 0
    assert climbs(db, 61) == 1
    assert climbs(db, 24 * 60) == 2
    assert climbs(db, 25 * 60) == 0


def test_nobody_above_means_the_desk(db: Database, cast: Cast, number: int) -> None:
    for person in (cast.li, cast.ma):
        say(db, number, person.id, True)
    assert climbs(db, 31) == 1
    with unit_of_work(db):
        assert letters_to(cast.zhao, "call_silent")[0].facts["names"] == ["孙网格员"]


def test_who_calls_them_is_enough_and_nobody_higher_is_asked(
    db: Database, cast: Cast, number: int, head: int
) -> None:
    assert climbs(db, 31) == 1
    with unit_of_work(db):
        notice = session().get_one(Notice, number)
        with pytest.raises(NotAllowed, match="call_over"):
            climbing.take_up(notice, cast.ma.id)
        for _ in range(2):
            climbing.take_up(notice, cast.sun.id)
        assert [step.what for step in steps_about("notice", number)].count("silent_taken_up") == 1
        assert climbing.who_took_up(number) == ["孙网格员"]
        asked = climbing.named_to(notice, cast.sun.id)
        assert asked == climbing.Silent(["李师傅", "马师傅"], 0, True)
    assert climbs(db, 61) == 1
    with unit_of_work(db):
        (letter,) = session().scalars(
            select(Letter).where(Letter.kind == "call_silent", Letter.to_id == head)
        )
        assert letter.facts["names"] == ["孙网格员"]  # whom nobody calls yet; the keepers are being called


def test_who_answers_after_all_is_not_among_the_silent_any_more(
    db: Database, cast: Cast, number: int, head: int
) -> None:
    climbs(db, 31)
    say(db, number, cast.li.id, True)
    with unit_of_work(db):
        asked = climbing.named_to(session().get_one(Notice, number), cast.sun.id)
        assert asked == climbing.Silent(["马师傅"], 0, False)


def test_everybody_answered_and_nobody_is_named(db: Database, cast: Cast, number: int) -> None:
    for person in (cast.li, cast.ma, cast.sun):
        say(db, number, person.id, True)
    climbs(db, 31)
    with unit_of_work(db):
        assert letters_to(cast.zhao, "call_silent") == []


def test_two_hundred_answers_at_once_lose_nothing_and_count_once(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        people = []
        for count in range(213):
            person = put(Person, public_id=f"v{count}", is_rider=False)
            put(Staff, number=f"V{count}", person_id=person, name="志愿者", roles=["property"], active=True)
            people.append(person)
        raise_version()
        volunteers = {"roles": ["property"], "communities": ["育英社区"]}
        key = handed_in(cast.zhao.id, volunteers, is_call=True).id
    tell_all(db)

    def answered(person: int) -> None:
        db.write(lambda: call.answer(session().get_one(Notice, key), person, person % 3 > 0))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(answered, people * 2))
    with unit_of_work(db):
        assert session().scalar(select(func.count(CallAnswer.id))) == 213
        (roll,) = call.rolls(key).values()
        assert (roll.silent, roll.coming + roll.not_coming) == (0, 213)
        assert roll.coming == sum(person % 3 > 0 for person in people)
