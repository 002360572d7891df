"""F4: the platform accepts a message and says afterwards that it did not arrive."""

import asyncio
import time
from random import Random
from xml.sax.saxutils import escape

import aiohttp
from sqlalchemy import select

from chaos_rig import oracle, talk
from chaos_rig.crowd import Crowd, Shown, of, openid
from chaos_rig.house import House
from chaos_rig.platform import Platform
from models.base.orm import session
from models.inbox.received import Received
from models.notice.reading import figures
from models.outbox.address import Address
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate

FAILS = 0.05
CLIENTS = 16
SETTLE_SECONDS = 300.0


class Late:
    """Every message is followed by its event, as on the real platform, often before our own mark of it."""

    def __init__(self, house: House, platform: Platform, *, people: int, seed: int) -> None:
        self.house, self.platform, self.people, self.seed = house, platform, people, seed
        self._dice = Random(seed)
        self.failed: set[str] = set()  # openids
        self.events = 0
        self.refused: list[int] = []

    def run(self) -> oracle.Verdict:
        crowd = Crowd(self.house.database, self.people).move_in()
        notice = crowd.say("周二停水")
        began = time.monotonic()
        asyncio.run(self._events(crowd, notice))
        last = time.monotonic()
        while self._open() and time.monotonic() - last < SETTLE_SECONDS:
            time.sleep(0.2)
        return self._judge(notice, time.monotonic() - began, time.monotonic() - last)

    async def _events(self, crowd: Crowd, notice: int) -> None:
        shown = Shown(self.platform, "周二停水")
        told: set[str] = set()
        until = time.monotonic() + SETTLE_SECONDS
        async with talk.session(CLIENTS) as web:
            while len(told) < self.people and time.monotonic() < until:
                await asyncio.to_thread(shown.read)
                new = [(msgid, who) for msgid, who in shown.ids.items() if msgid not in told]
                told |= {msgid for msgid, _ in new}
                jobs = [lambda one=one: self._event(web, *one) for one in new]
                await talk.all_of(jobs, CLIENTS)
                await asyncio.sleep(0.05)
        await asyncio.to_thread(crowd.settle, notice, SETTLE_SECONDS)

    async def _event(self, web: aiohttp.ClientSession, msgid: str, who: str) -> None:
        fails = self._dice.random() < FAILS
        status = self._dice.choice(("failed:user block", "failed: system failed")) if fails else "success"
        if fails:
            self.failed.add(who)
        copies = 2 if self._dice.random() < 0.1 else 1
        plain = (
            f"<xml><ToUserName>gh_rig</ToUserName><FromUserName>{escape(who)}</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType>event</MsgType>"
            f"<Event>TEMPLATESENDJOBFINISH</Event><MsgID>{msgid}</MsgID><Status>{status}</Status></xml>"
        )
        for _ in range(copies):
            query, body = talk.sealed("official", plain)
            async with web.post(f"{self.house.url}/wechat/official?{query}", data=body) as answer:
                await answer.read()
                self.events += 1
                if answer.status != 200:
                    self.refused.append(answer.status)

    def _open(self) -> bool:
        with self.house.database.read():
            return session().scalar(select(Received.id).where(Received.state == "new").limit(1)) is not None

    def _judge(self, notice: int, took: float, behind: float) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with self.house.database.read():
            seen = figures([notice])[notice]
            query = (
                select(Address.value, Letter.state)
                .join(Letter, Letter.to_id == Address.owner_id)
                .where(*of(notice), Letter.to_kind == "person", Address.owner_kind == "person")
            )
            states = {who: state for who, state in session().execute(query) if who.startswith("oTold-")}
            stuck = session().scalars(select(Received.id).where(Received.state == "failed")).all()
        wanted = {
            openid(n): Fate.FAILED if openid(n) in self.failed else Fate.SENT for n in range(self.people)
        }
        verdict.figures |= {
            "seed": self.seed,
            "people": f"{self.people}, {self.events} events, {len(self.failed)} of them failures",
            "time": f"{took:.1f} s, the events were worked on {behind:.1f} s after the last one",
            "figures of the notice": f"{seen.accepted} accepted, {seen.failed} failed",
        }
        verdict.zero("events not taken", self.refused)
        verdict.zero("events given up", list(stuck))
        verdict.zero(
            "fates that are not the event's",
            [f"{who} {states.get(who)}" for who, fate in wanted.items() if states.get(who) != fate],
        )
        verdict.zero("failures that the notice does not count", abs(seen.failed - len(self.failed)))
        return verdict
