"""WeChat's browser on a resident's telephone, for tests of /me."""

from urllib.parse import parse_qs, urlsplit

from flask import Flask
from pay_desk import PayDesk
from werkzeug.test import TestResponse

IN_WECHAT = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50 Language/zh_CN"


class Pocket:
    """WeChat's browser on one telephone."""

    def __init__(self, app: Flask, desk: PayDesk, phone: str) -> None:
        self.desk, self.phone = desk, phone
        self.client = app.test_client()
        self.headers = {"User-Agent": IN_WECHAT}

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self.headers | headers)

    def state_of(self, path: str) -> str:
        """The state with which somebody who opens `path` is sent to WeChat."""
        away = self.get(path)
        assert away.status_code == 302, away.text
        return parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]

    def code(self) -> str:
        return self.desk.simulator.codes.issue("page", self.phone, self.desk.simulator.clock())

    def back(self, state: str, code: str | None = None) -> TestResponse:
        return self.get(f"/me/back?code={code or self.code()}&state={state}")

    def come_in(self, path: str = "/me") -> TestResponse:
        """The page that stands there in the end; the notice, for somebody who has not agreed yet."""
        led = self.back(self.state_of(path))
        assert led.status_code == 303, led.text
        return self.get(led.headers["Location"])

    def say(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        """As templates/static/me.js does."""
        own = {"X-Hemei": "1", "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        sent = self.headers | own | headers
        return self.client.open(f"/api/v1{path}", method=method, json=body or {}, headers=sent)

    def agree(self) -> None:
        one = self.say("GET", "/consents").json["items"][0]  # type: ignore[index]
        answer = self.say("PUT", "/consents/basic", {"version": one["version"], "given": True})
        assert answer.status_code == 200, answer.text
