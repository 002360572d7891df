"""R7: a sender is frozen with letters in hand, another takes them over, the first wakes up again."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from random import Random

from sqlalchemy import select, text

from chaos_rig import oracle, talk
from chaos_rig.crowd import Crowd, Shown
from chaos_rig.house import House
from chaos_rig.platform import Platform
from chaos_rig.talk import Line, Said
from chaos_rig.town import estate, house_number
from models.notice import telling
from models.outbox.letter import Letter, State

SLOW_SECONDS = 0.6  # the platform answers so late: the sender is frozen in the middle of its calls
FREEZE_WITHIN = 0.3
PATIENCE = 30.0
REFUSED = "marks came too late"
Fate = tuple[int, str, int, object, object]


class Freezing:
    """So many rounds with so many letters each; the two senders change roles every round.

    Letters are claimed by the one that is awake; it is stopped at a random moment between claim and mark.
    """

    def __init__(self, house: House, platform: Platform, *, rounds: int, letters: int, seed: int) -> None:
        self.house, self.platform = house, platform
        self.rounds, self.letters, self.seed = rounds, letters, seed
        self._dice = Random(seed)
        self._ids = talk.message_ids(Random(seed + 1))
        self._said = 0
        self.claimed_and_frozen = 0
        self.again = 0
        self.backwards: list[str] = []

    def run(self) -> oracle.Verdict:
        awake, asleep = self.house.works()
        self._freeze(asleep)
        try:
            for _ in range(self.rounds):
                self._round(awake, asleep)
                awake, asleep = asleep, awake
        finally:
            for process in (awake, asleep):
                process.send_signal(signal.SIGCONT)
        return self._judge()

    def _round(self, awake: subprocess.Popen[bytes], other: subprocess.Popen[bytes]) -> None:
        late = self._dice.random() < 0.7
        if late:
            self.platform.control(
                "POST", "faults", {"kind": "delay", "path": "*send", "seconds_late": SLOW_SECONDS}
            )
        self._begin_letters()
        _wait(lambda: self._taken() > 0, "no letter was claimed")
        time.sleep(self._dice.uniform(0, FREEZE_WITHIN if late else 0.05))
        self._freeze(awake)
        if late:
            self.platform.control("DELETE", "faults")
        self.claimed_and_frozen += self._taken()
        other.send_signal(signal.SIGCONT)
        _wait(lambda: not oracle.unsettled(self.house.database), "nobody took the letters over")
        before = self._fates()
        self._freeze(other)
        awake.send_signal(signal.SIGCONT)
        time.sleep(SLOW_SECONDS + 0.4)  # its answers are here at once, its marks a moment later
        after = self._fates()
        self.backwards += [
            f"{old} became {new}" for old, new in zip(before, after, strict=True) if old != new
        ]
        self._freeze(awake)
        other.send_signal(signal.SIGCONT)

    def _begin_letters(self) -> None:
        asyncio.run(self._report())

    def _freeze(self, process: subprocess.Popen[bytes]) -> None:
        """SIGSTOP between two transactions: one frozen inside holds its locks, and nobody can help that."""
        while True:
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(0.02)
            if self._nobody_holds_the_books():
                return
            self.again += 1
            os.kill(process.pid, signal.SIGCONT)
            time.sleep(self._dice.uniform(0.005, 0.05))

    def _nobody_holds_the_books(self) -> bool:
        if not self.house.database.is_sqlite:
            query = text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state LIKE '%transaction%'"
            )
            with self.house.database.read() as current:
                return not current.execute(query).scalar_one()
        with closing(sqlite3.connect(str(self.house.database.url.database), timeout=0.2)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
        return True

    async def _report(self) -> None:
        line = Line(self.house.url)
        async with talk.session(self.letters) as session:
            said = []
            for _ in range(self.letters):
                number = self._said
                self._said += 1
                where = f"{estate(number)}{house_number(number)}号楼1单元灯不亮"
                said.append(
                    Said("official", f"oFrozen-{number:06}", f"{where} zqfrozen{number}", self._ids())
                )
            heard = await asyncio.gather(*(line.deliver(session, one) for one in said))
        assert all(one.ok for one in heard)

    def _taken(self) -> int:
        with self.house.database.read() as current:
            query = text("SELECT count(*) FROM letters WHERE state = 'taken'")
            return int(current.execute(query).scalar_one())

    def _fates(self) -> list[Fate]:
        with self.house.database.read() as current:
            columns = (Letter.id, Letter.state, Letter.fence, Letter.sent_at, Letter.platform_id)
            return [tuple(row) for row in current.execute(select(*columns).order_by(Letter.id))]

    def _judge(self) -> oracle.Verdict:
        self.platform.read()
        verdict = oracle.Verdict()
        books = oracle.open_books(self.house.database)
        log = self.house.log()
        refused = sum(int(line.split(REFUSED)[0].split()[-1]) for line in log.splitlines() if REFUSED in line)
        figures = verdict.figures
        figures["seed"] = self.seed
        figures["rounds"] = f"{self.rounds} with {self.letters} letters each"
        figures["letters frozen in a sender's hands"] = self.claimed_and_frozen
        figures["freezes inside a transaction, tried again"] = self.again
        figures["marks of the woken sender refused"] = refused
        figures["calls repeated by the second sender"] = self.platform.extra_calls
        verdict.must(self.claimed_and_frozen > 0, "no letter was ever frozen in a sender's hands")
        verdict.must(refused > 0, "no mark of a woken sender was refused")
        verdict.zero("fates that went backwards", self.backwards)
        self._judge_letters(verdict, books)
        return verdict

    def _judge_letters(self, verdict: oracle.Verdict, books: oracle.Books) -> None:
        verdict.zero("letters not sent", [s for s, n in books.states.items() if s != State.SENT and n])
        oracle.phones(books, self.platform, verdict)


class FreezingNotices(Freezing):
    """The same with letters that are written many at a time."""

    def run(self) -> oracle.Verdict:
        self._crowd = Crowd(self.house.database, self.letters).move_in()
        return super().run()

    def _begin_letters(self) -> None:
        self._said += 1
        self._crowd.say(f"停水第{self._said}次")
        while self.house.database.write(telling.tell_some):
            pass

    def _judge_letters(self, verdict: oracle.Verdict, _books: oracle.Books) -> None:
        shown = [Shown(self.platform, f"停水第{one}次").read() for one in range(1, self._said + 1)]
        verdict.zero(
            "notices that miss somebody", [one.people for one in shown if one.people != self.letters]
        )
        verdict.zero("visible duplicates", [who for one in shown for who in one.twice])
        with self.house.database.read() as current:
            lost = select(Letter.id).where(Letter.to_kind == "person", Letter.state != State.SENT)
            verdict.zero("letters not sent", list(current.scalars(lost)))


def _wait(true: object, problem: str) -> None:
    until = time.monotonic() + PATIENCE
    while not true():  # type: ignore[operator]
        if time.monotonic() > until:
            raise RuntimeError(problem)
        time.sleep(0.005)
