"""What people do with their phones arrives at hemei as the platforms would send it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_desk import Desk
from sandbox_hemei import TinyHemei

from server.sandbox.accounts import Accounts
from server.sandbox.phones import Phones, Unable
from server.sandbox.simulator import Simulator

CARD = {
    "card_type": "button_interaction",
    "main_title": {"title": "新报修 A0001", "desc": "3号楼2单元 灯不亮"},
    "task_id": "A0001-v1",
    "button_list": [
        {"text": "接单", "style": 1, "key": "accept"},
        {"text": "退单", "style": 2, "key": "return"},
    ],
}


class Street(Desk):
    """A desk with phones in the hand and a tiny hemei to talk to."""

    def __init__(self, accounts: Accounts) -> None:
        super().__init__()
        self.hemei = TinyHemei(accounts)
        wang, chen, group = self.wang, self.chen, self.group
        self.simulator = Simulator(accounts.calling(self.hemei.base_url), self.simulator.limits, self.clock)
        for phone in (wang, chen, group):
            self.simulator.add(phone)
        self.phones = Phones(self.simulator, timeout=30, pause=0.01)

    @property
    def pushed(self) -> list[dict[str, Any]]:
        return [fields for _, _, fields in self.hemei.pushes]

    def send_card(self, touser: str = "chen", **more: Any) -> dict[str, Any]:
        return self.work("/cgi-bin/message/send", {
            "touser": touser, "agentid": 1000002, "msgtype": "template_card", "template_card": CARD, **more,
        })  # fmt: skip


def opened(accounts: Accounts) -> Iterator[Street]:
    street = Street(accounts)
    yield street
    street.simulator.courier.stop()
    street.hemei.close()


@pytest.fixture
def street() -> Iterator[Street]:
    yield from opened(Accounts.example())


@pytest.fixture
def plain_street() -> Iterator[Street]:
    yield from opened(Accounts.example(safe=False))


def test_a_text_arrives_sealed_with_the_right_query_and_the_reply_is_shown(street: Street) -> None:
    street.hemei.answer = lambda f: {"MsgType": "text", "Content": f"收到]]>:{f['Content']}"}
    seen = street.phones.text("wang", "3号楼2单元灯不亮!🙏")
    platform, query, fields = street.hemei.pushes[0]
    assert platform == "official"
    assert set(query) == {"signature", "timestamp", "nonce", "openid", "msg_signature", "encrypt_type"}
    assert query["openid"] == fields["FromUserName"] == "o-wang"
    assert fields["ToUserName"] == "gh_5a4db0c0ff1c"
    assert fields["Content"] == "3号楼2单元灯不亮!🙏"
    assert [reply["body"]["text"] for reply in seen["replies"]] == ["收到]]>:3号楼2单元灯不亮!🙏"]
    assert [m.by for m in street.wang.messages] == ["me", "them"]


def test_without_an_aes_key_pushes_are_plain(plain_street: Street) -> None:
    plain_street.hemei.answer = lambda _f: {"MsgType": "text", "Content": "收到"}
    seen = plain_street.phones.text("wang", "您好")
    assert set(plain_street.hemei.pushes[0][1]) == {"signature", "timestamp", "nonce", "openid"}
    assert seen["replies"][0]["body"]["text"] == "收到"


def test_wecom_is_always_sealed_and_names_the_agent(street: Street) -> None:
    street.hemei.answer = lambda _f: {"MsgType": "text", "Content": "收到"}
    seen = street.phones.text("chen", "办结 A0001 已换灯泡")
    platform, query, fields = street.hemei.pushes[0]
    assert (platform, set(query)) == ("work", {"msg_signature", "timestamp", "nonce"})
    assert (fields["AgentID"], fields["FromUserName"]) == ("1000002", "chen")
    assert seen["replies"][0]["body"]["text"] == "收到"


def test_a_slow_hemei_gets_the_same_message_three_times_and_the_user_an_excuse(street: Street) -> None:
    street.hemei.sleep = 0.6
    impatient = Phones(street.simulator, timeout=0.4, pause=0.01)
    seen = impatient.text("wang", "您好")
    assert [attempt["status"] for attempt in seen["attempts"]] == [0, 0, 0]
    assert [m.type for m in street.wang.messages] == ["text", "failed"]
    street.hemei.sleep = 0
    impatient.resend("wang")
    assert len({fields["MsgId"] for fields in street.pushed}) == 1
    assert len({query["msg_signature"] for _, query, _ in street.hemei.pushes}) == len(street.pushed)


def test_an_error_is_tried_again_and_the_second_answer_counts(street: Street) -> None:
    street.hemei.statuses = [503]
    street.hemei.answer = lambda _f: {"MsgType": "text", "Content": "收到"}
    seen = street.phones.text("wang", "您好")
    assert [attempt["status"] for attempt in seen["attempts"]] == [503, 200]
    assert seen["replies"][0]["body"]["text"] == "收到"


def test_a_plain_reply_to_a_sealed_push_shows_the_excuse(street: Street) -> None:
    street.hemei.answer = lambda _f: b"<xml><MsgType>text</MsgType></xml>"
    seen = street.phones.text("wang", "您好")
    assert "plain reply" in seen["failed"]
    assert seen["replies"][0]["type"] == "failed"


def test_a_photo_can_be_fetched_by_its_media_id_and_by_its_address(street: Street) -> None:
    street.phones.photo("wang", b"\xff\xd8photo")
    fields = street.pushed[0]
    token = street.stable()["access_token"]
    query = {"access_token": token, "media_id": fields["MediaId"]}
    status, headers, body = street.simulator.handle("official", "GET", "/cgi-bin/media/get", query)
    assert (status, headers["Content-Type"], body) == (200, "image/jpeg", b"\xff\xd8photo")
    path = fields["PicUrl"].removeprefix("/official")
    assert street.simulator.handle("official", "GET", path)[2] == b"\xff\xd8photo"
    street.clock.turn(3 * 86400 + 1)
    status, _, body = street.simulator.handle(
        "official", "GET", "/cgi-bin/media/get", query | {"access_token": street.stable()["access_token"]}
    )
    assert (status, b"40007" in body) == (200, True)


def test_voice_and_location_have_the_platforms_fields(street: Street) -> None:
    street.phones.voice("wang")
    street.phones.location("wang", 33.9, 116.96, "3号楼")
    voice, place = street.pushed
    assert (voice["MsgType"], voice["Format"]) == ("voice", "amr")
    assert "Recognition" not in voice
    assert (place["Location_X"], place["Location_Y"], place["Label"]) == ("33.9", "116.96", "3号楼")


def test_following_by_a_code_and_scanning_as_a_follower_differ(street: Street) -> None:
    made = street.official("/cgi-bin/qrcode/create", {
        "action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "b3-u2"}},
    })  # fmt: skip
    street.phones.unfollow("wang")
    street.phones.scan("wang", "b3-u2")
    street.phones.scan("wang", "b3-u2")
    left, followed, scanned = street.pushed
    assert left["Event"] == "unsubscribe"
    assert (followed["Event"], followed["EventKey"]) == ("subscribe", "qrscene_b3-u2")
    assert (scanned["Event"], scanned["EventKey"], scanned["Ticket"]) == ("SCAN", "b3-u2", made["ticket"])
    assert "MsgId" not in scanned


def test_a_choice_of_a_menu_message_arrives_as_text_with_its_id(street: Street) -> None:
    street.simulator.opened("o-wang")
    menu = {"head_content": "修好了吗?", "list": [{"id": "101", "content": "满意"}], "tail_content": ""}
    sent = street.official(
        "/cgi-bin/message/custom/send", {"touser": "o-wang", "msgtype": "msgmenu", "msgmenu": menu}
    )
    assert sent["errcode"] == 0
    street.phones.choose("wang", street.wang.messages[-1].id, "101")
    assert (street.pushed[0]["Content"], street.pushed[0]["bizmsgmenuid"]) == ("满意", "101")
    with pytest.raises(Unable, match="no choice"):
        street.phones.choose("wang", street.wang.messages[-2].id, "102")


def test_the_accounts_menu_clicks_and_opens_pages(street: Street) -> None:
    street.phones.press("wang", "REPORT")
    opened_page = street.phones.press("wang", "http://127.0.0.1:1/board")
    assert [f["Event"] for f in street.pushed] == ["CLICK", "VIEW"]
    assert opened_page["open"] == "http://127.0.0.1:1/board"


def test_a_tap_on_a_card_brings_a_fresh_code_and_the_reply_redraws_the_card(street: Street) -> None:
    sent = street.send_card()
    street.hemei.answer = lambda _f: {"MsgType": "update_button", "Button": {"ReplaceName": "已接单"}}
    message = street.chen.messages[-1]
    street.phones.tap("chen", message.id, "accept")
    fields = street.pushed[0]
    assert (fields["Event"], fields["EventKey"], fields["TaskId"], fields["CardType"]) == (
        "template_card_event", "accept", "A0001-v1", "button_interaction",
    )  # fmt: skip
    assert fields["ResponseCode"] != sent["response_code"]
    assert message.body["replaced"] == "已接单"
    assert len(street.chen.messages) == 1


def test_a_whole_card_in_the_reply_replaces_the_old_one(street: Street) -> None:
    street.send_card()
    street.hemei.answer = lambda _f: {
        "MsgType": "update_template_card",
        "TemplateCard": {
            "CardType": "button_interaction",
            "MainTitle": {"Title": "A0001", "Desc": "已接单"},
            "ButtonList": [{"Text": "办结", "Style": 1, "Key": "finish"}],
            "TaskId": "A0001-v2",
        },
    }
    message = street.chen.messages[-1]
    street.phones.tap("chen", message.id, "accept")
    card = message.body["card"]
    assert card["main_title"] == {"title": "A0001", "desc": "已接单"}
    assert card["button_list"] == [{"text": "办结", "style": 1, "key": "finish"}]
    street.phones.tap("chen", message.id, "finish")
    assert [f["TaskId"] for f in street.pushed] == ["A0001-v1", "A0001-v2"]


def test_the_code_of_a_tap_changes_the_card_once(street: Street) -> None:
    street.send_card()
    code = street.phones.tap("chen", street.chen.messages[-1].id, "accept")["response_code"]
    update = {
        "userids": ["chen"],
        "agentid": 1000002,
        "response_code": code,
        "button": {"replace_name": "已接单"},
    }
    assert street.work("/cgi-bin/message/update_template_card", update)["errcode"] == 0
    assert street.chen.messages[-1].body["replaced"] == "已接单"
    assert street.work("/cgi-bin/message/update_template_card", update)["errcode"] == 40058


def test_choices_of_a_card_travel_as_selected_items(street: Street) -> None:
    street.send_card()
    street.phones.tap("chen", street.chen.messages[-1].id, "submit", {"why": ["a", "b"]})
    assert street.pushed[0]["SelectedItems"]["SelectedItem"] == {
        "QuestionKey": "why",
        "OptionIds": {"OptionId": ["a", "b"]},
    }


def test_the_outcome_of_a_template_message_is_pushed_after_it(street: Street) -> None:
    msgid = street.template()["msgid"]
    street.wang.blocks = True
    street.template()
    assert street.simulator.courier.idle()
    done, refused = street.pushed
    assert (done["Event"], done["MsgID"], done["Status"]) == ("TEMPLATESENDJOBFINISH", str(msgid), "success")
    assert refused["Status"] == "failed:user block"
    assert [m.type for m in street.wang.messages] == ["template"]


def test_a_yes_to_subscriptions_is_told_and_used_up_by_one_message(street: Street) -> None:
    street.phones.subscribe("wang", ["mini-finished", "mini-notice"])
    platform, _, fields = street.hemei.pushes[0]
    assert (platform, fields["FromUserName"]) == ("mini", "m-wang")
    assert [row["TemplateId"] for row in fields["SubscribeMsgPopupEvent"]["List"]] == [
        "mini-finished", "mini-notice",
    ]  # fmt: skip
    street.phones.subscribe("wang", ["mini-progress"], accept=False)
    assert street.wang.consents == {"mini-finished": 1, "mini-notice": 1}


def test_json_pushes_have_the_list_of_subscriptions_as_object_or_array(street: Street) -> None:
    accounts = street.simulator.accounts
    mini = dataclasses.replace(accounts.mini, push_format="json", encoding_aes_key="")
    bodies: list[bytes] = []
    street.hemei.receive = lambda _path, body: bodies.append(body) or b"success"
    phones = Phones(Simulator(dataclasses.replace(accounts, mini=mini), clock=street.clock), timeout=30)
    phones.simulator.add(street.wang)
    phones.subscribe("wang", ["a"])
    phones.subscribe("wang", ["a", "b"])
    assert b'"List": {"TemplateId": "a"' in bodies[0]
    assert b'"List": [{"TemplateId": "a"' in bodies[1]
    assert b'"PopupScene": "2"' in bodies[1]


def test_url_checks_of_all_accounts_pass(street: Street) -> None:
    assert street.phones.check_urls() == {"official": True, "mini": True, "work": True}


def test_talk_in_a_group_reaches_nobody_but_the_group(street: Street) -> None:
    street.phones.text("group", "灯坏了")
    assert [m.body["text"] for m in street.group.messages] == ["灯坏了"]
    assert not street.hemei.pushes


def test_who_does_not_follow_cannot_write_and_strange_phones_do_not_exist(street: Street) -> None:
    street.wang.follows = False
    with pytest.raises(Unable, match="does not follow"):
        street.phones.text("wang", "您好")
    with pytest.raises(Unable, match="no phone"):
        street.phones.text("nobody", "您好")
    with pytest.raises(Unable, match="does not use"):
        street.phones.scan("chen", "b3")


def test_a_page_login_needs_the_phones_cookie_and_its_code_works_once(street: Street) -> None:
    query = {"redirect_uri": "http://127.0.0.1:1/in?x=1", "state": "s1"}
    path = "/connect/oauth2/authorize"
    assert b"40029" in street.simulator.handle("official", "GET", path, query)[2]
    cookie = {"Cookie": "sandbox_phone=wang"}
    status, headers, _ = street.simulator.handle("official", "GET", path, query, b"", cookie)
    assert status == 302
    assert headers["Location"].startswith("http://127.0.0.1:1/in?x=1&code=")
    code = headers["Location"].split("code=")[1].split("&")[0]
    account = street.simulator.accounts.official
    login = {"appid": account.app_id, "secret": account.app_secret, "grant_type": "authorization_code"}
    found = street.get("official", "/sns/oauth2/access_token", code=code, **login)
    assert (found["openid"], "unionid" in found) == ("o-wang", False)
    assert street.get("official", "/sns/oauth2/access_token", code=code, **login)["errcode"] == 40163
