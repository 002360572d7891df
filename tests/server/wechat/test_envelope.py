import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platform_pushes import PAYLOADS, RECORDED, payload, xml

from handlers.wechat.message import Location, entries_of
from server.wechat.envelope import message
from server.wechat.syntax import Malformed, read


def arrived(name, channel=None):
    return message(channel or name.split("/")[0], read(payload(name))[1])


def parsed(**fields):
    return message("official", read(xml(**fields))[1])


def event(**fields):
    return parsed(**{"MsgType": "event", "Content": None, "MsgId": None, **fields})


def as_json(**fields):
    whole = {"ToUserName": "gh", "FromUserName": "o1", "CreateTime": 1714112445, "MsgType": "event", **fields}
    return message("mini", read(json.dumps(whole).encode())[1])


# What each recorded payload must say beside its common head.
SAYS = {
    "official/text.xml": {"kind": "text", "text": "this is a test", "key": "1234567890123456"},
    "official/image.xml": {"kind": "image", "media_id": "media_id", "media_format": None},
    "official/voice.xml": {"kind": "voice", "media_id": "media_id", "media_format": "amr"},
    "official/video.xml": {"kind": "video", "media_id": "media_id"},
    "official/shortvideo.xml": {"kind": "shortvideo", "media_id": "media_id"},
    "official/location.xml": {"kind": "location", "location": Location(23.134521, 113.358803, "位置信息")},
    "official/link.xml": {"kind": "link", "text": "公众平台官网链接"},
    "official/file.xml": {"kind": "unknown", "event": None, "key": "1234567890123457"},
    "official/subscribe.xml": {"event": "subscribe", "event_key": "", "scene": None},
    "official/subscribe_by_qr.xml": {"event": "subscribe", "scene": "123123", "ticket": "TICKET"},
    "official/unsubscribe.xml": {"event": "unsubscribe", "scene": None},
    "official/scan.xml": {
        "event": "scan",
        "event_key": "SCENE_VALUE",
        "scene": "SCENE_VALUE",
        "ticket": "TICKET",
    },
    "official/location_event.xml": {"event": "location", "location": Location(23.137466, 113.352425, "")},
    "official/click.xml": {"event": "click", "event_key": "EVENTKEY", "scene": None},
    "official/view.xml": {"event": "view", "event_key": "www.qq.com"},
    "official/templatesendjobfinish.xml": {"event": "templatesendjobfinish"},
    "official/templatesendjobfinish_failed.xml": {"event": "templatesendjobfinish"},
    "official/masssendjobfinish.xml": {"event": "masssendjobfinish"},
    "official/subscribe_msg_popup_event_one.xml": {"event": "subscribe_msg_popup_event"},
    "official/subscribe_msg_popup_event_several.xml": {"event": "subscribe_msg_popup_event"},
    "official/subscribe_msg_change_event.xml": {"event": "subscribe_msg_change_event"},
    "official/subscribe_msg_sent_event.xml": {"event": "subscribe_msg_sent_event"},
    "mini/text.json": {"kind": "text", "text": "3号楼2单元灯不亮!", "key": "23456789012345678"},
    "mini/image.json": {"kind": "image", "media_id": "media_id"},
    "mini/miniprogrampage.json": {"kind": "unknown", "key": "23456789012345680"},
    "mini/debug_demo.json": {"event": "debug_demo"},
    "mini/user_enter_tempsession.json": {"event": "user_enter_tempsession"},
    "mini/subscribe_msg_popup_event_one.json": {"event": "subscribe_msg_popup_event"},
    "mini/subscribe_msg_popup_event_several.json": {"event": "subscribe_msg_popup_event"},
    "mini/subscribe_msg_change_event.json": {"event": "subscribe_msg_change_event"},
    "mini/subscribe_msg_sent_event.json": {"event": "subscribe_msg_sent_event"},
    "mini/wxa_media_check.json": {"event": "wxa_media_check"},
    "work/text.xml": {"kind": "text", "text": "办结 2026-0001 换好了", "agent_id": 218, "sender": "zhangsan"},
    "work/image.xml": {"kind": "image", "media_id": "media_id", "agent_id": 218},
    "work/location.xml": {"kind": "location", "location": Location(23.134521, 113.358803, "位置信息")},
    "work/enter_agent.xml": {"event": "enter_agent", "event_key": "", "agent_id": 218},
    "work/template_card_event.xml": {
        "event": "template_card_event",
        "event_key": "key111",
        "task_id": "taskid111",
        "response_code": "ResponseCode",
        "agent_id": 1,
    },
    "work/change_external_contact.xml": {"event": "change_external_contact", "sender": "sys"},
    "work/change_external_chat.xml": {"event": "change_external_chat", "sender": "sys", "agent_id": None},
}


def test_every_recorded_payload_is_in_the_table():
    assert {str(path.relative_to(PAYLOADS)) for path in RECORDED} == set(SAYS)


@pytest.mark.parametrize("name", SAYS)
def test_recorded_payloads(name):
    got = arrived(name)
    said = SAYS[name]
    assert {field: getattr(got, field) for field in said} == said
    assert got.kind == said.get("kind", "event")
    assert got.channel == name.split("/")[0]
    assert got.sent_at.tzinfo is UTC
    assert got.sender == got.raw["FromUserName"]
    assert got.receiver == got.raw["ToUserName"]
    assert 0 < len(got.key) <= 64
    assert json.loads(json.dumps(got.raw, allow_nan=False)) == got.raw


def test_times_are_read_as_seconds_since_1970():
    assert arrived("official/text.xml").sent_at == datetime(2012, 9, 28, 11, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("official/subscribe_msg_popup_event_one.xml", ["accept"]),
        ("official/subscribe_msg_popup_event_several.xml", ["accept", "reject"]),
        ("official/subscribe_msg_change_event.xml", ["reject"]),
        ("mini/subscribe_msg_popup_event_one.json", ["accept"]),
        ("mini/subscribe_msg_popup_event_several.json", ["accept", "reject"]),
        ("mini/subscribe_msg_change_event.json", ["reject"]),
    ],
)
def test_one_template_or_several_in_either_form(name, statuses):
    assert [entry["SubscribeStatusString"] for entry in entries_of(arrived(name).raw)] == statuses


def test_other_messages_have_no_entries():
    assert entries_of(arrived("official/text.xml").raw) == ()
    assert entries_of(as_json(Event="x", List=["a", 1]).raw) == ()


def test_selected_options_of_a_card_are_lists():
    selected = arrived("work/template_card_event.xml").raw["SelectedItems"]["SelectedItem"]
    assert selected == [
        {"QuestionKey": "QuestionKey1", "OptionIds": {"OptionId": ["OptionId1", "OptionId2"]}}
    ]


def test_names_of_events_have_one_spelling():
    assert event(Event="CLICK").event == event(Event="click").event == "click"


def test_a_kind_that_nobody_knows_is_kept_whole():
    got = parsed(MsgType="hologram", Content=None, Beam="blue")
    assert (got.kind, got.text, got.raw["Beam"], got.raw["MsgType"]) == ("unknown", "", "blue", "hologram")


def test_an_event_that_nobody_knows_is_an_event():
    assert event(Event="Brand_New", EventKey="k").event == "brand_new"


class TestKeys:
    def test_a_message_is_known_by_its_id(self):
        assert parsed(MsgId=24544543210001234).key == "24544543210001234"
        assert (
            as_json(MsgType="text", Content="x", MsgId=7).key
            == as_json(MsgType="text", Content="x", MsgId="7").key
        )

    def test_a_message_without_an_id_is_known_by_what_it_says(self):
        assert parsed(MsgId=None).key == parsed(MsgId=None).key
        assert parsed(MsgId=None, Content="a").key != parsed(MsgId=None, Content="b").key
        assert parsed(MsgId=0, Content="a").key != parsed(MsgId=0, Content="b").key

    @pytest.mark.parametrize(
        ("name", "first", "second"),
        [
            ("EventKey", "accept", "finish"),
            ("Event", "SCAN", "subscribe"),
            ("FromUserName", "o1", "o2"),
            ("CreateTime", 1714112445, 1714112446),
            ("MsgID", 200163836, 200163840),
            ("TaskId", "case-1", "case-2"),
            ("ChatId", "wr1", "wr2"),
            ("ChangeType", "create", "dismiss"),
            ("Status", "success", "failed:user block"),
        ],
    )
    def test_look_alikes_of_one_second_are_all_kept(self, name, first, second):
        same = {"Event": "x", "CreateTime": 1714112445}
        assert event(**{**same, name: first}).key != event(**{**same, name: second}).key

    def test_two_templates_of_one_second_are_both_kept(self):
        assert (
            as_json(Event="subscribe_msg_sent_event", List={"MsgID": "1"}).key
            != as_json(Event="subscribe_msg_sent_event", List={"MsgID": "2"}).key
        )

    def test_a_copy_of_an_event_has_the_same_key(self):
        tap = {"Event": "template_card_event", "EventKey": "accept", "TaskId": "case-1"}
        assert event(**tap, ResponseCode="a").key == event(**tap, ResponseCode="b").key
        body = xml(MsgType="event", Content=None, MsgId=None, **tap)
        in_lines = re.sub(rb"(</[A-Za-z]+>)<", rb"\1\n<", body)
        assert event(**tap).key == message("official", read(in_lines)[1]).key

    def test_an_event_that_carries_a_msg_id_is_still_told_from_others(self):
        assert event(Event="a", MsgId=5).key != event(Event="b", MsgId=5).key

    @given(st.lists(st.integers(0, 10**6), min_size=2, max_size=2, unique=True))
    def test_keys_differ_where_the_event_keys_differ(self, keys):
        assert event(Event="CLICK", EventKey=keys[0]).key != event(Event="CLICK", EventKey=keys[1]).key


WRONG = {
    "no sender": {"FromUserName": None},
    "an empty sender": {"FromUserName": ""},
    "a sender of 65 letters": {"FromUserName": "o" * 65},
    "no receiver": {"ToUserName": None},
    "no kind": {"MsgType": None},
    "a kind of 65 letters": {"MsgType": "k" * 65},
    "no time": {"CreateTime": None},
    "words for a time": {"CreateTime": "soon"},
    "a negative time": {"CreateTime": -1},
    "a time with a point": {"CreateTime": "1714112445.5"},
    "a time in full-width digits": {"CreateTime": "１７１４１１２４４５"},
    "a time after the calendar": {"CreateTime": 99999999999},
    "a time of 5 200 digits": {"CreateTime": "9" * 5200},
    "no text": {"Content": None},
    "a message id that is none": {"MsgId": "<script>"},
    "a message id of 5 200 digits": {"MsgId": "9" * 5200},
    "a photo without a file": {"MsgType": "image"},
    "a file's id of 513 letters": {"MsgType": "image", "MediaId": "m" * 513},
    "a place without coordinates": {"MsgType": "location"},
    "half a place": {"MsgType": "location", "Location_X": "23.1"},
    "a place off the globe": {"MsgType": "location", "Location_X": "91", "Location_Y": "1"},
    "a place off the other way": {"MsgType": "location", "Location_X": "1", "Location_Y": "-181"},
    "a place that is no number": {"MsgType": "location", "Location_X": "nan", "Location_Y": "1"},
    "an infinite place": {"MsgType": "location", "Location_X": "1e400", "Location_Y": "1"},
    "an event without a name": {"MsgType": "event"},
    "an event key of 2 049 letters": {"MsgType": "event", "Event": "VIEW", "EventKey": "u" * 2049},
    "a place of nobody": {"MsgType": "event", "Event": "LOCATION"},
    "an agent that is none": {"AgentID": "x"},
}


@pytest.mark.parametrize("fields", WRONG.values(), ids=WRONG)
def test_wrong_fields_are_malformed(fields):
    with pytest.raises(Malformed):
        parsed(**fields)


@pytest.mark.parametrize("name", ["FromUserName", "ToUserName", "CreateTime", "MsgType", "Content", "MsgId"])
def test_a_field_that_counts_may_not_be_there_twice(name):
    body = xml().replace(b"</xml>", f"<{name}>1</{name}></xml>".encode())
    with pytest.raises(Malformed, match=name):
        message("official", read(body)[1])


@pytest.mark.parametrize("value", [None, True, 1.5, [], {}, [1], {"a": 1}, -1])
@pytest.mark.parametrize("name", ["FromUserName", "ToUserName", "CreateTime", "MsgType", "MsgId", "Event"])
def test_wrong_types_in_json_are_malformed_or_harmless(name, value):
    fields = {"Event": "x", name: value}
    if (name == "MsgId" and value in (None, -1)) or (value == -1 and name in {"FromUserName", "ToUserName"}):
        assert as_json(**fields).kind == "event"
    elif value == -1 and name in {"MsgType", "Event"}:
        assert as_json(**fields).raw[name] == -1
    else:
        with pytest.raises(Malformed):
            as_json(**fields)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    [
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "Content",
        "MsgId",
        "Event",
        "EventKey",
        "MediaId",
        "Location_X",
        "Location_Y",
        "Label",
        "Latitude",
        "Longitude",
        "AgentID",
        "List",
        "TaskId",
        "Ticket",
    ]
)


@given(
    st.dictionaries(names, json_values),
    st.sampled_from(["text", "image", "location", "link", "event", "else"]),
)
def test_whatever_json_says_it_is_a_message_or_malformed(fields, kind):
    whole = {"ToUserName": "gh", "FromUserName": "o1", "CreateTime": 1, "MsgType": kind, "Event": "LOCATION"}
    body = json.dumps({**whole, **fields}).encode()
    try:
        got = message("mini", read(body)[1])
    except Malformed:
        return
    assert len(got.key) <= 64
    json.dumps(got.raw, allow_nan=False, ensure_ascii=False).encode()
