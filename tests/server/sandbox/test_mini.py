"""The mini-program: login, phone number, subscription messages."""

from __future__ import annotations

from typing import Any

from sandbox_desk import Desk

from server.sandbox.accounts import Template
from server.sandbox.phones import Phones


def login(desk: Desk, code: str) -> dict[str, Any]:
    account = desk.simulator.accounts.mini
    query = {"appid": account.app_id, "secret": account.app_secret, "grant_type": "authorization_code"}
    return desk.get("mini", "/sns/jscode2session", js_code=code, **query)


def test_a_login_code_gives_the_openid_once_and_for_five_minutes() -> None:
    desk = Desk()
    phones = Phones(desk.simulator)
    code = phones.login("wang")["code"]
    found = login(desk, code)
    assert (found["openid"], found["unionid"]) == ("m-wang", "u-wang")
    assert login(desk, code)["errcode"] == 40163
    late = phones.login("wang")["code"]
    desk.clock.turn(301)
    assert login(desk, late)["errcode"] == 42003
    assert login(desk, phones.login("wang", "phone")["code"])["errcode"] == 40029


def test_the_phone_number_belongs_to_who_pressed_the_button() -> None:
    desk = Desk()
    phones = Phones(desk.simulator)
    path = "/wxa/business/getuserphonenumber"
    found = desk.mini(path, {"code": phones.login("wang", "phone")["code"], "openid": "m-wang"})
    assert found["phone_info"]["purePhoneNumber"] == "13800000001"
    other = desk.mini(path, {"code": phones.login("wang", "phone")["code"], "openid": "m-zhang"})
    assert other["errcode"] == 40003


def send(desk: Desk, template_id: str = "mini-finished", **more: Any) -> dict[str, Any]:
    values = {"character_string1": "A1", "thing2": "已修好", "thing3": "3号楼", "time4": "15:01"}
    data = {key: {"value": value} for key, value in values.items()}
    message = {"touser": "m-wang", "template_id": template_id, "data": data, **more}
    return desk.mini("/cgi-bin/message/subscribe/send", message)


def test_one_yes_is_one_message() -> None:
    desk = Desk()
    assert send(desk)["errcode"] == 43101
    Phones(desk.simulator).subscribe("wang", ["mini-finished"])
    Phones(desk.simulator).subscribe("wang", ["mini-finished"])
    assert [send(desk)["errcode"] for _ in range(3)] == [0, 0, 43101]
    assert [m.body["app"] for m in desk.wang.messages] == ["mini", "mini"]


def test_a_long_term_consent_is_not_used_up() -> None:
    desk = Desk()
    desk.simulator.mini.templates["long"] = Template("long", long_term=True)
    desk.wang.consents["long"] = 1
    assert [send(desk, "long")["errcode"] for _ in range(3)] == [0, 0, 0]


def test_wrong_data_do_not_use_up_the_consent() -> None:
    desk = Desk()
    desk.wang.consents["mini-finished"] = 1
    assert send(desk, data={"thing2": {"value": "字" * 30}})["errcode"] == 47003
    assert send(desk, miniprogram_state="secret")["errcode"] == 47003
    assert send(desk, "x")["errcode"] == 40037
    assert send(desk)["errcode"] == 0


def test_the_tokens_of_the_two_apps_are_not_each_others() -> None:
    desk = Desk()
    token = desk.stable()["access_token"]
    assert desk.post("mini", "/cgi-bin/message/subscribe/send", {}, access_token=token)["errcode"] == 40001


def test_who_logs_in_too_often_waits_for_the_next_minute() -> None:
    desk = Desk(mini_logins_per_minute=2)
    said = [login(desk, desk.simulator.codes.issue("mini", "wang", desk.clock())) for _ in range(3)]
    assert [one.get("errcode", 0) for one in said] == [0, 0, 45011]
    desk.clock.turn(60)
    assert "openid" in login(desk, desk.simulator.codes.issue("mini", "wang", desk.clock()))


def test_an_account_that_the_platform_blocks_does_not_log_in() -> None:
    desk = Desk()
    desk.wang.risky = True
    assert login(desk, desk.simulator.codes.issue("mini", "wang", desk.clock()))["errcode"] == 40226


def test_numbers_are_given_as_long_as_they_are_paid_for() -> None:
    desk = Desk(phone_numbers=1)
    path = "/wxa/business/getuserphonenumber"
    codes = [desk.simulator.codes.issue("phone", "wang", desk.clock()) for _ in range(2)]
    assert [desk.mini(path, {"code": one})["errcode"] for one in codes] == [0, 1400001]
