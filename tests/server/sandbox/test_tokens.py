"""Tokens: living, overlapping, over, and taken back."""

from __future__ import annotations

from sandbox_desk import Desk

SEND = "/cgi-bin/message/custom/send"


def send_with(desk: Desk, token: str) -> int:
    message = {"touser": "o-wang", "msgtype": "text", "text": {"content": "您好"}}
    return desk.post("official", SEND, message, access_token=token)["errcode"]


def fresh(desk: Desk) -> str:
    account = desk.simulator.accounts.official
    return desk.get("official", "/cgi-bin/token", grant_type="client_credential", appid=account.app_id,
                    secret=account.app_secret)["access_token"]  # fmt: skip


def test_a_stable_token_stays_the_same_and_counts_down() -> None:
    desk = Desk()
    first = desk.stable()
    desk.clock.turn(1000)
    assert desk.stable() == {"access_token": first["access_token"], "expires_in": 6200}


def test_in_its_last_five_minutes_a_stable_token_is_replaced_while_the_old_one_lives_on() -> None:
    desk = Desk()
    desk.simulator.opened("o-wang")
    first = desk.stable()["access_token"]
    desk.clock.turn(7200 - 299)
    second = desk.stable()
    assert second["access_token"] != first
    assert second["expires_in"] == 7200
    assert send_with(desk, first) == 0
    desk.clock.turn(300)
    assert send_with(desk, first) == 42001


def test_force_makes_a_new_token_kills_the_old_one_and_is_rationed() -> None:
    desk = Desk()
    first = desk.stable()["access_token"]
    forced = desk.stable(force=True)["access_token"]
    assert forced != first
    assert send_with(desk, first) == 40001
    assert desk.stable(force=True)["errcode"] == 45011
    for _ in range(19):
        desk.clock.turn(31)
        assert "access_token" in desk.stable(force=True)
    desk.clock.turn(31)
    assert desk.stable(force=True)["errcode"] == 45009
    desk.clock.turn(86400)
    assert "access_token" in desk.stable(force=True)


def test_an_ordinary_token_outlives_its_successor_by_five_minutes_and_leaves_the_stable_one_alone() -> None:
    desk = Desk()
    desk.simulator.opened("o-wang")
    stable, first = desk.stable()["access_token"], fresh(desk)
    assert fresh(desk) != first
    desk.clock.turn(299)
    assert send_with(desk, first) == 0
    desk.clock.turn(2)
    assert send_with(desk, first) == 42001
    assert send_with(desk, stable) == 0


def test_missing_malformed_and_unknown_tokens_have_their_own_codes() -> None:
    desk = Desk()
    assert send_with(desk, "") == 41001
    assert send_with(desk, "x") == 40014
    assert send_with(desk, "t" * 100) == 40001


def test_killed_and_expired_tokens_are_told_apart() -> None:
    desk = Desk()
    token = desk.stable()["access_token"]
    desk.simulator.expire_tokens("official")
    assert send_with(desk, token) == 42001
    token = desk.stable()["access_token"]
    desk.simulator.forget_tokens("official")
    assert send_with(desk, token) == 40001
    desk.simulator.opened("o-wang")
    assert send_with(desk, desk.stable()["access_token"]) == 0


def test_wrong_credentials_are_named() -> None:
    desk = Desk()
    account = desk.simulator.accounts.official
    body = {"grant_type": "client_credential", "appid": account.app_id, "secret": "wrong"}
    assert desk.post("official", "/cgi-bin/stable_token", body)["errcode"] == 40125
    assert desk.post("official", "/cgi-bin/stable_token", body | {"appid": "wx0"})["errcode"] == 40013
    assert desk.get("work", "/cgi-bin/gettoken", corpid="ww0", corpsecret="x")["errcode"] == 40013
    corp = desk.simulator.accounts.work.corp_id
    assert desk.get("work", "/cgi-bin/gettoken", corpid=corp, corpsecret="x")["errcode"] == 40001


def test_wecom_gives_the_same_token_per_secret_while_it_lives() -> None:
    desk = Desk()
    app, contact = desk.work_token(), desk.work_token(contact=True)
    assert desk.work_token() == app != contact
    desk.clock.turn(7200)
    assert desk.work_token() != app


def test_customer_contact_wants_its_own_token_and_messages_the_applications() -> None:
    desk = Desk()
    listing = desk.post("work", "/cgi-bin/externalcontact/groupchat/list", {}, access_token=desk.work_token())
    assert listing["errcode"] == 48002
    token = desk.work_token(contact=True)
    assert desk.post("work", "/cgi-bin/message/send", {}, access_token=token)["errcode"] == 48002


def test_the_daily_quota_of_tokens_ends_at_midnight_in_beijing() -> None:
    desk = Desk()
    desk.simulator.limits.per_day["official /cgi-bin/token"] = 1
    fresh(desk)
    account = desk.simulator.accounts.official
    query = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret}
    assert desk.get("official", "/cgi-bin/token", **query)["errcode"] == 45009
    desk.clock.turn(12 * 3600)
    assert "access_token" in desk.get("official", "/cgi-bin/token", **query)
