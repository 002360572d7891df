"""Every push once: copies get the same answer, look-alikes are kept, nothing that people type raises."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from cast import Someone
from chat import Chat, a_message, an_event, words
from factories import a_case, letters_to, told, unit_of_work
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from handlers.wechat.answer import Nothing, Text
from models.base.orm import session
from models.case.case import Case
from models.inbox.received import Received
from models.outbox.address import Address
from models.person.tables import Person


def count(chat: Chat, what: Any) -> int:
    with unit_of_work(chat.database):
        return session().execute(select(func.count()).select_from(what)).scalar_one()


def at_once(chat: Chat, *messages: Any) -> list[Any]:
    gate = threading.Barrier(len(messages))
    answers: list[Any] = [None] * len(messages)

    def push(index: int) -> None:
        gate.wait()
        try:
            answers[index] = chat.receive(messages[index])
        except Exception as trouble:  # noqa: BLE001 - shown by the test
            answers[index] = trouble

    threads = [threading.Thread(target=push, args=(index,)) for index in range(len(messages))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return answers


def test_a_copy_gets_the_same_answer_and_has_no_effect(chat: Chat) -> None:
    message = a_message(chat.cast.wang, text="3号楼2单元灯不亮!")
    first = chat.receive(message)
    for _ in range(3):
        assert chat.receive(replace(message)) == first
    assert count(chat, Case) == 1
    assert count(chat, Received) == 1


def test_copies_in_the_same_millisecond_have_one_effect(chat: Chat) -> None:
    for text in ("3号楼2单元灯不亮!", "3号楼1单元下水堵了"):
        before = count(chat, Case)
        answers = at_once(chat, *[a_message(chat.cast.wang, text=text, key=f"same-{before}")] * 4)
        assert isinstance(answers[0], Text)
        assert all(answer == answers[0] for answer in answers), answers
        assert count(chat, Case) == before + 1


def test_the_first_two_messages_of_somebody_new_may_come_at_once(chat: Chat) -> None:
    people = count(chat, Person)
    answers = at_once(
        chat,
        a_message(chat.cast.stranger, text="育英3号楼2单元灯不亮"),
        a_message(chat.cast.stranger, text="育英5号楼1单元下水堵了"),
        a_message(chat.cast.stranger, kind="image", media_id="m"),
    )
    assert all(isinstance(answer, Text) for answer in answers), answers
    assert count(chat, Person) == people + 1
    assert count(chat, Received) == 3


def test_a_keeper_s_tap_and_its_copies_at_once_take_the_case_once(chat: Chat) -> None:
    number = chat.database.write(lambda: a_case(reporter=chat.cast.wang).number)
    tap = an_event(chat.cast.li, "template_card_event", event_key=f"accept/{number}", task_id="t")
    answers = at_once(chat, tap, tap, replace(tap, key="another tap", sender="ma"))
    assert answers[0] == answers[1]
    with unit_of_work(chat.database):
        assert told(chat.cast.wang) == ["case_accepted"]


def test_look_alikes_are_all_kept(chat: Chat) -> None:
    for _ in range(5):
        chat.says(chat.cast.wang, "3号楼2单元灯不亮!")
    assert count(chat, Case) == 5


def test_two_events_of_one_second_with_different_keys_are_two(chat: Chat) -> None:
    for key in ("a", "b"):
        chat.receive(a_message(chat.cast.wang, kind="event", event="view", key=key))
    assert count(chat, Received) == 2


@pytest.mark.parametrize("kind", ["video", "shortvideo", "link", "unknown", "voice", "image"])
def test_every_kind_of_message_is_kept_and_answered_politely(chat: Chat, kind: str) -> None:
    for who in (chat.cast.stranger, chat.cast.li):
        message = a_message(who, kind=kind, media_id="m", text="转发", raw={"MsgType": kind, "Odd": [1]})
        assert words(chat.receive(message))
    assert count(chat, Received) == 2


@pytest.mark.parametrize("event", ["view", "location", "poi_check_notify", "templatesendjobfinish", "x" * 64])
def test_an_event_that_needs_no_answer_is_kept_for_later(chat: Chat, event: str) -> None:
    message = a_message(chat.cast.wang, kind="event", event=event)
    assert chat.receive(message) == Nothing() == chat.receive(message)
    with unit_of_work(chat.database):
        assert session().scalars(select(Received)).one().state == "new"


def test_events_of_the_platform_itself_make_nobody_a_person(chat: Chat) -> None:
    people = count(chat, Person)
    platform = Someone("sys", work="sys")
    for event in ("change_external_chat", "subscribe", "template_card_event"):
        assert chat.receive(an_event(platform, event)) == Nothing()
    assert count(chat, Person) == people


def test_a_follower_is_welcomed_and_a_new_one_from_a_door_is_asked_what_is_wrong(chat: Chat) -> None:
    assert "您好" in words(chat.receive(an_event(chat.cast.rider, "subscribe")))
    scan = an_event(chat.cast.stranger, "subscribe", event_key="qrscene_door-3-2")
    assert "育英小区3号楼2单元" in words(chat.receive(scan))


def test_a_tap_in_the_menu_does_not_shut_the_window_that_a_message_opened(chat: Chat) -> None:
    chat.says(chat.cast.wang, "你好")
    with unit_of_work(chat.database):
        wide = session().scalars(select(Address).where(Address.value == "o-wang")).one().window_until
    chat.clicks(chat.cast.wang, "progress")
    with unit_of_work(chat.database):
        address = session().scalars(select(Address).where(Address.value == "o-wang")).one()
        assert (address.window_until, address.window_left) == (wide, 5)


HOSTILE = [
    "🏚️👨‍👩‍👧‍👦灯不亮🙃",
    "]]>]]&gt;<xml>灯不亮</xml>",
    "{{ 7*7 }}{% for x in y %}",
    "灯" * 2000,
    "   ",
    "\u3000\n\t ",
    "\u202e灯不亮\u202d\u200f",
    "\U0001f600" * 500,
    "' OR 1=1; --",
    "%s%n%x",
    "\\u0000",
    "３号楼２单元灯不亮",
    "接单",
    "办结",
    "退单",
    "转派",
    "收到",
    "绑定",
    "绑定 ????????",
    "满意" * 9,
    "1",
    "9" * 400,
    "1-2-3-4-5-6-7",
    "3-2-501" * 50,
    "0号楼0单元",
    "-1号楼",
    "九千九百九十九号楼",
    "?",
    "？？？",
    "吗",
    "。",
    "é́́́",
    "نص عربي",
    "null",
    "None",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_is_answered(chat: Chat, text: str) -> None:
    for who in (chat.cast.wang, chat.cast.stranger, chat.cast.li):
        chat.says(who, text)
        chat.photographs(who)
        chat.says(who, text)


def test_a_phone_that_somebody_types_is_never_said_back(chat: Chat) -> None:
    for line in (
        "3号楼2单元灯不亮，我电话13812345678",
        "13812345678",
        "我住13812345678号楼",
        "转派 13812345678",
    ):
        for who in (chat.cast.wang, chat.cast.stranger, chat.cast.li):
            chat.says(who, line)
    assert chat.said


PIECES = st.sampled_from(
    [
        *"３3二2一-号楼单元室层栋户?？!！，。 \n",
        "灯不亮",
        "着火了",
        "漏水",
        "满意",
        "不满意",
        "接单",
        "办结",
        "退单",
        "转派",
        "马师傅",
        "100014",
        "育英小区",
        "建设",
        "进度",
        "谢谢",
        "我住",
        "同意",
        "算了",
        "不是",
        "是",
        "我也遇到",
        "🙂",
        "]]>",
        "{{x}}",
    ]
)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    lines=st.lists(
        st.tuples(st.sampled_from(["wang", "stranger", "li", "zhao"]), st.lists(PIECES, max_size=8)),
        min_size=1,
        max_size=6,
    )
)
def test_any_talk_is_answered_briefly_and_asks_at_most_one_thing(
    chat: Chat, lines: list[tuple[str, list[str]]]
) -> None:
    for who, pieces in lines:
        chat.says(getattr(chat.cast, who), "".join(pieces))


def test_the_resident_s_letters_know_the_case_of_the_reply(chat: Chat) -> None:
    reply = chat.says(chat.cast.wang, "3号楼2单元灯不亮!")
    with unit_of_work(chat.database):
        assert letters_to(chat.cast.li)[0].facts["number"] in reply
