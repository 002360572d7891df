"""What lets notices become letters knows the rules of the place."""

import threading
import time
from pathlib import Path

import pytest
from cast import Cast
from factories import a_town, letters_to, unit_of_work
from notices import handed_in, letters_of
from settings_files import configuration

from models.base.orm import session
from models.notice.notice import Rules
from models.notice.tables import Notice, State
from server.database import Database
from server.spreading import Spreader


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def spread(db: Database, folder: Path, number: int, **rules: object) -> State:
    """The state in which a spreader leaves the notice."""
    stop = threading.Event()
    spreader = Spreader(configuration(folder, rules=rules), db)
    thread = threading.Thread(target=spreader.run, args=[stop])
    thread.start()
    until = time.monotonic() + 60
    state = State.WAITING
    while state in (State.WAITING, State.GOING) and time.monotonic() < until:
        time.sleep(0.05)
        with db.read():
            state = State(session().get_one(Notice, number).state)
    stop.set()
    thread.join()
    return state


def test_a_notice_becomes_letters(db: Database, cast: Cast, tmp_path: Path) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id).id
    assert spread(db, tmp_path, number) == State.TOLD
    with unit_of_work(db):
        assert len(letters_of(number)) == 2


def test_one_that_too_many_would_hear_by_now_waits_for_a_second_person(
    db: Database, cast: Cast, tmp_path: Path
) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id, rules=Rules(second_above=9)).id
        session().get_one(Notice, number).starts_at = session().get_one(Notice, number).created_at
    assert spread(db, tmp_path, number, second_person_above=1) == State.HELD
    with unit_of_work(db):
        assert len(letters_to(cast.leader, "notice_second")) == 1
