"""What a customer group takes in a day and in a month (QY 92135)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import time_machine

from models.outbox import budget
from models.outbox.budget import Allowance, Slots, Used
from server.database import Database

NOON = datetime(2026, 4, 23, 4, 0, tzinfo=UTC)  # 12:00 in Beijing, in a month of 30 days
LATE = datetime(2026, 4, 23, 16, 30, tzinfo=UTC)  # half past midnight of the 24th in Beijing
TODAY = date(2026, 4, 23)
ONE = Allowance()


def taken(chats: Sequence[str], at: datetime = NOON, *, urgent: bool = False) -> list[str]:
    slots = Slots(chats, ONE, at)
    given = [chat for chat in chats if slots.take(chat, urgent=urgent)]
    slots.save()
    return given


def used(db: Database, chat: str = "wr-1", at: datetime = NOON) -> Used:
    with db.read():
        return budget.used([chat], at).get(chat, budget.NOTHING)


def test_a_group_takes_one_message_a_day(db: Database) -> None:
    assert db.write(taken, ["wr-1", "wr-2"]) == ["wr-1", "wr-2"]
    assert db.write(lambda: taken(["wr-1", "wr-3"], urgent=True)) == ["wr-3"]
    assert used(db) == Used(1, 1)


def test_two_letters_of_one_moment_do_not_share_a_slot(db: Database) -> None:
    assert db.write(taken, ["wr-1", "wr-1"]) == ["wr-1"]


def test_senders_who_want_the_same_slot_at_once_get_it_once(db: Database) -> None:
    with ThreadPoolExecutor(6) as many:
        given = list(many.map(lambda _: db.write(taken, ["wr-2", "wr-1", "wr-3"]), range(12)))
    assert sum(map(len, given)) == 3


def test_the_day_is_one_of_beijing(db: Database) -> None:
    db.write(taken, ["wr-1"])
    assert db.write(lambda: taken(["wr-1"], LATE)) == ["wr-1"]
    assert used(db, at=LATE) == Used(1, 2)


def test_the_months_reserve_is_for_what_is_urgent(db: Database) -> None:
    first = datetime(2026, 4, 1, 4, 0, tzinfo=UTC)
    for day in range(26):
        assert db.write(lambda at=first + timedelta(days=day): taken(["wr-1"], at))
    ordinary = Allowance(a_day=9)
    assert ordinary.left(used(db, at=first + timedelta(days=26)), first, urgent=False) == 1
    assert ordinary.left(Used(0, 27), first, urgent=False) == 0
    assert ordinary.left(Used(0, 27), first, urgent=True) == 3
    assert ordinary.left(Used(0, 30), first, urgent=True) == 0
    assert ordinary.left(Used(0, 30), datetime(2026, 5, 2, tzinfo=UTC), urgent=True) == 1
    assert used(db, at=datetime(2026, 5, 1, tzinfo=UTC)) == Used(0, 0)


def test_what_does_not_come_gives_its_slot_back_and_no_more(db: Database) -> None:
    db.write(taken, ["wr-1"])
    for _ in range(2):
        db.write(budget.give_back, ["wr-1", "wr-2"], TODAY)
    assert used(db) == Used(0, 0)
    assert db.write(taken, ["wr-1"]) == ["wr-1"]


def test_what_is_tapped_tomorrow_uses_tomorrows_slot(db: Database) -> None:
    db.write(taken, ["wr-1"])
    db.write(budget.tapped, ["wr-1"], TODAY, TODAY + timedelta(days=1))
    assert used(db) == Used(0, 0)
    assert used(db, at=LATE) == Used(1, 1)
    assert db.write(lambda: taken(["wr-1"], LATE)) == []


def test_old_days_are_forgotten(db: Database) -> None:
    db.write(taken, ["wr-1"])
    with time_machine.travel(NOON + timedelta(days=61), tick=False):
        assert db.write(budget.forget_old) == 0
    with time_machine.travel(NOON + timedelta(days=64), tick=False):
        assert db.write(budget.forget_old) == 1
