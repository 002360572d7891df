"""What works once works once, also when it is tried at once in many places (A4, A8, A12)."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pyotp
import pytest
from cast import Cast
from factories import a_town

from models.account import accounts, entering, hashing, linking, rules, second, states
from models.account.entering import Browser, Entered
from models.base.actor import By
from server.database import Database

HERE = Browser("10.0.0.7", "Firefox", "browser-key")
AT_ONCE = 8


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


def at_once(db: Database, works: list[Callable[[], Any]]) -> list[Any]:
    """What each of them gives, begun together and each in a transaction of its own."""
    found: list[Any] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> None:
        gate.wait()
        found.append(db.write(work))

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == len(works)
    return found


def test_one_code_of_the_telephone_lets_one_in(db: Database, town: Cast):
    def furnish() -> tuple[str, list[str], list[str]]:
        accounts.set_password(town.zhao.id, hashing.hash_of("育英小区的灯总是不亮了吧"), rules.ASVS)
        account = accounts.held(town.zhao.id)
        secret = second.offer(account)
        assert second.confirm(account, pyotp.TOTP(secret).now())
        account.totp_step = 0
        steps = [states.begin("second", HERE.key, person_id=town.zhao.id) for _ in range(AT_ONCE)]
        return secret, steps, second.new_codes(town.zhao.id)

    secret, steps, paper = db.write(furnish)
    for code in (pyotp.TOTP(secret).now(), paper[0]):
        half, steps = steps[: AT_ONCE // 2], steps[AT_ONCE // 2 :]
        works = [partial(entering.with_code, step, code, HERE, rules.ASVS) for step in half]
        found = at_once(db, works)
        assert sum(isinstance(one, Entered) for one in found) == 1


def test_one_step_takes_five_tries_however_many_come(db: Database, town: Cast):
    step = db.write(lambda: states.begin("second", HERE.key, person_id=town.zhao.id))
    found = at_once(db, [lambda: states.try_once("second", step, HERE.key) for _ in range(AT_ONCE)])
    assert sum(one is not None for one in found) == states.TRIES


def test_one_state_and_one_link_are_spent_once(db: Database, town: Cast):
    state = db.write(lambda: states.begin("work", HERE.key))
    found = at_once(db, [lambda: states.take("work", state, HERE.key) for _ in range(AT_ONCE)])
    assert sum(one is not None for one in found) == 1
    link = db.write(lambda: linking.issue(town.zhao.id, By.staff(town.leader.id)))
    works = [lambda n=n: linking.set_by(link, f"hash {n}", rules.ASVS, None) for n in range(AT_ONCE)]
    assert sum(at_once(db, works)) == 1


def test_an_account_is_made_once(db: Database, town: Cast):
    found = at_once(db, [lambda: accounts.held(town.zhao.id).id for _ in range(AT_ONCE)])
    assert len(set(found)) == 1
