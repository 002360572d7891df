"""The kill journey: people report, keepers accept and finish, residents nod, processes die."""

import asyncio
import time
from dataclasses import dataclass, field
from random import Random

import aiohttp

from chaos_rig import oracle, talk
from chaos_rig.house import PARENT, WEB, WORK, House
from chaos_rig.platform import NUMBER, Platform
from chaos_rig.talk import Heard, Line, Said
from chaos_rig.town import estate, house_number, keeper
from server.delivery import calls_at_once

CLIENTS = 24
AHEAD = 100  # reports
SETTLE_SECONDS = 240.0
EXCUSED_SECONDS = 12.0  # so long after a kill a 503 is nobody's fault
WHAT = ("灯不亮", "下水道堵了，往外返水", "单元门坏了关不上", "楼道窗户玻璃碎了")
STAGES = ("report", "accept", "finish", "nod")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Life:
    """One report and what follows from it; `heard` has what was answered at each stage."""

    number: int
    building: int
    stages: int
    heard: list[Heard] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """Letters that no understanding takes for a place; they find the case in the books."""
        digits, rest = [], self.number
        for _ in range(5):
            rest, digit = divmod(rest, 26)
            digits.append(_LETTERS[digit])
        return "zq" + "".join(digits)

    def ok(self, stage: str) -> bool:
        place = STAGES.index(stage)
        return len(self.heard) > place and self.heard[place].ok

    def said(self, stage: str) -> bool:
        return len(self.heard) > STAGES.index(stage)


@dataclass
class Plan:
    """Who says what, and when is killed whom: the same for the same seed."""

    reports: int
    kills: int
    seed: int
    buildings: int
    depth: tuple[int, int, int, int] = (60, 20, 8, 12)  # of a hundred lives, how many go so far
    roles: tuple[int, int, int] = (9, 9, 2)  # of twenty kills: web workers, senders, serve as a whole
    has_keys: bool = True  # whether every platform recognises a repetition
    most_seconds: float = 3600.0  # then nobody begins to write any more, and the figures say so

    def lives(self) -> list[Life]:
        dice = Random(self.seed)
        stages = dice.choices((1, 2, 3, 4), self.depth, k=self.reports)
        return [Life(n, n % self.buildings, stages[n]) for n in range(self.reports)]

    def victims(self) -> list[tuple[int, str, float]]:
        """(after so many reports, role, seconds later), in order."""
        dice = Random(self.seed + 1)
        end = max(int(self.reports * 0.95), 1)
        return [
            (at, dice.choices((WEB, WORK, PARENT), self.roles)[0], dice.uniform(0, 0.3))
            for at in sorted(dice.randrange(end) for _ in range(self.kills))
        ]


class Journey:
    """Plays a plan on a house."""

    def __init__(self, plan: Plan, house: House, platform: Platform) -> None:
        self.plan, self.house, self.platform = plan, house, platform
        self.lives = plan.lives()
        self.line = Line(house.url)
        self.kill_times: list[float] = []
        self.missed_kills = 0
        self._ids = talk.message_ids(Random(plan.seed + 2))
        self._dice = Random(plan.seed + 3)
        self._done = 0
        self._may_begin = 0  # lives wait for a kill that is late, so that it still meets them
        self._until = time.monotonic() + plan.most_seconds
        self.seconds = self.settled_after = 0.0

    def run(self) -> oracle.Verdict:
        """Plays, lets it settle, judges."""
        began = time.monotonic()
        asyncio.run(self._play())
        self.seconds = time.monotonic() - began
        self.house.wait_until_ready()
        self._settle()
        return self._judge()

    async def _play(self) -> None:
        async with talk.session(CLIENTS) as session:
            killer = asyncio.create_task(self._kill())
            reader = asyncio.create_task(self._read())
            jobs = [lambda life=life: self._live(session, life) for life in self.lives]
            await talk.all_of(jobs, CLIENTS)
            self.lives = [life for life in self.lives if life.heard]
            await killer
            reader.cancel()

    async def _live(self, session: aiohttp.ClientSession, life: Life) -> None:
        while life.number > self._may_begin and time.monotonic() < self._until:
            await asyncio.sleep(0.01)
        if time.monotonic() > self._until:
            self._done += 1
            return
        openid, userid = f"oRig-{life.number:08}-resident", keeper(life.building)
        where = f"{estate(life.building)}{house_number(life.building)}号楼{life.number % 4 + 1}单元"
        report = f"{where}{WHAT[life.number % len(WHAT)]} {life.mark}"
        heard = await self._say(session, life, "official", openid, report)
        self._done += 1
        found = NUMBER.search(heard.reply)
        if found is None or life.stages == 1:
            return
        number = found[0]
        for channel, who, words in (
            ("work", userid, f"接单 {number}"),
            ("work", userid, f"无照片 {number} 换好了，手机坏了"),
            ("official", openid, "满意"),
        )[: life.stages - 1]:
            heard = await self._say(session, life, channel, who, words)
            if not heard.ok:
                return

    async def _say(
        self, session: aiohttp.ClientSession, life: Life, channel: str, who: str, words: str
    ) -> Heard:
        heard = await self.line.deliver(session, Said(channel, who, words, self._ids()))
        life.heard.append(heard)
        return heard

    async def _kill(self) -> None:
        for after, role, later in self.plan.victims():
            self._may_begin = after + AHEAD
            while self._done < after:
                await asyncio.sleep(0.01)
            if time.monotonic() > self._until:
                return
            await asyncio.sleep(later)
            until = time.monotonic() + 20
            while not self.house.kill(role, self._dice):
                if time.monotonic() > until:
                    self.missed_kills += 1
                    break
                await asyncio.sleep(0.02)
            else:
                self.kill_times.append(time.monotonic())
        self._may_begin = self.plan.reports

    async def _read(self) -> None:
        while True:
            await asyncio.sleep(5)
            await asyncio.to_thread(self.platform.read)

    def _settle(self) -> None:
        began = time.monotonic()
        while oracle.unsettled(self.house.database) and time.monotonic() - began < SETTLE_SECONDS:
            time.sleep(0.3)
        self.settled_after = time.monotonic() - began
        self.platform.read()

    def _judge(self) -> oracle.Verdict:
        books = oracle.open_books(self.house.database)
        verdict = oracle.Verdict()
        figures = verdict.figures
        answered = [life for life in self.lives if life.ok("report")]
        figures["seed"] = self.plan.seed
        figures["reports"] = (
            f"{len(self.lives)} in {self.seconds:.1f} s, settled {self.settled_after:.1f} s later"
        )
        figures["acknowledged"] = len(answered)
        figures["cases"] = sum(len(found) for found in books.by_mark.values())
        figures["kills"] = ", ".join(f"{count} {role}" for role, count in self.house.killed.items()) or "none"
        figures["connections refused or cut"] = self.line.broken
        figures["sent again by the platform"] = self.line.retried
        if len(self.lives) < self.plan.reports:
            figures["smaller than planned"] = (
                f"{len(self.lives)} of {self.plan.reports} reports and {self.house.killed.total()} of"
                f" {self.plan.kills} kills, because {self.plan.most_seconds:.0f} s were over"
            )
        verdict.zero("processes that outlived their parent", self.house.strays())
        verdict.must(not self.missed_kills, f"{self.missed_kills} victims never came back to be killed")

        kept = {life.mark: books.by_mark.get(life.mark, []) for life in self.lives}
        verdict.zero("acknowledged reports lost", [life.mark for life in answered if not kept[life.mark]])
        figures["recovered though never acknowledged"] = sum(
            bool(kept[life.mark]) for life in self.lives if not life.ok("report")
        )
        verdict.zero(
            "MsgIds with more than one case", [mark for mark, found in kept.items() if len(found) > 1]
        )
        verdict.zero("cases that nobody wrote", sorted(set(books.by_mark) - set(kept)))
        self._judge_moves(kept, verdict)
        oracle.whole_cases(books, verdict)

        figures["letters"] = ", ".join(f"{count} {state}" for state, count in sorted(books.states.items()))
        if books.reasons:
            figures["letters that did not arrive"] = dict(books.reasons)
        verdict.zero("letters without a final fate", oracle.unsettled(self.house.database))
        oracle.phones(books, self.platform, verdict, most=1 if self.plan.has_keys else 2)
        self._judge_calls(verdict)
        self._judge_answers(verdict)
        return verdict

    def _judge_moves(self, kept: dict[str, list[oracle.Kept]], verdict: oracle.Verdict) -> None:
        """Every acknowledged verb stands in the history, once; the others at most once."""
        lost, twice = [], []
        for life in self.lives:
            for stage, step in (("accept", "accepted"), ("finish", "finished"), ("nod", "closed")):
                steps = sum(case.steps[step] for case in kept[life.mark])
                if life.ok(stage) and not steps:
                    lost.append(f"{life.mark} {stage}: {life.heard[STAGES.index(stage)].reply!r}")
                if steps > life.said(stage):
                    twice.append(f"{life.mark} {stage}")
        verdict.figures["accepted, finished, nodded"] = ", ".join(
            str(sum(life.ok(stage) for life in self.lives)) for stage in STAGES[1:]
        )
        verdict.zero("acknowledged verbs lost", lost)
        verdict.zero("verbs that worked twice", twice)

    def _judge_calls(self, verdict: oracle.Verdict) -> None:
        work_kills = self.house.killed[WORK]
        slots = calls_at_once(self.house.config.letters.connections)
        most = work_kills * slots
        verdict.figures["platform calls"] = dict(self.platform.calls)
        verdict.figures["extra platform calls"] = (
            f"{self.platform.extra_calls} (allowed {work_kills} kills of senders x {slots} slots = {most})"
        )
        verdict.figures["recognised by the platform's key"] = self.platform.duplicates
        if self.platform.refused:
            verdict.figures["refused by the platform"] = dict(self.platform.refused)
        verdict.must(
            self.platform.extra_calls <= most, "more extra platform calls than slots that were killed"
        )

    def _judge_answers(self, verdict: oracle.Verdict) -> None:
        verdict.figures["answers other than 200"] = dict(self.line.statuses) or "none"
        strange = [
            status
            for at, status in self.line.status_times
            if status != 503 or not any(0 <= at - kill <= EXCUSED_SECONDS for kill in self.kill_times)
        ]
        verdict.zero("answers other than 200 and 503 during a kill", strange)
