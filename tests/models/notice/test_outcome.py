"""What its author hears: what went wrong, and what somebody else did; nothing of what he did himself."""

from typing import Any

import pytest
import time_machine
from cast import Cast
from factories import a_town, letters_to, unit_of_work
from notices import handed_in, letters_of, tell_all

from models.base.actor import By
from models.base.clock import after
from models.base.orm import session
from models.notice import notice as verbs
from models.notice import outcome
from models.notice.tables import Notice
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def told(db: Database, author: int, **said: Any) -> int:
    with unit_of_work(db):
        number = handed_in(author, **said).id
    tell_all(db)
    return number


def heard(cast: Cast) -> list[tuple[str, str | None]]:
    return [(one.facts["why"], one.facts["who"]) for one in letters_to(cast.zhao, "notice_ended")]


@pytest.mark.parametrize("verb", ["stopped", "withdrawn"])
def test_who_else_stopped_it_is_named_to_its_author(db: Database, cast: Cast, verb: str) -> None:
    number = told(db, cast.zhao.id)
    by = By.staff(cast.leader.id)
    with unit_of_work(db):
        ends = verbs.stop if verb == "stopped" else verbs.withdraw
        ends(verbs.found(number, by), by)
        assert heard(cast) == [(verb, "郑书记")]


def test_who_stops_his_own_knows(db: Database, cast: Cast) -> None:
    number = told(db, cast.zhao.id)
    by = By.staff(cast.zhao.id)
    with unit_of_work(db):
        verbs.stop(verbs.found(number, by), by)
        verbs.withdraw(verbs.found(number, by), by)
        assert heard(cast) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"audience": {"estates": ["改了名的小区"]}}, "place"),
        ({"valid_until": after(minutes=10)}, "past"),
        ({"body": "找王师傅13812345678"}, "broken"),
    ],
)
def test_one_that_is_broken_off_is_told_to_its_author(
    db: Database, cast: Cast, change: dict[str, Any], why: str
) -> None:
    with unit_of_work(db):
        notice = handed_in(cast.zhao.id)
        for name, value in change.items():
            setattr(notice, name, value)
    with time_machine.travel(after(minutes=20)):
        tell_all(db)
    with unit_of_work(db):
        assert heard(cast) == [(why, None)]


def looked(db: Database, minutes: int = 6) -> int:
    count = 0
    with time_machine.travel(after(minutes=minutes)):
        while True:
            with unit_of_work(db):
                if not outcome.tell_one_unheard():
                    return count
                count += 1


def fated(db: Database, number: int, *fates: tuple[str, str | None]) -> None:
    with unit_of_work(db):
        for letter, (state, reason) in zip(letters_of(number), fates, strict=True):
            letter.state, letter.reason = state, reason


@pytest.mark.parametrize(
    "fates",
    [
        (("failed", "no_way"), ("failed", "43004")),
        (("by_hand", "by_hand"), ("unknown", "timeout")),
        (("withdrawn", "too_late"), ("failed", "no_way")),
    ],
)
def test_what_nobody_hears_is_told_to_its_author_once(
    db: Database, cast: Cast, fates: tuple[tuple[str, str], ...]
) -> None:
    number = told(db, cast.zhao.id)
    fated(db, number, *fates)
    assert looked(db, minutes=1) == 0  # what is tried again may still arrive
    assert looked(db) == 1
    assert looked(db, minutes=60) == 0
    with unit_of_work(db):
        assert heard(cast) == [("unheard", None)]


def test_so_is_one_whose_author_heard_of_it_before(db: Database, cast: Cast) -> None:
    number = told(db, cast.zhao.id)
    fated(db, number, ("failed", "no_way"), ("failed", "43004"))
    with unit_of_work(db):
        outcome.tell_author(session().get_one(Notice, number), "grown")
    assert looked(db) == 1


@pytest.mark.parametrize(
    "hope", [("sent", None), ("waiting", "quiet"), ("taken", None), ("withdrawn", "in_digest")]
)
def test_as_long_as_one_may_hear_it_nothing_is_said(
    db: Database, cast: Cast, hope: tuple[str, str | None]
) -> None:
    number = told(db, cast.zhao.id)
    fated(db, number, ("failed", "no_way"), hope)
    assert looked(db) == 0


def test_of_one_that_was_stopped_nothing_more_is_said(db: Database, cast: Cast) -> None:
    number = told(db, cast.zhao.id)
    with unit_of_work(db):
        verbs.stop(session().get_one(Notice, number), By.staff(cast.zhao.id))
    assert looked(db) == 0
