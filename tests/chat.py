"""Conversations through the very door of the platforms, and what every reply must keep to."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cast import Cast, Someone
from standing import standing

from handlers.house import House
from handlers.wechat.answer import Answer, CardUpdate, Text
from handlers.wechat.door import entrance
from handlers.wechat.message import Location, Message
from models.base.clock import now
from server.database import Database

NUMBER = re.compile(r"(?<!\d)\d{6,}(?!\d)")
PHONE = re.compile(r"1\d{10}")
QUESTION = re.compile("[?？]")
ASKS = re.compile("请问|可以记下来吗")
QUOTED = re.compile("“[^”]*”|问：.*")  # what people wrote themselves may hold anything
_serial = itertools.count(1)


@dataclass
class Chat:
    """One town's people and what they write. `said` has every reply, in order."""

    database: Database
    cast: Cast
    house: House = field(default_factory=House)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._receive = entrance(self.database, self.house)

    def receive(self, message: Message) -> Answer:
        answer = self._receive(message)
        if isinstance(answer, Text):
            self.said.append(must_be_fit(answer.text))
        return answer

    def says(self, who: Someone, text: str, *, via: str | None = None, **more: Any) -> str:
        return words(self.receive(a_message(who, text=text, via=via, **more)))

    def photographs(self, who: Someone, *, via: str | None = None) -> str:
        return words(self.receive(a_message(who, kind="image", via=via, media_id="m-photo")))

    def speaks(self, who: Someone) -> str:
        message = a_message(who, kind="voice", media_id="m-voice", media_format="amr")
        return words(self.receive(message))

    def stands_at(self, who: Someone, lat: float, lng: float, label: str = "") -> str:
        return words(self.receive(a_message(who, kind="location", location=Location(lat, lng, label))))

    def scans(self, who: Someone, code: str) -> str:
        return words(self.receive(an_event(who, "scan", event_key=code, ticket="t")))

    def clicks(self, who: Someone, key: str) -> str:
        return words(self.receive(an_event(who, "click", event_key=key)))

    def taps(self, who: Someone, button: str, task_id: str = "card-1") -> CardUpdate:
        answer = self.receive(
            an_event(who, "template_card_event", event_key=button, task_id=task_id, response_code="r")
        )
        assert isinstance(answer, CardUpdate), answer
        return answer


def a_message(
    who: Someone,
    *,
    text: str = "",
    kind: str = "text",
    via: str | None = None,
    key: str | None = None,
    raw: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    **more: Any,
) -> Message:
    channel = via or ("official" if who.official else "work")
    sender = (who.official if channel == "official" else who.work) or f"o-{who.number}"
    return Message(
        channel=channel,  # type: ignore[arg-type]
        key=key or f"m{next(_serial)}",
        kind=kind,  # type: ignore[arg-type]
        sender=sender,
        receiver="gh_town",
        sent_at=(at or now()).replace(microsecond=0),
        raw=dict(raw or {}),
        text=text,
        **more,
    )


def an_event(who: Someone, event: str, **more: Any) -> Message:
    return a_message(who, kind="event", event=event, **more)


def words(answer: Answer) -> str:
    assert isinstance(answer, Text), answer
    return answer.text


def number_in(reply: str) -> str:
    found = NUMBER.search(reply)
    assert found, f"no number in {reply!r}"
    return found[0]


def must_be_fit(reply: str) -> str:
    """Short, honest about asking, and nobody's own phone in it."""
    assert reply.strip()
    assert len(reply) <= 600, reply
    assert len(QUESTION.findall(reply)) == len(ASKS.findall(reply)) <= 1, reply
    assert not PHONE.search(reply), reply
    assert standing("None", reply) == [], reply
    assert "{" not in QUOTED.sub("", reply), reply
    return reply
