"""WeCom: application messages, cards, duplicates, robots, customer groups."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from sandbox_desk import Desk

from server.sandbox.phones import Phones
from server.sandbox.world import Phone

SEND = "/cgi-bin/message/send"
CARD: dict[str, Any] = {
    "card_type": "button_interaction",
    "main_title": {"title": "新报修 A0001"},
    "task_id": "A0001-v1",
    "button_list": [{"text": "接单", "key": "accept"}],
}


def text(desk: Desk, content: str = "您好", **more: Any) -> dict[str, Any]:
    message = {"touser": "chen", "agentid": 1000002, "msgtype": "text", "text": {"content": content}}
    return desk.work(SEND, message | more)


def card(desk: Desk, **parts: Any) -> dict[str, Any]:
    whole = {key: value for key, value in (CARD | parts).items() if value is not None}
    message = {"touser": "chen", "agentid": 1000002, "msgtype": "template_card", "template_card": whole}
    return desk.work(SEND, message)


def test_unknown_members_are_listed_and_none_at_all_is_81013() -> None:
    desk = Desk()
    found = text(desk, touser="chen|nobody")
    assert (found["errcode"], found["invaliduser"]) == (0, "nobody")
    assert found["msgid"]
    assert text(desk, touser="nobody")["errcode"] == 81013
    assert text(desk, agentid="1000002")["errcode"] == 40056
    assert text(desk, msgtype="poem")["errcode"] == 40008


def test_everybody_means_all_staff() -> None:
    desk = Desk()
    desk.simulator.add(Phone("liu", "刘敏", "staff", userid="liu"))
    assert text(desk, touser="@all")["errcode"] == 0
    assert [len(phone.messages) for phone in desk.simulator.world.staff()] == [1, 1]


def test_long_text_is_cut_at_2048_bytes_and_long_markdown_refused() -> None:
    desk = Desk()
    assert text(desk, "字" * 700)["errcode"] == 0
    assert desk.chen.messages[-1].body["text"] == "字" * 682
    assert text(desk, msgtype="markdown", markdown={"content": "字" * 700})["errcode"] == 40058


def test_the_same_content_to_the_same_people_is_dropped_on_demand() -> None:
    desk = Desk()
    first = text(desk, enable_duplicate_check=1)
    assert text(desk, enable_duplicate_check=1) == first
    assert text(desk, "别的", enable_duplicate_check=1)["msgid"] != first["msgid"]
    assert len(desk.chen.messages) == 2
    desk.clock.turn(1801)
    assert text(desk, enable_duplicate_check=1)["msgid"] != first["msgid"]
    assert text(desk, enable_duplicate_check=1, duplicate_check_interval=14401)["errcode"] == 40058
    assert text(desk)["msgid"] != text(desk)["msgid"]


def test_beyond_thirty_a_minute_a_member_sees_nothing_and_nobody_says_so() -> None:
    desk = Desk()
    assert {text(desk)["errcode"] for _ in range(31)} == {0}
    assert len(desk.chen.messages) == 30
    assert [e.dropped for e in desk.simulator.ledger.read(path=SEND)][-1] == "member limit"
    desk.clock.turn(61)
    text(desk)
    assert len(desk.chen.messages) == 31


def test_a_card_comes_with_a_code_that_changes_it_once_within_three_days() -> None:
    desk = Desk()
    update = {"userids": ["chen", "liu"], "agentid": 1000002, "button": {"replace_name": "已接单"}}
    path = "/cgi-bin/message/update_template_card"
    made = card(desk)["response_code"]
    assert desk.work(path, update | {"response_code": made}) == {
        "errcode": 0, "errmsg": "ok", "invaliduser": ["liu"],
    }  # fmt: skip
    assert desk.chen.messages[-1].body["replaced"] == "已接单"
    assert desk.work(path, update | {"response_code": made})["errcode"] == 40058
    late = card(desk, task_id="A0002")["response_code"]
    desk.clock.turn(72 * 3600 + 1)
    assert desk.work(path, update | {"response_code": late})["errcode"] == 40058


def test_a_task_id_is_used_once() -> None:
    desk = Desk()
    assert card(desk)["errcode"] == 0
    assert "task_id" in card(desk)["errmsg"]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("card_type", "poem"),
        ("main_title", {"title": "字" * 37}),
        ("main_title", {"title": ""}),
        ("sub_title_text", "字" * 161),
        ("task_id", None),
        ("task_id", "编号1"),
        ("task_id", "a" * 129),
        ("button_list", []),
        ("button_list", [{"text": "接单", "key": str(number)} for number in range(7)]),
        ("button_list", [{"text": "这个按钮的字实在太多了", "key": "a"}]),
        ("button_list", [{"text": "接单", "key": "a"}, {"text": "退单", "key": "a"}]),
        ("button_list", [{"text": "接单", "key": "a", "style": 5}]),
        ("button_list", [{"text": "看", "type": 1}]),
        ("horizontal_content_list", [{"keyname": "地点", "value": "3号楼"}] * 7),
        ("card_action", {"type": 1, "url": "pages/x"}),
    ],
)
def test_a_malformed_card_is_refused_and_its_part_named(part: str, value: object) -> None:
    found = card(Desk(), **{part: value})
    assert found["errcode"] == 40058
    assert part in found["errmsg"]


def test_a_notice_needs_an_action_and_no_task() -> None:
    desk = Desk()
    action = {"type": 1, "url": "http://127.0.0.1/x"}
    notice = {"card_type": "text_notice", "task_id": None, "button_list": None}
    assert card(desk, **notice)["errcode"] == 40058
    found = card(desk, **notice, card_action=action)
    assert found["errcode"] == 0
    assert "response_code" not in found


def robot(desk: Desk, message: dict[str, Any], key: str = "robot-3") -> int:
    return desk.post("work", "/cgi-bin/webhook/send", message, key=key)["errcode"]


def test_a_robot_speaks_twenty_times_a_minute_with_its_key_alone() -> None:
    desk = Desk()
    hello = {"msgtype": "text", "text": {"content": "您好", "mentioned_list": ["@all"]}}
    assert [robot(desk, hello) for _ in range(21)] == [0] * 20 + [45009]
    desk.clock.turn(60)
    assert robot(desk, hello) == 0
    assert robot(desk, hello, "stolen") == 93000
    assert len(desk.group.messages) == 21


def test_a_robots_words_and_pictures_have_their_sizes() -> None:
    desk = Desk()
    assert robot(desk, {"msgtype": "text", "text": {"content": "字" * 683}}) == 40058
    assert robot(desk, {"msgtype": "markdown", "markdown": {"content": "字" * 1365}}) == 0
    picture = b"\xff\xd8picture"
    image = {"base64": base64.b64encode(picture).decode(), "md5": hashlib.md5(picture).hexdigest()}
    assert robot(desk, {"msgtype": "image", "image": image}) == 0
    assert robot(desk, {"msgtype": "image", "image": image | {"md5": "0"}}) == 301019
    assert robot(desk, {"msgtype": "image", "image": {"base64": "?", "md5": ""}}) == 40058
    large = base64.b64encode(b"\xff\xd8" + b"x" * (2 << 20)).decode()
    assert robot(desk, {"msgtype": "image", "image": {"base64": large, "md5": ""}}) == 40009
    assert robot(desk, {"msgtype": "template_card", "template_card": CARD}) == 40058


def task(desk: Desk, content: str = "已修复", **more: Any) -> dict[str, Any]:
    message = {"chat_type": "group", "sender": "chen", "chat_id_list": ["wr-3"], "text": {"content": content}}
    return desk.contact("add_msg_template", message | more)


def result(desk: Desk, msgid: str) -> list[dict[str, Any]]:
    return desk.contact("get_groupmsg_send_result", {"msgid": msgid, "userid": "chen"})["send_list"]


def test_a_mass_message_waits_for_its_owners_tap() -> None:
    desk = Desk()
    made = task(desk)
    assert made["fail_list"] == []
    assert not desk.group.messages
    assert result(desk, made["msgid"]) == [{"chat_id": "wr-3", "userid": "chen", "status": 0}]
    assert desk.contact("get_groupmsg_task", {"msgid": made["msgid"]})["task_list"] == [
        {"userid": "chen", "status": 0}
    ]
    Phones(desk.simulator).confirm("chen", made["msgid"])
    assert desk.group.messages[-1].body["text"] == "已修复"
    row = {"chat_id": "wr-3", "userid": "chen", "status": 1, "send_time": int(desk.clock.now)}
    assert result(desk, made["msgid"]) == [row]
    assert desk.contact("get_groupmsg_task", {"msgid": made["msgid"]})["task_list"][0]["status"] == 2


def test_a_group_takes_one_mass_message_a_day() -> None:
    desk = Desk()
    phones = Phones(desk.simulator)
    first, second = task(desk, "一")["msgid"], task(desk, "二")["msgid"]
    phones.confirm("chen", first)
    phones.confirm("chen", second)
    assert [row["status"] for row in result(desk, second)] == [3]
    assert [m.body["text"] for m in desk.group.messages] == ["一"]
    refused = task(desk, "三")
    assert (refused["errcode"], refused["fail_list"]) == (41048, ["wr-3"])
    desk.clock.turn(86400)
    assert task(desk, "四")["errcode"] == 0


def test_groups_of_others_come_back_as_failed() -> None:
    desk = Desk()
    desk.simulator.add(Phone("other", "5号楼", "group", chat_id="wr-5", owner="liu"))
    assert task(desk, chat_id_list=["wr-3", "wr-5", "wr-9"])["fail_list"] == ["wr-5", "wr-9"]
    assert task(desk, sender="")["errcode"] == 40058
    assert task(desk, sender="nobody")["errcode"] == 40003
    assert task(desk, "字" * 1334)["errcode"] == 40058


def test_reminders_are_three_a_day_and_cancelling_ends_the_task() -> None:
    desk = Desk()
    msgid = task(desk)["msgid"]
    remind = [desk.contact("remind_groupmsg_send", {"msgid": msgid})["errcode"] for _ in range(4)]
    assert remind == [0, 0, 0, 45009]
    assert desk.contact("cancel_groupmsg_send", {"msgid": msgid})["errcode"] == 0
    assert desk.contact("cancel_groupmsg_send", {"msgid": msgid})["errcode"] == 41093
    with pytest.raises(ValueError, match="canceled"):
        Phones(desk.simulator).confirm("chen", msgid)
    assert not desk.group.messages


def test_groups_are_listed_page_by_page_and_told_in_detail() -> None:
    desk = Desk()
    for number in range(4, 7):
        desk.simulator.add(Phone(f"g{number}", f"{number}号楼", "group", chat_id=f"wr-{number}", owner="liu"))
    first = desk.contact("groupchat/list", {"limit": 3})
    rest = desk.contact("groupchat/list", {"limit": 3, "cursor": first["next_cursor"]})
    found = [row["chat_id"] for row in first["group_chat_list"] + rest["group_chat_list"]]
    assert found == ["wr-3", "wr-4", "wr-5", "wr-6"]
    assert "next_cursor" not in rest
    mine = desk.contact("groupchat/list", {"limit": 10, "owner_filter": {"userid_list": ["chen"]}})
    assert len(mine["group_chat_list"]) == 1
    details = desk.contact("groupchat/get", {"chat_id": "wr-3", "need_name": 1})["group_chat"]
    assert (details["name"], details["owner"]) == ("3号楼", "chen")
    assert [(m["type"], m["name"]) for m in details["member_list"]] == [(1, "陈书记"), (2, "王阿姨")]
    assert desk.contact("groupchat/get", {"chat_id": "wr-0"})["errcode"] == 40050
    assert desk.contact("groupchat/list", {"limit": 1001})["errcode"] == 40058


def test_a_staff_login_code_gives_the_userid() -> None:
    desk = Desk()
    code = Phones(desk.simulator).login("chen", "work")["code"]
    query = {"access_token": desk.work_token(), "code": code}
    assert desk.get("work", "/cgi-bin/auth/getuserinfo", **query)["userid"] == "chen"
    assert desk.get("work", "/cgi-bin/auth/getuserinfo", **query)["errcode"] == 40163
