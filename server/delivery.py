"""The senders: letters are claimed, composed, carried to the platform and marked, many at a time in one loop.

A slot holds one letter from its claim until its mark is committed, so a killed process leaves at most so many
letters behind as it has slots. Marks that come in while a commit runs share the next one, and the same
transaction claims the letters that take the free slots.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from jinja2 import TemplateError

from handlers import words
from handlers.wording.letters import Words
from models.base.clock import now
from models.base.links import personal_path
from models.base.quarantine import in_quarantine
from models.base.refusals import Unavailable
from models.outbox import claiming, dead, settling
from models.outbox.claiming import Claim, Errand
from models.outbox.letter import OWNER_CONFIRMS
from models.outbox.meters import next_beijing_day
from models.outbox.routing import GATEWAY, Way
from models.outbox.settling import Mark
from server.breaker import Breaker
from server.channels.base import Call, Permanent, Trouble, Uncertain, Wait
from server.channels.transport import Carrier
from server.config import Config
from server.database import Database
from server.outgoing import Composers, alert_persons, rules_of
from server.tally import count
from server.tokens import NoToken, Tokens, accounts

log = logging.getLogger(__name__)

KEPT_FOR_URGENT = 4  # slots that news never takes
AHEAD = 2  # for every so many connections a letter waits in hand: none rests while marks are written
POLL_SECONDS = 0.2
STOP_SECONDS = 20
RECOVER_EVERY = timedelta(seconds=5)
ALERT_EVERY = timedelta(seconds=30)
MINUTE = timedelta(seconds=60)
STOPPED = timedelta(minutes=10)  # after an error that somebody must look at
LAST_CALL = timedelta(seconds=15)  # before a lease ends no call is begun any more


def calls_at_once(connections: int) -> int:
    """How many letters a process can have with the platforms, so how many a kill can leave in doubt."""
    return connections + KEPT_FOR_URGENT


def in_hand(connections: int) -> int:
    """How many letters a process holds at most, so how many still go out after a stop."""
    return calls_at_once(connections) + connections // AHEAD


class Delivery:
    """One process's senders. `run` until told to stop, or `drain` what is due (for tests and commands)."""

    def __init__(
        self,
        config: Config,
        database: Database,
        *,
        clock: Callable[[], datetime] = now,
        connections: int | None = None,
    ) -> None:
        self._config = config
        self._database = database
        self._clock = clock
        self._connections = connections or config.letters.connections
        self._rules = rules_of(config)
        self._too_late = max(self._rules.lease - LAST_CALL, self._rules.lease / 2)
        self._composers = Composers(config.wechat, config.gateway)
        self._breakers = {platform: Breaker() for platform in ("official", "mini", "work", GATEWAY)}
        self._marks: list[Mark] = []
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._latest: dict[int, asyncio.Task[None]] = {}  # of those under way to an address
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="hemei-marks")
        self._wake = asyncio.Event()
        self._turn = asyncio.Semaphore()
        self._stopping = False
        self._next_recovery = self._next_alert = datetime.min.replace(tzinfo=now().tzinfo)

    def run(self, stop: threading.Event) -> None:
        """Blocks until `stop`; then finishes what is under way, for 20 s at most, and gives the rest back."""
        asyncio.run(self._main(stop, until_idle=False))

    def drain(self, seconds: float = 30) -> None:
        """Sends whatever is due and returns when nothing is left to do now."""
        self._stopping = False
        stop = threading.Event()
        timer = threading.Timer(seconds, stop.set)
        timer.start()
        try:
            asyncio.run(self._main(stop, until_idle=True))
        finally:
            timer.cancel()

    async def _main(self, stop: threading.Event, *, until_idle: bool) -> None:
        self._wake = asyncio.Event()
        self._latest.clear()
        bases = {name: url for name, url in self._config.wechat.addresses().items() if name != "pay"}
        bases[GATEWAY] = self._config.gateway.url
        tokens = Tokens(self._database, accounts(self._config.wechat), self._clock)
        at_once = calls_at_once(self._connections)
        self._turn = asyncio.Semaphore(at_once)
        async with Carrier(bases, tokens, connections=at_once) as carrier:
            while not stop.is_set():
                moved = await self._round(carrier)
                if until_idle and not moved and not self._under_way:
                    break
                if not moved:
                    await self._pause()
            await self._finish()

    async def _round(self, carrier: Carrier) -> bool:
        """One exchange with the database: marks in, letters out. Whether anything moved."""
        marks, self._marks = self._marks, []
        at = self._clock()
        free = in_hand(self._connections) - len(self._under_way) + len(marks)
        try:
            await self._housekeeping(at)
            if not marks and not (free > 0 and await self._in_thread(self._anything, free, at)):
                return False
            claim = await self._in_thread(self._exchange, marks, free, at)
        except Exception as trouble:  # noqa: BLE001 - the senders outlive a database that restarts
            self._marks = marks + self._marks
            log.warning("the database does not answer (%r), %d marks wait", trouble, len(self._marks))
            await asyncio.sleep(1)
            return False
        for mark in marks:
            self._done(mark.errand)
        for errand in claim.errands:
            self._begin(errand, carrier)
        return bool(marks or claim.touched)

    def _begin(self, errand: Errand, carrier: Carrier) -> None:
        before = self._latest.get(errand.address_id)
        task = asyncio.create_task(self._carry_out(errand, carrier, before))
        self._under_way[errand.id] = self._latest[errand.address_id] = task

    def _done(self, errand: Errand) -> None:
        task = self._under_way.pop(errand.id, None)
        if task is not None and self._latest.get(errand.address_id) is task:
            del self._latest[errand.address_id]

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
        self._wake.clear()

    def _anything(self, free: int, at: datetime) -> bool:
        with self._database.read():
            return claiming.anything_waiting(at, news=free > KEPT_FOR_URGENT)

    def _exchange(self, marks: Sequence[Mark], free: int, at: datetime) -> Claim:
        """Runs in a thread of its own, everything in one transaction."""
        shut = {name: until for name, one in self._breakers.items() if (until := one.rests_until(at))}
        probed = [one for one in self._breakers.values() if one.is_open and not one.shut(at)]
        in_doubt_first = any(one.in_doubt_first for one in probed)
        want, news = (min(free, 1),) * 2 if probed else (free, max(0, free - KEPT_FOR_URGENT))
        answer = self._database.write(_exchanged, marks, want, news, self._rules, at, shut, in_doubt_first)
        for errand in answer.errands:
            self._breakers[errand.platform].trying(at)
        return answer

    async def _housekeeping(self, at: datetime) -> None:
        if at >= self._next_recovery:
            self._next_recovery = at + min(RECOVER_EVERY, self._rules.lease / 2)
            lost = await self._in_thread(self._database.write, settling.recover, self._rules, at)
            if lost:
                log.warning("%d letters were left behind by a sender that is gone", lost)
        if at >= self._next_alert:
            self._next_alert = at + ALERT_EVERY
            await self._in_thread(self._database.write, _alert, self._config.alerts.staff, at)

    async def _finish(self) -> None:
        """What is under way ends by itself, because every call has its time-out."""
        self._stopping = True
        tasks = [task for task in self._under_way.values() if not task.done()]
        if tasks:
            _, pending = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in pending:
                task.cancel()
        if self._marks:
            marks, self._marks = self._marks, []
            with suppress(Unavailable):  # then they come back as uncertain when their lease ends
                await self._in_thread(self._database.write, settling.settle, marks, self._clock())
            for mark in marks:
                self._done(mark.errand)

    async def _carry_out(self, errand: Errand, carrier: Carrier, before: asyncio.Task[None] | None) -> None:
        try:
            mark = await self._sent(errand, carrier, before)
        except Exception:
            log.exception("letter %d could not be sent", errand.id)
            mark = settling.failed(errand, self._clock(), "words")
        if mark is not None:
            count("letters_settled", way=errand.way, state=str(mark.values["state"]))
            self._marks.append(mark)
            self._wake.set()
        else:
            self._done(errand)

    async def _sent(self, errand: Errand, carrier: Carrier, before: asyncio.Task[None] | None) -> Mark | None:
        """After `before`, which goes to the same address. None when the letter is not ours any more."""
        taken = self._clock()
        try:
            said = words.letter(errand.kind, errand.way, _facts(errand))
            call = self._composers.composed(errand, said)
        except (TemplateError, KeyError) as trouble:
            log.error("letter %d (%s) has no words: %r", errand.id, errand.kind, trouble)
            return settling.failed(errand, taken, f"words {trouble}")
        if before is not None:  # because two sends to one person at once are refused (43108)
            await asyncio.wait([before])
        async with self._turn:
            at = self._clock()
            if self._stopping:
                return settling.held(errand, at, "paused")
            if at - taken > self._too_late:
                return None  # this process slept through its lease: another has the letter by now
            return await self._carried(errand, said, call, carrier)

    async def _carried(self, errand: Errand, said: Words, call: Call, carrier: Carrier) -> Mark:
        breaker = self._breakers[errand.platform]
        try:
            answer = await carrier.carry(errand.platform, call)
        except Trouble as trouble:
            return self._troubled(errand, trouble, breaker)
        breaker.answered(self._clock())
        return self._accepted(errand, said, answer)

    def _accepted(self, errand: Errand, said: Words, answer: Mapping[str, Any]) -> Mark:
        at = self._clock()
        refused = answer.get("invaliduser") or answer.get("unlicenseduser")
        if errand.way == Way.CUSTOMER_GROUP:  # of several groups those that failed are missing in the result
            refused = set(errand.chats) <= set(answer.get("fail_list") or ())
        if refused and errand.way != Way.CARD:
            code = settling.NOTHING_TODAY if errand.way == Way.CUSTOMER_GROUP else "81013"
            return settling.closed(errand, at, self._rules, code, closes=None)
        platform_id = answer.get("msgid")
        return settling.went(
            errand,
            at,
            words=said.text,
            platform_id=str(platform_id) if platform_id else None,
            response_code=answer.get("response_code"),
            reason=OWNER_CONFIRMS if errand.way == Way.CUSTOMER_GROUP else None,
        )

    def _troubled(self, errand: Errand, trouble: Trouble, breaker: Breaker) -> Mark:
        at = self._clock()
        match trouble:
            case NoToken():
                breaker.rest(trouble.until)
                return settling.held(errand, trouble.until, trouble.reason)
            case Permanent():
                breaker.answered(at)
                return settling.closed(errand, at, self._rules, trouble.reason, closes=trouble.mark)
            case Wait():
                breaker.answered(at)
                return self._waits(errand, trouble, at)
            case _:
                is_down = breaker.is_open
                breaker.failed(at, errand.uncertain_at)
                uncertain = isinstance(trouble, Uncertain)
                return settling.missed(
                    errand, at, self._rules, trouble.reason, uncertain=uncertain, counts=not is_down
                )

    def _waits(self, errand: Errand, trouble: Wait, at: datetime) -> Mark:
        if trouble.how == "day":
            until = next_beijing_day(at)
        elif trouble.how == "minute":
            until = at + MINUTE
        else:
            log.error("%s refuses us until somebody looks: %s", errand.platform, trouble.reason)
            until = at + STOPPED
        return settling.held(errand, until, trouble.reason, pauses=True)

    async def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _exchanged(
    marks: Sequence[Mark],
    want: int,
    news: int,
    rules: Any,
    at: datetime,
    shut: Mapping[str, datetime],
    in_doubt_first: bool,
) -> Claim:
    if marks:
        refused = settling.settle(marks, at)
        if refused:
            log.warning("%d marks came too late: other senders hold these letters", refused)
    if want <= 0 or in_quarantine():
        return Claim([], 0)
    return claiming.claim(want, rules, at, shut=shut, news=news, in_doubt_first=in_doubt_first)


def _alert(numbers: Sequence[str], at: datetime) -> int:
    return dead.alert(alert_persons(numbers), at) if numbers else 0


def _facts(errand: Errand) -> dict[str, Any]:
    """The frozen facts, when the letter was written, and the receiver's own page about it."""
    facts: dict[str, Any] = {"at": errand.created_at.isoformat()} | dict(errand.facts)
    if errand.to[0] == "person" and errand.about and errand.about[0] == "case":
        facts["path"] = personal_path("case", errand.to[1], errand.about[1])
    return facts
