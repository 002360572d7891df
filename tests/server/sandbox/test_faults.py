"""Faults on order: whom they hit, how often, how long, and what they leave behind."""

from __future__ import annotations

import pytest
from sandbox_desk import Desk

from server.sandbox.wire import Cut


def desk_in_talk() -> Desk:
    desk = Desk(custom_per_message=1000)
    desk.simulator.opened("o-wang")
    return desk


def test_a_refusal_hits_the_next_calls_of_its_path_and_leaves_no_message() -> None:
    desk = desk_in_talk()
    desk.simulator.fault(
        "refuse", path="*custom*", times=2, errcode=45009, errmsg="reach max api daily quota limit"
    )
    assert [desk.say()["errcode"] for _ in range(3)] == [45009, 45009, 0]
    assert len(desk.wang.messages) == 1


def test_a_fault_for_some_seconds_ends_by_the_clock() -> None:
    desk = desk_in_talk()
    desk.simulator.fault("refuse", path="*custom*", seconds=30)
    assert desk.say()["errcode"] == -1
    desk.clock.turn(31)
    assert desk.say()["errcode"] == 0


def test_a_fault_may_aim_at_one_receiver_or_one_platform() -> None:
    desk = Desk()
    desk.simulator.fault("refuse", who="o-wang", errcode=43019)
    desk.simulator.fault("refuse", platform="work", path="*gettoken")
    assert desk.template()["errcode"] == 43019
    assert desk.template("o-nobody")["errcode"] == 43004
    account = desk.simulator.accounts.work
    assert desk.get("work", "/cgi-bin/gettoken", corpid=account.corp_id)["errcode"] == -1


def test_a_share_of_the_calls_is_hit() -> None:
    desk = desk_in_talk()
    desk.simulator.fault("refuse", path="*custom*", share=0.3)
    refused = sum(desk.say()["errcode"] == -1 for _ in range(200))
    assert 30 < refused < 90


def test_bad_tokens_stay_bad_however_new_they_are_until_the_fault_is_lifted() -> None:
    desk = desk_in_talk()
    fault = desk.simulator.fault("bad-token", platform="official")
    assert [desk.say()["errcode"] for _ in range(3)] == [40001] * 3
    assert "access_token" in desk.stable(force=True)
    desk.simulator.faults.lift(fault.number)
    assert desk.say()["errcode"] == 0


def test_the_effect_of_a_call_may_stay_though_its_answer_is_lost() -> None:
    desk = desk_in_talk()
    desk.simulator.fault("http", path="*template*", times=1, effect=True)
    status, _, body = desk.simulator.handle(
        "official", "POST", "/cgi-bin/message/template/send",
        {"access_token": desk.stable()["access_token"]}, b"{}",
    )  # fmt: skip
    assert (status, body[:6]) == (502, b"<html>")
    desk.simulator.fault("cut", path="*template*", times=1, effect=True)
    with pytest.raises(Cut):
        desk.template(key="k1")
    desk.template(key="k1")
    assert len(desk.wang.messages) == 1
    cut, again = desk.simulator.ledger.read(path="*template*")[1:]
    assert (cut.fault, cut.effective, again.duplicate) == ("cut", True, True)


def test_unknown_rules_are_refused() -> None:
    desk = Desk()
    with pytest.raises(ValueError, match="unknown fault"):
        desk.simulator.fault("earthquake")
    with pytest.raises(ValueError, match="errcode"):
        desk.simulator.fault("refuse", errcode=0)


def test_the_ledger_can_be_waited_for() -> None:
    desk = desk_in_talk()
    assert not desk.simulator.ledger.wait(lambda ledger: ledger.sent("*custom*"), 0.05)
    desk.say()
    assert desk.simulator.ledger.wait(lambda ledger: ledger.sent("*custom*"), 0.05)


def test_junk_is_answered_and_never_breaks_the_simulator() -> None:
    desk = Desk()
    token = desk.stable()["access_token"]
    for body in (
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"touser":5}',
        b'{"touser":"o-wang","msgtype":["x"]}',
    ):
        for path in desk.simulator.official.paths:
            status, _, answer = desk.simulator.handle("official", "POST", path, {"access_token": token}, body)
            assert status == 200
            assert b"errcode" in answer or path in ("/cgi-bin/user/info", "/cgi-bin/menu/get")
    app, contact = desk.work_token(), desk.work_token(contact=True)
    for body in (
        b"",
        b"{",
        b'{"msgid":[]}',
        b'{"sender":"chen","chat_type":"group","text":5}',
        b'{"sender":"chen","chat_type":"group","text":{"content":"x"},"chat_id_list":5}',
        b'{"owner_filter":{"userid_list":7}}',
        b'{"agentid":1000002,"touser":"chen","msgtype":"text","text":{"content":5}}',
        b'{"agentid":1000002,"touser":"chen","msgtype":"template_card","template_card":{"card_type":[]}}',
        b'{"agentid":1000002}',
    ):
        for path in desk.simulator.work.paths:
            held = contact if "externalcontact" in path else app
            assert desk.simulator.handle("work", "POST", path, {"access_token": held}, body)[0] == 200
