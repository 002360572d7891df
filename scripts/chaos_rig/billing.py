"""A year's bills, made by commands that die in the middle: every home has its own, once."""

import os
import signal
import subprocess
import sys
import time
from random import Random

from sqlalchemy import func, select

from chaos_rig import oracle
from chaos_rig.homes import PERIOD, Homes
from chaos_rig.house import House
from models.base.orm import session
from models.fee.tables import Bill

SETTLE_SECONDS = 300.0
TOGETHER = 2  # commands at the same time


class Billing:
    """`homes` homes; `kills` commands die, two at a time, before two run to the end."""

    def __init__(self, house: House, *, homes: int, kills: int, seed: int) -> None:
        self.house, self.homes, self.kills = house, homes, kills
        self._dice = Random(seed)
        self.amid = 0  # kills that found some bills made and others not

    def run(self) -> oracle.Verdict:
        Homes(self.house.database, self.homes).move_in(billed=False)
        killed = 0
        while killed < self.kills and self._bills() < self.homes:
            running = [self._begin() for _ in range(TOGETHER)]
            before = self._bills()
            until = time.monotonic() + 20
            more = self._dice.randrange(1, max(2, 2 * self.homes // self.kills))
            while self._bills() < before + more and time.monotonic() < until:
                time.sleep(0.01)
            for one in running:
                if one.poll() is None:
                    os.kill(one.pid, signal.SIGKILL)
                    killed += 1
                one.wait()
            self.amid += 0 < self._bills() < self.homes
        codes = [one.wait(SETTLE_SECONDS) for one in [self._begin() for _ in range(TOGETHER)]]
        codes.append(self._begin().wait(SETTLE_SECONDS))
        return self._judge(killed, codes)

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "server", "bill", "generate", "--period", PERIOD.label],
            cwd=self.house.folder,
            env=os.environ | {"HEMEI_CONFIG": str(self.house.config.path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _bills(self) -> int:
        with self.house.database.read():
            return int(session().scalar(select(func.count(Bill.id))) or 0)

    def _judge(self, killed: int, codes: list[int]) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with self.house.database.read():
            twice = select(Bill.household_id).group_by(Bill.household_id).having(func.count() > 1)
            more = list(session().scalars(twice))
            homes = session().scalar(select(func.count(func.distinct(Bill.household_id)))) or 0
            fen = session().execute(select(func.sum(Bill.amount_fen))).scalar()
        verdict.figures |= {
            "homes": self.homes,
            "kills": f"{killed}, {self.amid} rounds left some homes without a bill",
            "billed in fen": fen,
        }
        verdict.must(self.amid > 0, "nobody died in the middle")
        verdict.zero("homes without a bill", self.homes - homes)
        verdict.zero("homes with two", more)
        verdict.zero("commands that failed at the end", [code for code in codes if code])
        verdict.must(self.house.ends("ledger", "check") == 0, "hemei ledger check refuses")
        return verdict
