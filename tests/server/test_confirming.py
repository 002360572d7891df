"""A message to a customer group is heard when its owner has tapped."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from letter_office import Office

from models.base.actor import By
from models.base.orm import put, session
from models.notice import notice as verbs
from models.notice.tables import Notice
from models.outbox.address import Address
from models.outbox.confirming import confirmed_of
from models.outbox.door import PublicNotice, tell_group
from models.outbox.letter import Lane
from models.place.tables import BuildingGroup, Community, Estate
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
    for _ in range(80):
        office.clock.turn(hours=1)
        asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("failed", "owner_never")


def test_a_group_that_had_its_message_of_the_day_did_not_hear_it(office: Office, letter: int) -> None:
    office.simulator.work.groups._last_day["wr-1"] = beijing_day(office.clock.seconds())
    tap(office)
    asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("failed", "group_had_one")


def test_what_is_stopped_is_taken_back_before_the_owner_taps(office: Office, letter: int) -> None:
    asked(office)
    notice = Notice(
        id=9, title="马上停水", body="抢修", signed="居委会", audience={}, author_id=2, state="told"
    )

    def stop() -> None:
        session().add(notice)
        session().flush()
        verbs.stop(notice, By.staff(2))

    with time_machine.travel(office.clock(), tick=False):
        office.db.write(stop)
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
    for _ in range(80):
        office.clock.turn(hours=1)
        asked(office)
    assert (office.fate(letter).state, office.fate(letter).reason) == ("failed", "owner_never")


def test_a_platform_that_is_silent_is_asked_again_later(office: Office, letter: int) -> None:
    office.server.stop()
    asked(office)
    assert office.fate(letter).reason == "owner_confirms"
