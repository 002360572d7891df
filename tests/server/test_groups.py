"""Customer groups are read from the platform, bound, followed when full, and given up when they are gone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cast import Cast
from factories import a_town
from letter_office import Office
from PIL import Image
from sqlalchemy import select

from handlers.wechat.afterwards import work_one
from models.base import ticks
from models.base.actor import By
from models.base.orm import put, session
from models.history import steps_about
from models.inbox.received import Received
from models.joins import digest
from models.outbox.address import Address
from models.outbox.door import PublicNotice, tell_group
from models.outbox.letter import Lane
from models.person.tables import Person, Staff
from models.place import chats, join_ways
from models.place.chats import LISTED, Details
from models.place.customer_groups import CustomerGroup, JoinWay, senders
from models.place.tables import BuildingGroup, Estate
from models.town import groups as registry
from server.confirming import Confirmations
from server.database import Database
from server.groups import Groups, _details, _status
from server.sandbox.accounts import Limits
from server.sandbox.chats import Chats
from server.sandbox.world import Phone

NINE = datetime(2026, 3, 23, 1, 0, tzinfo=UTC)  # 9:00 in Beijing
MINUTE = timedelta(minutes=1)


class Corporation:
    """The small town's staff in WeCom, with two chats of the keeper of building 3."""

    def __init__(self, office: Office, cast: Cast) -> None:
        self.office, self.cast = office, cast
        for one in vars(cast).values():
            if one.work:
                office.simulator.add(Phone(one.work, one.name, "staff", userid=one.work))
        self.chat("wr-3", "育英3号楼邻里群", cast.li.work)
        self.chat("wr-x", "广场舞", cast.li.work)
        self.runner = Groups(office.config, office.db, clock=office.clock)

    @property
    def chats(self) -> Chats:
        work = self.office.simulator.work
        assert work is not None
        return work.chats

    def chat(self, chat_id: str, name: str, owner: str, *members: str) -> Phone:
        phone = Phone(chat_id, name, "group", chat_id=chat_id, owner=owner, members=list(members))
        return self.office.simulator.add(phone)

    def phone(self, chat_id: str) -> Phone:
        return self.office.simulator.world.phones[chat_id]

    def read(self) -> None:
        """One round of the runner, a minute later."""
        self.office.clock.turn(minutes=1)
        with time_machine.travel(self.office.clock(), tick=False):
            self.runner.drain()

    def known(self) -> dict[str, CustomerGroup]:
        with self.office.db.read() as current:
            return {one.chat_id: one for one in current.scalars(select(CustomerGroup))}

    def do(self, verb: Any, *arguments: Any) -> Any:
        with time_machine.travel(self.office.clock(), tick=False):
            return self.office.db.write(verb, *arguments)

    def bind(self, chat: str = "wr-3", building: str | None = "3") -> int:
        def work() -> int:
            estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
            return registry.bind(chat, estate, building, By.staff(self.cast.zhao.id)).id

        key: int = self.do(work)
        return key

    def told(self, group: int, occasion: str = "1", lane: Lane = Lane.URGENT) -> tuple[str, str | None]:
        facts = PublicNotice(9, "马上停水", "主管道爆了，正在抢修。", "居委会", "urgent", False, "q/abc")
        letter = self.do(
            lambda: tell_group(
                "notice_group", group, facts, about=("notice", 9), occasion=occasion, lane=lane,
                not_before=self.office.clock(),
            )
        )  # fmt: skip
        self.office.delivery.drain()
        return self.office.fate(letter).state, self.office.fate(letter).reason

    def calls(self, path: str) -> int:
        return len(self.office.calls(f"*{path}"))


@pytest.fixture
def corporation(db: Database, tmp_path: Path) -> Iterator[Corporation]:
    office = Office(db, tmp_path, at=NINE, limits=Limits(group_members=3))
    yield Corporation(office, db.write(a_town))
    office.close()


def test_all_chats_of_our_staff_are_found_without_anybodys_name(corporation: Corporation) -> None:
    corporation.phone("wr-3").members += ["o-wang", "o-liu"]
    corporation.chat("wr-else", "别家的群", "nobody-of-ours")
    corporation.read()
    known = corporation.known()
    assert set(known) == {"wr-3", "wr-x"}
    third = known["wr-3"]
    assert (third.name, third.owner_userid, third.members, third.status) == (
        "育英3号楼邻里群", corporation.cast.li.work, 3, 0,
    )  # fmt: skip
    assert all(call.body["need_name"] == 0 for call in corporation.office.calls("*groupchat/get"))
    assert not any("o-wang" in str(vars(one)) for one in known.values())


def test_they_are_listed_once_a_night_and_read_once(corporation: Corporation) -> None:
    for _ in range(3):
        corporation.read()
    other = Groups(corporation.office.config, corporation.office.db, clock=corporation.office.clock)
    other.drain()
    assert (corporation.calls("groupchat/list"), corporation.calls("groupchat/get")) == (1, 2)
    corporation.office.clock.turn(hours=18)
    corporation.read()
    assert (corporation.calls("groupchat/list"), corporation.calls("groupchat/get")) == (2, 4)


def test_many_owners_are_asked_about_in_hundreds_and_a_wrong_one_hides_nobody(
    corporation: Corporation,
) -> None:
    def hire() -> None:
        for number in range(150):
            person = put(Person, public_id=f"p{number}", is_rider=False)
            put(
                Staff, number=f"N{number}", person_id=person, name=f"员工{number}", roles=["grid"],
                active=True, community_id=None,
            )  # fmt: skip
            put(Address, owner_kind="person", owner_id=person, channel="work", value=f"n-{number}")

    corporation.office.db.write(hire)
    for number in range(150):
        if number != 77:
            corporation.office.simulator.add(Phone(f"n{number}", "员工", "staff", userid=f"n-{number}"))
    corporation.read()
    asked = [call.body["owner_filter"]["userid_list"] for call in corporation.office.calls("*groupchat/list")]
    assert max(map(len, asked)) == 100
    assert ["n-77"] in asked
    assert len(asked) < 20
    assert set(corporation.known()) == {"wr-3", "wr-x"}


def test_a_change_is_read_soon(corporation: Corporation) -> None:
    corporation.read()
    corporation.phone("wr-3").name = "3号楼"
    fields = {"ChatId": "wr-3", "ChangeType": "update", "UpdateDetail": "change_name"}
    _pushed(corporation, fields)
    corporation.read()
    assert corporation.known()["wr-3"].name == "3号楼"
    assert corporation.calls("groupchat/get") == 3
    _pushed(corporation, {"ChatId": "wr-new", "ChangeType": "create"})
    corporation.chat("wr-new", "5号楼", corporation.cast.li.work)
    corporation.read()
    assert corporation.known()["wr-new"].name == "5号楼"


def _pushed(corporation: Corporation, fields: dict[str, str]) -> None:
    def keep() -> None:
        put(
            Received, channel="work", key=str(fields), sender="sys", kind="change_external_chat",
            at=corporation.office.clock(), body=fields, state="new", answer={}, attempts=0,
        )  # fmt: skip

    corporation.do(keep)
    with time_machine.travel(corporation.office.clock(), tick=False):
        assert work_one(corporation.office.db)


def test_a_dismissed_chat_is_sent_nothing_and_its_notices_wait_for_hands(corporation: Corporation) -> None:
    corporation.read()
    group = corporation.bind()
    corporation.chats.dismiss(corporation.phone("wr-3"))
    _pushed(corporation, {"ChatId": "wr-3", "ChangeType": "dismiss"})
    assert corporation.known()["wr-3"].gone_at is not None
    assert corporation.told(group) == ("by_hand", "group_gone")
    assert corporation.calls("add_msg_template") == 0


def test_a_chat_that_vanished_without_a_word_is_noticed_by_night(corporation: Corporation) -> None:
    corporation.read()
    corporation.bind()
    corporation.chats.dismiss(corporation.phone("wr-3"))
    corporation.office.clock.turn(hours=18)
    corporation.read()
    assert corporation.known()["wr-3"].gone_at is not None
    corporation.chats.gone.clear()
    corporation.office.clock.turn(hours=24)
    corporation.read()
    assert corporation.known()["wr-3"].gone_at is None
    with corporation.office.db.read() as current:
        address = current.scalars(select(Address).where(Address.value == "wr-3")).one()
        assert address.dead_reason is None


def test_the_sender_follows_the_owner(corporation: Corporation) -> None:
    corporation.read()
    group = corporation.bind()
    corporation.chats.hand_over(corporation.phone("wr-3"), corporation.cast.ma.work)
    _pushed(corporation, {"ChatId": "wr-3", "ChangeType": "update", "UpdateDetail": "change_owner"})
    corporation.read()
    assert corporation.told(group) == ("sent", "owner_confirms")
    assert corporation.office.calls("*add_msg_template")[-1].body["sender"] == corporation.cast.ma.work
    with corporation.office.db.read() as current:
        assert current.get_one(BuildingGroup, group).owner_id == corporation.cast.ma.id
        assert [step.what for step in steps_about("group", group)] == ["bound", "owner_changed"]


def test_of_a_task_the_one_who_was_asked_is_asked_about_though_the_owner_changed(
    corporation: Corporation,
) -> None:
    corporation.read()
    group = corporation.bind()
    assert corporation.told(group) == ("sent", "owner_confirms")
    corporation.chats.hand_over(corporation.phone("wr-3"), corporation.cast.ma.work)
    _pushed(corporation, {"ChatId": "wr-3", "ChangeType": "update", "UpdateDetail": "change_owner"})
    corporation.read()
    (task,) = corporation.office.simulator.work.groups.tasks.values()
    corporation.office.simulator.work.groups.confirm(
        task.msgid, corporation.cast.li.work, corporation.office.clock.seconds()
    )
    Confirmations(corporation.office.config, corporation.office.db, clock=corporation.office.clock).drain()
    (fate,) = [one for one in corporation.office.fates() if one.kind == "notice_group"]
    assert (fate.state, fate.reason) == ("sent", None)


def test_an_owner_who_left_sends_nothing_until_another_takes_over(corporation: Corporation) -> None:
    corporation.read()
    group = corporation.bind()
    corporation.chats.resigned(corporation.cast.li.work)
    corporation.office.clock.turn(hours=18)
    corporation.read()
    corporation.office.clock.turn(hours=7)
    assert corporation.known()["wr-3"].status == 1
    assert corporation.told(group) == ("by_hand", "no_owner")
    corporation.chats.hand_over(corporation.phone("wr-3"), corporation.cast.ma.work)
    _pushed(corporation, {"ChatId": "wr-3", "ChangeType": "update", "UpdateDetail": "change_owner"})
    corporation.read()
    assert corporation.told(group, "again") == ("sent", "owner_confirms")


@pytest.mark.parametrize(("typed", "code"), [("wr-typo", "40050"), ("wr-ordinary", "90501")])
def test_a_workbooks_wrong_id_is_found_out(corporation: Corporation, typed: str, code: str) -> None:
    corporation.chat("wr-ordinary", "不是员工建的群", "")

    def typed_wrong() -> None:
        group = session().scalars(select(BuildingGroup.id)).first()
        put(Address, owner_kind="group", owner_id=group, channel="customer_group", value=typed)

    corporation.office.db.write(typed_wrong)
    corporation.read()
    assert corporation.known()[typed].gone_at is not None
    assert str(corporation.known()[typed].trouble).startswith(code)


def test_a_token_that_died_costs_nothing(corporation: Corporation) -> None:
    corporation.read()
    corporation.office.simulator.forget_tokens("work")
    corporation.do(ticks.leave, LISTED)
    corporation.read()
    assert corporation.calls("groupchat/list") == 3
    assert corporation.known()["wr-3"].read_at == corporation.office.clock()


@pytest.mark.parametrize(
    ("kind", "more"), [("http", {}), ("cut", {}), ("garbage", {}), ("refuse", {"errcode": 45009})]
)
def test_an_outage_puts_it_off(corporation: Corporation, kind: str, more: dict[str, Any]) -> None:
    corporation.office.simulator.fault(kind, path="*groupchat/list", times=1, **more)
    corporation.read()
    corporation.read()
    assert corporation.known() == {}
    corporation.office.clock.turn(minutes=5)
    corporation.read()
    assert set(corporation.known()) == {"wr-3", "wr-x"}


def test_one_chat_that_cannot_be_read_holds_up_no_other(corporation: Corporation) -> None:
    corporation.office.simulator.fault("refuse", path="*groupchat/get", times=1, errcode=60011)
    corporation.read()
    known = corporation.known()
    assert sorted(str(one.trouble)[:5] for one in known.values()) == ["60011", "None"]
    corporation.read()
    assert corporation.calls("groupchat/get") == 2


# codes for joining


def test_a_code_is_made_once_and_shown_as_a_picture(corporation: Corporation) -> None:
    corporation.read()
    group = corporation.bind()
    for _ in range(2):
        corporation.do(registry.want_code, group, By.staff(corporation.cast.zhao.id))
    corporation.read()
    corporation.read()
    assert (corporation.calls("add_join_way"), corporation.calls("get_join_way")) == (1, 1)
    asked = corporation.office.calls("*add_join_way")[0].body
    assert (asked["chat_id_list"], asked["auto_create_room"], asked["room_base_name"]) == (
        ["wr-3"], 1, "育英3号楼邻里群",
    )  # fmt: skip
    with corporation.office.db.read():
        picture = _way(group).picture
        assert picture is not None
        assert Image.open(BytesIO(picture)).format == "PNG"


def _way(group: int) -> JoinWay:
    way = join_ways.way_of(group)
    assert way is not None
    return way


def test_what_went_wrong_with_a_code_stands_there_and_it_is_tried_again(corporation: Corporation) -> None:
    corporation.read()
    group = corporation.bind()
    corporation.do(registry.want_code, group, By.staff(corporation.cast.zhao.id))
    corporation.office.simulator.fault("refuse", path="*add_join_way", times=1, errcode=40058)
    corporation.read()
    with corporation.office.db.read():
        assert str(_way(group).trouble).startswith("40058")
    corporation.read()
    assert corporation.calls("add_join_way") == 1
    corporation.office.clock.turn(hours=1)
    corporation.office.simulator.fault("cut", path="*get_join_way", times=1)
    corporation.read()
    corporation.office.clock.turn(minutes=2)
    corporation.read()
    with corporation.office.db.read():
        assert (_way(group).picture is not None, _way(group).trouble) == (True, None)
    assert corporation.calls("add_join_way") == 2


def test_a_picture_that_lies_elsewhere_is_not_fetched(corporation: Corporation) -> None:
    corporation.read()
    group = corporation.bind()
    corporation.do(registry.want_code, group, By.staff(corporation.cast.zhao.id))
    corporation.office.simulator.base_url = "http://127.0.0.1:1"
    corporation.read()
    with corporation.office.db.read():
        assert (_way(group).picture, _way(group).trouble) == (None, "elsewhere")


def test_the_group_that_follows_a_full_one_hears_of_the_same_building(corporation: Corporation) -> None:
    corporation.read()
    group = corporation.bind()
    corporation.do(registry.want_code, group, By.staff(corporation.cast.zhao.id))
    corporation.read()
    (way,) = corporation.chats.ways
    for number in range(4):
        corporation.chats.join(f"o-{number}", way)
    (chat,) = {one.chat_id for one in corporation.chats.all()} - {"wr-3", "wr-x"}
    _pushed(corporation, {"ChatId": chat, "ChangeType": "create"})
    corporation.read()
    with corporation.office.db.read() as current:
        follower = chats.bound(chat)
        assert follower is not None
        first = current.get_one(BuildingGroup, group)
        assert (follower.building_id, follower.estate_id) == (first.building_id, first.estate_id)
        assert [step.what for step in steps_about("group", follower.id)] == ["followed"]
        assert set(senders([group, follower.id])) == {group, follower.id}
        key = follower.id
    corporation.do(registry.unbind, chat, By.staff(corporation.cast.zhao.id))
    corporation.office.clock.turn(hours=18)
    corporation.read()
    with corporation.office.db.read() as current:
        assert chats.bound(chat) is None, "what a person took away stays away"
        assert not current.get_one(BuildingGroup, key).active


def test_a_digest_goes_to_all_groups_of_a_building_in_one_task(corporation: Corporation) -> None:
    corporation.read()
    first, second = corporation.bind(), corporation.bind("wr-x")
    for key in (first, second):
        corporation.told(key, lane=Lane.NEWS)
    with time_machine.travel(corporation.office.clock(), tick=False):
        assert corporation.office.db.write(digest.gather_one)
    corporation.office.delivery.drain()
    assert [call.body["chat_id_list"] for call in corporation.office.calls("*add_msg_template")] == [
        ["wr-3", "wr-x"]
    ]


def test_odd_names_stop_nothing(corporation: Corporation) -> None:
    corporation.phone("wr-3").name = "3号楼\x00\u2028群" + "长" * 300
    corporation.phone("wr-x").name = "🌸"
    corporation.read()
    known = corporation.known()
    assert known["wr-3"].name.startswith("3号楼群长")
    assert len(known["wr-3"].name) == 200
    assert known["wr-x"].name == "🌸"


def test_half_a_character_is_left_out() -> None:
    answer = {"group_chat": {"name": "3号楼\ud83d群", "owner": None, "member_list": [{"state": "s"}, "x"]}}
    assert _details(answer) == Details("3号楼群", "", 2, frozenset({"s"}))
    assert _status({"chat_id": "\x00", "status": 9}) is None
    assert _status({"chat_id": "wr", "status": "x"}) == ("wr", 0)
