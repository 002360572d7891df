"""From a written letter to the platform and back to its mark, over HTTP against the simulator."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from letter_office import FACTS, Office, Opener

from models.base import quarantine
from models.outbox import cards, fates, settling
from models.outbox.letter import State
from server.database import Database
from server.sandbox.accounts import Limits


@pytest.fixture
def opened(db: Database, tmp_path: Path) -> Iterator[Opener]:
    offices: list[Office] = []

    def open_one(**more: Any) -> Office:
        offices.append(Office(db, tmp_path, **more))
        return offices[-1]

    yield open_one
    for office in offices:
        office.close()


@pytest.fixture
def office(opened: Opener) -> Office:
    return opened()


# ways


def test_the_keeper_gets_a_card_with_number_place_and_button(office: Office) -> None:
    office.keeper()
    letter = office.tell("case_dispatched", 2)
    office.delivery.drain()
    assert office.fate(letter).state == "sent"
    [call] = office.calls("*/message/send")
    card = call.body["template_card"]
    assert call.who == "keeper-2"
    assert "5724" in card["main_title"]["title"]
    assert card["main_title"]["desc"] == "育英小区3号楼2单元"
    assert card["button_list"][0]["text"] == "接单"
    kept = office.letter(letter)
    assert kept.response_code
    assert kept.task_id == card["task_id"]
    assert kept.words is not None
    assert "育英小区" in kept.words


def test_a_follower_gets_the_mapped_template(office: Office) -> None:
    office.resident()
    letter = office.tell("case_accepted", 1)
    office.delivery.drain()
    [call] = office.calls("*template/send")
    assert call.body["template_id"] == "official-accepted"
    assert call.body["data"]["character_string1"]["value"] == "5724"
    assert call.body["url"].startswith(office.config.server.base_url + "/p/")
    assert len(call.body["client_msg_id"]) == 32
    assert (office.fate(letter).channel, office.fate(letter).state) == ("official", "sent")


def test_keywords_of_another_account_are_mapped_by_the_configuration(opened: Opener) -> None:
    office = opened(templates={"case_accepted": {"id": "official-accepted", "keywords": {
        "where": "thing3", "what": "thing2", "number": "character_string1", "when": "time4"}}})  # fmt: skip
    office.resident()
    office.tell("case_accepted", 1)
    office.delivery.drain()
    [call] = office.calls("*template/send")
    assert call.body["data"]["thing3"]["value"] == "育英小区3号楼2单元"


def test_consent_goes_before_the_template_and_is_used_up(office: Office) -> None:
    office.resident(mini=1)
    office.tell("case_finished", 1, occasion="1")
    office.delivery.drain()
    office.tell("case_finished", 1, occasion="2")
    office.delivery.drain()
    assert [call.path.rsplit("/", 2)[-2] for call in office.calls("*send")] == ["subscribe", "template"]
    assert office.states() == ["sent", "sent"]


def test_without_a_template_the_open_window_is_used_with_a_menu(opened: Opener) -> None:
    office = opened(templates={}, mini_templates={})
    office.resident(window=2)
    office.tell("case_finished", 1)
    office.delivery.drain()
    [call] = office.calls("*custom/send")
    assert [choice["content"] for choice in call.body["msgmenu"]["list"]] == ["满意", "不满意"]


def test_who_cannot_be_reached_goes_to_the_visit_list(opened: Opener) -> None:
    office = opened(templates={}, mini_templates={})
    office.resident()
    closed = office.tell("case_finished", 1)
    nobody = office.tell("case_finished", 99)
    office.delivery.drain()
    assert (office.fate(closed).state, office.fate(closed).reason) == ("by_hand", "no_way")
    assert (office.fate(nobody).state, office.fate(nobody).reason) == ("by_hand", "no_address")
    assert office.calls() == []


def test_a_robot_reads_it_out_and_a_group_without_one_goes_by_hand(office: Office) -> None:
    office.robot(7)
    told, by_hand = office.tell_group(7), office.tell_group(8)
    office.delivery.drain()
    assert office.fate(told).state == "sent"
    assert office.letter(told).address is None  # its key is a secret
    assert (office.fate(by_hand).state, office.fate(by_hand).reason) == ("by_hand", "by_hand")


def test_a_letter_that_names_its_channel_takes_no_other(office: Office) -> None:
    office.resident(window=2)
    letter = office.tell("case_accepted", 1, via="work")
    office.delivery.drain()
    assert office.fate(letter).state == "failed"
    assert office.calls() == []


# quiet hours


def test_news_rests_at_night_and_an_answer_does_not(opened: Opener) -> None:
    office = opened(at=datetime(2026, 3, 23, 14, 0, tzinfo=UTC))  # 22:00 in Beijing
    office.robot(7)
    office.keeper()
    news, answer = office.tell_group(7), office.tell("case_dispatched", 2)
    office.delivery.drain()
    assert (office.fate(news).state, office.fate(news).reason) == ("waiting", "quiet")
    assert office.fate(answer).state == "sent"
    office.later(hours=10, minutes=1)
    assert office.fate(news).state == "sent"


# trouble


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "http", "status": 502}, "http"),
        ({"kind": "garbage"}, "garbage"),
        ({"kind": "cut"}, "cut"),
        ({"kind": "refuse", "errcode": -1}, "-1"),
        ({"kind": "cut", "effect": True}, "cut"),
        ({"kind": "http", "status": 504, "effect": True}, "http"),
    ],
)
def test_an_unknown_outcome_is_tried_again_with_the_same_key(
    office: Office, fault: dict[str, Any], reason: str
) -> None:
    office.resident()
    office.simulator.fault(**fault, path="*template/send", times=3)
    letter = office.tell("case_accepted", 1)
    office.delivery.drain()
    assert (office.fate(letter).state, office.fate(letter).reason.split()[0]) == ("waiting", reason)
    begun = office.clock()
    office.until_settled(step=3)
    assert office.fate(letter).state == "sent"
    assert office.clock() - begun < timedelta(seconds=120)
    calls = office.calls("*template/send")
    assert len({call.body["client_msg_id"] for call in calls}) == 1
    assert sum(call.effective for call in calls) == 1


def test_a_card_whose_answer_was_lost_is_one_card(office: Office) -> None:
    office.keeper()
    office.simulator.fault("cut", path="*/message/send", times=2, effect=True)
    letter = office.tell("case_dispatched", 2)
    office.until_settled(step=3)
    assert office.fate(letter).state == "sent"
    assert [call.effective for call in office.calls("*/message/send")] == [True, False, False]


def test_a_channel_without_a_key_is_parked_after_two_uncertain_tries(opened: Opener) -> None:
    office = opened(templates={}, mini_templates={})
    office.resident(window=5)
    office.simulator.fault("cut", path="*custom/send", effect=True)
    letter = office.tell("case_accepted", 1)
    office.until_settled()
    assert office.fate(letter).state == "unknown"
    assert len(office.calls("*custom/send")) == 2


def test_a_person_lets_a_parked_letter_go_again_once(opened: Opener) -> None:
    office = opened(templates={}, mini_templates={})
    office.resident(window=5)
    fault = office.simulator.fault("cut", path="*custom/send")
    letter = office.tell("case_accepted", 1)
    office.until_settled()
    office.simulator.faults.lift(fault.number)
    office.db.write(fates.again, letter, office.clock())
    with pytest.raises(Exception, match="letter_not_open"):
        office.db.write(fates.again, letter, office.clock())
    office.delivery.drain()
    assert office.fate(letter).state == "sent"


def test_what_is_refused_for_good_is_tried_once_and_says_why(office: Office) -> None:
    office.resident(follows=False)
    letter = office.tell("case_accepted", 1)
    office.until_settled()
    assert len(office.calls("*template/send")) == 1
    assert office.fate(letter).state == "failed"
    assert office.fate(letter).reason.startswith("43004")
    second = office.tell("case_accepted", 1, occasion="2")
    office.delivery.drain()
    assert (office.fate(second).state, office.fate(second).reason) == ("by_hand", "no_way")
    assert len(office.calls("*template/send")) == 1


@pytest.mark.parametrize("errcode", [43004, 47003, 40037, 45168, 99999])
def test_a_closed_way_hands_on_to_the_next(office: Office, errcode: int) -> None:
    office.resident(window=3, mini=0)
    office.simulator.fault("refuse", path="*template/send", errcode=errcode, errmsg="no")
    letter = office.tell("case_closed_default", 1)
    office.until_settled()
    fate = office.fate(letter)
    if errcode == 43004:  # the whole address is dead
        assert fate.state == "failed"
    else:
        assert fate.state == "sent"
        assert len(office.calls("*custom/send")) == 1
    assert len(office.calls("*template/send")) == 1


def test_a_used_up_consent_is_remembered(office: Office) -> None:
    office.resident(mini=1)
    office.simulator.fault("refuse", path="*subscribe/send", errcode=43101, errmsg="user refuse")
    for occasion in "12":
        office.tell("case_finished", 1, occasion=occasion)
        office.delivery.drain()
    assert len(office.calls("*subscribe/send")) == 1
    assert len(office.calls("*template/send")) == 2


def test_a_daily_quota_stops_the_interface_until_midnight_in_beijing(opened: Opener) -> None:
    limits = Limits()
    limits.per_day["official /cgi-bin/message/template/send"] = 3
    office = opened(limits=limits)
    for person in range(10, 20):
        office.resident(person)
        office.tell("case_accepted", person)
    office.senders(connections=1).drain()
    office.later(drains=20, minutes=20)
    refused = [call for call in office.calls("*template/send") if not call.accepted]
    assert len(refused) <= 5  # at most those that were under way when the first came back
    assert office.states().count("sent") == 3
    office.later(hours=6)  # one letter asks whether the day is new
    office.later(seconds=11)
    assert office.states().count("sent") == 6


def test_a_robot_never_gets_more_than_twenty_a_minute(office: Office) -> None:
    office.robot(7)
    for number in range(40):
        office.tell_group(7, occasion=str(number))
    office.delivery.drain()
    for _ in range(60):
        office.later(seconds=5)
    assert office.states() == ["sent"] * 40
    assert all(call.accepted for call in office.calls("*webhook/send"))


def test_a_broken_letter_does_not_stop_the_others(office: Office) -> None:
    office.keeper()
    broken = office.tell("case_reopened", 2, facts={"objection": ""}, occasion="1")
    bad = office.tell("case_accepted", 2, occasion="2", facts={"taker_name": None})
    unknown_kind = office.db.write(_letter_of_unknown_kind, office)
    office.delivery.drain()
    assert office.fate(broken).state == "sent"
    assert office.fate(bad).state == "sent"
    assert office.fate(unknown_kind).state == "failed"
    assert office.fate(unknown_kind).reason.startswith("words")


def _letter_of_unknown_kind(office: Office) -> int:
    from models.outbox.door import tell

    return tell("no_such_kind", 2, about=None, occasion="x", not_before=office.clock())


def test_after_a_pause_one_letter_asks_and_the_others_wait_for_its_answer(office: Office) -> None:
    """F3: blocked, at most one call a minute; allowed again, all of them follow."""
    for person in range(10, 40):
        office.resident(person)
        office.tell("case_accepted", person)
    office.simulator.fault("refuse", errcode=45011, path="*template/send")
    office.delivery.drain()
    for _ in range(5):
        before = len(office.calls("*template/send"))
        office.later(seconds=61)
        assert len(office.calls("*template/send")) - before <= 1
    office.simulator.faults.lift()
    office.until_settled()
    assert office.states() == ["sent"] * 30


# platform down


def test_an_outage_costs_no_letter_and_is_probed_with_little(office: Office) -> None:
    for person in range(10, 40):
        office.resident(person)
        office.tell("case_accepted", person)
    fault = office.simulator.fault("http", status=503, path="*template/send")
    office.delivery.drain()
    office.later(drains=24, seconds=25)  # ten minutes
    during = len(office.calls("*template/send"))
    office.simulator.faults.lift(fault.number)
    office.until_settled(step=10)
    assert office.states().count("sent") >= 27  # those that probed for ten minutes may be in doubt
    assert "failed" not in office.states()
    assert during <= 8 + 3 + 24 * 2


def test_nobody_listens_and_nothing_is_lost(office: Office) -> None:
    office.resident()
    letter = office.tell("case_accepted", 1)
    office.server.stop()
    office.delivery.drain()
    assert office.fate(letter).state == "waiting"
    assert office.letter(letter).uncertain == 0


# tokens


def test_ten_workers_whose_token_dies_fetch_one_new_one(office: Office) -> None:
    for person in range(10, 30):
        office.resident(person)
        office.tell("case_accepted", person)
    office.delivery.drain()
    assert office.states() == ["sent"] * 20
    office.simulator.forget_tokens("official")
    before = len(office.calls("*stable_token"))
    for person in range(10, 30):
        office.tell("case_accepted", person, occasion="2")
    workers = [threading.Thread(target=office.senders().drain) for _ in range(10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert office.states() == ["sent"] * 40
    assert len(office.calls("*stable_token")) - before <= 2
    assert {office.letter(fate.id).attempts for fate in office.fates()} == {1}


def test_a_token_that_is_always_refused_stops_the_calls(office: Office) -> None:
    office.resident()
    letter = office.tell("case_accepted", 1)
    office.simulator.fault("bad-token", platform="official")
    office.delivery.drain()
    office.later(drains=30, seconds=10)  # five minutes
    assert office.fate(letter).state == "waiting"
    forced = [call for call in office.calls("*stable_token") if call.body["force_refresh"]]
    assert len(forced) <= 2
    assert len(office.calls("*template/send")) < 60
    office.simulator.faults.lift()
    office.until_settled(step=30)
    assert office.fate(letter).state == "sent"


# cards


def _updates(office: Office) -> list[dict[str, Any]]:
    return [call.body for call in office.calls("*update_template_card")]


def test_a_card_that_others_took_is_changed_once(opened: Opener) -> None:
    office = opened(at=None)
    office.keeper(2)
    office.keeper(3)
    for person in (2, 3):
        office.tell("case_dispatched", person)
    office.delivery.drain()
    state = {"state": "handling"}

    def facts_for(person: int) -> dict[str, Any]:
        return FACTS | state | {"mine": person == 2 and state["state"] == "handling"}

    assert office.db.write(cards.refresh, ("case", 572), facts_for) == 2
    office.delivery.drain()
    shown = {tuple(body["userids"]): body["template_card"] for body in _updates(office)}
    assert [button["text"] for button in shown["keeper-2",]["button_list"]] == ["办结", "办不了"]
    assert shown["keeper-3",]["replace_text"] == "已由王芳接单"
    assert office.db.write(cards.refresh, ("case", 572), facts_for) == 0  # no code left
    task = shown["keeper-2",]["task_id"]
    with office.simulator.lock:
        code, _ = office.simulator.work.new_code(task, office.clock.seconds())  # a tap
    office.db.write(cards.new_code, task, code)
    state["state"] = "finished"
    assert office.db.write(cards.refresh, ("case", 572), facts_for) == 1
    office.delivery.drain()
    assert _updates(office)[-1]["template_card"]["replace_text"] == "等居民点头"


# stopping, pausing, coming back


def test_a_zombie_is_refused_and_calls_nobody_twice(office: Office) -> None:
    office.keeper()
    letter = office.tell("case_dispatched", 2)
    slow = office.delivery
    claim = slow._exchange([], 8, office.clock())
    [errand] = claim.errands
    office.clock.turn(seconds=61)
    office.senders().drain()  # another takes over
    assert office.fate(letter).state == "sent"
    late = settling.went(errand, office.clock(), words="late")
    assert office.db.write(settling.settle, [late], office.clock()) == 1
    assert office.letter(letter).words != "late"
    assert sum(call.effective for call in office.calls("*/message/send")) == 1


def test_a_sender_that_never_came_back_counts_as_uncertain(opened: Opener) -> None:
    office = opened(templates={}, mini_templates={})
    office.resident(window=5)
    letter = office.tell("case_accepted", 1)
    for _ in range(2):  # killed twice in the middle
        assert len(office.delivery._exchange([], 8, office.clock()).errands) == 1
        office.clock.turn(seconds=61)
        office.db.write(settling.recover, office.delivery._rules, office.clock())
    assert office.fate(letter).state == "unknown"


def test_the_platform_s_late_word_counts(office: Office) -> None:
    office.resident()
    letter = office.tell("case_accepted", 1)
    office.delivery.drain()
    sent = office.letter(letter)
    said = settling.platform_said
    assert not office.db.write(said, "official", "no such id", False, "x", office.clock())
    assert office.db.write(said, "official", sent.platform_id, True, "success", office.clock())
    assert office.fate(letter).state == "sent"
    assert office.db.write(said, "official", sent.platform_id, False, "failed:user block", office.clock())
    assert (office.fate(letter).state, office.fate(letter).reason) == ("failed", "late failed:user block")


def test_in_quarantine_nothing_goes_out(office: Office) -> None:
    office.resident()
    letter = office.tell("case_accepted", 1)
    office.db.write(quarantine.begin, "restored")
    office.delivery.drain(seconds=1)
    assert office.fate(letter).state == "waiting"
    assert office.calls() == []
    office.db.write(quarantine.release)
    office.delivery.drain()
    assert office.fate(letter).state == "sent"


def test_a_stop_finishes_what_is_under_way(opened: Opener) -> None:
    office = opened(at=None)
    for person in range(10, 30):
        office.resident(person)
        office.tell("case_accepted", person)
    office.simulator.fault("delay", path="*template/send", seconds_late=0.5)
    stop = threading.Event()
    running = threading.Thread(target=office.delivery.run, args=(stop,))
    running.start()
    time.sleep(0.8)
    stop.set()
    running.join(60)
    assert not running.is_alive()
    assert set(office.states()) <= {State.SENT, State.WAITING}
    assert office.states().count("sent") == len(office.calls("*template/send"))


def test_dead_letters_are_told_once_to_named_persons(opened: Opener) -> None:
    office = opened(alerts={"staff": ["A1"]})
    office.keeper(2)
    office.resident(follows=False)
    office.tell("case_accepted", 1)
    office.db.write(_desk, 2)
    office.delivery.drain()
    office.later(drains=4, seconds=31)
    told = [call.body["text"]["content"] for call in office.calls("*/message/send")]
    assert len(told) == 1
    assert "没有关注公众号" in told[0]


def _desk(person: int) -> None:
    from models.base.orm import put
    from models.person.tables import Person, Staff

    for key in range(1, person + 1):
        put(Person, id=key)
    put(Staff, number="A1", person_id=person, name="王芳")
