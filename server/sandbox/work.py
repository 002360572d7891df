"""WeCom's side: application messages, cards and their change, staff login, media."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.sandbox.accounts import Limits, WorkAccount
from server.sandbox.cards import INTERACTIVE, check_card
from server.sandbox.chats import Chats
from server.sandbox.codes import Codes
from server.sandbox.groups import Groups
from server.sandbox.media import MediaStore
from server.sandbox.robot import Robots
from server.sandbox.tokens import Tokens
from server.sandbox.wire import Call, Clerk, Refused, ok
from server.sandbox.world import Message, Phone, World


@dataclass
class CardSent:
    """One sending of an interactive card: its code opens it for one change within three days."""

    task_id: str
    until: float
    bubbles: dict[str, Message]


class Work:
    """One corporation with one application and the customer-contact secret."""

    platform = "work"

    def __init__(
        self,
        account: WorkAccount,
        world: World,
        limits: Limits,
        codes: Codes,
        where: Callable[[], str] = lambda: "",
    ) -> None:
        self.account, self.world, self.limits, self.codes = account, world, limits, codes
        self.tokens = Tokens(limits)
        self.media = MediaStore(limits)
        self.robots = Robots(world, limits, self.media)
        self.chats = Chats(world, limits, self.media, where)
        self.groups = Groups(world, limits, self.media, self.chats)
        self._sent: dict[str, tuple[float, str, str]] = {}
        self._codes: dict[str, CardSent] = {}
        self._bubbles: dict[str, dict[str, Message]] = {}  # by task_id, then userid
        self._to_member: dict[str, deque[float]] = {}
        self._next = 1
        self.open_paths: dict[str, Clerk] = {
            "/cgi-bin/gettoken": self.token,
            "/cgi-bin/webhook/send": self.robots.send,
            "/cgi-bin/webhook/upload_media": self.robots.upload,
        }
        self.paths: dict[str, Clerk] = {
            "/cgi-bin/message/send": self.send,
            "/cgi-bin/message/update_template_card": self.update_card,
            "/cgi-bin/media/get": self.media.get,
            "/cgi-bin/media/upload": lambda call: self.media.upload_work(
                call, ("image", "voice", "video", "file")
            ),
            "/cgi-bin/auth/getuserinfo": self.user_info,
            **self.chats.paths,
            **self.groups.paths,
        }

    def token(self, call: Call) -> dict[str, Any]:
        """``gettoken``: one token per secret, the same one while it lives."""
        if call.query.get("corpid") != self.account.corp_id:
            raise Refused(40013, "invalid corpid")
        secret = call.query.get("corpsecret", "")
        if not secret or secret not in (self.account.secret, self.account.contact_secret):
            raise Refused(40001, "invalid credential")
        token, rest = self.tokens.lasting(secret, call.at)
        return ok(access_token=token, expires_in=rest)

    def check_token(self, call: Call) -> None:
        """Customer contact wants its own secret's token, everything else the application's (48002)."""
        holder = self.tokens.check(call.query.get("access_token", ""), call.at, unknown=40014)
        contact = call.path.startswith("/cgi-bin/externalcontact/")
        media = call.path.startswith("/cgi-bin/media/")  # either may handle media
        wanted = self.account.contact_secret if contact else self.account.secret
        if holder != wanted and not media:
            raise Refused(48002, "api forbidden")

    def _receivers(self, call: Call) -> tuple[list[Phone], list[str]]:
        touser = call.data.get("touser", "")
        if not isinstance(touser, str):
            raise Refused(40063, "some parameters are empty")
        call.who = touser
        if touser == "@all":
            return list(self.world.staff()), []
        names = [name for name in touser.split("|") if name]
        if len(names) > 1000:
            raise Refused(40031, "userid list too long")
        found, invalid = [], []
        for name in dict.fromkeys(names):
            phone = self.world.find("userid", name)
            if phone is None and self.limits.strangers:
                phone = self.world.stranger("userid", name)
            if phone is None:
                invalid.append(name)
            else:
                found.append(phone)
        return found, invalid

    def _agent(self, call: Call) -> None:
        agent = call.data.get("agentid")
        if not isinstance(agent, int) or agent != self.account.agent_id:
            raise Refused(40056, "invalid agentid")

    def send(self, call: Call) -> dict[str, Any]:
        """``message/send``: text, markdown, textcard, image, news, template_card to members."""
        self._agent(call)
        phones, invalid = self._receivers(call)
        if not phones:
            raise Refused(81013, "user & party & tag all invalid", invaliduser="|".join(invalid))
        form = call.data.get("msgtype")
        part = call.data.get(form) if isinstance(form, str) else None
        if not isinstance(form, str) or not isinstance(part, dict):
            raise Refused(40008, "invalid message type")
        body = self._read(form, part, call.at)
        more = {"invaliduser": "|".join(invalid)} if invalid else {}
        before = self._seen_before(call, form, part)
        if before:
            call.duplicate = True
            return ok(**more, msgid=before[1], **({"response_code": before[2]} if before[2] else {}))
        code, sent = "", None
        if form == "template_card" and part["card_type"] in INTERACTIVE:
            if part["task_id"] in self._bubbles:
                raise Refused(40058, "invalid parameter: template_card.task_id exists")
            code, sent = self.new_code(part["task_id"], call.at)
        msgid = secrets.token_urlsafe(36)
        if call.key:
            self._sent[call.key] = (call.at, msgid, code)
        silent = []
        for phone in phones:
            if self._too_many(phone, call.at):
                silent.append(phone.userid)
                continue
            message = self.world.show(phone, "them", "card" if form == "template_card" else form, **body)
            if sent:
                sent.bubbles[phone.userid] = message
        if silent and len(silent) == len(phones):
            call.dropped = "member limit"
        return ok(**more, msgid=msgid, **({"response_code": code} if code else {}))

    def _seen_before(self, call: Call, form: str, part: dict[str, Any]) -> tuple[float, str, str] | None:
        if call.data.get("enable_duplicate_check") != 1:
            return None
        interval = call.data.get("duplicate_check_interval", 1800)
        if not isinstance(interval, int) or not 0 < interval <= self.limits.work_duplicate_max:
            raise Refused(40058, "invalid parameter: duplicate_check_interval")
        content = json.dumps([call.data.get("touser"), form, part], sort_keys=True)
        call.key = hashlib.sha256(content.encode()).hexdigest()[:24]
        before = self._sent.get(call.key)
        return before if before and call.at - before[0] < interval else None

    def _too_many(self, phone: Phone, now: float) -> bool:
        if phone.stranger:
            return False
        times = self._to_member.setdefault(phone.userid, deque(maxlen=self.limits.work_member_per_hour))
        minute = sum(1 for at in times if now - at < 60)
        hour_full = len(times) == times.maxlen and now - times[0] < 3600
        if minute >= self.limits.work_member_per_minute or hour_full:
            return True
        times.append(now)
        return False

    def _read(self, form: str, part: dict[str, Any], now: float) -> dict[str, Any]:
        if form in ("text", "markdown"):
            content = part.get("content")
            if not isinstance(content, str) or not content:
                raise Refused(44004, "text content is empty")
            if form == "markdown" and len(content.encode()) > 2048:
                raise Refused(40058, "invalid parameter: markdown.content exceed max length 2048")
            return {
                "text": content.encode()[:2048].decode(errors="ignore")
            }  # longer text is cut, not refused
        if form == "textcard":
            for name, most in (("title", 128), ("description", 512), ("url", 2048)):
                value = part.get(name)
                if not isinstance(value, str) or not value:
                    raise Refused(41015, f"missing textcard {name}")
                if len(value.encode()) > most:
                    raise Refused(40058, f"invalid parameter: textcard.{name}")
            return {name: part.get(name, "") for name in ("title", "description", "url", "btntxt")}
        if form == "image":
            return {"media_id": self.media.find(part.get("media_id"), now).id}
        if form == "news":
            articles = part.get("articles")
            if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
                raise Refused(45008, "article size out of limit")
            return {k: str(articles[0].get(k, "")) for k in ("title", "description", "url", "picurl")}
        if form == "template_card":
            return {"card": check_card(part)}
        raise Refused(40008, "invalid message type")

    def new_code(self, task_id: str, now: float) -> tuple[str, CardSent]:
        """A response_code for a card: from sending it and from every tap on it."""
        code = secrets.token_urlsafe(32)
        bubbles = self._bubbles.setdefault(task_id, {})
        sent = CardSent(task_id, now + self.limits.response_code_life, bubbles)
        self._codes[code] = sent
        return code, sent

    def update_card(self, call: Call) -> dict[str, Any]:
        """``update_template_card``: the code works once and for 72 h (40058 else, the page names no code)."""
        self._agent(call)
        code = call.data.get("response_code")
        sent = self._codes.pop(code, None) if isinstance(code, str) else None
        call.key = str(code or "")
        if sent is None or call.at > sent.until:
            raise Refused(40058, "invalid parameter: response_code invalid, used or expired")
        if call.data.get("atall") == 1:
            names = list(sent.bubbles)
        else:
            names = call.names("userids")
            if len(names) > 1000:
                raise Refused(40031, "userid list too long")
        call.who = "|".join(names)
        button, card = call.data.get("button"), call.data.get("template_card")
        if isinstance(card, dict):
            check_card({"task_id": sent.task_id} | card)
        elif not isinstance(button, dict) or not button.get("replace_name"):
            raise Refused(40058, "invalid parameter: button.replace_name")
        invalid = [name for name in names if name not in sent.bubbles]
        for name in names:
            if name in sent.bubbles:
                self.change(sent.bubbles[name], card, button)
        return ok(invaliduser=invalid)

    def change(self, message: Message, card: Any, button: Any) -> None:
        """Redraw a card: whole, or with one grey button in place of its buttons."""
        if isinstance(card, dict):
            before = message.body["card"].get("task_id", "")
            card = {"task_id": before} | card
            self._bubbles[card["task_id"]] = self._bubbles.setdefault(before, {})
            self.world.update(message, card=card, replaced="")
        elif isinstance(button, dict):
            self.world.update(message, replaced=str(button.get("replace_name", "")))

    def user_info(self, call: Call) -> dict[str, Any]:
        """``auth/getuserinfo``: who opened the page."""
        phone = self.world.phones[self.codes.redeem("work", call.query.get("code"), call.at)]
        call.who = phone.userid
        return ok(userid=phone.userid, user_ticket=secrets.token_urlsafe(32))
