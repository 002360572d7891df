"""Reads the customer groups of our staff from WeCom: all by night, changed ones soon, at a modest pace.

Which chats there are comes from groupchat/list, what each is like from groupchat/get (QY 92120, 92122). One
process works at a time; nobody's name and no member is kept.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from models.base import ticks
from models.base.clock import now
from models.base.quarantine import in_quarantine
from models.base.refusals import Unavailable
from models.person.colleagues import userids
from models.place import chats
from models.place.chats import LISTED, Details
from models.town.groups import follow
from server.channels.base import Permanent, Trouble, Uncertain
from server.channels.transport import Carrier
from server.channels.work import WorkChannel
from server.config import Config
from server.database import Database
from server.joining import JoinCodes
from server.timetable import Daily, Every
from server.tokens import Tokens, accounts

log = logging.getLogger(__name__)

NIGHTLY = Daily(time(2, 40))
READ = "read customer groups"
SLOT = Every(15)
AT_ONCE = 60  # chats in a slot
PACE = 0.1  # seconds between two calls: the platform takes ten thousand a minute, and others need it too
OWNERS = 100  # in one question
PAGES = 50  # of 500 chats
REST = timedelta(minutes=5)  # after the platform did not answer
_ONE_IS_WRONG = ("40003", "60111", "81017")  # an owner it does not know, or too many of them
_NO_SUCH_CHAT = ("40050", "90501")


class Groups:
    """What `hemei work` runs; without WeCom's customer contact there is nothing to do."""

    def __init__(self, config: Config, database: Database, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock
        work = config.wechat.work
        self._channel = WorkChannel(work) if work and work.contact_secret else None
        self._base = work.api_base_url if work else ""
        self._accounts = accounts(config.wechat)
        self._rest_until = datetime.min.replace(tzinfo=now().tzinfo)

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._round(stop)
            except Unavailable as trouble:
                log.warning("put off: %s", trouble)
            stop.wait(SLOT.seconds / 3)

    def drain(self) -> None:
        """One round, for tests."""
        self._round(threading.Event())

    def _round(self, stop: threading.Event) -> None:
        at = self._clock()
        if self._channel is None or at < self._rest_until:
            return
        with self._database.read():
            if in_quarantine():
                return
            to_list = not ticks.taken(LISTED, NIGHTLY.slot(at))
            if not to_list and not chats.anything_due(at):
                return
        if self._database.write(ticks.take, READ, SLOT.slot(at)):
            asyncio.run(self._work(self._channel, to_list, stop))

    async def _work(self, channel: WorkChannel, to_list: bool, stop: threading.Event) -> None:
        tokens = Tokens(self._database, self._accounts, self._clock)
        async with Carrier({"work": self._base}, tokens, connections=1) as carrier:
            try:
                if to_list:
                    await self._list(channel, carrier, stop)
                await self._read(channel, carrier, stop, SLOT.slot(self._clock()) + SLOT.grace)
                await JoinCodes(self._database, channel, self._base, self._clock).make(carrier, stop)
            except Trouble as trouble:
                self._rest_until = self._clock() + REST
                log.warning("customer groups are read later: %s", trouble.reason)

    async def _list(self, channel: WorkChannel, carrier: Carrier, stop: threading.Event) -> None:
        at = self._clock()
        with self._database.read():
            owners = userids()
        found: dict[str, int] = {}
        for start in range(0, len(owners), OWNERS):
            found |= await self._of(owners[start : start + OWNERS], channel, carrier, stop)
        if not stop.is_set():  # what was cut short is asked again
            self._database.write(_listed, found, at)

    async def _of(
        self, owners: Sequence[str], channel: WorkChannel, carrier: Carrier, stop: threading.Event
    ) -> dict[str, int]:
        """Chat → status, of these owners. One whom the platform does not know must not hide the others."""
        found: dict[str, int] = {}
        cursor = ""
        try:
            for _ in range(PAGES):
                if stop.is_set():
                    return found
                answer = await carrier.carry("work", channel.chats(list(owners), cursor))
                found |= dict(filter(None, map(_status, _list_in(answer, "group_chat_list"))))
                cursor = str(answer.get("next_cursor") or "")
                if not cursor:
                    break
                await asyncio.sleep(PACE)
        except Permanent as trouble:
            if not trouble.reason.startswith(_ONE_IS_WRONG):
                raise
            if len(owners) == 1:
                log.warning("WeCom does not know the userid of one of the staff: %s", trouble.reason)
                return {}
            half = len(owners) // 2
            first = await self._of(owners[:half], channel, carrier, stop)
            return first | await self._of(owners[half:], channel, carrier, stop)
        return found

    async def _read(
        self, channel: WorkChannel, carrier: Carrier, stop: threading.Event, until: datetime
    ) -> None:
        """Until the slot is over, because the next one may be another process's."""
        with self._database.read():
            due = chats.due(AT_ONCE)
        for chat in due:
            at = self._clock()
            if stop.is_set() or at >= until:
                return
            try:
                details = _details(await carrier.carry("work", channel.chat(chat)))
            except Permanent as trouble:
                is_gone = trouble.reason.startswith(_NO_SUCH_CHAT)
                self._database.write(chats.lost if is_gone else chats.unread, chat, at, _text(trouble.reason))
            else:
                self._database.write(_seen, chat, details, at)
            await asyncio.sleep(PACE)


def _listed(found: dict[str, int], at: datetime) -> None:
    ticks.take(LISTED, NIGHTLY.slot(at))
    chats.listed(found)


def _seen(chat_id: str, details: Details, at: datetime) -> None:
    chat = chats.seen(chat_id, details, at)
    if chat is not None:
        follow(chat)


def _details(answer: dict[str, Any]) -> Details:
    chat = answer.get("group_chat")
    if not isinstance(chat, dict):
        raise Uncertain("garbage")
    members = _list_in(chat, "member_list")
    states = {_text(one.get("state")) for one in members if isinstance(one, dict)}
    return Details(_text(chat.get("name")), _text(chat.get("owner")), len(members), frozenset(states - {""}))


def _status(row: Any) -> tuple[str, int] | None:
    if not isinstance(row, dict) or not _text(row.get("chat_id")):
        return None
    status = row.get("status")
    return _text(row["chat_id"]), status if isinstance(status, int) and status in range(4) else 0


def _text(value: Any) -> str:
    """Without what no database takes: control characters and half a character."""
    return "".join(filter(str.isprintable, str(value or "")))


def _list_in(answer: dict[str, Any], name: str) -> list[Any]:
    found = answer.get(name)
    return found if isinstance(found, list) else []
