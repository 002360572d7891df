"""A customer group takes one message a day: the news of a day are one task for each owner."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from letter_office import Office

from models.base.orm import put
from models.joins import digest
from models.outbox.address import Address
from models.outbox.door import PublicNotice, tell_group
from models.outbox.letter import Lane
from models.place.tables import BuildingGroup, Community, Estate
from server.database import Database
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
    office.later(hours=27)
    office.later(hours=1)
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
