"""The service account: windows, template messages, codes, menu, followers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sandbox_desk import Desk


def desk_in_talk(**limits: Any) -> Desk:
    desk = Desk(**limits)
    desk.simulator.opened("o-wang")
    return desk


def test_five_messages_in_48_hours_after_a_message_then_45047_until_the_next() -> None:
    desk = desk_in_talk()
    assert [desk.say()["errcode"] for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    desk.simulator.opened("o-wang")
    assert desk.say()["errcode"] == 0
    desk.clock.turn(48 * 3600 + 1)
    assert desk.say()["errcode"] == 45015


@pytest.mark.parametrize("trigger", ["menu", "follow", "scan"])
def test_three_messages_in_one_minute_after_a_tap_a_follow_or_a_scan(trigger: str) -> None:
    desk = Desk()
    assert desk.say()["errcode"] == 45015
    desk.simulator.opened("o-wang", trigger)
    assert [desk.say()["errcode"] for _ in range(4)] == [0, 0, 0, 45047]
    desk.simulator.opened("o-wang", trigger)
    desk.clock.turn(61)
    assert desk.say()["errcode"] == 45015


def test_a_tap_opens_its_own_counter_beside_that_of_the_message() -> None:
    desk = desk_in_talk()
    desk.simulator.opened("o-wang", "menu")
    assert [desk.say()["errcode"] for _ in range(9)] == [0] * 8 + [45047]


def test_who_left_cannot_be_written_to_and_a_strange_openid_is_refused() -> None:
    desk = desk_in_talk()
    desk.wang.follows = False
    assert desk.say()["errcode"] == 45015
    message = {"touser": "o-nobody", "msgtype": "text", "text": {"content": "您好"}}
    assert desk.official("/cgi-bin/message/custom/send", message)["errcode"] == 40003


@pytest.mark.parametrize(
    ("message", "errcode"),
    [
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text", "text": {"content": "字" * 683}}, 45002),
        ({"msgtype": "text", "text": {"content": "字" * 682}}, 0),
        ({"msgtype": "image", "image": {"media_id": "gone"}}, 40007),
        ({"msgtype": "poem", "poem": {}}, 40008),
        ({"msgtype": "msgmenu", "msgmenu": {"head_content": "好了吗?", "list": []}}, 44004),
        ({"msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
        ({"msgtype": "text"}, 44004),
    ],
)
def test_the_content_of_a_customer_service_message_is_checked(message: dict[str, Any], errcode: int) -> None:
    desk = desk_in_talk()
    found = desk.official("/cgi-bin/message/custom/send", {"touser": "o-wang", **message})
    assert found["errcode"] == errcode


def test_typing_needs_a_recent_message_and_is_not_said_twice() -> None:
    desk = desk_in_talk()
    typing = {"touser": "o-wang", "command": "Typing"}
    path = "/cgi-bin/message/custom/typing"
    assert [desk.official(path, typing)["errcode"] for _ in range(2)] == [0, 45081]
    desk.clock.turn(16)
    assert desk.official(path, typing)["errcode"] == 0
    desk.clock.turn(16)
    assert desk.official(path, typing)["errcode"] == 45080
    assert desk.official(path, typing | {"command": "Sing"})["errcode"] == 45072


def test_a_template_message_with_the_same_key_is_dropped_for_ten_minutes() -> None:
    desk = Desk()
    first = desk.template(key="case-1")
    assert desk.template(key="case-1") == first
    assert desk.template(key="case-2")["msgid"] != first["msgid"]
    assert len(desk.wang.messages) == 2
    assert [e.duplicate for e in desk.simulator.ledger.read(path="*template*")] == [False, True, False]
    desk.clock.turn(601)
    assert desk.template(key="case-1")["msgid"] != first["msgid"]


def test_the_key_counts_per_person() -> None:
    desk = Desk(strangers=True)
    assert desk.template("o-1", key="k")["msgid"] != desk.template("o-2", key="k")["msgid"]


def test_who_does_not_follow_gets_no_template_message() -> None:
    desk = Desk()
    assert desk.template("o-nobody")["errcode"] == 43004
    desk.wang.follows = False
    assert desk.template()["errcode"] == 43004


def test_a_foreign_template_is_40037_and_the_day_ends_with_45009() -> None:
    desk = Desk(per_day={"official /cgi-bin/message/template/send": 2})
    wrong = desk.official(
        "/cgi-bin/message/template/send", {"touser": "o-wang", "template_id": "x", "data": {}}
    )
    assert wrong["errcode"] == 40037
    assert desk.template()["errcode"] == 0
    assert desk.template()["errcode"] == 45009
    desk.clock.turn(86400)
    assert desk.template()["errcode"] == 0


def test_a_wrong_value_is_47003_and_names_its_key() -> None:
    found = Desk().template(thing2="字" * 21)
    assert found == {"errcode": 47003, "errmsg": "argument invalid! data.thing2.value invalid"}


def test_a_subscription_notice_uses_up_one_consent() -> None:
    desk = Desk()
    desk.wang.consents["official-notice"] = 1
    notice = {"touser": "o-wang", "template_id": "official-notice", "data": {
        "character_string1": {"value": "A1"}, "thing2": {"value": "停水"}, "thing3": {"value": "3号楼"},
        "time4": {"value": "15:01"},
    }}  # fmt: skip
    path = "/cgi-bin/message/subscribe/bizsend"
    assert [desk.official(path, notice)["errcode"] for _ in range(2)] == [0, 43101]


def code(scene: dict[str, Any], action: str = "QR_LIMIT_STR_SCENE", **more: Any) -> dict[str, Any]:
    request = {"action_name": action, "action_info": {"scene": scene}, **more}
    return Desk().official("/cgi-bin/qrcode/create", request)


def test_codes_are_made_for_text_and_number_within_their_limits() -> None:
    made = code({"scene_str": "b" * 64})
    assert set(made) == {"ticket", "url"}
    assert code({"scene_str": "b" * 65})["errcode"] == 40053
    assert code({"scene_id": 100_001}, "QR_LIMIT_SCENE")["errcode"] == 40053
    assert code({"scene_id": 100_001}, "QR_SCENE")["expire_seconds"] == 30
    assert code({"scene_str": "x"}, "QR_STR_SCENE", expire_seconds=2_592_001)["errcode"] == 40052


def test_a_menu_has_three_by_five_buttons_with_short_names() -> None:
    desk = Desk()

    def menu(*buttons: dict[str, Any]) -> int:
        return desk.official("/cgi-bin/menu/create", {"button": list(buttons)})["errcode"]

    click = {"type": "click", "name": "报事", "key": "REPORT"}
    assert menu(click, {"name": "我的", "sub_button": [click] * 5}) == 0
    assert desk.simulator.official.menu[0] == click
    assert menu(*[click] * 4) == 40016
    assert menu({"name": "我的", "sub_button": [click] * 6}) == 40023
    assert menu(click | {"name": "这个名字太长了"}) == 40018
    assert menu({"type": "click", "name": "报事", "key": ""}) == 40019
    assert menu({"type": "view", "name": "看", "url": ""}) == 40020


def test_user_info_says_who_follows() -> None:
    desk = Desk()
    token = desk.stable()["access_token"]
    found = desk.get("official", "/cgi-bin/user/info", openid="o-wang", access_token=token)
    assert (found["subscribe"], found["unionid"]) == (1, "u-wang")
    desk.wang.follows = False
    found = desk.get("official", "/cgi-bin/user/info", openid="o-wang", access_token=token)
    assert found == {"subscribe": 0, "openid": "o-wang"}


def test_where_strangers_are_welcome_every_openid_follows_without_a_window() -> None:
    desk = Desk(strangers=True)
    for _ in range(9):
        message = {"touser": "o-new", "msgtype": "text", "text": {"content": "您好"}}
        assert desk.official("/cgi-bin/message/custom/send", message)["errcode"] == 0
    assert desk.template("o-new")["errcode"] == 0
    assert "o-new" not in desk.simulator.world.phones


def upload(desk: Desk, kind: str, content: bytes) -> dict[str, Any]:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="media"; filename="a.jpg"\r\n\r\n'
        + content
        + b"\r\n--B--\r\n"
    )
    query = {"access_token": desk.stable()["access_token"], "type": kind}
    headers = {"content-type": "multipart/form-data; boundary=B"}
    return json.loads(
        desk.simulator.handle("official", "POST", "/cgi-bin/media/upload", query, body, headers)[2]
    )


def test_uploaded_media_come_back_byte_for_byte() -> None:
    desk = desk_in_talk()
    content = b"\xff\xd8\r\n--x\r\n\x00end"
    made = upload(desk, "image", content)
    query = {"access_token": desk.stable()["access_token"], "media_id": made["media_id"]}
    assert desk.simulator.handle("official", "GET", "/cgi-bin/media/get", query)[2] == content
    image = {"touser": "o-wang", "msgtype": "image", "image": {"media_id": made["media_id"]}}
    assert desk.official("/cgi-bin/message/custom/send", image)["errcode"] == 0
    (entry,) = desk.simulator.ledger.read(path="*upload")
    assert entry.body == {"type": "image", "filename": "a.jpg", "bytes": len(content)}


def test_media_too_large_or_of_no_kind_are_refused() -> None:
    desk = Desk()
    assert upload(desk, "thumb", b"\xff\xd8" + b"x" * (64 << 10))["errcode"] == 40012
    assert upload(desk, "poem", b"x")["errcode"] == 40004
    token = desk.stable()["access_token"]
    assert (
        desk.post("official", "/cgi-bin/media/upload", {}, access_token=token, type="image")["errcode"]
        == 41005
    )
