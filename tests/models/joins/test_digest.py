"""A customer group takes one message a day: the news of a day are one task for each owner."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine
from letter_office import Office
from sqlalchemy import update

from models.base.orm import put, session
from models.joins import digest
from models.notice.tables import Notice
from models.outbox.address import Address
from models.outbox.budget import Allowance, GroupDay
from models.outbox.door import PublicFees, PublicNotice, tell_group
from models.outbox.letter import Lane, Letter
from models.outbox.recalling import recall
from models.place.customer_groups import OWNER_LEFT, CustomerGroup
from models.place.tables import BuildingGroup, Community, Estate
from server.confirming import Confirmations
from server.database import Database
from server.sandbox.tokens import beijing_day
from server.sandbox.world import Phone


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Iterator[Office]:
    office = Office(db, tmp_path, at=None, rules={"quiet_from": "00:00", "quiet_until": "00:00"})
    yield office
    office.close()


def _group(office: Office, key: int, owner: int | None) -> None:
    office.simulator.add(
        Phone(f"g{key}", f"{key}号楼群", "group", chat_id=f"wr-{key}", owner=f"keeper-{owner}", members=[])
    )

    def work() -> None:
        if key == 1:
            put(Community, id=1, name="光明社区")
            put(Estate, id=1, community_id=1, name="育英小区", aliases=[])
        put(BuildingGroup, id=key, name=f"{key}号楼群", estate_id=1, owner_id=owner)
        put(Address, owner_kind="group", owner_id=key, channel="customer_group", value=f"wr-{key}")

    office.db.write(work)


def test_the_news_of_a_day_are_one_task_for_each_owner(office: Office) -> None:
    office.keeper(2)
    office.keeper(3)
    for key, owner in ((1, 2), (2, 2), (3, 3)):
        _group(office, key, owner)
        office.tell_group(key, occasion=str(key))
    office.delivery.drain()
    assert office.states() == ["waiting"] * 3
    assert {fate.reason for fate in office.fates()} == {"digest"}
    assert office.calls("*add_msg_template") == []
    while office.db.write(digest.gather_one):
        pass
    office.delivery.drain()
    tasks = {call.body["sender"]: call.body for call in office.calls("*add_msg_template")}
    assert tasks["keeper-2"]["chat_id_list"] == ["wr-1", "wr-2"]
    assert tasks["keeper-3"]["chat_id_list"] == ["wr-3"]
    assert "育英小区3号楼2单元" in tasks["keeper-2"]["text"]["content"]
    assert office.states() == ["withdrawn"] * 3 + ["sent"] * 2
    assert office.fates()[-1].reason == "owner_confirms"
    assert not office.db.write(digest.gather_one)


def test_a_group_without_a_known_owner_is_left_to_people(office: Office) -> None:
    _group(office, 1, None)
    letter = office.tell_group(1)
    assert not office.db.write(digest.gather_one)
    office.delivery.drain()
    assert (office.fate(letter).state, office.fate(letter).reason) == ("by_hand", "no_owner")


def test_an_ordinary_notice_is_said_with_the_news_of_the_evening(office: Office) -> None:
    office.keeper(2)
    _group(office, 1, 2)
    office.tell_group(1)
    facts = PublicNotice(9, "周二停水", "早八点到下午五点，请存水。", "居委会", "ordinary", False, "q/abc")
    letter = office.db.write(
        lambda: tell_group("notice_group", 1, facts, about=("notice", 9), occasion="told")
    )
    office.delivery.drain()
    assert office.fate(letter).reason == "digest"
    assert office.db.write(digest.gather_one)
    office.delivery.drain()
    (task,) = [call.body["text"]["content"] for call in office.calls("*add_msg_template")]
    assert task.index("【通知】周二停水") < task.index("今天修好了1件")
    assert office.fate(letter).reason == "in_digest"


def test_an_urgent_one_does_not_wait_for_the_evening(office: Office) -> None:
    office.keeper(2)
    _group(office, 1, 2)
    facts = PublicNotice(9, "马上停水", "主管道爆了，正在抢修。", "居委会", "urgent", False, "q/abc")
    letter = office.db.write(
        lambda: tell_group("notice_group", 1, facts, about=("notice", 9), occasion="told", lane=Lane.URGENT)
    )
    office.delivery.drain()
    assert (office.fate(letter).state, office.fate(letter).reason) == ("sent", "owner_confirms")


# the budget of a group

EVENING = datetime(2026, 3, 23, 11, 30, tzinfo=UTC)  # 19:30 in Beijing
URGENT = PublicNotice(9, "马上停水", "主管道爆了，正在抢修。", "居委会", "urgent", False, "q/abc")


@pytest.fixture
def evening(db: Database, tmp_path: Path) -> Iterator[Office]:
    office = Office(db, tmp_path, at=EVENING)
    office.keeper(2)
    for key in (1, 2):
        _group(office, key, 2)
    yield office
    office.close()


def _urgent(office: Office, group: int, occasion: str = "told") -> int:
    letter = office.db.write(
        lambda: tell_group(
            "notice_group", group, URGENT, about=("notice", 9), occasion=occasion, lane=Lane.URGENT,
            not_before=office.clock(),
        )
    )  # fmt: skip
    office.delivery.drain()
    return letter


def _gathered(office: Office) -> None:
    with time_machine.travel(office.clock(), tick=False):
        while office.db.write(digest.gather_one):
            pass
        office.delivery.drain()


def _news(office: Office, group: int, occasion: str = "1") -> int:
    with time_machine.travel(office.clock(), tick=False):
        return office.tell_group(group, occasion=f"{occasion}-{group}")


def _tapped(office: Office) -> None:
    groups = office.simulator.work.groups
    for task in groups.tasks.values():
        if not task.confirmed_at and not task.cancelled:
            groups.confirm(task.msgid, task.sender, office.clock.seconds())
    office.clock.turn(hours=1)
    Confirmations(office.config, office.db, clock=office.clock).drain()


def _chats(office: Office) -> list[list[str]]:
    return [call.body["chat_id_list"] for call in office.calls("*add_msg_template")]


def _fate(office: Office, letter: int) -> tuple[str, str | None]:
    return office.fate(letter).state, office.fate(letter).reason


def test_a_group_that_had_its_message_today_hears_the_news_tomorrow(evening: Office) -> None:
    _urgent(evening, 1)
    _tapped(evening)
    first, second = _news(evening, 1), _news(evening, 2)
    _gathered(evening)
    assert _chats(evening) == [["wr-1"], ["wr-2"]]
    assert _fate(evening, first) == ("waiting", "digest_tomorrow")
    assert _fate(evening, second) == ("withdrawn", "in_digest")
    _tapped(evening)
    evening.clock.turn(hours=22)
    _gathered(evening)
    assert _chats(evening)[-1] == ["wr-1"]
    _tapped(evening)
    statuses = [
        row[0] for task in evening.simulator.work.groups.tasks.values() for row in task.results.values()
    ]
    assert statuses == [1, 1, 1]


def test_a_digest_tapped_in_the_morning_uses_the_slot_of_that_day(evening: Office) -> None:
    _news(evening, 1)
    _gathered(evening)
    evening.clock.turn(hours=13)
    _tapped(evening)
    later = _news(evening, 1, "2")
    evening.clock.turn(hours=10)
    _gathered(evening)
    assert _fate(evening, later) == ("waiting", "digest_tomorrow")
    evening.clock.turn(hours=24)
    _gathered(evening)
    assert _fate(evening, later) == ("withdrawn", "in_digest")


def test_an_owner_who_has_not_tapped_yet_gets_no_second_digest(evening: Office) -> None:
    _news(evening, 1)
    _gathered(evening)
    evening.clock.turn(hours=24)
    later = _news(evening, 1, "2")
    _gathered(evening)
    assert len(_chats(evening)) == 1
    assert _fate(evening, later) == ("waiting", "digest_tomorrow")


def test_neither_do_the_other_groups_that_the_one_before_told(evening: Office) -> None:
    _news(evening, 1), _news(evening, 2)
    _gathered(evening)
    assert _chats(evening) == [["wr-1", "wr-2"]]
    evening.clock.turn(hours=24)
    later = _news(evening, 2, "2")
    _gathered(evening)
    assert len(_chats(evening)) == 1
    assert _fate(evening, later) == ("waiting", "digest_tomorrow")


def _until(office: Office, hours: float) -> int:
    facts = PublicNotice(8, "今天停水", "下午就来水。", "居委会", "ordinary", False, "q/abc")
    with time_machine.travel(office.clock(), tick=False):
        return office.db.write(
            lambda: tell_group(
                "notice_group", 1, facts, about=("notice", 8), occasion="told",
                not_after=office.clock() + timedelta(hours=hours),
            )
        )  # fmt: skip


def test_what_is_over_by_the_evening_takes_the_message_of_the_day_at_once(evening: Office) -> None:
    evening.clock.turn(hours=15)  # 10:30
    letter = _until(evening, 7)
    evening.delivery.drain()
    assert _fate(evening, letter) == ("sent", "owner_confirms")


def test_where_that_is_gone_it_waits_for_somebodys_hands(evening: Office) -> None:
    evening.clock.turn(hours=15)
    _urgent(evening, 1)
    letter = _until(evening, 7)
    evening.delivery.drain()
    assert _fate(evening, letter) == ("by_hand", "group_budget")


def test_so_does_what_is_over_by_tomorrow_evening(evening: Office) -> None:
    _urgent(evening, 1)
    letter = _until(evening, 20)
    _gathered(evening)
    assert _fate(evening, letter) == ("by_hand", "group_budget")


def test_an_evening_that_was_broken_off_is_gone_on_with(evening: Office) -> None:
    early = _news(evening, 1)
    with time_machine.travel(EVENING + timedelta(minutes=50), tick=False):
        late = evening.tell_group(2, occasion="late")
        assert evening.db.write(digest.gather_this_evening, Allowance(), time(19, 30))
        assert not evening.db.write(digest.gather_this_evening, Allowance(), time(19, 30))
    assert _fate(evening, early) == ("withdrawn", "in_digest")
    assert _fate(evening, late)[0] == "waiting"


def test_what_may_have_arrived_by_itself_is_in_no_digest(evening: Office) -> None:
    _news(evening, 1)
    evening.db.write(lambda: session().execute(update(Letter).values(uncertain=1, way="customer_group")))
    with time_machine.travel(evening.clock(), tick=False):
        assert not evening.db.write(digest.gather_one)


def test_a_digest_whose_owner_left_meanwhile_is_told_by_hand(evening: Office) -> None:
    letter = _news(evening, 1)
    with time_machine.travel(evening.clock(), tick=False):
        assert evening.db.write(digest.gather_one)
        evening.db.write(put, CustomerGroup, chat_id="wr-1", owner_userid="keeper-2", status=OWNER_LEFT)
        evening.delivery.drain()
        assert evening.db.write(digest.hand_over_one)
    assert _fate(evening, letter) == ("by_hand", "no_owner")


def test_news_that_no_evening_could_take_wait_for_somebodys_hands(evening: Office) -> None:
    _urgent(evening, 1)
    letter = _news(evening, 1)
    _gathered(evening)
    evening.clock.turn(hours=62)
    _urgent(evening, 1, "once more")
    evening.later(minutes=1)
    assert _fate(evening, letter) == ("by_hand", "group_budget")


def test_the_evening_leaves_the_months_reserve_alone(evening: Office) -> None:
    for day in range(1, 23):
        evening.db.write(put, GroupDay, chat_id="wr-1", day=date(2026, 3, day), used=1)
    evening.db.write(put, GroupDay, chat_id="wr-1", day=date(2026, 3, 23), used=0)
    letter = _news(evening, 1)
    strict = Allowance(reserve=9)
    with time_machine.travel(EVENING, tick=False):
        assert evening.db.write(digest.gather_one, strict)
        assert not evening.db.write(digest.gather_one, strict)
    assert _fate(evening, letter) == ("waiting", "digest_tomorrow")
    assert _fate(evening, _urgent(evening, 1)) == ("sent", "owner_confirms")


def test_a_second_urgent_message_of_the_day_is_for_somebodys_hands(evening: Office) -> None:
    _urgent(evening, 1)
    assert _fate(evening, _urgent(evening, 1, "again")) == ("by_hand", "group_budget")
    assert len(_chats(evening)) == 1


def test_what_the_platform_refuses_gives_its_slot_back(evening: Office) -> None:
    evening.simulator.fault("refuse", path="*add_msg_template", errcode=40058, times=1)
    assert _fate(evening, _urgent(evening, 1))[0] == "failed"
    assert _fate(evening, _urgent(evening, 1, "again")) == ("sent", "owner_confirms")


def test_what_was_taken_back_before_the_tap_gives_its_slot_back(evening: Office) -> None:
    letter = _urgent(evening, 1)
    evening.db.write(lambda: recall(("notice", 9), ["notice_group"], "stopped"))
    Confirmations(evening.config, evening.db, clock=evening.clock).drain()
    assert _fate(evening, letter) == ("withdrawn", "cancelled")
    assert _fate(evening, _urgent(evening, 1, "again")) == ("sent", "owner_confirms")


def test_a_digest_that_some_groups_did_not_take_is_told_them_by_hand(evening: Office) -> None:
    heard, missed = _news(evening, 1), _news(evening, 2)
    evening.simulator.work.groups._last_day["wr-2"] = beijing_day(evening.clock.seconds())
    _gathered(evening)
    assert _chats(evening) == [["wr-1", "wr-2"]]
    _tapped(evening)
    assert _fate(evening, heard) == ("withdrawn", "in_digest")
    assert _fate(evening, missed) == ("by_hand", "group_had_one")


def test_a_digest_that_nobody_took_is_told_by_hand(evening: Office) -> None:
    letter = _news(evening, 1)
    evening.simulator.fault("refuse", path="*add_msg_template", errcode=40058, times=1)
    _gathered(evening)
    with time_machine.travel(evening.clock(), tick=False):
        assert evening.db.write(digest.hand_over_one)
        assert not evening.db.write(digest.hand_over_one)
    assert _fate(evening, letter)[0] == "by_hand"
    assert "failed" not in evening.states()


def test_of_a_lost_digest_nobody_carries_what_does_not_hold_any_more(evening: Office) -> None:
    ordinary = PublicNotice(9, "周二停水", "早八点到下午五点。", "居委会", "ordinary", False, "q/abc")

    def work() -> int:
        notice = Notice(
            id=9, title="周二停水", body="停水", signed="居委会", audience={}, author_id=2, state="withdrawn"
        )
        session().add(notice)
        return tell_group("notice_group", 1, ordinary, about=("notice", 9), occasion="told")

    with time_machine.travel(evening.clock(), tick=False):
        letter = evening.db.write(work)
    evening.simulator.fault("refuse", path="*add_msg_template", errcode=40058, times=1)
    _gathered(evening)
    with time_machine.travel(evening.clock(), tick=False):
        assert evening.db.write(digest.hand_over_one)
    assert _fate(evening, letter) == ("withdrawn", "in_digest")


def test_a_group_that_hears_its_own_sum_of_fees_hears_the_news_by_itself(office: Office) -> None:
    """X05: one text goes to all groups of an owner, and a building's sum is for its own."""
    office.keeper(2)
    for key in (1, 2, 3, 4):
        _group(office, key, 2)

    def work() -> None:
        for key, paid in ((1, 41), (2, 12)):
            said = {"number": 7, "title": "物业费催缴", "lead": "请到服务站缴。", "signed": "居委会"}
            said |= {"kind": "ordinary", "corrects": False, "path": f"q/{key}", "estate": "育英小区"}
            facts = PublicFees(**said, building=str(key), buildings=None, paid=paid, homes=60)
            tell_group("notice_group", key, facts, about=("notice", 7), occasion="told")

    for key in (1, 3, 4):
        office.tell_group(key, occasion=str(key))
    office.db.write(work)
    office.delivery.drain()
    while office.db.write(digest.gather_one):
        pass
    office.delivery.drain()
    said = {
        tuple(sorted(call.body["chat_id_list"])): str(call.body) for call in office.calls("*add_msg_template")
    }
    assert sorted(said) == [("wr-1",), ("wr-2",), ("wr-3", "wr-4")]
    assert "育英小区1号楼已缴41/60户" in said["wr-1",]
    assert "育英小区2号楼已缴12/60户" in said["wr-2",]
    assert "已缴" not in said["wr-3", "wr-4"]
    assert "今天修好了" in said["wr-1",]
