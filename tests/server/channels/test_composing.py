"""wechatpy composes, nothing is sent; every body stays within the platform's limits."""

from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.wording.cutting import cut_bytes
from handlers.wording.letters import Words
from models.outbox.claiming import Errand
from models.outbox.routing import Way
from server.channels.base import BadToken, Permanent, Transient, Uncertain, Wait, judged
from server.channels.mini import MiniChannel
from server.channels.official import OfficialChannel
from server.channels.work import WorkChannel
from server.config import Mini, Official, Template, Templates, Work

AT = datetime(2026, 3, 23, 4, 0, tzinfo=UTC)
OFFICIAL = OfficialChannel(Official(app_id="wx1", templates=Templates(k=Template("T1"))))
MINI = MiniChannel(
    Mini(app_id="wx2", version="trial", templates=Templates(k=Template("M1", {"what": "thing7"})))
)
WORK = WorkChannel(Work(corp_id="ww1", agent_id=7, secret="s"))


def _errand(way: Way, **more: Any) -> Errand:
    usual: dict[str, Any] = {
        "id": 5, "kind": "k", "fence": 1, "way": way, "address": "somebody", "address_id": 3,
        "template_id": "T1", "facts": {}, "about": ("case", 1), "to": ("person", 2), "lane": "1",
        "created_at": AT, "attempts": 1, "uncertain": 0, "uncertain_at": None, "tried": (), "key": "k" * 32,
        "task_id": "card-1", "response_code": "code", "sender": "owner",
    }  # fmt: skip
    return Errand(**(usual | more))


VALUES = {"number": "5724", "what": "修好了" * 20, "where": "育英小区", "when": "2026年3月23日 12:00"}


def test_a_template_message_carries_the_key_of_its_letter() -> None:
    call = OFFICIAL.composed(_errand(Way.TEMPLATE), Words("x", values=VALUES, url="https://a.cn/p/1"))
    assert (call.method, call.path, call.token) == ("POST", "cgi-bin/message/template/send", "app")
    assert call.data == {
        "touser": "somebody", "template_id": "T1", "url": "https://a.cn/p/1", "client_msg_id": "k" * 32,
        "data": {
            "character_string1": {"value": "5724"}, "thing2": {"value": ("修好了" * 20)[:19] + "…"},
            "thing3": {"value": "育英小区"}, "time4": {"value": "2026年3月23日 12:00"},
        },
    }  # fmt: skip


def test_chat_is_a_text_or_a_menu_of_at_most_2048_bytes() -> None:
    text = OFFICIAL.composed(_errand(Way.CHAT), Words("长" * 2000))
    assert text.path == "cgi-bin/message/custom/send"
    assert text.data is not None
    assert len(text.data["text"]["content"].encode()) <= 2048
    menu = {"head": "问" * 2000, "tail": "点", "items": [{"id": "1", "content": "满意"}]}
    asked = OFFICIAL.composed(_errand(Way.CHAT), Words("x", menu=menu)).data
    assert asked is not None
    whole = asked["msgmenu"]
    assert whole["list"] == [{"id": "1", "content": "满意"}]
    assert len((whole["head_content"] + whole["tail_content"] + "满意").encode()) <= 2048


def test_a_subscription_message_opens_the_configured_version() -> None:
    call = MINI.composed(_errand(Way.MINI, template_id="M1"), Words("x", values=VALUES, page="pages/case"))
    assert call.path == "cgi-bin/message/subscribe/send"
    assert call.data is not None
    assert call.data["miniprogram_state"] == "trial"
    assert list(call.data["data"]) == ["thing7"]


CARD = {
    "type": "button_interaction", "title": "新诉求" * 20, "desc": "育英小区" * 20, "text": "长" * 300,
    "url": "https://a.cn/p", "fields": [{"name": "地点在哪里呢", "value": "很" * 60}],
    "buttons": [{"key": "accept/1", "text": "接单", "style": "1"}],
}  # fmt: skip


def test_a_card_asks_for_the_duplicate_check_and_reads_the_same_each_time() -> None:
    first = WORK.composed(_errand(Way.WORK), Words("x", card=CARD))
    again = WORK.composed(_errand(Way.WORK, attempts=2, fence=9), Words("x", card=CARD))
    assert first.body() == again.body()
    assert first.data is not None
    assert (first.data["enable_duplicate_check"], first.data["duplicate_check_interval"]) == (1, 1800)
    card = first.data["template_card"]
    assert len(card["main_title"]["title"]) <= 26
    assert len(card["main_title"]["desc"]) <= 30
    assert len(card["sub_title_text"]) <= 112
    assert card["button_list"] == [{"text": "接单", "style": 1, "key": "accept/1"}]


def test_a_card_is_changed_with_its_code() -> None:
    call = WORK.composed(_errand(Way.CARD), Words("x", card=CARD | {"replace": "已由王芳接单"}))
    assert call.path == "cgi-bin/message/update_template_card"
    assert call.data is not None
    assert (call.data["response_code"], call.data["userids"]) == ("code", ["somebody"])
    assert call.data["template_card"]["replace_text"] == "已由王芳接单"


def test_a_robot_needs_no_token_and_customer_contact_its_own() -> None:
    robot = WORK.composed(_errand(Way.ROBOT, address="key"), Words("修好了"))
    assert (robot.path, robot.params, robot.token) == ("cgi-bin/webhook/send", {"key": "key"}, None)
    group = WORK.composed(_errand(Way.CUSTOMER_GROUP, address="wr-1"), Words("修好了"))
    assert (group.path, group.token) == ("cgi-bin/externalcontact/add_msg_template", "contact")
    assert group.data is not None
    assert (group.data["sender"], group.data["chat_id_list"]) == ("owner", ["wr-1"])


@pytest.mark.parametrize(
    ("platform", "code", "meaning"),
    [
        ("official", -1, Uncertain), ("official", 40001, BadToken), ("official", 43101, Permanent),
        ("official", 43108, Transient), ("official", 45009, Wait), ("official", 45011, Wait),
        ("official", 40164, Wait), ("official", 12345, Permanent), ("mini", 43101, Permanent),
        ("work", 45009, Wait), ("work", 81013, Permanent), ("work", 42001, BadToken), ("work", 60020, Wait),
        ("official", "nonsense", Uncertain),
    ],
)  # fmt: skip
def test_each_errcode_means_what_the_table_says(
    platform: str, code: object, meaning: type[Exception]
) -> None:
    with pytest.raises(meaning):
        judged(platform, {"errcode": code, "errmsg": "no"})


def test_what_had_gone_out_before_counts_as_sent() -> None:
    assert judged("official", {"errcode": 45065, "msg_id": 7})["msg_id"] == 7


@pytest.mark.parametrize("text", ["", "短", "长" * 1000, "😭" * 1000, "a长" * 700])
def test_cutting_by_bytes_never_breaks_a_character(text: str) -> None:
    cut = cut_bytes(text, 2048)
    assert len(cut.encode()) <= 2048
    assert text.startswith(cut.rstrip("…"))
