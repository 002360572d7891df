"""Customer-service messages of the service account: who may be written to, how often, and what.

Source: service-account page on customer-service messages: five messages in 48 hours after a message, three in
one minute after a menu tap, a follow or a scan; used up 45047, outside the window 45015.
"""

from __future__ import annotations

from typing import Any

from server.sandbox.accounts import Limits
from server.sandbox.media import MediaStore
from server.sandbox.wire import Call, Refused, ok
from server.sandbox.world import Grant, Phone, World

TEXT_BYTES = 2048
CLOSED = "response out of time limit or subscription is canceled"


class CustomDesk:
    """The windows of all followers, and the desk that sends into them."""

    def __init__(self, world: World, limits: Limits, media: MediaStore) -> None:
        self._world, self._limits, self._media = world, limits, media

    def open_window(self, phone: Phone, trigger: str, now: float) -> None:
        """The user did something: ``message``, ``menu``, ``follow`` or ``scan``."""
        if trigger == "message":
            phone.wrote_at = now
            grant = Grant(now + self._limits.custom_message_window, self._limits.custom_per_message)
        else:
            grant = Grant(now + self._limits.custom_tap_window, self._limits.custom_per_tap)
        phone.grants[trigger] = grant

    def receiver(self, call: Call) -> Phone:
        """The follower in ``touser``; 40003 when the id is not one of this account's."""
        openid = call.text("touser", 40003, "invalid openid")
        call.who = openid
        phone = self._world.find("openid", openid)
        if phone is None:
            if not self._limits.strangers:
                raise Refused(40003, "invalid openid")
            phone = self._world.stranger("openid", openid)
        return phone

    def _spend(self, phone: Phone, now: float) -> None:
        if phone.stranger:
            return
        open_now = [grant for grant in phone.grants.values() if grant.until >= now] if phone.follows else []
        if not open_now:
            raise Refused(45015, CLOSED)
        usable = [grant for grant in open_now if grant.left > 0]
        if not usable:
            raise Refused(45047, "out of response count limit")
        min(usable, key=lambda grant: grant.until).left -= 1  # because the shorter right is lost sooner

    def send(self, call: Call) -> dict[str, Any]:
        """``message/custom/send``: text, image, voice, msgmenu, news, miniprogrampage."""
        phone = self.receiver(call)
        form = call.text("msgtype", 40008, "invalid message type")
        part = call.data.get(form)
        if not isinstance(part, dict):
            raise Refused(44004, "empty content")
        body = self._read(form, part, call)
        self._spend(phone, call.at)
        phone.typing_until = 0
        self._world.show(phone, "them", "menu" if form == "msgmenu" else form, **body)
        return ok()

    def _read(self, form: str, part: dict[str, Any], call: Call) -> dict[str, Any]:
        if form == "text":
            return {"text": _text(part.get("content"))}
        if form in ("image", "voice"):
            return {"media_id": self._media.find(part.get("media_id"), call.at).id}
        if form == "msgmenu":
            return _menu(part)
        if form == "news":
            articles = part.get("articles")
            if not isinstance(articles, list) or len(articles) != 1:
                raise Refused(45008, "article size out of limit")
            return {k: str(articles[0].get(k, "")) for k in ("title", "description", "url", "picurl")}
        if form == "miniprogrampage":
            if not (part.get("appid") and part.get("pagepath") and part.get("thumb_media_id")):
                raise Refused(44004, "empty content")
            self._media.find(part["thumb_media_id"], call.at)
            return {"title": str(part.get("title", "")), "page": part["pagepath"]}
        raise Refused(40008, "invalid message type")

    def typing(self, call: Call) -> dict[str, Any]:
        """``message/custom/typing``: needs a message of the last 30 s (45080), not twice in 15 s (45081)."""
        phone = self.receiver(call)
        command = call.data.get("command")
        if command == "CancelTyping":
            phone.typing_until = 0
        elif command != "Typing":
            raise Refused(45072, "command invalid")
        elif not phone.stranger and call.at - phone.wrote_at > 30:
            raise Refused(45080, "no message from the user in the last 30 seconds")
        elif phone.typing_until > call.at:
            raise Refused(45081, "already typing")
        else:
            phone.typing_until = call.at + 15
        self._world.touch()
        return ok()


def _text(content: Any) -> str:
    if not isinstance(content, str) or not content.strip():
        raise Refused(44004, "empty content")
    if len(content.encode()) > TEXT_BYTES:
        raise Refused(45002, "content size out of limit")
    return content


def _menu(part: dict[str, Any]) -> dict[str, Any]:
    choices = part.get("list")
    if not isinstance(choices, list) or not choices:
        raise Refused(44004, "empty content")
    read = []
    for choice in choices:
        if not isinstance(choice, dict) or not str(choice.get("id", "")) or not choice.get("content"):
            raise Refused(47003, "argument invalid! msgmenu.list invalid")
        read.append({"id": str(choice["id"]), "text": str(choice["content"])})
    head, tail = str(part.get("head_content", "")), str(part.get("tail_content", ""))
    _text(head + tail + "".join(choice["text"] for choice in read))
    return {"head": head, "choices": read, "tail": tail}
