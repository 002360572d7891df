"""What people do with their phones: each verb builds the platform's push, delivers it to hemei's callback and
shows the passive reply. Returns what the user sees at once.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Any

from server.sandbox.chats import Chats
from server.sandbox.faces import message_json
from server.sandbox.pushes import Delivery, Pusher
from server.sandbox.replies import card_of, show_reply
from server.sandbox.simulator import Simulator
from server.sandbox.wire import Refused
from server.sandbox.world import Message, Phone

AMR = b"#!AMR\n" + b"\x3c" + b"\x55" * 31  # a voice of one frame: what hemei stores, nobody listens to it


class Unable(ValueError):  # noqa: N818 - reads as what the phone is
    """This phone cannot do that. ``code`` is for the page, which has the words; the reason for developers."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Phones:
    """The verbs. ``timeout`` is the platform's patience, ``pause`` its breath between tries, in seconds."""

    def __init__(self, simulator: Simulator, timeout: float = 5.0, pause: float = 0.5) -> None:
        self.simulator = simulator
        self._pushers: dict[str, Pusher] = {}
        for name in ("official", "mini", "work"):
            account = getattr(simulator.accounts, name)
            if account:
                self._pushers[name] = Pusher(account, simulator.clock, timeout, pause)
        self._number = secrets.randbits(41) << 20  # MsgIds never meet those of another run
        self._numbering = threading.Lock()
        self._last: dict[str, tuple[str, dict[str, Any], str]] = {}
        for app in (simulator.official, simulator.mini):
            if app:
                app.push = self._event_later(app.platform)
        if simulator.mini:
            simulator.mini.content.tell = self._picture_judged
        if simulator.work:
            simulator.work.chats.push = self._chat_changed

    def check_urls(self) -> dict[str, bool]:
        """The console's URL check for every account with a callback."""
        return {name: p.check_url() for name, p in self._pushers.items() if p.account.callback_url}

    # what residents and staff both do

    def text(self, phone_id: str, text: str) -> dict[str, Any]:
        """Type and send; in a group only the group sees it, because no platform lets a server read there."""
        phone = self._phone(phone_id)
        mine = self.simulator.world.show(phone, "me", "text", text=text)
        return self._say(phone, mine, {"MsgType": "text", "Content": text})

    def photo(self, phone_id: str, content: bytes, name: str = "photo.jpg") -> dict[str, Any]:
        """Send a picture (JPEG or PNG bytes)."""
        phone = self._phone(phone_id)
        if not content:
            raise Unable("empty", "a photo without content")
        media_id = self._keep(phone, "image", content, name)
        mine = self.simulator.world.show(phone, "me", "image", media_id=media_id)
        platform = "official" if phone.kind == "resident" else "work"
        picture = f"{self.simulator.base_url}/{platform}/mmbiz/{media_id}"
        return self._say(phone, mine, {"MsgType": "image", "PicUrl": picture, "MediaId": media_id})

    def voice(self, phone_id: str, content: bytes = AMR, seconds: int = 3) -> dict[str, Any]:
        """Send a voice message of so many seconds; the platforms give no text with it."""
        phone = self._phone(phone_id)
        media_id = self._keep(phone, "voice", content, "voice.amr")
        mine = self.simulator.world.show(phone, "me", "voice", media_id=media_id, seconds=seconds)
        more = {"MediaId16K": media_id} if phone.kind == "resident" else {}
        return self._say(phone, mine, {"MsgType": "voice", "MediaId": media_id, "Format": "amr", **more})

    def location(self, phone_id: str, latitude: float, longitude: float, label: str = "") -> dict[str, Any]:
        """Send a place: degrees, and the name of the place."""
        phone = self._phone(phone_id)
        mine = self.simulator.world.show(
            phone, "me", "location", latitude=latitude, longitude=longitude, label=label
        )
        fields = {"Location_X": latitude, "Location_Y": longitude, "Scale": 16, "Label": label}
        return self._say(phone, mine, {"MsgType": "location", **fields})

    def send_raw(self, phone_id: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Push any fields below the common head: kinds that this sandbox does not know by name."""
        phone = self._phone(phone_id)
        mine = self.simulator.world.show(phone, "me", "other", kind=str(fields.get("MsgType", "")))
        return self._say(phone, mine, fields)

    def resend(self, phone_id: str) -> dict[str, Any]:
        """The platform delivers this phone's last push once more: same content, new signature."""
        if phone_id not in self._last:
            raise Unable("nothing-sent", "nothing was sent from this phone yet")
        platform, fields, openid = self._last[phone_id]
        phone = self._phone(phone_id)
        delivery = self._pushers[platform].push(fields, openid)
        return self._seen(phone, None, delivery, message=fields.get("MsgType") != "event")

    # the service account

    def follow(self, phone_id: str, scene: str = "") -> dict[str, Any]:
        """Follow the account, by the QR code of a scene or by its name."""
        phone = self._resident(phone_id)
        with self.simulator.lock:
            phone.follows = True
            self._open(phone, "scan" if scene else "follow")
        self.simulator.world.show(phone, "note", "followed")
        fields: dict[str, Any] = {"Event": "subscribe", "EventKey": f"qrscene_{scene}" if scene else ""}
        return self._event(phone, fields | ({"Ticket": self._ticket(scene)} if scene else {}))

    def unfollow(self, phone_id: str) -> dict[str, Any]:
        phone = self._resident(phone_id)
        phone.follows = False
        phone.grants.clear()
        self.simulator.world.show(phone, "note", "unfollowed")
        return self._event(phone, {"Event": "unsubscribe", "EventKey": ""})

    def scan(self, phone_id: str, scene: str) -> dict[str, Any]:
        """Scan a parametric QR code: a follower's scan, or the following by it."""
        phone = self._resident(phone_id)
        if not phone.follows:
            return self.follow(phone_id, scene)
        with self.simulator.lock:
            self._open(phone, "scan")
        self.simulator.world.show(phone, "note", "scanned", scene=scene)
        return self._event(phone, {"Event": "SCAN", "EventKey": scene, "Ticket": self._ticket(scene)})

    def choose(self, phone_id: str, message_id: int, choice: str) -> dict[str, Any]:
        """Tap a choice of a menu message: its words arrive as text, with the choice's id beside them."""
        phone = self._resident(phone_id)
        menu = self._message(phone, message_id, "menu")
        found = next((c for c in menu.body["choices"] if c["id"] == choice), None)
        if found is None:
            raise Unable("gone", f"this menu has no choice {choice!r}")
        mine = self.simulator.world.show(phone, "me", "text", text=found["text"])
        fields = {"MsgType": "text", "Content": found["text"], "bizmsgmenuid": choice}
        return self._say(phone, mine, fields, trigger="menu")

    def press(self, phone_id: str, key: str) -> dict[str, Any]:
        """Press a button of the account's menu, by its key or its address."""
        phone = self._resident(phone_id)
        if key.startswith(("http://", "https://")):
            return self._event(phone, {"Event": "VIEW", "EventKey": key}) | {"open": key}
        with self.simulator.lock:
            self._open(phone, "menu")
        return self._event(phone, {"Event": "CLICK", "EventKey": key})

    def subscribe(
        self, phone_id: str, template_ids: Sequence[str], app: str = "mini", *, accept: bool = True
    ) -> dict[str, Any]:
        """Answer the subscription dialog for some templates: one yes, one message."""
        phone = self._resident(phone_id)
        with self.simulator.lock:
            for template_id in template_ids if accept else ():
                phone.consents[template_id] = phone.consents.get(template_id, 0) + 1
        if app == "mini":
            phone.mini_seen_at = self.simulator.clock()
        status = "accept" if accept else "reject"
        rows = [
            {"TemplateId": template_id, "SubscribeStatusString": status, "PopupScene": 2}
            for template_id in template_ids
        ]
        fields = {"Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": {"List": rows}}
        return self._event(phone, fields, app)

    def login(self, phone_id: str, kind: str = "mini") -> dict[str, Any]:
        """A one-time code: ``mini`` (wx.login), ``phone`` (phone number button), ``page``, ``work``."""
        if kind not in ("mini", "phone", "page", "work"):
            raise Unable("unknown", f"no login of kind {kind!r}")
        phone = self._phone(phone_id)
        return {"code": self.simulator.codes.issue(kind, phone.id, self.simulator.clock())}

    # WeCom

    def tap(
        self, phone_id: str, message_id: int, key: str, selected: dict[str, list[str]] | None = None
    ) -> dict[str, Any]:
        """Tap a card's button, or submit its choices (option ids by question key)."""
        phone = self._phone(phone_id)
        work = self.simulator.work
        if phone.kind != "staff" or work is None:
            raise Unable("not-staff", "only staff have cards with buttons")
        message = self._message(phone, message_id, "card")
        card = message.body["card"]
        task_id = str(card.get("task_id", ""))
        with self.simulator.lock:
            code, _ = work.new_code(task_id, self.simulator.clock())
        fields: dict[str, Any] = {
            "Event": "template_card_event",
            "EventKey": key,
            "TaskId": task_id,
            "CardType": card["card_type"],
            "ResponseCode": code,
        }
        if selected:
            fields["SelectedItems"] = {
                "SelectedItem": [
                    {"QuestionKey": question, "OptionIds": {"OptionId": list(options)}}
                    for question, options in selected.items()
                ]
            }
        seen = self._event(phone, fields, "work", message)
        return seen | {"response_code": code}

    def confirm(self, phone_id: str, msgid: str) -> dict[str, Any]:
        """The group's owner presses send on a mass message; nothing is pushed, hemei has to ask."""
        phone = self._phone(phone_id)
        work = self.simulator.work
        if work is None or phone.kind != "staff":
            raise Unable("not-staff", "only a group's owner confirms")
        try:
            with self.simulator.lock:
                work.groups.confirm(msgid, phone.userid, self.simulator.clock())
        except Refused as no:
            raise Unable("refused", no.errmsg) from None
        return {"replies": [], "attempts": []}

    def join(self, phone_id: str, config_id: str) -> dict[str, Any]:
        """A resident scans the code of a customer group; says into which one it led."""
        phone = self._resident(phone_id)
        return self._in_chats(lambda chats: {"joined": chats.join(phone.openid, config_id).id})

    def leave(self, phone_id: str, group_id: str) -> dict[str, Any]:
        phone, group = self._resident(phone_id), self._phone(group_id)
        return self._in_chats(lambda chats: chats.leave(phone.openid, group))

    def rename(self, phone_id: str, name: str) -> dict[str, Any]:
        """A customer group gets another name."""
        group = self._phone(phone_id)
        return self._in_chats(lambda chats: chats.rename(group, name))

    def hand_over(self, phone_id: str, userid: str) -> dict[str, Any]:
        """A customer group gets another owner."""
        group = self._phone(phone_id)
        return self._in_chats(lambda chats: chats.hand_over(group, userid))

    def dismiss(self, phone_id: str) -> dict[str, Any]:
        """A customer group is no more."""
        group = self._phone(phone_id)
        return self._in_chats(lambda chats: chats.dismiss(group))

    def resign(self, phone_id: str) -> dict[str, Any]:
        """A member of the company leaves it."""
        phone = self._phone(phone_id)
        return self._in_chats(lambda chats: chats.resigned(phone.userid))

    def _in_chats(self, work: Callable[[Chats], Any]) -> dict[str, Any]:
        if self.simulator.work is None:
            raise Unable("unknown", "no WeCom is played here")
        try:
            with self.simulator.lock:
                return {"replies": [], "attempts": []} | (work(self.simulator.work.chats) or {})
        except (Refused, KeyError, ValueError) as no:
            raise Unable("refused", str(no)) from None

    # underneath

    def _phone(self, phone_id: str) -> Phone:
        phone = self.simulator.world.phones.get(phone_id)
        if phone is None:
            raise Unable("unknown", f"no phone {phone_id!r}")
        return phone

    def _resident(self, phone_id: str) -> Phone:
        phone = self._phone(phone_id)
        if phone.kind != "resident":
            raise Unable("not-resident", f"{phone.name} does not use the service account")
        return phone

    @staticmethod
    def _message(phone: Phone, message_id: int, form: str) -> Message:
        for message in phone.messages:
            if message.id == message_id and message.type == form:
                return message
        raise Unable("gone", f"no {form} {message_id} on this phone")

    def _keep(self, phone: Phone, kind: str, content: bytes, name: str) -> str:
        app = self.simulator.official if phone.kind == "resident" else self.simulator.work
        if app is None:
            raise Unable("unknown", "this phone's platform is not played here")
        with self.simulator.lock:
            return app.media.add(kind, content, self.simulator.clock(), name).id

    def _ticket(self, scene: str) -> str:
        official = self.simulator.official
        known = official.scenes.get(scene) if official else None
        if known and known.until and known.until < self.simulator.clock():
            raise Unable("code-over", "this QR code is over")
        return known.ticket if known else secrets.token_urlsafe(60)

    def _open(self, phone: Phone, trigger: str) -> None:
        if self.simulator.official:
            self.simulator.official.desk.open_window(phone, trigger, self.simulator.clock())

    def _head(self, platform: str, sender: str) -> dict[str, Any]:
        return {
            "ToUserName": self._pushers[platform].own_name,
            "FromUserName": sender,
            "CreateTime": int(self.simulator.clock()),
        }

    def _msg_id(self) -> int:
        with self._numbering:
            self._number += 1
            return self._number

    def _say(
        self, phone: Phone, mine: Message, fields: dict[str, Any], trigger: str = "message"
    ) -> dict[str, Any]:
        if phone.kind == "group":
            return {"message": message_json(mine), "replies": [], "attempts": []}
        platform, sender = ("work", phone.userid) if phone.kind == "staff" else ("official", phone.openid)
        if platform == "official":
            if not phone.follows:
                raise Unable("not-following", f"{phone.name} does not follow the account")
            with self.simulator.lock:
                self._open(phone, trigger)
        whole = self._head(platform, sender) | fields | {"MsgId": self._msg_id()}
        return self._seen(phone, mine, self._push(phone, platform, whole, sender), message=True)

    def _event(
        self, phone: Phone, fields: dict[str, Any], platform: str = "official", card: Message | None = None
    ) -> dict[str, Any]:
        sender = {"official": phone.openid, "mini": phone.mini_openid, "work": phone.userid}[platform]
        whole = self._head(platform, sender) | {"MsgType": "event"} | fields
        return self._seen(phone, None, self._push(phone, platform, whole, sender), message=False, card=card)

    def _push(self, phone: Phone, platform: str, fields: dict[str, Any], sender: str) -> Delivery:
        if platform not in self._pushers:
            raise Unable("unknown", "this phone's platform is not played here")
        if platform == "work":
            fields["AgentID"] = self.simulator.accounts.work.agent_id if self.simulator.accounts.work else 0
        self._last[phone.id] = (platform, fields, sender)
        return self._pushers[platform].push(fields, sender)

    def _seen(
        self,
        phone: Phone,
        mine: Message | None,
        delivery: Delivery,
        *,
        message: bool,
        card: Message | None = None,
    ) -> dict[str, Any]:
        world, work = self.simulator.world, self.simulator.work
        shown = show_reply(world, phone, delivery.reply)
        if card and work:
            update = delivery.reply.get("MsgType")
            if update == "update_button":
                button = delivery.reply.get("Button")
                name = button.get("ReplaceName", "") if isinstance(button, dict) else ""
                work.change(card, None, {"replace_name": name})
            elif update == "update_template_card":
                work.change(card, card_of(delivery.reply.get("TemplateCard")), None)
        if delivery.failed and message:
            shown.append(world.show(phone, "note", "failed", reason=delivery.failed))
        answer: dict[str, Any] = {
            "replies": [message_json(item) for item in shown],
            "attempts": [
                {"status": a.status, "seconds": round(a.seconds, 4), "error": a.error}
                for a in delivery.attempts
            ],
            "failed": delivery.failed,
        }
        return answer | ({"message": message_json(mine)} if mine else {})

    def _chat_changed(self, fields: dict[str, Any]) -> None:
        """WeCom tells of a customer group; it comes from nobody."""
        pusher = self._pushers["work"]
        if pusher.account.callback_url:
            whole = self._head("work", "sys") | {"MsgType": "event"} | fields
            self.simulator.courier.send(lambda: pusher.push(whole, "sys"))

    def _picture_judged(self, trace: str) -> None:
        """The mini-program's account hears later what is thought of a picture."""
        assert self.simulator.mini is not None
        content, pusher = self.simulator.mini.content, self._pushers["mini"]
        sender = content.asked[trace].openid

        def errand() -> None:
            head = self._head("mini", sender) | {"MsgType": "event", "Event": "wxa_media_check"}
            pusher.push(head | content.event(trace), sender)

        if pusher.account.callback_url:
            self.simulator.courier.send(errand)

    def _event_later(self, platform: str) -> Callable[[Phone, str, dict[str, Any]], None]:
        """How an app tells hemei later what became of a message."""

        def push(phone: Phone, event: str, fields: dict[str, Any]) -> None:
            pusher = self._pushers[platform]
            if not pusher.account.callback_url:
                return
            sender = phone.openid if platform == "official" else phone.mini_openid
            if event == "subscribe_msg_sent_event":
                fields = {"SubscribeMsgSentEvent": {"List": [fields]}}
            whole = self._head(platform, sender) | {"MsgType": "event", "Event": event} | fields
            self.simulator.courier.send(lambda: pusher.push(whole, sender))

        return push
