"""Every push comes in here: once, and answered from what one transaction found and wrote."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from handlers.house import House
from handlers.wechat import following, judging, residents, staff
from handlers.wechat.answer import Answer, ButtonUpdate, CardUpdate, News, Nothing, Text, refused
from handlers.wechat.message import Message
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.clock import after, now
from models.base.orm import put, session
from models.base.prepared import Prepared
from models.base.refusals import Refused
from models.inbox.received import Received
from models.outbox.address import open_window
from models.person.arriving import meet
from models.person.tables import Person

T = TypeVar("T")

# Answered within their own callback; every other event is only kept, and worked on by `hemei work`.
ANSWERED_EVENTS = frozenset({"subscribe", "scan", "click", "template_card_event"})
WINDOW_HOURS, WINDOW_MESSAGES = 48, 5  # after a message (fact sheet 2.2)
MOMENT_SECONDS, MOMENT_MESSAGES = 60, 3  # after a menu tap, a follow or a scan
PLATFORM = "sys"  # WeCom's own events come from nobody
ONCE_MORE = 3


class Writes(Protocol):
    def write(self, work: Callable[..., T], *args: Any) -> T: ...


def entrance(database: Writes, house: House) -> Callable[[Message], Answer]:
    """What server/callbacks.py calls with each authentic push. Returns after the commit."""

    def receive(message: Message) -> Answer:
        for _ in range(ONCE_MORE):
            try:
                return database.write(_received, message, house)
            except IntegrityError:
                # Its copy, or a new sender's other message, was written in this moment: now it is there.
                continue
        return database.write(_received, message, house)

    return receive


def _received(message: Message, house: House) -> Answer:
    copy = _copy_of(message)
    if copy is not None:
        return _decoded(copy.answer)
    if message.kind == "event" and (message.event not in ANSWERED_EVENTS or message.sender == PLATFORM):
        _file(message, "new", Nothing())
        return Nothing()
    return _answer(message, house)


def _answer(message: Message, house: House) -> Answer:
    visitor = meet(message.channel, message.sender)
    _open_window(message)
    visit = Visit(message, visitor, house, message.text.strip())
    answer = _route(visit)
    if isinstance(answer, Text):
        answer = _with_privacy_notice(visit, answer)
    _file(message, "done", answer)
    return answer


def _route(visit: Visit) -> Answer:
    try:
        if visit.message.kind == "event":
            return following.answer(visit)
        answer = judging.by_menu(visit)
        if answer is None and visit.visitor.is_staff:
            answer = staff.answer(visit)
        return answer if answer is not None else residents.answer(visit)
    except Refused as refusal:
        return refused(refusal)


def _with_privacy_notice(visit: Visit, answer: Text) -> Text:
    """The first reply says who keeps what, and where to read it (design 4.5-9)."""
    if visit.visitor.privacy_told or visit.visitor.is_staff:
        return answer
    _TOLD(person=visit.person, at=now())
    return Text(f"{answer.text}\n\n{say('privacy_line')}")


_TOLD = Prepared(
    update(Person).where(Person.id == bindparam("person")).values(privacy_told_at=bindparam("at"))
)


def _copy_of(message: Message) -> Received | None:
    found = _COPY.first(channel=message.channel, key=message.key)
    return None if found is None else session().get_one(Received, found[0])


_COPY = Prepared(
    select(Received.id).where(Received.channel == bindparam("channel"), Received.key == bindparam("key"))
)


def _file(message: Message, state: str, answer: Answer) -> None:
    put(
        Received,
        channel=message.channel,
        key=message.key,
        sender=message.sender,
        kind=message.event or message.kind,
        at=now(),
        body=dict(message.raw),
        state=state,
        answer=_encoded(answer),
        attempts=0,
    )


def _open_window(message: Message) -> None:
    if message.channel == "work":
        return
    moment = message.kind == "event"
    open_window(
        message.channel,
        message.sender,
        until=after(seconds=MOMENT_SECONDS) if moment else after(hours=WINDOW_HOURS),
        count=MOMENT_MESSAGES if moment else WINDOW_MESSAGES,
        at=now(),
    )


def _encoded(answer: Answer) -> dict[str, Any]:
    match answer:
        case Text(text):
            return {"text": text}
        case CardUpdate(userids, card):
            return {"card": dict(card), "userids": list(userids)}
        case ButtonUpdate(words):
            return {"button": words}
        case News(title, description, url, picture):
            return {"news": [title, description, url, picture]}
        case _:
            return {}


def _decoded(kept: dict[str, Any] | None) -> Answer:
    match kept:
        case {"text": str(text)}:
            return Text(text)
        case {"card": dict(card), "userids": list(userids)}:
            return CardUpdate(tuple(userids), card)
        case {"button": str(words)}:
            return ButtonUpdate(words)
        case {"news": [title, description, url, picture]}:
            return News(title, description, url, picture)
        case _:
            return Nothing()
