"""R4: whoever writes a notice's letters is killed at every border of a transaction.

Run as a program it is the writer, one short-lived child for each kill: the rows of groups, of people and the
last word of a notice are three transactions, and each of them is cut just before and just after its commit.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from sqlalchemy import event, func, select

from chaos_rig import oracle
from chaos_rig.crowd import Crowd, of
from chaos_rig.house import House
from models.base import privacy
from models.base.orm import session
from models.history.step import Step
from models.notice import telling
from models.notice.tables import Notice, NoticeDoor, State
from models.outbox.letter import Letter
from server.config import Config, load
from server.database import Database

PLACES = ("groups", "people", "told")
SIDES = ("before", "after")
BATCHES = 4  # a kill strikes one of the next so many of its kind
MOST_ROUNDS = 60


class Boundaries:
    """`kills` at each of the six borders; one notice after the other, because each is told only once."""

    def __init__(self, house: House, *, people: int, kills: int, seed: int) -> None:
        self.house, self.people, self.kills, self.seed = house, people, kills, seed
        self._dice = Random(seed)
        self.killed: Counter[str] = Counter()
        self.notices: list[int] = []
        self._program: subprocess.Popen[str]

    def run(self) -> oracle.Verdict:
        crowd = Crowd(self.house.database, self.people).move_in()
        whole = {
            "groups": len(crowd.groups) // telling.GROUPS_AT_ONCE,
            "people": self.people // telling.AT_ONCE,
            "told": 1,
        }
        self._batches = {place: max(min(count, BATCHES), 1) for place, count in whole.items()}
        with self._writer():
            self._kill_all(crowd)
        return self._judge(crowd)

    def _kill_all(self, crowd: Crowd) -> None:
        wanted = [(place, side) for place in PLACES for side in SIDES] * self.kills
        self._dice.shuffle(wanted)
        while wanted and len(self.notices) < MOST_ROUNDS:
            self.notices.append(crowd.say(f"停水第{len(self.notices) + 1}次"))
            wanted = self._strike(wanted)

    def _strike(self, wanted: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Kills along the way of one notice; gives what is still wanted. What comes too late for this notice
        waits for the next."""
        left = []
        for place in PLACES:
            mine = [one for one in wanted if one[0] == place]
            share = -(-len(mine) // 2) if place != "told" else min(len(mine), 6)
            now, later = mine[:share], mine[share:]
            for number, (_, side) in enumerate(now):
                code = self._write(place, side, self._dice.randrange(self._batches[place]))
                if code != signal.SIGKILL:  # the place was passed already
                    left += now[number:]
                    break
                self.killed[f"{side} {place}"] += 1
            left += later
        self._write("none", "none", 0)
        return left

    @contextmanager
    def _writer(self) -> Iterator[None]:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        self._program = subprocess.Popen(
            [sys.executable, "-P", __file__, str(self.house.config.path)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with self._program as program:
            yield
            assert program.stdin is not None
            program.stdin.close()

    def _write(self, place: str, side: str, number: int) -> int:
        """Lets a child write until it dies there; gives the signal that ended it, 0 for none."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(f"{place} {side} {number}\n")
        self._program.stdin.flush()
        return int(self._program.stdout.readline())

    def _judge(self, crowd: Crowd) -> oracle.Verdict:
        verdict = oracle.Verdict()
        verdict.figures["seed"] = self.seed
        verdict.figures["kills"] = dict(sorted(self.killed.items()))
        verdict.figures["notices"] = (
            f"{len(self.notices)} to {self.people} people, {len(crowd.groups)} groups"
        )
        missing = self.kills * len(PLACES) * len(SIDES) - self.killed.total()
        verdict.must(not missing, f"{missing} kills never happened")
        wrong: dict[str, list[object]] = {}
        with self.house.database.read():
            for notice in self.notices:
                for name, holds in self._whole(notice, crowd).items():
                    wrong.setdefault(name, [])
                    if not holds:
                        wrong[name].append(notice)
        for name, notices in wrong.items():
            verdict.zero(name, notices)
        return verdict

    def _whole(self, notice: int, crowd: Crowd) -> dict[str, bool]:
        row = session().get_one(Notice, notice)
        kinds = select(Letter.to_kind, func.count(), func.count(func.distinct(Letter.to_id)))
        letters = {
            kind: (count, people)
            for kind, count, people in session().execute(kinds.where(*of(notice)).group_by(Letter.to_kind))
        }
        steps = Counter(
            session().scalars(select(Step.what).where(Step.about_kind == "notice", Step.about_id == notice))
        )
        doors = session().scalar(select(func.count()).where(NoticeDoor.notice_id == notice))
        return {
            "notices not told": row.state == State.TOLD,
            "notices that miss or repeat a person": letters.get("person") == (self.people, self.people),
            "notices that miss or repeat a group": letters.get("group") == (len(crowd.groups),) * 2,
            "notices whose groups miss their address": doors == len(crowd.groups),
            "notices begun or told twice in their history": steps["begun"] == steps["told"] == 1,
        }


def _stands(notice: Notice) -> tuple[int, int, str]:
    return notice.groups_up_to, notice.people_up_to, notice.state


def _one(seen: list[str]) -> bool:
    """One transaction of telling; `seen` learns what it moved."""
    query = select(Notice).where(Notice.state.in_((State.WAITING, State.GOING))).order_by(Notice.id)
    before = {one.id: _stands(one) for one in session().scalars(query)}
    moved = telling.tell_some()
    for key, was in before.items():
        now = _stands(session().get_one(Notice, key))
        if now != was:
            place = "told" if now[2] == State.TOLD else "people" if now[1] != was[1] else "groups"
            seen.append(place)
    return moved


def _child(settings: Config, place: str, side: str, number: int) -> None:
    """Writes letters until its hour has come, or until nothing is left."""
    database = Database(settings.database.url)
    seen: list[str] = []

    def is_time() -> bool:
        return seen[-1:] == [place] and seen.count(place) > number

    def before_commit(_connection: object) -> None:
        if side == "before" and is_time():
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database._write_engine, "commit", before_commit)
    while database.write(_one, seen):
        if side == "after" and is_time():
            os.kill(os.getpid(), signal.SIGKILL)
    database.close()


def main(config: str) -> None:
    """A child for each line that says where it dies."""
    settings = load(Path(config), env={})
    privacy.use_key(settings.server.secret_key)
    for line in sys.stdin:
        place, side, number = line.split()
        child = os.fork()
        if not child:
            _child(settings, place, side, int(number))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
