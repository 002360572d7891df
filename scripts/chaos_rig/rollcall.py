"""Row 101: a call goes out, and 213 people answer it in the same moment."""

import asyncio
import time
from collections import Counter
from random import Random

import aiohttp
from sqlalchemy import func, select

from chaos_rig import oracle, talk
from chaos_rig.crowd import Crowd, openid
from chaos_rig.house import House
from chaos_rig.talk import Said
from models.base.orm import session
from models.notice import call, telling
from models.notice.tables import CallAnswer

WITHIN = 5.0  # seconds that the platform waits for an answer
COMES, CANNOT = "到", "不能"


class RollCall:
    """Of `people` called, `answers` answer by a word; a third of the answers comes twice, as the platform
    repeats what it believes unanswered, and a tenth of the people says it once more in another message."""

    def __init__(self, house: House, *, people: int, answers: int, seed: int) -> None:
        self.house, self.people, self.answers, self.seed = house, people, answers, seed
        self._dice = Random(seed)
        self._ids = talk.message_ids(Random(seed + 1))
        self.statuses: Counter[str] = Counter()
        self.seconds: list[float] = []

    def run(self) -> oracle.Verdict:
        crowd = Crowd(self.house.database, self.people).move_in()
        notice = crowd.say("今晚扫雪", is_call=True)
        while self.house.database.write(telling.tell_some):
            pass
        who = self._dice.sample(range(self.people), self.answers)
        says = {one: CANNOT if place % 5 == 4 else COMES for place, one in enumerate(who)}
        messages = [self._said(one, word) for one, word in says.items()]
        messages += messages[::3] + [self._said(one, says[one]) for one in who[::10]]
        took = asyncio.run(self._all(messages))
        return self._judge(notice, says, took)

    def _said(self, number: int, word: str) -> Said:
        return Said("official", openid(number), word, self._ids())

    async def _all(self, messages: list[Said]) -> float:
        ready = [talk.sealed("official", talk.xml(one)) for one in messages]
        self._dice.shuffle(ready)
        async with talk.session(len(ready)) as web:
            began = time.perf_counter()
            await asyncio.gather(*(self._one(web, query, body) for query, body in ready))
            return time.perf_counter() - began

    async def _one(self, web: aiohttp.ClientSession, query: str, body: bytes) -> None:
        began = time.perf_counter()
        url = f"{self.house.url}/wechat/official?{query}"
        try:
            async with web.post(url, data=body) as answer:
                said = talk.opened("official", await answer.read())
                self.statuses[f"{answer.status}{'' if said else ' without a word'}"] += 1
        except (aiohttp.ClientError, TimeoutError) as trouble:
            self.statuses[type(trouble).__name__] += 1
        self.seconds.append(time.perf_counter() - began)

    def _judge(self, notice: int, says: dict[int, str], took: float) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with self.house.database.read():
            rolls = call.rolls(notice).values()
            rows = session().scalar(select(func.count()).select_from(CallAnswer)) or 0
        coming, cannot = sum(one.coming for one in rolls), sum(one.not_coming for one in rolls)
        words = Counter(says.values())
        self.seconds.sort()
        verdict.figures |= {
            "seed": self.seed,
            "answers": f"{len(says)} of {self.people} people in {len(self.seconds)} messages",
            "all answered after": f"{took:.2f} s, the slowest after {self.seconds[-1]:.2f} s",
            "counted": f"{coming} come, {cannot} cannot, {sum(one.silent for one in rolls)} silent",
        }
        strange = {name: count for name, count in self.statuses.items() if name != "200"}
        verdict.zero("answers other than 200 with words", sum(strange.values()))
        verdict.zero("who comes, lost or counted twice", abs(coming - words[COMES]))
        verdict.zero("who cannot, lost or counted twice", abs(cannot - words[CANNOT]))
        verdict.zero("rows of nobody", rows - len(says))
        verdict.in_time(took <= WITHIN, f"the last one waited {took:.1f} s")
        return verdict
