"""The mini-program's side of api.weixin.qq.com."""

from __future__ import annotations

import base64
import io
import re
import secrets
from typing import Any

import qrcode

from server.sandbox.accounts import Account, Limits
from server.sandbox.app import App
from server.sandbox.codes import Codes
from server.sandbox.content import ContentDesk
from server.sandbox.wire import Answer, Call, Refused, ok
from server.sandbox.world import World

_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")


class Mini(App):
    """Login, phone number, subscription messages, content safety."""

    openid_name = "mini_openid"
    platform = "mini"

    def __init__(self, account: Account, world: World, limits: Limits, codes: Codes) -> None:
        super().__init__(account, world, limits, codes)
        self.content = ContentDesk(account, self.find)
        self._logins: dict[str, tuple[int, int]] = {}  # openid → minute, how often in it
        self._numbers = 0  # telephone numbers given out
        self.open_paths["/sns/jscode2session"] = self.login
        self.paths |= {
            "/cgi-bin/message/subscribe/send": self.send,
            "/wxa/business/getuserphonenumber": self.phone_number,
            "/wxa/getwxacodeunlimit": self.code,
            "/wxa/msg_sec_check": self.content.check_words,
            "/wxa/media_check_async": self.content.check_picture,
        }

    def login(self, call: Call) -> dict[str, Any]:
        """``jscode2session``: openid, session_key, unionid."""
        q = call.query
        self.check_secret(q.get("appid"), q.get("secret"), q.get("grant_type"), "authorization_code")
        phone = self.world.phones[self.codes.redeem("mini", q.get("js_code"), call.at)]
        if phone.risky:
            raise Refused(40226, "code blocked")
        self._spend_login(phone.mini_openid, call.at)
        call.who, phone.mini_seen_at = phone.mini_openid, call.at
        session = base64.b64encode(secrets.token_bytes(16)).decode()
        return {"openid": phone.mini_openid, "session_key": session, "unionid": phone.unionid}

    def _spend_login(self, openid: str, at: float) -> None:
        """45011 for whoever logs in too often in one minute."""
        minute, used = self._logins.get(openid, (0, 0))
        now = int(at // 60)
        used = used + 1 if minute == now else 1
        if used > self.limits.mini_logins_per_minute:
            raise Refused(45011, "api minute-quota reach limit, must slower, retry next minute")
        self._logins[openid] = (now, used)

    def code(self, call: Call) -> Answer:
        """``getwxacodeunlimit``: a picture. Its dots say page and scene in plain."""
        scene, page = call.data.get("scene"), call.data.get("page", "")
        if not isinstance(scene, str) or not scene:
            raise Refused(40129, "invalid scene")
        if not _SCENE.fullmatch(scene):
            raise Refused(40169, "invalid length for scene, or the data is not json string")
        if not isinstance(page, str) or page.startswith("/") or "?" in page:
            raise Refused(41030, "invalid page")
        if call.data.get("env_version", "release") not in ("release", "trial", "develop"):
            raise Refused(40097, "invalid args")
        width = call.data.get("width", 430)
        if not isinstance(width, int) or not 280 <= width <= 1280:
            raise Refused(40097, "invalid args")
        call.key = scene
        picture = io.BytesIO()
        qrcode.make(f"{page}?scene={scene}", box_size=8).get_image().save(picture, "PNG")
        return Answer(headers={"Content-Type": "image/png"}, body=picture.getvalue())

    def send(self, call: Call) -> dict[str, Any]:
        """``message/subscribe/send``: the subscription message, with the page's own checks in front."""
        if call.data.get("miniprogram_state", "formal") not in ("developer", "trial", "formal"):
            raise Refused(47003, "argument invalid! miniprogram_state invalid")
        return self.send_subscribed(call)

    def phone_number(self, call: Call) -> dict[str, Any]:
        """``getuserphonenumber``: the code's owner must be ``openid`` where that is given."""
        phone = self.world.phones[self.codes.redeem("phone", call.data.get("code"), call.at)]
        call.who = phone.mini_openid
        if call.data.get("openid") not in (None, phone.mini_openid):
            raise Refused(40003, "invalid openid")
        if self.limits.phone_numbers and self._numbers >= self.limits.phone_numbers:
            raise Refused(1400001, "the allowance is used up")
        self._numbers += 1
        return ok(
            phone_info={
                "phoneNumber": phone.mobile,
                "purePhoneNumber": phone.mobile,
                "countryCode": "86",
                "watermark": {"timestamp": int(call.at), "appid": self.account.app_id},
            }
        )
