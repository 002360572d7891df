"""O7: everybody was told, and a fifth of them open the page within a minute."""

import os
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benches import load
from sqlalchemy import func, select

from chaos_rig import oracle
from chaos_rig.crowd import Crowd
from chaos_rig.house import House
from handlers.pages.front import asset
from models.base.links import personal_path
from models.base.orm import session
from models.notice import telling
from models.notice.reading import figures
from models.notice.tables import Notice, Receipt

P95, P99 = 0.5, 1.5  # seconds
OPENINGS = 3  # of the page by one person: the letter is tapped again, the page is loaded again
DOORS = 40  # groups whose address is opened
CONNECTIONS = 1000
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Rush:
    """Of `people` who were told, `openers` open the page: `per_second` requests with its style sheet."""

    people: int
    openers: int
    per_second: float


class Herd:
    def __init__(self, house: House, rush: Rush, *, seed: int) -> None:
        self.house, self.rush, self.seed = house, rush, seed
        self._dice = Random(seed)

    def run(self) -> oracle.Verdict:
        crowd = Crowd(self.house.database, self.rush.people).move_in()
        notice = crowd.say("周二停水")
        while self.house.database.write(telling.tell_some):
            pass
        paths = self._paths(crowd, notice)
        load.paced(self.house.port, [self._get(path) for path in paths[:200]], 50, 16)
        workers = self.house.web_workers()
        before = [_processor(pid) for pid in (os.getpid(), *workers)]
        taken = load.paced(
            self.house.port, [self._get(path) for path in paths], self.rush.per_second, CONNECTIONS
        )
        after = [_processor(pid) for pid in (os.getpid(), *workers)]
        used = [(end - begin) / taken.wall for begin, end in zip(before, after, strict=True)]
        return self._judge(notice, taken, used)

    def _paths(self, crowd: Crowd, notice: int) -> list[str]:
        persons = self._dice.sample(crowd.persons, self.rush.openers)
        own = ["/" + personal_path("notice", one, notice) for one in persons]
        paths = own * OPENINGS + [asset("pages.css")] * len(own) + self.house.database.write(_doors, notice)
        self._dice.shuffle(paths)
        return paths

    def _get(self, path: str) -> bytes:
        host = f"127.0.0.1:{self.house.port}"
        return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n".encode()

    def _judge(self, notice: int, taken: load.Taken, used: list[float]) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with self.house.database.read():
            seen = figures([notice])[notice]
            receipts = session().scalar(select(func.count()).select_from(Receipt))
        p95, p99 = taken.percentile(0.95), taken.percentile(0.99)
        verdict.figures |= {
            "seed": self.seed,
            "asked": f"{len(taken.seconds)} in {taken.wall:.0f} s, {taken.rate:.0f} a second",
            "p50, p95, p99, longest": ", ".join(
                f"{taken.percentile(share) * 1000:.0f} ms" for share in (0.5, 0.95, 0.99, 1.0)
            ),
            "of one processor": f"generator {used[0]:.2f}, web {', '.join(f'{one:.2f}' for one in used[1:])}",
            "counted": f"{seen.read} persons, {seen.groups_read} groups",
        }
        verdict.zero("answers other than 200", taken.bad)
        verdict.in_time(p95 <= P95 and p99 <= P99, f"p95 {p95:.2f} s, p99 {p99:.2f} s")
        verdict.in_time(taken.rate >= 0.95 * self.rush.per_second, "the load was not reached")
        verdict.zero("persons not counted once", abs(seen.read - self.rush.openers))
        verdict.zero("groups not counted once", abs(seen.groups_read - DOORS))
        verdict.zero("receipts of nobody", int(receipts or 0) - seen.read - seen.groups_read)
        return verdict


def _doors(notice: int) -> list[str]:
    row = session().get_one(Notice, notice)
    return [f"/q/{telling.door_of(row, group)}" for group in range(1, DOORS + 1) for _ in range(OPENINGS)]


def _processor(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK
