"""Who looks at unusually much, or at night, is named to those who administer it: once in an hour."""

from datetime import datetime

import pytest
import time_machine
from factories import a_town
from sqlalchemy import select

from models.audit.noting import Who, note
from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.orm import put, session
from models.duty.tables import Shift
from models.joins.watching import name_late_looks, name_many_looks
from models.outbox.letter import Letter

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 23, 23, 10, tzinfo=SHANGHAI)
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def cast(db):
    return db.write(a_town)


def look(db, person: int, times: int = 1, act: str = "reveal", **facts: int) -> None:
    def work() -> None:
        for _ in range(times):
            note(act, Who(By.staff(person), "keeper", 1), ("case", "100014"), facts=facts)

    db.write(work)


def letters(db) -> list[tuple[int, dict[str, object]]]:
    with db.read():
        found = session().scalars(select(Letter).where(Letter.kind == "many_looks").order_by(Letter.id))
        return [(one.to_id, one.facts) for one in found]


def test_more_than_fifty_looks_in_an_hour_are_named_once(db, cast):
    with time_machine.travel(MONDAY, tick=False) as clock:
        look(db, cast.li.id, 50)
        assert db.write(name_many_looks, 50) == 0
        look(db, cast.li.id)
        assert db.write(name_many_looks, 50) > 0
        assert db.write(name_many_looks, 50) == 0
        (to, facts), *_ = letters(db)
        assert to != cast.li.id
        assert (facts["name"], facts["many"], facts["outside"]) == (cast.li.name, 51, False)
        clock.move_to(MONDAY.replace(hour=12))
        assert db.write(name_many_looks, 50) == 0  # they are no longer within the hour


def test_looks_of_two_are_not_added(db, cast):
    with time_machine.travel(MONDAY, tick=False):
        look(db, cast.li.id, 30)
        look(db, cast.ma.id, 30)
        look(db, cast.ma.id, 100, act="export")
        assert db.write(name_many_looks, 50) == 0


@pytest.mark.parametrize("at", [NIGHT, SUNDAY])
def test_one_look_outside_of_office_hours_is_named(db, cast, at):
    with time_machine.travel(at, tick=False):
        look(db, cast.li.id)
        assert db.write(name_late_looks) > 0
        assert db.write(name_late_looks) == 0
        assert next(facts["outside"] for _, facts in letters(db)) is True


def test_a_look_by_day_at_an_emergency_or_on_duty_is_not(db, cast):
    with time_machine.travel(MONDAY, tick=False):
        look(db, cast.li.id)
        assert db.write(name_late_looks) == 0
    with time_machine.travel(NIGHT, tick=False):
        look(db, cast.li.id, urgent=1)
        starts, ends = NIGHT.replace(hour=22), NIGHT.replace(hour=23, minute=59)
        db.write(
            lambda: put(Shift, community_id=1, rung=0, person_id=cast.ma.id, starts_at=starts, ends_at=ends)
        )
        look(db, cast.ma.id)
        assert db.write(name_late_looks) == 0


def test_who_is_watched_is_not_the_one_who_is_told(db, cast):
    with time_machine.travel(MONDAY, tick=False):
        look(db, cast.zhao.id, 51)
        db.write(name_many_looks, 50)
        assert cast.zhao.id not in [to for to, _ in letters(db)]
