"""Customer groups as the platform keeps them: join codes, followers, owners who leave, what is pushed."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sandbox_desk import Desk

from server.sandbox.phones import Phones, Unable
from server.sandbox.world import Phone


def a_way(desk: Desk, **more: Any) -> dict[str, Any]:
    asked = {
        "scene": 2, "chat_id_list": ["wr-3"], "state": "s-3", "auto_create_room": 1,
        "room_base_name": "3号楼", "room_base_id": 2, **more,
    }  # fmt: skip
    return desk.contact("groupchat/add_join_way", asked)


def pushed(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    assert desk.simulator.work is not None
    desk.simulator.work.chats.push = found.append
    return found


def members(desk: Desk, chat: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.contact("groupchat/get", {"chat_id": chat})["group_chat"][
        "member_list"
    ]
    return found


def test_a_code_is_a_picture_that_leads_into_its_group() -> None:
    desk = Desk()
    desk.simulator.base_url = "http://127.0.0.1:9"
    way = a_way(desk)["config_id"]
    made = desk.contact("groupchat/get_join_way", {"config_id": way})["join_way"]
    assert (made["chat_id_list"], made["state"], made["auto_create_room"]) == (["wr-3"], "s-3", 1)
    path = made["qr_code"].removeprefix("http://127.0.0.1:9/work")
    status, headers, picture = desk.simulator.handle("work", "GET", path)
    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert Image.open(BytesIO(picture)).width > 200
    desk.simulator.add(Phone("r1", "刘阿姨", "resident", openid="o-liu"))
    assert Phones(desk.simulator).join("r1", way)["joined"] == "group"
    assert [one.get("state") for one in members(desk, "wr-3")] == [None, None, "s-3"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"scene": 3}, {"chat_id_list": []}, {"chat_id_list": ["wr-3"] * 6}, {"state": "s" * 31},
        {"remark": "r" * 31}, {"room_base_name": "n" * 41},
    ],
)  # fmt: skip
def test_a_code_keeps_to_the_platforms_lengths(wrong: dict[str, Any]) -> None:
    assert a_way(Desk(), **wrong)["errcode"] == 40058


def test_a_code_for_nobodys_group_is_refused() -> None:
    assert a_way(Desk(), chat_id_list=["wr-0"])["errcode"] == 40050
    assert Desk().contact("groupchat/get_join_way", {"config_id": "x"})["errcode"] == 41044


def test_a_full_group_is_followed_by_a_new_one() -> None:
    desk = Desk(group_members=2)
    way = a_way(desk)["config_id"]
    desk.simulator.add(Phone("r1", "刘阿姨", "resident", openid="o-liu"))
    phones = Phones(desk.simulator)
    told = pushed(desk)
    joined = phones.join("r1", way)["joined"]
    group = desk.simulator.world.phones[joined]
    assert (joined, group.name, group.owner) == ("group-2", "3号楼2", "chen")
    assert [one["ChangeType"] for one in told] == ["create", "update"]
    assert {one["ChatId"] for one in told} == {group.chat_id}
    assert members(desk, group.chat_id)[1]["state"] == "s-3"
    made = desk.contact("groupchat/get_join_way", {"config_id": way})["join_way"]
    assert made["chat_id_list"] == ["wr-3", group.chat_id]


def test_a_full_group_without_a_follower_takes_nobody() -> None:
    desk = Desk(group_members=2)
    way = a_way(desk, auto_create_room=0)["config_id"]
    desk.simulator.add(Phone("r1", "刘阿姨", "resident", openid="o-liu"))
    with pytest.raises(Unable):
        Phones(desk.simulator).join("r1", way)


def test_changes_are_told_to_hemei_and_an_owners_leaving_is_not() -> None:
    desk = Desk()
    phones = Phones(desk.simulator)
    told = pushed(desk)
    phones.rename("group", "3号楼邻里群")
    phones.resign("chen")
    assert desk.contact("groupchat/list", {"status_filter": 1})["group_chat_list"] == [
        {"chat_id": "wr-3", "status": 1}
    ]
    phones.hand_over("group", "liu")
    phones.dismiss("group")
    assert [one.get("UpdateDetail", one["ChangeType"]) for one in told] == [
        "change_name", "change_owner", "dismiss",
    ]  # fmt: skip
    assert desk.contact("groupchat/list", {})["group_chat_list"] == []
    assert desk.contact("groupchat/get", {"chat_id": "wr-3"})["errcode"] == 40050


def test_an_owner_whom_nobody_knows_spoils_the_question() -> None:
    asked = {"owner_filter": {"userid_list": ["chen", "nobody"]}}
    assert Desk().contact("groupchat/list", asked)["errcode"] == 40003


def test_a_months_messages_are_counted() -> None:
    desk = Desk(group_messages_a_month=2)
    phones = Phones(desk.simulator)
    message = {"chat_type": "group", "sender": "chen", "chat_id_list": ["wr-3"], "text": {"content": "一"}}
    for _ in range(2):
        phones.confirm("chen", desk.contact("add_msg_template", message)["msgid"])
        desk.clock.turn(86400)
    refused = desk.contact("add_msg_template", message)
    assert (refused["errcode"], refused["fail_list"]) == (41048, ["wr-3"])
