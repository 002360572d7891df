"""The platform reads first what the public shall read: nothing goes out on silence or doubt."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_town, letters_to, unit_of_work
from notices import THIRD, a_notice, handed_in, letters_of, tell_all, words
from sqlalchemy import update

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.history import steps_about
from models.notice import checking, checks, enclosed
from models.notice import notice as verbs
from models.notice.audience import Audience
from models.notice.enclosed import ATTACHMENT, PICTURE, Enclosure
from models.notice.notice import Rules
from models.notice.tables import Kind, Notice, State
from models.notice.telling import tell_some
from models.person.tables import Staff
from server.database import Database

ON = Rules(delay=timedelta(), content_check=True)
PICTURES = [Enclosure(PICTURE, f"aa/{one:032x}.jpg", "image/jpeg") for one in range(2)]
ATTACHED = [Enclosure(ATTACHMENT, f"bb/{1:032x}.pdf", "application/pdf", "表.pdf")]


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def in_check(db: Database, cast: Cast, files: list[Enclosure] | None = None, **said: Any) -> int:
    with unit_of_work(db):
        rules = said.pop("rules", ON)
        notice = a_notice(cast.zhao.id, said.pop("to", THIRD), **said)
        enclosed.enclose(notice, files or [], By.staff(cast.zhao.id))
        verbs.hand_in(notice, By.staff(cast.zhao.id), rules)
        return notice.id


def say(db: Database, number: int, *verdicts: str, label: int = 100) -> None:
    """What the platform says of the words and then of each picture."""
    with unit_of_work(db):
        for check, verdict in zip(checks.of(the(number)), verdicts, strict=False):
            checks.answered(check.id, verdict, label)


def the(number: int) -> Notice:
    return session().get_one(Notice, number)


def state(db: Database, number: int) -> str:
    with db.read():
        return the(number).state


def move(db: Database, rules: Rules = ON) -> int:
    moved = 0
    while db.write(checking.move_one, rules):
        moved += 1
    return moved


def kinds(db: Database, person: Someone) -> list[str]:
    with db.read():
        return [one.kind for one in letters_to(person)]


def test_clean_words_go_on_and_are_told(db: Database, cast: Cast) -> None:
    number = in_check(db, cast)
    assert (state(db, number), move(db), tell_all(db)) == (State.CHECKING, 0, 0)
    say(db, number, "pass")
    assert move(db) == 1
    with db.read():
        assert (the(number).state, the(number).checked) == (State.WAITING, "pass")
    assert tell_all(db) > 0
    with db.read():
        assert [one.what for one in steps_about("notice", number)] == [
            "drafted", "checking", "checked", "begun", "told",
        ]  # fmt: skip


@pytest.mark.parametrize("verdict", ["risky", "review"])
def test_what_is_risky_or_doubtful_goes_back_to_its_author_with_the_reason(
    db: Database, cast: Cast, verdict: str
) -> None:
    number = in_check(db, cast)
    say(db, number, verdict, label=20008)
    move(db)
    assert state(db, number) == State.DRAFT
    with db.read():
        assert checking.sent_back(the(number)) == {"part": "text", "label": 20008, "reader": None}
        (letter,) = (one for one in letters_to(cast.zhao) if one.kind == checking.SENT_BACK)
        assert (letter.facts["label"], letter.facts["part"]) == (20008, "text")
        assert letters_of(number) == [letter]


def test_every_picture_has_to_pass_as_well(db: Database, cast: Cast) -> None:
    number = in_check(db, cast, PICTURES)
    say(db, number, "pass", "pass")
    assert move(db) == 0
    say(db, number, "pass", "pass", "risky", label=20002)
    move(db)
    with db.read():
        assert checking.sent_back(the(number)) == {"part": "picture", "label": 20002, "reader": None}


def test_the_first_answer_counts_and_a_late_one_changes_nothing(db: Database, cast: Cast) -> None:
    number = in_check(db, cast)
    with db.read():
        (old,) = checks.of(the(number))
    say(db, number, "risky")
    say(db, number, "pass")
    move(db)
    assert state(db, number) == State.DRAFT
    with unit_of_work(db):
        verbs.hand_in(the(number), By.staff(cast.zhao.id), ON)
    db.write(checks.answered, old.id, "pass", 100)
    assert (move(db), state(db, number)) == (0, State.CHECKING)
    with unit_of_work(db):
        verbs.stop(the(number), By.staff(cast.zhao.id))
    say(db, number, "pass")
    assert (move(db), state(db, number)) == (0, State.STOPPED)


def test_without_an_answer_people_are_asked_after_half_an_hour_and_may_let_it_through(
    db: Database, cast: Cast
) -> None:
    number = in_check(db, cast)
    with time_machine.travel(now() + timedelta(minutes=29), tick=False):
        assert move(db) == 0
    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        assert move(db) == 1
        assert move(db) == 0
        assert (kinds(db, cast.leader), kinds(db, cast.zhao)) == ([checking.ASKS], [])
        assert kinds(db, cast.qian) == []  # another community's desk
        assert (state(db, number), tell_all(db)) == (State.CHECKING, 0)
        with unit_of_work(db):
            checking.let_through(the(number), By.staff(cast.leader.id), ON)
        assert tell_all(db) > 0
    with db.read():
        assert (the(number).checked, the(number).second_id) == ("by_person", cast.leader.id)
        assert "let_through" in [one.what for one in steps_about("notice", number)]


def test_an_emergency_asks_people_after_two_minutes(db: Database, cast: Cast) -> None:
    number = in_check(db, cast, kind=Kind.EMERGENCY)
    with time_machine.travel(now() + timedelta(minutes=1, seconds=50), tick=False):
        assert move(db) == 0
    with time_machine.travel(now() + timedelta(minutes=2, seconds=1), tick=False):
        assert move(db) == 1
    assert state(db, number) == State.CHECKING


def test_a_good_answer_helps_even_after_people_were_asked(db: Database, cast: Cast) -> None:
    number = in_check(db, cast)
    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        move(db)
        say(db, number, "pass")
        move(db)
    assert state(db, number) == State.WAITING
    with db.read():
        (asked,) = letters_to(cast.leader)
        assert (asked.state, asked.reason) == ("withdrawn", "overtaken")


def test_nobody_lets_through_what_he_wrote_or_what_the_platform_still_reads(db: Database, cast: Cast) -> None:
    number = in_check(db, cast)
    for person, code in ((cast.zhao, "notice_second_is_first"), (cast.leader, "notice_still_checking")):
        with unit_of_work(db), pytest.raises(NotAllowed, match=code):
            checking.let_through(the(number), By.staff(person.id), ON)
    say(db, number, "pass")
    move(db)
    with unit_of_work(db), pytest.raises(NotAllowed, match="notice_not_checking"):
        checking.let_through(the(number), By.staff(cast.leader.id), ON)


def test_who_lets_it_through_is_the_second_person_too(db: Database, cast: Cast) -> None:
    many = Rules(second_above=0, delay=timedelta(), content_check=True)
    number = in_check(db, cast, rules=many)
    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        move(db, many)
        with unit_of_work(db):
            checking.let_through(the(number), By.staff(cast.leader.id), many)
    assert state(db, number) == State.WAITING


def test_what_passed_still_waits_for_the_second_person(db: Database, cast: Cast) -> None:
    many = Rules(second_above=0, delay=timedelta(), content_check=True)
    number = in_check(db, cast, rules=many)
    say(db, number, "pass")
    move(db, many)
    assert (state(db, number), tell_all(db)) == (State.HELD, 0)


def test_attachments_need_somebody_who_has_looked_into_them(db: Database, cast: Cast) -> None:
    number = in_check(db, cast, ATTACHED)
    say(db, number, "pass")
    assert (move(db), move(db), state(db, number)) == (1, 0, State.CHECKING)
    with db.read():
        (asked,) = letters_to(cast.leader)
        assert asked.facts["why"] == "attachments"


def test_its_author_takes_it_back_and_anybody_of_the_desk_sends_it_back(db: Database, cast: Cast) -> None:
    number = in_check(db, cast)
    with unit_of_work(db):
        checking.send_back(the(number), By.staff(cast.zhao.id))
    assert (state(db, number), kinds(db, cast.zhao)) == (State.DRAFT, [])
    with unit_of_work(db):
        verbs.hand_in(the(number), By.staff(cast.zhao.id), ON)
        checking.send_back(the(number), By.staff(cast.leader.id))
        assert checking.sent_back(the(number)) == {"part": None, "label": None, "reader": "郑书记"}
    assert kinds(db, cast.zhao) == [checking.SENT_BACK]


@pytest.mark.parametrize("why", [checks.NO_MINI, checks.NOT_SEEN])
def test_its_author_hears_once_what_to_do(db: Database, cast: Cast, why: str) -> None:
    number = in_check(db, cast)
    for _ in range(3):
        with unit_of_work(db):
            (check,) = checks.of(the(number))
            checks.unanswered(check.id, why)
        move(db)
    with db.read():
        (letter,) = letters_to(cast.zhao)
        assert (letter.kind, letter.facts["why"]) == (checking.WAITS, why)


def test_where_nobody_else_can_read_it_its_author_hears_so(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        session().execute(update(Staff).where(Staff.person_id == cast.leader.id).values(active=False))
    number = in_check(db, cast)
    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        assert (move(db), move(db)) == (1, 0)
    assert (kinds(db, cast.zhao), state(db, number)) == ([checking.WAITS], State.CHECKING)


def test_staff_is_told_without_a_check(db: Database, cast: Cast) -> None:
    number = in_check(db, cast, to=THIRD | {"roles": ["keeper"]})
    assert state(db, number) == State.WAITING


def test_staffs_correction_of_what_everybody_reads_is_read(db: Database, cast: Cast) -> None:
    """Because its title stands on the page of the first."""
    with unit_of_work(db):
        first = handed_in(cast.zhao.id).id
    with unit_of_work(db):
        said, to, by = words(title="更正"), Audience.of(THIRD | {"roles": ["keeper"]}), By.staff(cast.zhao.id)
        notice = the(verbs.draft(said, to, by, 1, corrects=first))
        verbs.hand_in(notice, by, ON)
        assert notice.state == State.CHECKING


def test_what_nobody_has_read_goes_to_be_read_however_it_came_so_far(db: Database, cast: Cast) -> None:
    """The check was switched on after it had been handed in."""
    with unit_of_work(db):
        number = handed_in(cast.zhao.id).id
    with unit_of_work(db):
        assert tell_some(must_be_checked=True)
        assert not tell_some(must_be_checked=True)
        assert (the(number).state, letters_of(number)) == (State.CHECKING, [])


def test_what_some_have_heard_never_becomes_a_draft_again(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id).id
    with unit_of_work(db):
        assert tell_some()
    while True:
        with unit_of_work(db):
            if not tell_some(must_be_checked=True):
                break
    assert state(db, number) == State.TOLD


def test_what_waited_while_the_check_was_off_is_read_when_it_is_on_again(db: Database, cast: Cast) -> None:
    number = in_check(db, cast, ATTACHED)
    say(db, number, "pass")
    move(db)
    move(db, Rules(delay=timedelta()))
    assert state(db, number) == State.WAITING
    with unit_of_work(db):
        assert tell_some(must_be_checked=True)
    assert state(db, number) == State.CHECKING


def test_when_the_check_is_switched_off_nothing_is_stuck(db: Database, cast: Cast) -> None:
    number = in_check(db, cast)
    move(db, Rules(delay=timedelta()))
    assert state(db, number) == State.WAITING


def test_what_is_over_before_it_passed_is_broken_off(db: Database, cast: Cast) -> None:
    number = in_check(db, cast, valid_until=now() + timedelta(minutes=10))
    say(db, number, "pass")
    with time_machine.travel(now() + timedelta(minutes=20), tick=False):
        move(db)
    assert state(db, number) == State.STOPPED


def test_a_question_is_one_askers_until_it_is_put_back(db: Database, cast: Cast) -> None:
    in_check(db, cast, PICTURES)
    taken = db.write(checks.due, 10)
    assert [one.item_id is None for one in taken] == [True, False, False]
    assert {one.author_id for one in taken} == {cast.zhao.id}
    assert list(db.write(checks.due, 10)) == []
    with time_machine.travel(now() + timedelta(seconds=61), tick=False):
        assert len(db.write(checks.due, 10)) == 3  # whoever took them has died
    db.write(checks.unanswered, taken[0].id, "timeout")
    with time_machine.travel(now() + timedelta(seconds=11), tick=False):
        assert [one.id for one in db.write(checks.due, 10)] == [taken[0].id]
