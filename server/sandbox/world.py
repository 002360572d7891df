"""Who holds which phone, and what stands on its screen."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

KEPT_MESSAGES = 400


@dataclass
class Grant:
    """The right to send ``left`` more customer-service messages until ``until``, bought by one trigger."""

    until: float
    left: int


@dataclass
class Message:
    """One bubble on a screen. ``by`` is ``me`` (the phone's owner), ``them`` (hemei) or ``note`` (a grey
    line); ``type`` names the form, ``body`` its parts. ``changed`` grows with every change anywhere, so that
    a page can ask for what is new since then.
    """

    id: int
    at: float
    by: str
    type: str
    body: dict[str, Any]
    changed: int = 0


@dataclass
class Phone:
    """A person's phone, or a group as its members see it.

    ``kind``: ``resident`` (service account and mini-program), ``staff`` (WeCom), ``group``. A stranger is an
    openid or userid that nobody registered: its messages are not kept.
    """

    id: str
    name: str
    kind: str
    openid: str = ""
    mini_openid: str = ""
    unionid: str = ""
    userid: str = ""
    mobile: str = ""
    chat_id: str = ""
    robot_key: str = ""
    owner: str = ""  # userid of the group's owner
    members: list[str] = field(default_factory=list)
    follows: bool = True
    blocks: bool = False  # refuses template messages
    risky: bool = False  # the platform lets nobody log in with it
    stranger: bool = False
    note: str = ""
    front: bool = False  # shown on the page without being asked for
    place: list[Any] = field(default_factory=list)  # latitude, longitude, name: where its owner stands
    consents: dict[str, int] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    wrote_at: float = 0.0
    mini_seen_at: float = 0.0  # when its owner last used the mini-program
    typing_until: float = 0.0
    created_at: float = 0.0
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT_MESSAGES))


class World:
    """All phones, found by their ids on each platform; screens change under one condition."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.phones: dict[str, Phone] = {}
        self._by: dict[tuple[str, str], Phone] = {}
        self.changed = threading.Condition()
        self.count = 0
        self._next_id = 1

    def add(self, phone: Phone) -> Phone:
        """Hand out a phone; one with the same id is replaced."""
        old = self.phones.pop(phone.id, None)
        if old:
            self._by = {key: value for key, value in self._by.items() if value is not old}
        phone.created_at = phone.created_at or self.clock()
        self.phones[phone.id] = phone
        for name in ("openid", "mini_openid", "userid", "mobile", "chat_id", "robot_key"):
            if value := getattr(phone, name):
                self._by[name, value] = phone
        return phone

    def find(self, name: str, value: str) -> Phone | None:
        """The phone whose ``name`` (openid, mini_openid, userid, mobile, chat_id, robot_key) is ``value``."""
        return self._by.get((name, value))

    def stranger(self, name: str, value: str) -> Phone:
        """A phone made up for an id that nobody registered; it is on no page."""
        phone = Phone(f"{name}:{value}", value, "staff" if name == "userid" else "resident", stranger=True)
        setattr(phone, name, value)
        self._by[name, value] = phone
        return phone

    def staff(self) -> Iterator[Phone]:
        return (phone for phone in self.phones.values() if phone.kind == "staff")

    def show(self, phone: Phone, by: str, form: str, **body: Any) -> Message:
        """Put a message on a screen."""
        with self.changed:
            message = Message(self._next_id, self.clock(), by, form, body)
            self._next_id += 1
            self.count += 1
            message.changed = self.count
            if not phone.stranger:
                phone.messages.append(message)
            self.changed.notify_all()
        return message

    def update(self, message: Message, **body: Any) -> None:
        """Change a message that stands on a screen already."""
        with self.changed:
            message.body.update(body)
            self.count += 1
            message.changed = self.count
            self.changed.notify_all()

    def touch(self) -> None:
        """Something about a phone changed that is not a message."""
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    def wait(self, since: int, seconds: float) -> int:
        """Block until something changed after ``since`` or the time is over; the newest change."""
        with self.changed:
            self.changed.wait_for(lambda: self.count > since, seconds)
            return self.count
