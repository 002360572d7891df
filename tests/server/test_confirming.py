"""A message to a customer group is heard when its owner has tapped."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
import time_machine
from letter_office import Office

from models.base.actor import By
from models.base.orm import put, session
from models.notice import notice as verbs
from models.notice.tables import Notice
from models.outbox import confirming
from models.outbox.address import Address
from models.outbox.budget import used
from models.outbox.confirming import confirmed_of
from models.outbox.door import PublicNotice, tell_group
from models.outbox.letter import Lane, Letter
from models.place.tables import BuildingGroup, Community, Estate
from server import confirming as confirming_server
from server.confirming import Confirmations
from server.database import Database
from server.sandbox.tokens import beijing_day
from server.sandbox.world import Phone

MORNING = datetime(2026, 3, 23, 1, 0, tzinfo=UTC)  # 9:00 in Beijing
FACTS = PublicNotice(9, "马上停水", "主管道爆了，正在抢修。", "居委会", "urgent", False, "q/abc")


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Iterator[Office]:
    office = Office(db, tmp_path, at=MORNING)
    yield office
    office.close()


@pytest.fixture
def letter(office: Office) -> int:
    office.keeper(2)
    phone = Phone("g1", "3号楼群", "group", chat_id="wr-1", owner="keeper-2", members=[])
    office.simulator.add(phone)

    def work() -> int:
        put(Community, id=1, name="光明社区")
        put(Estate, id=1, community_id=1, name="育英小区", aliases=[])
        put(BuildingGroup, id=1, name="3号楼群", estate_id=1, owner_id=2)
        put(Address, owner_kind="group", owner_id=1, channel="customer_group", value="wr-1")
        return tell_group(
            "notice_group", 1, FACTS, about=("notice", 9), occasion="told", lane=Lane.URGENT,
            not_before=office.clock(),
        )  # fmt: skip

    key = office.db.write(work)
    office.delivery.drain()
    return key


def asked(office: Office) -> None:
    Confirmations(office.config, office.db, clock=office.clock).drain()


def confirmed(office: Office) -> tuple[int, int]:
    with office.db.read():
        return confirmed_of("notice", [9])[9]


def tap(office: Office) -> None:
    (task,) = office.simulator.work.groups.tasks.values()
    office.simulator.work.groups.confirm(task.msgid, "keeper-2", office.clock.seconds())


def test_it_waits_until_the_owner_tapped(office: Office, letter: int) -> None:
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("sent", "owner_confirms")
    assert confirmed(office) == (0, 1)
    tap(office)
    asked(office)  # not due yet
    assert confirmed(office) == (0, 1)
    office.clock.turn(minutes=3)
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("sent", None)
    assert confirmed(office) == (1, 1)
    office.clock.turn(days=1)
    asked(office)
    assert len(office.calls("*get_groupmsg_send_result")) == 2


def test_an_owner_is_reminded_by_day_and_not_too_often(office: Office, letter: int) -> None:
    for _ in range(30):
        office.clock.turn(hours=1)
        asked(office)
    reminders = office.calls("*remind_groupmsg_send")
    assert len(reminders) == 3
    assert all(entry.accepted for entry in reminders)
    hours = {datetime.fromtimestamp(entry.at, UTC).hour + 8 for entry in reminders}
    assert all(8 <= hour % 24 < 21 for hour in hours)


def test_after_three_days_a_person_hears_that_nobody_tapped(office: Office, letter: int) -> None:
    for _ in range(40):
        office.clock.turn(hours=2)
        asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("failed", "owner_never")
    (task,) = office.simulator.work.groups.tasks.values()
    assert task.cancelled  # because by then the desk has told it in another way
    with office.db.read():
        assert not sum(one.month for one in used(["wr-1"], office.clock()).values())


def test_a_tap_in_the_last_minute_counts(office: Office, letter: int) -> None:
    asked(office)
    office.clock.turn(days=3, minutes=1)
    tap(office)
    asked(office)
    assert office.fate(letter).reason == confirming.TAPPED_BEFORE
    assert confirmed(office) == (1, 1)


def test_a_group_that_had_its_message_of_the_day_did_not_hear_it(office: Office, letter: int) -> None:
    office.simulator.work.groups._last_day["wr-1"] = beijing_day(office.clock.seconds())
    tap(office)
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("failed", "group_had_one")


def test_what_is_stopped_is_taken_back_before_the_owner_taps(office: Office, letter: int) -> None:
    asked(office)
    stopped(office)
    assert office.fate(letter).reason == "cancelling"
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("withdrawn", "cancelled")
    (task,) = office.simulator.work.groups.tasks.values()
    assert task.cancelled


def test_nobody_is_asked_for_ever_about_an_owner_whom_the_platform_does_not_know(
    office: Office, letter: int
) -> None:
    def leaves() -> None:
        session().get_one(BuildingGroup, 1).owner_id = None

    office.db.write(leaves)
    for _ in range(40):
        office.clock.turn(hours=2)
        asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("failed", "owner_never")


def test_a_platform_that_is_silent_is_asked_again_later(office: Office, letter: int) -> None:
    office.server.stop()
    asked(office)
    assert office.fate(letter).reason == "owner_confirms"


def stopped(office: Office) -> None:
    def stop() -> None:
        said = {"title": "马上停水", "body": "抢修", "signed": "居委会", "audience": {}}
        put(Notice, id=9, author_id=2, state="told", **said)
        verbs.stop(session().get_one(Notice, 9), By.staff(2))

    with time_machine.travel(office.clock(), tick=False):
        office.db.write(stop)


def test_a_tap_just_before_it_was_taken_back_is_told_as_it_was(office: Office, letter: int) -> None:
    asked(office)
    tap(office)
    stopped(office)
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("sent", "tapped_before")
    assert confirmed(office) == (1, 1)


def test_as_long_as_the_platform_does_not_say_what_became_of_it_it_is_not_said_to_be_back(
    office: Office, letter: int
) -> None:
    asked(office)
    stopped(office)
    office.simulator.fault("refuse", path="*get_groupmsg_send_result", errcode=-1, times=1)
    asked(office)
    assert office.fate(letter).reason == "cancelling"
    office.clock.turn(minutes=3)
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("withdrawn", "cancelled")


def test_a_platform_that_forgets_what_it_took_back_took_it_back(office: Office, letter: int) -> None:
    asked(office)
    stopped(office)
    office.simulator.fault("refuse", path="*get_groupmsg_send_result", errcode=41093)
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("withdrawn", "cancelled")


def test_it_is_back_also_where_whoever_took_it_back_could_not_write_that_down(
    office: Office, letter: int
) -> None:
    asked(office)
    stopped(office)
    office.simulator.fault("refuse", path="*get_groupmsg_send_result", errcode=-1, times=1)
    asked(office)
    assert office.fate(letter).reason == "cancelling"
    office.simulator.fault("refuse", path="*get_groupmsg_send_result", errcode=41093)
    office.clock.turn(minutes=3)
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("withdrawn", "cancelled")


def test_a_platform_that_knows_nothing_of_it_is_not_believed_to_have_taken_it_back(
    office: Office, letter: int
) -> None:
    asked(office)
    stopped(office)
    office.simulator.fault("refuse", path="*groupmsg_send*", errcode=40058)
    for _ in range(40):
        asked(office)
        office.clock.turn(hours=2)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("unknown", "not_cancelled")


def test_what_is_past_before_the_owner_taps_is_taken_back(office: Office, letter: int) -> None:
    def ends_soon() -> None:
        session().get_one(Letter, letter).not_after = office.clock() + timedelta(minutes=20)

    office.db.write(ends_soon)
    for _ in range(19):
        asked(office)
        office.clock.turn(minutes=1)
    assert office.fate(letter).reason == "owner_confirms"
    office.clock.turn(minutes=1)
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("withdrawn", "too_late")
    (task,) = office.simulator.work.groups.tasks.values()
    assert task.cancelled


# several workers


def test_of_two_workers_that_saw_a_task_due_one_asks(office: Office, letter: int) -> None:
    with office.db.read():
        (task,) = confirming.due(office.clock())
    workers = [Confirmations(office.config, office.db, clock=office.clock) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        for _ in threads.map(lambda one: one.drain(), workers):
            pass
    assert len(office.calls("*get_groupmsg_send_result")) == 1
    assert not office.db.write(confirming.take, task, office.clock())


def test_two_workers_remind_an_owner_once(office: Office, letter: int) -> None:
    office.clock.turn(hours=1)
    workers = [Confirmations(office.config, office.db, clock=office.clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        for _ in threads.map(lambda one: one.drain(), workers):
            pass
    assert len(office.calls("*remind_groupmsg_send")) == 1


def test_a_task_of_a_worker_that_died_is_asked_about_by_another(office: Office, letter: int) -> None:
    with office.db.read():
        (task,) = confirming.due(office.clock())
    assert office.db.write(confirming.take, task, office.clock())
    asked(office)
    assert office.calls("*get_groupmsg_send_result") == []
    office.clock.turn(minutes=3)
    tap(office)
    asked(office)
    assert confirmed(office) == (1, 1)


def test_an_older_answer_does_not_overturn_a_newer_one(office: Office, letter: int) -> None:
    with office.db.read():
        (task,) = confirming.due(office.clock())
    tap(office)
    asked(office)
    untapped = {"wr-1": confirming.UNSENT}
    office.db.write(lambda: confirming.seen(task, untapped, office.clock(), reminded=False))
    office.db.write(lambda: confirming.cancelled(task, untapped, office.clock()))
    office.db.write(confirming.put_off, task, office.clock())
    assert (office.fate(letter).state, office.fate(letter).reason) == ("sent", None)
    assert confirmed(office) == (1, 1)


def test_a_stop_while_somebody_asks_is_not_put_off(office: Office, letter: int) -> None:
    with office.db.read():
        (task,) = confirming.due(office.clock())
    assert office.db.write(confirming.take, task, office.clock())
    stopped(office)
    office.db.write(confirming.put_off, task, office.clock())  # the one who asked got no answer
    office.clock.turn(minutes=3)
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("withdrawn", "cancelled")


@pytest.mark.parametrize("odd", [7, "none", {"chat_id": "wr-1"}])
def test_an_answer_that_nobody_can_read_is_asked_for_again(
    office: Office, letter: int, odd: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.clock.turn(minutes=5)
    with monkeypatch.context() as patch:
        answer = AsyncMock(return_value={"errcode": 0, "send_list": odd})
        patch.setattr(confirming_server.Carrier, "carry", answer)
        asked(office)
        assert answer.await_count == 1
    tap(office)
    office.clock.turn(hours=1)
    asked(office)
    assert confirmed(office) == (1, 1)
