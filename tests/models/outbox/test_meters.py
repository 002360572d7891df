"""Quotas and paces are kept in the database, where all senders see them."""

from datetime import UTC, datetime, timedelta

from models.outbox import meters
from models.outbox.meters import Meters
from server.database import Database

AT = datetime(2026, 3, 23, 15, 59, tzinfo=UTC)  # 23:59 in Beijing


def _spend(times: int, quota: int, *, urgent: bool, at: datetime = AT) -> list[datetime | None]:
    held = Meters(["official/template"], at)
    answers = [held.spend("official/template", quota, urgent=urgent) for _ in range(times)]
    held.save()
    return answers


def test_a_part_of_the_day_is_kept_for_what_is_urgent(db: Database) -> None:
    news = db.write(_spend, 100, 100, urgent=False)
    assert news.count(None) == 95
    assert db.write(_spend, 10, 100, urgent=True).count(None) == 5


def test_the_count_starts_anew_at_midnight_in_beijing(db: Database) -> None:
    db.write(_spend, 10, 10, urgent=True)
    [full] = db.write(_spend, 1, 10, urgent=True)
    assert full == AT + timedelta(minutes=1)
    [again] = db.write(_spend, 1, 10, urgent=True, at=AT + timedelta(minutes=1))
    assert again is None


def test_a_longer_pause_is_not_shortened(db: Database) -> None:
    db.write(meters.pause, "official/chat", AT + timedelta(hours=1))
    db.write(meters.pause, "official/chat", AT + timedelta(minutes=1))
    with db.read():
        assert Meters(["official/chat"], AT).until("official/chat") == AT + timedelta(hours=1)
        assert Meters(["official/chat"], AT + timedelta(hours=2)).until("official/chat") is None


def test_the_pace_never_lets_twenty_one_through_in_a_minute(db: Database) -> None:
    went: list[datetime] = []
    for second in range(300):
        at = AT + timedelta(seconds=second)

        def work(at: datetime = at) -> int:
            held = Meters(["robot/1"], at)
            count = 0
            while held.pace("robot/1", 8, timedelta(seconds=5.5)) is None:
                count += 1
            held.save()
            return count

        went += [at] * db.write(work)
    for start in went:
        assert sum(start <= one < start + timedelta(seconds=60) for one in went) <= 20
    assert len(went) > 50
