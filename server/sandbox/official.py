"""The service account's side of api.weixin.qq.com."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from server.sandbox.accounts import Account, Limits
from server.sandbox.app import App, lines_of
from server.sandbox.codes import Codes
from server.sandbox.custom import CustomDesk
from server.sandbox.keywords import check_data
from server.sandbox.wire import Call, Refused, ok
from server.sandbox.world import World


@dataclass
class Scene:
    """A parametric QR code; ``until`` 0 never ends."""

    value: str
    ticket: str
    until: float


class Official(App):
    """Customer-service, template and subscription messages, QR codes, the menu, followers, page login."""

    def __init__(self, account: Account, world: World, limits: Limits, codes: Codes) -> None:
        super().__init__(account, world, limits, codes)
        self.desk = CustomDesk(world, limits, self.media)
        self.menu: list[dict[str, Any]] = []
        self.scenes: dict[str, Scene] = {}
        self._sent: dict[tuple[str, str], tuple[float, int]] = {}
        self.open_paths["/sns/oauth2/access_token"] = self.page_login
        self.paths |= {
            "/cgi-bin/message/custom/send": self.desk.send,
            "/cgi-bin/message/custom/typing": self.desk.typing,
            "/cgi-bin/message/template/send": self.send_template,
            "/cgi-bin/message/subscribe/bizsend": self.send_subscribed,
            "/cgi-bin/qrcode/create": self.create_code,
            "/cgi-bin/menu/create": self.create_menu,
            "/cgi-bin/menu/get": lambda _call: {"menu": {"button": self.menu}},
            "/cgi-bin/user/info": self.user_info,
            "/cgi-bin/user/info/batchget": self.users_info,
        }

    def send_template(self, call: Call) -> dict[str, Any]:
        """``message/template/send``: followers only (43004); the same openid and client_msg_id within ten
        minutes is dropped and answered as the first time."""
        call.who = call.text("touser", 40003, "invalid openid")
        template = self.template(call)
        phone = self.find(call.who, errcode=43004, errmsg="require subscribe")
        if not phone.follows:
            raise Refused(43004, "require subscribe")
        values = check_data(call.data.get("data"), template)
        call.key = str(call.data.get("client_msg_id") or "")
        if len(call.key.encode()) > 32:
            raise Refused(40058, "invalid client_msg_id")
        if call.key:
            before = self._sent.get((call.who, call.key))
            if before and call.at - before[0] < self.limits.client_msg_id_window:
                call.duplicate = True
                return ok(msgid=before[1])
        msgid = self.msgid()
        if call.key:
            self._sent[call.who, call.key] = (call.at, msgid)
        if phone.blocks:
            call.dropped = "user block"
        else:
            mini = call.data.get("miniprogram")
            self.world.show(
                phone,
                "them",
                "template",
                title=template.title,
                lines=lines_of(values, template),
                url=str(call.data.get("url") or ""),
                page=str(mini.get("pagepath", "")) if isinstance(mini, dict) else "",
            )
        status = "failed:user block" if phone.blocks else "success"
        self.push(phone, "TEMPLATESENDJOBFINISH", {"MsgID": msgid, "Status": status})
        return ok(msgid=msgid)

    def create_code(self, call: Call) -> dict[str, Any]:
        """``qrcode/create``: permanent or temporary, number or text."""
        action, info = call.data.get("action_name"), call.data.get("action_info")
        scene = info.get("scene") if isinstance(info, dict) else None
        if action not in ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"):
            raise Refused(47001, "data format error")
        if not isinstance(scene, dict):
            raise Refused(47001, "data format error")
        if "STR" in action:
            value = scene.get("scene_str")
            good = isinstance(value, str) and 1 <= len(value) <= 64
        else:
            value = scene.get("scene_id")
            most = 100_000 if "LIMIT" in action else 2**32 - 1
            good = isinstance(value, int) and 1 <= value <= most
        if not good:
            raise Refused(40053, "invalid action info")
        answer: dict[str, Any] = {"ticket": secrets.token_urlsafe(60)}
        until = 0.0
        if "LIMIT" not in action:
            seconds = call.data.get("expire_seconds", 30)
            if not isinstance(seconds, int) or not 1 <= seconds <= 2_592_000:
                raise Refused(40052, "invalid expire_seconds")
            answer["expire_seconds"] = seconds
            until = call.at + seconds
        call.key = str(value)
        self.scenes[str(value)] = Scene(str(value), answer["ticket"], until)
        return answer | {"url": f"http://weixin.qq.com/q/{secrets.token_urlsafe(16)}"}

    def create_menu(self, call: Call) -> dict[str, Any]:
        """``menu/create``: three by five buttons; the phones show the menu at once."""
        buttons = call.data.get("button")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
            raise Refused(40016, "invalid button size")
        for button in buttons:
            self._check_button(button, top=True)
        self.menu = buttons
        self.world.touch()
        return ok()

    def _check_button(self, button: Any, *, top: bool) -> None:
        name = button.get("name") if isinstance(button, dict) else None
        if not isinstance(name, str) or not 1 <= len(name.encode()) <= (16 if top else 60):
            raise Refused(40018 if top else 40025, "invalid button name size")
        below = button.get("sub_button") or []
        if below:
            if not top or len(below) > 5:
                raise Refused(40023, "invalid sub button size")
            for item in below:
                self._check_button(item, top=False)
        elif button.get("type") == "view":
            if not 1 <= len(str(button.get("url", ""))) <= 1024:
                raise Refused(40020, "invalid button url size")
        elif button.get("type") == "miniprogram":
            if not (button.get("appid") and button.get("pagepath")):
                raise Refused(40017, "invalid button type")
        elif not button.get("type"):
            raise Refused(40017, "invalid button type")
        elif not 1 <= len(str(button.get("key", "")).encode()) <= 128:
            raise Refused(40019, "invalid button key size")

    def users_info(self, call: Call) -> dict[str, Any]:
        """``user/info/batchget``: the same of up to a hundred."""
        asked = call.data.get("user_list")
        if not isinstance(asked, list) or not 0 < len(asked) <= 100:
            raise Refused(40058, "invalid parameter: user_list")
        openids = [str(one.get("openid", "")) for one in asked if isinstance(one, dict)]
        call.who = ",".join(openids)
        return {"user_info_list": [self._info(openid) for openid in openids]}

    def user_info(self, call: Call) -> dict[str, Any]:
        """``user/info``: names and pictures are no longer given; whether somebody follows is."""
        call.who = call.query.get("openid", "")
        return self._info(call.who)

    def _info(self, openid: str) -> dict[str, Any]:
        phone = self.find(openid)
        if not phone.follows:
            return {"subscribe": 0, "openid": openid}
        return {
            "subscribe": 1,
            "openid": openid,
            "language": "zh_CN",
            "subscribe_time": int(phone.created_at),
            "unionid": phone.unionid,
            "remark": "",
            "groupid": 0,
            "tagid_list": [],
            "subscribe_scene": "ADD_SCENE_QR_CODE",
            "qr_scene": 0,
            "qr_scene_str": "",
        }

    def page_login(self, call: Call) -> dict[str, Any]:
        """``sns/oauth2/access_token``: a page login's code for the openid; the unionid only after
        snsapi_userinfo, which nobody asks for."""
        q = call.query
        self.check_secret(q.get("appid"), q.get("secret"), q.get("grant_type"), "authorization_code")
        phone = self.world.phones[self.codes.redeem("page", q.get("code"), call.at)]
        call.who = phone.openid
        return {
            "access_token": secrets.token_urlsafe(64),
            "expires_in": 7200,
            "refresh_token": secrets.token_urlsafe(64),
            "openid": phone.openid,
            "scope": "snsapi_base",
        }
