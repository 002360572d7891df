"""Asks the platform whether the owners of customer groups have tapped, and reminds those who have not."""

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from models.base.clock import now
from models.base.quarantine import in_quarantine
from models.joins.digest import hand_over
from models.outbox import confirming
from models.outbox.confirming import Due
from models.place.customer_groups import senders
from server.channels.base import Permanent, Trouble, Uncertain
from server.channels.transport import Carrier
from server.channels.work import WorkChannel
from server.config import Config
from server.database import Database
from server.tokens import Tokens, accounts

T = TypeVar("T")
log = logging.getLogger(__name__)

LOOKS_EVERY = 20.0  # seconds
LATEST = 4_102_444_800  # the year 2100
TAKEN_BACK = "41093"  # the platform's word for a task that was cancelled before
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
            owners = senders([one.group_id for one in tasks]) if tasks else {}
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
        if not self._database.write(confirming.take, task, at):
            return
        try:
            if task.cancel:
                results, tapped_at = await self._taken_back(task, owner, carrier)
                self._database.write(lambda: _cancelled(task, results, at, tapped_at=tapped_at))
                return
            results, tapped_at = await self._results(task, owner, carrier)
            waits = confirming.UNSENT in results.values()
            reminded = task.remind and waits and await self._remind(task, carrier)
        except Trouble as trouble:
            log.warning("nobody says what became of letter %d: %s", task.letter_id, trouble.reason)
            self._database.write(confirming.put_off, task, at)
            return
        self._database.write(lambda: _seen(task, results, at, reminded=bool(reminded), tapped_at=tapped_at))

    async def _results(
        self, task: Due, owner: str, carrier: Carrier
    ) -> tuple[dict[str, int], datetime | None]:
        """Status by chat, and when the owner tapped."""
        assert self._channel is not None
        found: dict[str, int] = {}
        tapped_at: datetime | None = None
        cursor = ""
        for _ in range(PAGES):
            try:
                answer = await carrier.carry("work", self._channel.group_result(task.msgid, owner, cursor))
            except Permanent:
                owner = await self._sender(task, carrier, other_than=owner)
                answer = await carrier.carry("work", self._channel.group_result(task.msgid, owner, cursor))
            for number, row in enumerate(_rows(answer, "send_list")):
                found[_chat(row) or f"{cursor}-{number}"] = _status(row)
                tapped_at = _moment(row) or tapped_at
            cursor = str(answer.get("next_cursor") or "")
            if not cursor:
                break
        return found, tapped_at

    async def _sender(self, task: Due, carrier: Carrier, *, other_than: str) -> str:
        """Who was asked to tap, because the chat may have another owner by now."""
        assert self._channel is not None
        answer = await carrier.carry("work", self._channel.task(task.msgid))
        rows = [row for row in _rows(answer, "task_list") if isinstance(row, dict)]
        found = next((str(row["userid"]) for row in rows if row.get("userid")), "")
        if found in ("", other_than):
            raise Permanent("nobody to ask about")
        return found

    async def _taken_back(
        self, task: Due, owner: str, carrier: Carrier
    ) -> tuple[dict[str, int], datetime | None]:
        """As `_results`, when nobody can tap any more."""
        assert self._channel is not None
        is_back = True
        try:
            await carrier.carry("work", self._channel.cancelling(task.msgid))
        except Permanent as trouble:
            # because somebody may have died between taking it back and writing that down
            is_back = trouble.reason.startswith(TAKEN_BACK)
            log.info("letter %d needs no cancelling: %s", task.letter_id, trouble.reason)
        try:
            return await self._results(task, owner, carrier)
        except Permanent as trouble:
            if not is_back:
                raise
            # because of a task that it took back the platform need not say any more
            log.info("nothing is known of letter %d any more: %s", task.letter_id, trouble.reason)
            return {}, None

    async def _remind(self, task: Due, carrier: Carrier) -> bool:
        assert self._channel is not None
        try:
            await carrier.carry("work", self._channel.reminder(task.msgid))
        except Trouble as trouble:
            log.warning("the owner of letter %d was not reminded: %s", task.letter_id, trouble.reason)
            return False
        return True


def _seen(task: Due, results: dict[str, int], at: datetime, **more: Any) -> None:
    missed = confirming.seen(task, results, at, **more)
    if missed:
        hand_over(task.letter_id, missed, "group_had_one")


def _cancelled(task: Due, results: dict[str, int], at: datetime, **more: Any) -> None:
    missed = confirming.cancelled(task, results, at, **more)
    if missed:
        hand_over(task.letter_id, missed, "group_had_one")


def _rows(answer: dict[str, Any], name: str) -> list[Any]:
    """Raises Uncertain where the answer has something else there."""
    found = answer.get(name) or []
    if not isinstance(found, list):
        raise Uncertain("garbage")
    return found


def _chat(row: Any) -> str:
    return str(row.get("chat_id") or "") if isinstance(row, dict) else ""


def _moment(row: Any) -> datetime | None:
    """When the owner tapped, in seconds since 1970."""
    seconds = row.get("send_time") if isinstance(row, dict) else None
    if not isinstance(seconds, int) or not 0 < seconds < LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _status(row: Any) -> int:
    """What nobody can read has not been confirmed."""
    status = row.get("status") if isinstance(row, dict) else None
    return status if isinstance(status, int) else confirming.UNSENT
