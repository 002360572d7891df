"""A simulator under a clock that tests turn, and a caller that speaks to it as hemei does."""

from __future__ import annotations

import json
from typing import Any

from server.sandbox.accounts import Accounts, Limits
from server.sandbox.simulator import Simulator
from server.sandbox.world import Phone

NOON = 1_774_238_400.0  # 2026-03-23 12:00 in Beijing


class Clock:
    """Seconds since the epoch, turned by hand."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += seconds


class Desk:
    """One simulator with a resident, a keeper and a group, and the calls of a well-behaved hemei."""

    def __init__(self, **limits: Any) -> None:
        self.clock = Clock()
        self.simulator = Simulator(Accounts.example(), Limits(**limits), self.clock)
        self.wang = self.simulator.add(
            Phone("wang", "王阿姨", "resident", openid="o-wang", mini_openid="m-wang", unionid="u-wang",
                  mobile="13800000001")
        )  # fmt: skip
        self.chen = self.simulator.add(Phone("chen", "陈书记", "staff", userid="chen"))
        self.group = self.simulator.add(
            Phone(
                "group",
                "3号楼",
                "group",
                chat_id="wr-3",
                robot_key="robot-3",
                owner="chen",
                members=["o-wang"],
            )
        )

    def post(self, platform: str, path: str, data: Any = None, **query: str) -> dict[str, Any]:
        body = b"" if data is None else json.dumps(data, ensure_ascii=False).encode()
        _, _, answer = self.simulator.handle(platform, "POST", path, query, body)
        return json.loads(answer)

    def get(self, platform: str, path: str, **query: str) -> dict[str, Any]:
        return json.loads(self.simulator.handle(platform, "GET", path, query)[2])

    def stable(self, platform: str = "official", *, force: bool = False) -> dict[str, Any]:
        account = getattr(self.simulator.accounts, platform)
        return self.post(platform, "/cgi-bin/stable_token", {
            "grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret,
            "force_refresh": force,
        })  # fmt: skip

    def work_token(self, *, contact: bool = False) -> str:
        account = self.simulator.accounts.work
        secret = account.contact_secret if contact else account.secret
        return self.get("work", "/cgi-bin/gettoken", corpid=account.corp_id, corpsecret=secret)[
            "access_token"
        ]

    def official(self, path: str, data: Any) -> dict[str, Any]:
        return self.post("official", path, data, access_token=self.stable()["access_token"])

    def mini(self, path: str, data: Any) -> dict[str, Any]:
        return self.post("mini", path, data, access_token=self.stable("mini")["access_token"])

    def work(self, path: str, data: Any) -> dict[str, Any]:
        return self.post("work", path, data, access_token=self.work_token())

    def contact(self, path: str, data: Any) -> dict[str, Any]:
        path = "/cgi-bin/externalcontact/" + path
        return self.post("work", path, data, access_token=self.work_token(contact=True))

    def say(self, text: str = "您好") -> dict[str, Any]:
        return self.official("/cgi-bin/message/custom/send",
                             {"touser": "o-wang", "msgtype": "text", "text": {"content": text}})  # fmt: skip

    def template(self, touser: str = "o-wang", key: str = "", **values: str) -> dict[str, Any]:
        words = {
            "character_string1": "A0001",
            "thing2": "灯不亮",
            "thing3": "3号楼2单元",
            "time4": "15:01",
        } | values
        return self.official("/cgi-bin/message/template/send", {
            "touser": touser, "template_id": "official-accepted", "client_msg_id": key,
            "data": {name: {"value": value} for name, value in words.items()},
        })  # fmt: skip
