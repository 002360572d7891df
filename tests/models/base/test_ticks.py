"""Every slot of a job is taken once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from models.base import ticks
from models.base.clock import now


def test_a_slot_is_taken_once_and_the_next_one_again(db):
    slot = now()
    assert db.write(ticks.take, "digest", slot)
    assert not db.write(ticks.take, "digest", slot)
    assert db.write(ticks.take, "backup", slot)
    assert db.write(ticks.take, "digest", slot + timedelta(days=1))


def test_of_many_who_come_at_once_one_gets_the_slot(db):
    slot = now()
    with ThreadPoolExecutor(8) as many:
        taken = list(many.map(lambda _: db.write(ticks.take, "digest", slot), range(24)))
    assert taken.count(True) == 1


def test_a_slot_whose_work_fails_is_free_again(db):
    slot = now()

    def fails() -> None:
        assert ticks.take("digest", slot)
        raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="no luck"):
        db.write(fails)
    assert db.write(ticks.take, "digest", slot)


def test_old_slots_are_forgotten(db):
    db.write(ticks.take, "digest", now())
    with time_machine.travel(now() + timedelta(days=41)):
        fresh = now()
        db.write(ticks.take, "digest", fresh)
        assert db.write(ticks.forget_old) == 1
        assert not db.write(ticks.take, "digest", fresh)
