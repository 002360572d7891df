"""Asks the platform whether the owners of customer groups have tapped, and reminds those who have not."""

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from models.base.clock import now
from models.base.quarantine import in_quarantine
from models.outbox import confirming
from models.outbox.confirming import Due
from server.channels.base import Permanent, Trouble
from server.channels.transport import Carrier
from server.channels.work import WorkChannel
from server.config import Config
from server.database import Database
from server.outgoing import owners_userids
from server.tokens import Tokens, accounts

T = TypeVar("T")
log = logging.getLogger(__name__)

LOOKS_EVERY = 20.0  # seconds
PAGES = 20  # of 500 groups: an owner has fewer


class Confirmations:
    """One for each `hemei work`; two that ask about the same task do no harm."""

    def __init__(self, config: Config, database: Database, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock
        self._channel = WorkChannel(config.wechat.work) if config.wechat.work else None
        self._bases = {name: url for name, url in config.wechat.addresses().items() if name == "work"}
        self._accounts = accounts(config.wechat)

    def run(self, stop: threading.Event) -> None:
        """Asks until `stop`; without WeCom there is nothing to ask."""
        while not stop.is_set():
            if self._channel is not None and self._look(stop):
                continue
            stop.wait(LOOKS_EVERY)

    def drain(self) -> None:
        """Asks about everything that is due now."""
        while self._look(threading.Event()):
            pass

    def _look(self, stop: threading.Event) -> bool:
        with self._database.read():
            tasks = [] if in_quarantine() else confirming.due(self._clock())
            owners = owners_userids([one.group_id for one in tasks]) if tasks else {}
        if tasks:
            asyncio.run(self._ask(tasks, owners, stop))
        return bool(tasks)

    async def _ask(self, tasks: Any, owners: Any, stop: threading.Event) -> None:
        tokens = Tokens(self._database, self._accounts, self._clock)
        async with Carrier(self._bases, tokens, connections=2) as carrier:
            for task in tasks:
                if stop.is_set():
                    return
                await self._about(task, owners.get(task.group_id, ""), carrier)

    async def _about(self, task: Due, owner: str, carrier: Carrier) -> None:
        """Nothing is raised: who does not answer is asked again later."""
        at = self._clock()
        try:
            if task.cancel:
                await self._cancel(task, carrier)
                self._database.write(confirming.cancelled, task, at)
                return
            statuses = await self._statuses(task, owner, carrier)
            reminded = task.remind and confirming.UNSENT in statuses and await self._remind(task, carrier)
        except Trouble as trouble:
            log.warning("nobody says what became of letter %d: %s", task.letter_id, trouble.reason)
            self._database.write(confirming.put_off, task, at)
            return
        self._database.write(lambda: confirming.seen(task, statuses, at, reminded=bool(reminded)))

    async def _statuses(self, task: Due, owner: str, carrier: Carrier) -> list[int]:
        assert self._channel is not None
        found: list[int] = []
        cursor = ""
        for _ in range(PAGES):
            answer = await carrier.carry("work", self._channel.group_result(task.msgid, owner, cursor))
            found += [_status(row) for row in answer.get("send_list") or ()]
            cursor = str(answer.get("next_cursor") or "")
            if not cursor:
                break
        return found

    async def _cancel(self, task: Due, carrier: Carrier) -> None:
        assert self._channel is not None
        try:
            await carrier.carry("work", self._channel.cancelling(task.msgid))
        except Permanent as trouble:
            log.info("letter %d needs no cancelling: %s", task.letter_id, trouble.reason)

    async def _remind(self, task: Due, carrier: Carrier) -> bool:
        assert self._channel is not None
        try:
            await carrier.carry("work", self._channel.reminder(task.msgid))
        except Trouble as trouble:
            log.warning("the owner of letter %d was not reminded: %s", task.letter_id, trouble.reason)
            return False
        return True


def _status(row: Any) -> int:
    """What nobody can read has not been confirmed."""
    status = row.get("status") if isinstance(row, dict) else None
    return status if isinstance(status, int) else confirming.UNSENT
