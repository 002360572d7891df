"""How often a desk may speak in a day, and how often the same to those who did not open it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cast import Cast
from factories import a_town, unit_of_work
from notices import a_notice, all_sent, handed_in, tell_all

from models.base.actor import By
from models.base.clock import after
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.notice import notice as verbs
from models.notice.notice import Rules
from models.notice.tables import Notice, State
from server.database import Database

MORNING = "2026-03-23T01:00:00Z"  # 9:00 in Beijing
FEW = Rules(delay=timedelta(), a_day=2, rounds=2)


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def speaks(db: Database, author: int, rules: Rules = FEW, **more: Any) -> int:
    with unit_of_work(db):
        return handed_in(author, more.pop("to", {"estates": ["育英小区"]}), rules, **more).id


@time_machine.travel(MORNING)
def test_a_desk_speaks_so_often_in_a_day(db: Database, cast: Cast) -> None:
    for _ in range(2):
        speaks(db, cast.zhao.id)
    with pytest.raises(NotAllowed, match="notice_many"):
        speaks(db, cast.zhao.id)
    with pytest.raises(NotAllowed, match="notice_many"):  # another person of the same desk
        speaks(db, cast.leader.id)
    speaks(db, cast.zhao.id, kind="emergency")
    with time_machine.travel(after(hours=15)):  # 0:00 in Beijing
        speaks(db, cast.zhao.id)


@time_machine.travel(MORNING)
def test_what_was_stopped_before_anybody_heard_it_counts_for_nothing(db: Database, cast: Cast) -> None:
    slow = Rules(delay=timedelta(minutes=2), a_day=1)
    first = speaks(db, cast.zhao.id, slow)
    with unit_of_work(db):
        verbs.stop(session().get_one(Notice, first), By.staff(cast.zhao.id))
    second = speaks(db, cast.zhao.id, slow)
    with time_machine.travel(after(minutes=3)):
        tell_all(db)
        with unit_of_work(db):
            verbs.stop(session().get_one(Notice, second), By.staff(cast.zhao.id))
        with pytest.raises(NotAllowed, match="notice_many"):
            speaks(db, cast.zhao.id, slow)


@time_machine.travel(MORNING)
def test_it_is_the_day_of_its_hour_that_counts(db: Database, cast: Cast) -> None:
    once = Rules(delay=timedelta(), a_day=1)
    speaks(db, cast.zhao.id, once)
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id, send_at=after(days=1))
        verbs.hand_in(notice, By.staff(cast.zhao.id), once)
        assert notice.state == State.WAITING
        notice = a_notice(cast.zhao.id, send_at=after(days=1, hours=1))
        with pytest.raises(NotAllowed, match="notice_many"):
            verbs.hand_in(notice, By.staff(cast.zhao.id), once)


@time_machine.travel(MORNING)
def test_what_the_platform_still_reads_counts_for_the_day_of_its_hour(db: Database, cast: Cast) -> None:
    read = Rules(delay=timedelta(), a_day=1, content_check=True)
    speaks(db, cast.zhao.id, read, send_at=after(days=1))
    speaks(db, cast.zhao.id, read)
    for hour in (None, after(days=1, hours=1)):
        with pytest.raises(NotAllowed, match="notice_many"):
            speaks(db, cast.zhao.id, read, send_at=hour)
    speaks(db, cast.zhao.id, read, send_at=after(days=2))


@time_machine.travel(MORNING)
def test_of_two_that_wait_for_agreement_one_too_many_is_not_let_go(db: Database, cast: Cast) -> None:
    held = Rules(second_above=0, delay=timedelta(), a_day=1)
    first, second = (speaks(db, cast.zhao.id, held) for _ in range(2))
    with unit_of_work(db):
        by = By.staff(cast.leader.id)
        verbs.agree(verbs.found(first, by), by, held)
        with pytest.raises(NotAllowed, match="notice_many"):
            verbs.agree(verbs.found(second, by), by, held)


@time_machine.travel(MORNING)
def test_the_unread_are_told_again_so_often(db: Database, cast: Cast) -> None:
    many = Rules(delay=timedelta(), a_day=100, rounds=2)
    first = speaks(db, cast.zhao.id, many)
    tell_all(db)
    all_sent(db, first)
    second = speaks(db, cast.zhao.id, many, to={"unread_of": first})
    tell_all(db)
    all_sent(db, second)
    speaks(db, cast.zhao.id, many, to={"unread_of": second})  # the unread among the unread
    tell_all(db)
    for one in (first, second):
        with pytest.raises(NotAllowed, match="notice_rounds"):
            speaks(db, cast.zhao.id, many, to={"unread_of": one})
    other = speaks(db, cast.zhao.id, many)
    tell_all(db)
    all_sent(db, other)
    speaks(db, cast.zhao.id, many, to={"unread_of": other})
