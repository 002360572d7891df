"""C2 and C3: copies of a push have one effect and one answer; look-alikes are all kept."""

import asyncio
import time
from collections import Counter
from random import Random

import aiohttp
from sqlalchemy import func, select

from chaos_rig import oracle, talk
from chaos_rig.house import House
from chaos_rig.talk import Said
from chaos_rig.town import estate, house_number
from models.case.case import Case
from models.inbox.received import Received

CLIENTS = 16


class Copying:
    """`messages` reports in 1 to 4 copies each, and `pairs` of two pushes that differ in their key only."""

    def __init__(self, house: House, *, messages: int, pairs: int, buildings: int, seed: int) -> None:
        self.house, self.messages, self.pairs, self.buildings = house, messages, pairs, buildings
        self.seed = seed
        self._dice = Random(seed)
        self._ids = talk.message_ids(Random(seed + 1))
        self._answers: dict[int, list[str]] = {}
        self._statuses: Counter[int] = Counter()

    def run(self) -> oracle.Verdict:
        verdict = oracle.Verdict()
        verdict.figures["seed"] = self.seed
        asyncio.run(self._copies(verdict))
        asyncio.run(self._pairs(verdict))
        verdict.figures["answers"] = dict(self._statuses)
        verdict.zero("answers other than 200", [s for s in self._statuses if s != 200])
        return verdict

    async def _copies(self, verdict: oracle.Verdict) -> None:
        said = [self._report(n) for n in range(self.messages)]
        rounds = [one for one in said for _ in range(self._dice.randint(1, 4))]
        self._dice.shuffle(rounds)
        async with talk.session(CLIENTS) as session:
            jobs = [lambda one=one: self._push(session, one) for one in rounds]
            jobs += [lambda one=one: self._together(session, one) for one in self._fresh_twins()]
            self._dice.shuffle(jobs)
            await talk.all_of(jobs, CLIENTS)
        everybody = len(self._answers)
        copies = sum(map(len, self._answers.values()))
        verdict.figures["C2 messages and pushes"] = f"{everybody} and {copies}"
        verdict.zero("C2 messages whose copies were answered differently",
                     [key for key, found in self._answers.items() if len(set(found)) > 1])  # fmt: skip
        verdict.zero(
            "C2 messages without an answer", [k for k, found in self._answers.items() if "" in found]
        )
        self._count_cases(verdict, "C2", everybody)

    def _fresh_twins(self) -> list[Said]:
        return [self._report(n) for n in range(self.messages, self.messages + self.messages // 4)]

    async def _together(self, session: aiohttp.ClientSession, said: Said) -> None:
        """All copies in the same millisecond: they meet on different threads and workers."""
        copies = self._dice.randint(2, 4)
        await asyncio.gather(*(self._push(session, said) for _ in range(copies)))

    async def _push(self, session: aiohttp.ClientSession, said: Said) -> None:
        query, body = talk.sealed(said.channel, talk.xml(said))
        url = f"{self.house.url}/wechat/{said.channel}?{query}"
        async with session.post(url, data=body) as answer:
            self._statuses[answer.status] += 1
            content = await answer.read()
            heard = talk.opened(said.channel, content) if answer.status == 200 else ""
            self._answers.setdefault(said.id, []).append(heard)

    def _report(self, n: int) -> Said:
        building = n % self.buildings
        where = f"{estate(building)}{house_number(building)}号楼1单元灯不亮"
        return Said("official", f"oCopy-{n:07}", f"{where} zqcopy{n}", self._ids())

    async def _pairs(self, verdict: oracle.Verdict) -> None:
        """Same person, second, kind and words: only the key differs. Texts and events by turns."""
        before = self._kept()
        async with talk.session(CLIENTS) as session:
            jobs = [lambda n=n: self._pair(session, n) for n in range(self.pairs)]
            await talk.all_of(jobs, CLIENTS)
        verdict.figures["C3 pairs of look-alikes"] = self.pairs
        verdict.zero("C3 look-alikes dropped", 2 * self.pairs - (self._kept() - before))

    async def _pair(self, session: aiohttp.ClientSession, n: int) -> None:
        now = int(time.time())
        for key in ("first", "second"):
            if n % 2:
                plain = (
                    f"<xml><ToUserName>gh_rig</ToUserName><FromUserName>oPair-{n:07}</FromUserName>"
                    f"<CreateTime>{now}</CreateTime><MsgType>event</MsgType><Event>VIEW</Event>"
                    f"<EventKey>http://127.0.0.1/{key}</EventKey></xml>"
                )
            else:
                building = n % self.buildings
                said = f"{estate(building)}{house_number(building)}号楼1单元灯不亮"
                plain = talk.xml(Said("official", f"oPair-{n:07}", said, self._ids()))
            query, body = talk.sealed("official", plain)
            async with session.post(f"{self.house.url}/wechat/official?{query}", data=body) as answer:
                self._statuses[answer.status] += 1
                await answer.read()

    def _kept(self) -> int:
        with self.house.database.read() as current:
            return current.execute(select(func.count(Received.id))).scalar_one()

    def _count_cases(self, verdict: oracle.Verdict, name: str, wanted: int) -> None:
        with self.house.database.read() as current:
            texts = Counter(current.execute(select(Case.text).where(Case.text.like("%zqcopy%"))).scalars())
        verdict.zero(f"{name} effects missing", wanted - len(texts))
        verdict.zero(f"{name} effects twice", [text for text, count in texts.items() if count > 1])
