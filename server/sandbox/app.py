"""What a service account and a mini-program have in common: tokens, media, consents, notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.sandbox.accounts import Account, Limits, Template
from server.sandbox.codes import Codes
from server.sandbox.keywords import check_data
from server.sandbox.media import MediaStore
from server.sandbox.tokens import Tokens
from server.sandbox.wire import Call, Clerk, Refused, ok
from server.sandbox.world import Phone, World

Push = Callable[[Phone, str, dict[str, Any]], None]


class App:
    """One appid of api.weixin.qq.com. ``open_paths`` need no access_token, ``paths`` do."""

    openid_name = "openid"
    platform = "official"

    def __init__(self, account: Account, world: World, limits: Limits, codes: Codes) -> None:
        self.account, self.world, self.limits, self.codes = account, world, limits, codes
        self.tokens = Tokens(limits)
        self.media = MediaStore(limits)
        self.templates = {template.id: template for template in account.templates}
        self.push: Push = lambda _phone, _event, _fields: None
        self.next_msgid = 200_000_000
        self.open_paths: dict[str, Clerk] = {
            "/cgi-bin/token": self.fresh_token,
            "/cgi-bin/stable_token": self.stable_token,
        }
        self.paths: dict[str, Clerk] = {
            "/cgi-bin/media/get": self.media.get,
            "/cgi-bin/media/upload": lambda call: self.media.upload(
                call, ("image", "voice", "video", "thumb")
            ),
        }

    def check_token(self, call: Call) -> None:
        self.tokens.check(call.query.get("access_token", ""), call.at)

    def check_secret(self, appid: Any, secret: Any, grant: Any, expected: str) -> None:
        if grant != expected:
            raise Refused(40002, "invalid grant_type")
        if appid != self.account.app_id:
            raise Refused(40013, "invalid appid")
        if secret != self.account.app_secret:
            raise Refused(40125, "invalid appsecret")

    def fresh_token(self, call: Call) -> dict[str, Any]:
        q = call.query
        self.check_secret(q.get("appid"), q.get("secret"), q.get("grant_type"), "client_credential")
        token, rest = self.tokens.fresh(self.account.app_secret, call.at)
        return {"access_token": token, "expires_in": rest}

    def stable_token(self, call: Call) -> dict[str, Any]:
        d = call.data
        self.check_secret(d.get("appid"), d.get("secret"), d.get("grant_type"), "client_credential")
        force = d.get("force_refresh", False)
        if not isinstance(force, bool):
            raise Refused(47001, "data format error")
        token, rest = self.tokens.stable(self.account.app_secret, call.at, force=force)
        return {"access_token": token, "expires_in": rest}

    def template(self, call: Call) -> Template:
        found = self.templates.get(str(call.data.get("template_id", "")))
        if found is None:
            raise Refused(40037, "invalid template_id")
        return found

    def msgid(self) -> int:
        self.next_msgid += 1
        return self.next_msgid

    def find(self, openid: str, *, errcode: int = 40003, errmsg: str = "invalid openid") -> Phone:
        """The phone of an openid of this app, a stranger's where the limits welcome strangers."""
        phone = self.world.find(self.openid_name, openid)
        if phone is None:
            if not self.limits.strangers:
                raise Refused(errcode, errmsg)
            phone = self.world.stranger(self.openid_name, openid)
        return phone

    def send_subscribed(self, call: Call) -> dict[str, Any]:
        """A subscription message: one consent, one message (43101 without), long-term ones last."""
        call.who = call.text("touser", 40003, "invalid openid")
        phone = self.find(call.who)
        template = self.template(call)
        values = check_data(call.data.get("data"), template)
        if not phone.stranger:
            left = phone.consents.get(template.id, 0)
            if left < 1:
                raise Refused(43101, "user refuse to accept the msg")
            if not template.long_term:
                phone.consents[template.id] = left - 1
        self.world.show(
            phone,
            "them",
            "notice",
            app=self.platform,
            title=template.title,
            lines=lines_of(values, template),
            page=str(call.data.get("page", "")),
        )
        msgid = self.msgid()
        self.push(
            phone,
            "subscribe_msg_sent_event",
            {"TemplateId": template.id, "MsgID": msgid, "ErrorCode": 0, "ErrorStatus": "success"},
        )
        return ok(msgid=msgid)


def lines_of(values: dict[str, str], template: Template) -> list[list[str]]:
    return [[template.keywords.get(key, key), value] for key, value in values.items()]
