"""Asks the platform whether what a notice says is for everybody's eyes, and moves the notice by the answer
(F6).

The mini-program is asked in the name of whoever wrote the notice, outside of any transaction. Asking twice
does no harm: the first answer counts.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from handlers.checked_address import address
from models.base.orm import session
from models.base.quarantine import in_quarantine
from models.base.refusals import Unavailable
from models.media.item import Item
from models.notice import checking, checks, enclosed
from models.notice.checks import Question
from models.notice.tables import Notice
from models.outbox.address import Channel, addresses_of
from server.channels.base import Trouble
from server.channels.mini import MiniChannel
from server.channels.transport import Carrier
from server.config import Config
from server.database import Database
from server.noticing import notice_rules
from server.tokens import Tokens, accounts

log = logging.getLogger(__name__)

LOOKS_EVERY = 1.0  # seconds
AT_ONCE = 20
LONGEST = 2500  # characters that the platform reads at once
NOT_SEEN = "61010"


class Asking(NamedTuple):
    """A question with what goes to the platform: the author's openid, and words or a picture's address."""

    question: Question
    openid: str | None
    content: str


class Checks:
    """One for each `hemei work`; any number may run."""

    def __init__(self, config: Config, database: Database) -> None:
        self._database = database
        self._rules = notice_rules(config)
        mini = config.wechat.mini if self._rules.content_check else None
        self._channel = MiniChannel(mini) if mini else None
        self._bases = {name: url for name, url in config.wechat.addresses().items() if name == "mini"}
        self._accounts = accounts(config.wechat)
        self._base_url = config.server.base_url

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                asked = self.look()
            except Unavailable as trouble:
                log.warning("put off: %s", trouble)
                asked = False
            if not asked:
                stop.wait(LOOKS_EVERY)

    def look(self) -> bool:
        """Asks what is due and does what follows. False when there was nothing to ask."""
        with self._database.read():
            is_idle = in_quarantine() or not checking.any_open()
            is_due = not is_idle and checks.anything_due()
        if is_idle:
            return False
        asked = self._channel is not None and is_due and self._ask()
        while self._database.write(checking.move_one, self._rules):
            pass
        return asked

    def _ask(self) -> bool:
        taken = self._database.write(self._taken)
        if taken:
            asyncio.run(self._about(taken))
        return bool(taken)

    def _taken(self) -> Sequence[Asking]:
        return [Asking(one, _openid_of(one.author_id), self._content(one)) for one in checks.due(AT_ONCE)]

    def _content(self, one: Question) -> str:
        if one.item_id is not None:
            public = session().get_one(Item, one.item_id).public_id
            return f"{self._base_url}/{address(public)}"
        notice = session().get_one(Notice, one.notice_id)
        names = (item.name or "" for item in enclosed.of(notice.id, enclosed.ATTACHMENT))
        return "\n".join((notice.title, notice.body, notice.signed, *names))[:LONGEST]

    async def _about(self, taken: Sequence[Asking]) -> None:
        tokens = Tokens(self._database, self._accounts)
        async with Carrier(self._bases, tokens, connections=4) as carrier:
            await asyncio.gather(*(self._one(asking, carrier) for asking in taken))

    async def _one(self, asking: Asking, carrier: Carrier) -> None:
        """Nothing is raised: whatever is not an answer is asked for again."""
        question, openid, content = asking
        if openid is None:
            await self._write(checks.unanswered, question.id, checks.NO_MINI)
            return
        assert self._channel is not None
        is_text = question.item_id is None
        compose = self._channel.text_check if is_text else self._channel.picture_check
        try:
            answer = await carrier.carry("mini", compose(openid, content))
        except Trouble as trouble:
            log.warning("notice %d is not checked yet: %s", question.notice_id, trouble.reason)
            is_unseen = trouble.reason.split(" ")[0] == NOT_SEEN
            await self._write(
                checks.unanswered, question.id, checks.NOT_SEEN if is_unseen else trouble.reason
            )
            return
        if is_text:
            await self._write(_text_answered, question.id, answer.get("result"))
        else:
            await self._write(_picture_promised, question.id, answer.get("trace_id"))

    async def _write(self, work: Callable[..., Any], *arguments: Any) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, lambda: self._database.write(work, *arguments))


def _text_answered(check_id: int, result: Any) -> None:
    suggest, label = checks.read(result)
    if suggest is None:
        checks.unanswered(check_id, "garbage")
    else:
        checks.answered(check_id, suggest, label)


def _picture_promised(check_id: int, trace_id: Any) -> None:
    if isinstance(trace_id, str) and 0 < len(trace_id) <= checks.TRACE_LIMIT:
        checks.promised(check_id, trace_id)
    else:
        checks.unanswered(check_id, "garbage")


def _openid_of(person_id: int) -> str | None:
    """The person's openid of the mini-program, the newest."""
    known = addresses_of("person", person_id)
    return next((one.value for one in reversed(known) if one.channel == Channel.MINI and one.value), None)
