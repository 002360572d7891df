"""R3: web and senders are stopped orderly and start again, one by one, under load and amid a notice.

The web worker is replaced as an operator does it (SIGHUP to `serve`); now and then `serve` itself is stopped:
then nobody listens until it is there again, and who wrote in that moment knows why.
"""

import asyncio
import signal
import time
from collections import Counter
from random import Random

import aiohttp
from sqlalchemy import select

from chaos_rig import oracle, talk
from chaos_rig.crowd import Crowd, Shown, wait_for
from chaos_rig.house import House
from chaos_rig.platform import Platform
from chaos_rig.talk import Said
from chaos_rig.town import estate, house_number
from chaos_rig.wire import Wire
from models.case.case import Case
from models.outbox.letter import State as Fate

LATE = 0.3
ORDER = ("work 0", "workers", "work 1", "workers", "serve")
CLIENTS = 12
TRIES, PAUSE = 3, 5.0  # of the platform; the pause is its own, longer than a start
MOST_SECONDS = 30.0
SETTLE_SECONDS = 240.0


class Renewing:
    """`stops` times one of the three processes gets SIGTERM; whoever watches over them starts it again."""

    def __init__(
        self, house: House, platform: Platform, wire: Wire, *, people: int, stops: int, seed: int
    ) -> None:
        self.house, self.platform, self.wire = house, platform, wire
        self.people, self.stops, self.seed = people, stops, seed
        self._ids = talk.message_ids(Random(seed))
        self._over = asyncio.Event()
        self._number = 0
        self.answered: list[str] = []
        self.lost: list[str] = []
        self.nobody = 0  # reports for which nobody listened, three tries long
        self.statuses: Counter[int] = Counter()
        self.cut: Counter[str] = Counter()
        self.ends: list[tuple[str, int, float]] = []

    def run(self) -> oracle.Verdict:
        crowd = Crowd(self.house.database, self.people).move_in()
        self.wire.late(LATE)
        notice = crowd.say("周二停水")
        asyncio.run(self._all())
        self.wire.late(0)
        settled = crowd.settle(notice, SETTLE_SECONDS)
        return self._judge(crowd, notice, settled=settled)

    async def _all(self) -> None:
        self._over = asyncio.Event()
        async with talk.session(CLIENTS * 2) as web:
            writers = [asyncio.create_task(self._write(web)) for _ in range(CLIENTS)]
            for number in range(self.stops):
                name = ORDER[number % len(ORDER)]
                await asyncio.to_thread(self._renew if name == "workers" else self._stop, name)
                await asyncio.sleep(1.0)
            self._over.set()
            await asyncio.gather(*writers)

    def _renew(self, name: str) -> None:
        before = set(self.house.web_workers())
        began = time.monotonic()
        self.house.processes["serve"].send_signal(signal.SIGHUP)
        gone = wait_for(lambda: bool(after := set(self.house.web_workers())) and not before & after, 60, 0.05)
        self.ends.append((name, 0 if gone else 1, time.monotonic() - began))

    def _stop(self, name: str) -> None:
        process = self.house.processes[name]
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
        self.ends.append((name, code, time.monotonic() - began))
        until = time.monotonic() + 20
        while self.house.processes[name] is process and time.monotonic() < until:
            time.sleep(0.05)
        self.house.wait_until_ready()

    async def _write(self, web: aiohttp.ClientSession) -> None:
        while not self._over.is_set():
            self._number += 1
            number = self._number
            building = number % 50
            mark = f"zqrenew{number}"
            words = f"{estate(building)}{house_number(building)}号楼1单元灯不亮 {mark}"
            said = Said("official", f"oRenew-{number}", words, self._ids())
            outcomes = []
            while len(outcomes) < TRIES and outcomes[-1:] != ["taken"]:
                if outcomes:
                    await asyncio.sleep(PAUSE)
                outcomes.append(await self._sent(web, said))
            if outcomes[-1] == "taken":
                self.answered.append(mark)
            elif "nobody" in outcomes:
                self.nobody += 1
            else:
                self.lost.append(mark)
            await asyncio.sleep(0.03)

    async def _sent(self, web: aiohttp.ClientSession, said: Said) -> str:
        query, body = talk.sealed(said.channel, talk.xml(said))
        try:
            async with web.post(f"{self.house.url}/wechat/official?{query}", data=body) as answer:
                await answer.read()
        except aiohttp.ClientConnectorError:
            return "nobody"
        except (aiohttp.ClientError, TimeoutError) as trouble:
            self.cut[type(trouble).__name__] += 1
            return "cut"
        if answer.status != 200:
            self.statuses[answer.status] += 1
            return "refused"
        return "taken"

    def _judge(self, crowd: Crowd, notice: int, *, settled: bool) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with self.house.database.read() as current:
            kept = Counter(text.rpartition(" ")[2] for text in current.execute(select(Case.text)).scalars())
        shown = Shown(self.platform, "周二停水").read()
        longest: dict[str, float] = {}
        for name, _, seconds in self.ends:
            longest[name] = max(longest.get(name, 0), round(seconds, 1))
        verdict.figures |= {
            "seed": self.seed,
            "stops": f"{len(self.ends)}, the longest took {longest} s",
            "reports": f"{len(self.answered)} answered",
            "connections cut before anything was read": dict(self.cut) or "none",
            "reports while serve itself was away": self.nobody,
            "people": f"{self.people}, {shown.extra} calls repeated",
        }
        verdict.zero("stops with an error", [one for one in self.ends if one[1] != 0])
        verdict.zero("stops that took too long", [one for one in self.ends if one[2] > MOST_SECONDS])
        verdict.zero("answers other than 200", sorted(self.statuses.elements()))
        verdict.zero("reports that three tries did not bring in", self.lost)
        verdict.zero("answered reports lost", [mark for mark in self.answered if not kept[mark]])
        verdict.zero("reports with two cases", [mark for mark, count in kept.items() if count > 1])
        verdict.must(settled, "letters without a fate")
        verdict.zero("people who did not get it", self.people - shown.people)
        verdict.zero("visible duplicates", shown.twice)
        verdict.zero("calls repeated", shown.extra)
        verdict.zero("not sent in the books", self.people - crowd.fates(notice)[Fate.SENT])
        return verdict
