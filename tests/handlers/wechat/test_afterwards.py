"""Events that nobody waits for: each worked on once, a poisonous one never stops the others."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from cast import Someone
from chat import Chat, a_message, an_event
from factories import a_case, letters_to, unit_of_work
from sqlalchemy import select

from handlers.wechat import afterwards
from handlers.wechat.afterwards import Afterwards, work_one
from models.base.clock import after, now
from models.base.orm import session
from models.inbox import once
from models.inbox.purging import purge
from models.inbox.received import Received
from models.outbox.address import Address, Consent
from models.outbox.letter import State as Fate
from models.place.customer_groups import CustomerGroup


def work_all(chat: Chat) -> int:
    worked = 0
    while work_one(chat.database):
        worked += 1
        assert worked < 100, "it runs in a circle"
    return worked


def rows(chat: Chat) -> list[Received]:
    with unit_of_work(chat.database):
        return list(session().scalars(select(Received).order_by(Received.id)))


def address(chat: Chat, who: Someone) -> Address:
    with unit_of_work(chat.database):
        return session().scalars(select(Address).where(Address.value == who.official)).one()


def left(chat: Chat) -> dict[str, int]:
    with unit_of_work(chat.database):
        return {one.template_id: one.left for one in session().scalars(select(Consent))}


def popup(who: Someone, event: str = "popup", via: str = "official", **answers: str) -> Any:
    entries = [
        {"TemplateId": template, "SubscribeStatusString": said, "PopupScene": "0"}
        for template, said in answers.items()
    ]
    name = f"subscribe_msg_{event}_event"
    holder = {"List": entries} if via == "mini" else {"Holder": {"List": entries}}
    return an_event(who, name, via=via, raw=holder)


def a_sent_letter(chat: Chat, platform_id: str, channel: str = "official") -> None:
    def sent() -> None:
        a_case(reporter=chat.cast.wang, accepted_by=chat.cast.li)
        letter = letters_to(chat.cast.wang, "case_accepted")[0]
        letter.state, letter.channel, letter.platform_id = Fate.SENT, channel, platform_id

    chat.database.write(sent)


def fate(chat: Chat) -> tuple[str, str | None]:
    with unit_of_work(chat.database):
        letter = letters_to(chat.cast.wang, "case_accepted")[0]
        return letter.state, letter.reason


def finished(who: Someone, status: str, message_id: object = 200163836) -> Any:
    raw = {"MsgID": message_id, "Status": status}
    return an_event(who, "templatesendjobfinish", raw=raw)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("success", ("sent", None)),
        ("failed:user block", ("failed", "late user block")),
        ("failed: system failed", ("failed", "late system failed")),
    ],
)
def test_what_became_of_a_template_message_is_the_letter_s_last_word(
    chat: Chat, status: str, expected: tuple[str, str | None]
) -> None:
    a_sent_letter(chat, "200163836")
    chat.receive(finished(chat.cast.wang, status))
    assert work_all(chat) == 1
    assert fate(chat) == expected
    assert rows(chat)[0].state == "done"


def test_what_became_of_a_subscription_message(chat: Chat) -> None:
    a_sent_letter(chat, "1700827132819554304", channel="mini")
    entry = {"TemplateId": "t", "MsgID": "1700827132819554304", "ErrorCode": "1", "ErrorStatus": "refused"}
    event = an_event(chat.cast.wang, "subscribe_msg_sent_event", via="mini", raw={"List": [entry]})
    chat.receive(event)
    work_all(chat)
    assert fate(chat) == ("failed", "late 1 refused")


def test_an_event_that_is_quicker_than_our_own_mark_is_looked_at_again(chat: Chat) -> None:
    chat.receive(finished(chat.cast.wang, "failed:user block"))
    work_all(chat)
    a_sent_letter(chat, "200163836")
    assert work_all(chat) == 0  # not at once
    with time_machine.travel(after(seconds=6)):
        assert work_all(chat) == 1
    assert fate(chat)[0] == "failed"


def test_news_of_a_letter_that_is_not_ours_ends_by_itself(chat: Chat) -> None:
    chat.receive(finished(chat.cast.wang, "success"))
    with time_machine.travel(after(hours=1)):
        assert work_all(chat) == 5
    assert rows(chat)[0].state == "done"


def test_each_consent_counts_once_and_switching_off_takes_all(chat: Chat) -> None:
    wang = chat.cast.wang
    chat.receive(popup(wang, a="accept", b="reject"))
    again = popup(wang, a="accept", c="accept")
    chat.receive(again)
    chat.receive(again)
    work_all(chat)
    assert left(chat) == {"a": 2, "c": 1}
    chat.receive(popup(wang, "change", a="reject"))
    work_all(chat)
    assert left(chat) == {"a": 0, "c": 1}


def test_consent_may_be_the_first_that_we_hear_of_somebody(chat: Chat) -> None:
    someone = Someone("新人", official="o-new")
    message = popup(someone, via="official", a="accept")
    chat.receive(message)
    work_all(chat)
    assert left(chat) == {"a": 1}


def test_who_unfollows_cannot_be_reached_until_following_again(chat: Chat) -> None:
    wang = chat.cast.wang
    chat.receive(an_event(wang, "unsubscribe"))
    work_all(chat)
    assert address(chat, wang).dead_reason == "unsubscribed"
    with time_machine.travel(after(minutes=1)):
        chat.receive(an_event(wang, "subscribe"))
    assert address(chat, wang).dead_reason is None


def test_an_old_farewell_that_is_worked_on_late_does_not_outdo_the_return(chat: Chat) -> None:
    wang = chat.cast.wang
    gone: datetime = now() - timedelta(hours=2)
    chat.receive(an_event(wang, "subscribe"))
    chat.receive(an_event(wang, "unsubscribe", raw={"CreateTime": int(gone.timestamp())}))
    work_all(chat)
    assert address(chat, wang).dead_reason is None


def test_what_we_do_nothing_about_is_done_and_kept(chat: Chat) -> None:
    sys = Someone("sys", work="sys")
    for event in ("change_external_chat", "change_external_contact", "view", "something_new"):
        chat.receive(an_event(sys if event.startswith("change") else chat.cast.wang, event, raw={"A": "b"}))
    assert work_all(chat) == 4
    assert {row.state for row in rows(chat)} == {"done"}
    assert {row.body["A"] for row in rows(chat)} == {"b"}


def test_a_poisonous_event_is_tried_five_times_and_stops_nobody(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def explodes(row: Received) -> None:
        tries.append(row.id)
        session().scalars(select(Address)).first().dead_reason = "half done"  # type: ignore[union-attr]
        session().flush()
        raise ZeroDivisionError(row.body["said"])

    monkeypatch.setitem(afterwards._VERBS, "view", explodes)
    chat.receive(an_event(chat.cast.wang, "view", raw={"said": "13812345678"}))
    chat.receive(popup(chat.cast.wang, a="accept"))
    assert work_all(chat) == 2
    assert left(chat) == {"a": 1}
    for seconds in (6, 31, 121, 601, 5000):
        with time_machine.travel(after(seconds=seconds)):
            work_all(chat)
    poison, _ = rows(chat)
    assert len(tries) == 5
    assert (poison.state, poison.attempts) == ("failed", 5)
    assert poison.trouble is not None
    assert "ZeroDivisionError" in poison.trouble
    assert "138" not in poison.trouble
    assert address(chat, chat.cast.wang).dead_reason is None


def test_new_events_go_before_those_that_failed(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def fails_once(row: Received) -> None:
        seen.append(row.body["name"])
        if row.body["name"] == "old" and seen.count("old") == 1:
            raise ZeroDivisionError

    monkeypatch.setitem(afterwards._VERBS, "view", fails_once)
    chat.receive(an_event(chat.cast.wang, "view", raw={"name": "old"}))
    work_all(chat)
    with time_machine.travel(after(seconds=6)):
        chat.receive(an_event(chat.cast.wang, "view", raw={"name": "new"}))
        work_all(chat)
    assert seen == ["old", "new", "old"]


@pytest.mark.parametrize(
    "raw",
    [{}, {"List": 7}, {"List": [{}]}, {"List": [{"TemplateId": 3}]}, {"MsgID": ""}],
)
def test_malformed_events_harm_nobody(chat: Chat, raw: dict[str, Any]) -> None:
    for event in ("popup", "change", "sent"):
        chat.receive(an_event(chat.cast.wang, f"subscribe_msg_{event}_event", raw=raw))
    chat.receive(an_event(chat.cast.wang, "templatesendjobfinish", raw=raw))
    chat.receive(an_event(chat.cast.wang, "unsubscribe", raw={"CreateTime": "x" * 40, **raw}))
    assert work_all(chat) >= 5
    assert left(chat) == {}


def test_two_workers_share_the_work(chat: Chat) -> None:
    for _ in range(20):
        chat.receive(popup(chat.cast.wang, a="accept"))
    stop = threading.Event()
    workers = [threading.Thread(target=Afterwards(chat.database).run, args=(stop,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    until = now() + timedelta(seconds=60)
    while any(row.state == "new" for row in rows(chat)) and now() < until:
        stop.wait(0.05)
    stop.set()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
    assert left(chat) == {"a": 20}


def test_pushes_are_removed_after_thirty_days_and_not_before(chat: Chat) -> None:
    chat.receive(a_message(chat.cast.wang, text="你好"))
    chat.receive(an_event(chat.cast.wang, "view"))
    with time_machine.travel(after(days=29)):
        assert chat.database.write(purge) == 0
    with time_machine.travel(after(days=31)):
        assert chat.database.write(purge) == 1
    assert [row.state for row in rows(chat)] == ["new"]  # nobody has looked at it yet


def test_an_answer_of_the_api_is_kept_for_seven_days(chat: Chat) -> None:
    chat.database.write(once.begin, "api/p1/homes.bind/x", "api/p1", "api")
    chat.database.write(once.begin, "api-draft/1/x", "api/p1", "api_draft")
    with time_machine.travel(after(days=6)):
        assert chat.database.write(purge) == 0
    with time_machine.travel(after(days=8)):
        assert chat.database.write(purge) == 1
    assert [row.kind for row in rows(chat)] == ["api_draft"]  # which says only what the draft became


def test_a_change_of_a_customer_group_has_it_read_again(chat: Chat) -> None:
    def tell(key: str, what: str, via: str = "work", **more: str) -> None:
        raw = {"ChatId": key, "ChangeType": what, **more}
        system = Someone("sys", work="sys", official="o-forger")
        chat.receive(an_event(system, "change_external_chat", via=via, raw=raw))

    tell("wr-1", "create")
    tell("wr-1", "update", UpdateDetail="add_member")
    tell("wr-2", "dismiss")
    tell("wr-forged", "create", via="official")
    tell("", "create")
    tell("x" * 65, "create")
    work_all(chat)
    assert {row.state for row in rows(chat)} == {"done"}
    with unit_of_work(chat.database):
        found = session().scalars(select(CustomerGroup).order_by(CustomerGroup.chat_id)).all()
        assert [(one.chat_id, one.read_again, one.gone_at is None) for one in found] == [
            ("wr-1", True, True), ("wr-2", False, False),
        ]  # fmt: skip
