"""make chaos: real servers killed, frozen, forged at and garbled at, on SQLite and on PostgreSQL.

    .venv/bin/python scripts/chaos.py [journey …] [--quick] [--database sqlite|postgres] [--seed N]

Prints every figure with its seed; exits 1 when a bar is missed. Everything stays on 127.0.0.1 and in folders
that go away; only processes that were started here are killed.
"""

import argparse
import os
import platform as machine
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from chaos_rig.billing import Billing
from chaos_rig.boundaries import Boundaries
from chaos_rig.coding import Coding
from chaos_rig.copying import Copying
from chaos_rig.crowd import RULES, TEMPLATES
from chaos_rig.forging import Forging
from chaos_rig.freezing import Freezing, FreezingNotices
from chaos_rig.fuzzing import Fuzzing
from chaos_rig.garbling import Garbling
from chaos_rig.guessing import Guessing
from chaos_rig.herd import Herd, Rush
from chaos_rig.house import House, house
from chaos_rig.injecting import Injecting
from chaos_rig.killing import Journey, Plan
from chaos_rig.late import Late
from chaos_rig.limits import Limits
from chaos_rig.notified import Notified
from chaos_rig.oracle import Verdict
from chaos_rig.paying import Paying
from chaos_rig.pictured import Pictured
from chaos_rig.platform import Platform, platform
from chaos_rig.poison import Poison
from chaos_rig.probing import Probing
from chaos_rig.renewing import Renewing
from chaos_rig.returning import Returning
from chaos_rig.rivals import Rivals
from chaos_rig.rollcall import RollCall
from chaos_rig.storming import Storming
from chaos_rig.telling import Telling
from chaos_rig.tokens import CONNECTIONS, Tokens
from chaos_rig.town import town
from chaos_rig.unsure import Unsure
from chaos_rig.wire import MODES, Wire, wire
from databases import Postgres

PAID = {"templates": {"paid": "official-notice", "refund_done": "official-notice"}}
BUDGET_SECONDS = 560.0  # of one kill journey: two of them and all the rest stay within half an hour


def kills(stage: "Stage") -> Verdict:
    """R1, R2, R4, C4: reports, verbs and letters while processes die; every letter has a key."""
    plan = Plan(*stage.size((20_000, 200), (2_000, 20)), stage.seed, buildings=stage.pick(2_500, 500))
    plan.most_seconds = BUDGET_SECONDS
    with stage.house(plan.buildings, lease=6) as (home, outside):
        return Journey(plan, home, outside).run()


def keyless(stage: "Stage") -> Verdict:
    """Customer-service messages have no key: after two uncertain tries a person decides."""
    plan = Plan(stage.pick(600, 200), stage.pick(12, 4), stage.seed, 150, (10, 90, 0, 0), (0, 1, 0), False)
    with stage.house(plan.buildings, lease=4, wechat_official={"templates": {}}) as (home, outside):
        return Journey(plan, home, outside).run()


def frozen(stage: "Stage") -> Verdict:
    """R7: 200 letters in the hands of senders that are frozen, some at a time."""
    rounds = stage.pick(32, 4)
    with stage.house(rounds * 8, lease=2) as (home, outside):
        return Freezing(home, outside, rounds=rounds, letters=8, seed=stage.seed).run()


def told(stage: "Stage") -> Verdict:
    """R2, R6: a notice to everybody while senders die and sleep; what is overdue climbs, a stop stops."""
    people, kills, naps = stage.pick(30_000, 3_000), stage.pick(50, 8), stage.pick(10, 2)
    # because the number is counted again when it begins
    rules: dict[str, object] = {
        "quiet_from": "00:00", "quiet_until": "00:00", "second_person_above": 10_000_000,
    }  # fmt: skip
    templates = {"templates": {"notice": "official-notice"}}
    buildings = stage.pick(1_445, 100)
    with stage.house(buildings, lease=2, wechat_official=templates, rules=rules) as (home, outside):
        return Telling(home, outside, people=people, kills=kills, naps=naps, seed=stage.seed).run()


def paid(stage: "Stage") -> Verdict:
    """P3: a city pays over WeChat while everything that hears of it dies."""
    homes, kills = stage.size((5_000, 200), (300, 12))
    with stage.till() as (home, outside):
        return Paying(home, outside, homes=homes, kills=kills, seed=stage.seed).run()


def unheard(stage: "Stage") -> Verdict:
    """P4: no notification ever comes."""
    with stage.till() as (home, outside):
        return Paying(home, outside, homes=stage.pick(1_000, 60), kills=0, seed=stage.seed, deaf=True).run()


def replayed(stage: "Stage") -> Verdict:
    """P2: one payment, a thousand notifications of it, 32 at once."""
    with stage.till(senders=0) as (home, outside):
        return Notified(home, outside, times=stage.pick(1_000, 200)).run()


def rivals(stage: "Stage") -> Verdict:
    """P5: two to five people pay one bill at once; some bills change meanwhile."""
    with stage.till() as (home, outside):
        return Rivals(home, outside, bills=stage.pick(1_000, 40), seed=stage.seed).run()


def returned(stage: "Stage") -> Verdict:
    """P8: refunds while senders die and answers get lost."""
    refunds, kills = stage.size((500, 100), (60, 8))
    with stage.till() as (home, outside):
        return Returning(home, outside, refunds=refunds, kills=kills, seed=stage.seed).run()


def billed(stage: "Stage") -> Verdict:
    """Issue 5, point 1: the bills of a city, made by commands that die."""
    homes, kills = stage.size((90_000, 40), (9_000, 6))
    with stage.till(senders=0) as (home, _):
        return Billing(home, homes=homes, kills=kills, seed=stage.seed).run()


def copies(stage: "Stage") -> Verdict:
    """C2, C3."""
    messages, pairs = stage.pick(4_000, 400), stage.pick(2_000, 200)
    with stage.house(200, senders=0) as (home, _):
        return Copying(home, messages=messages, pairs=pairs, buildings=200, seed=stage.seed).run()


def forged(stage: "Stage") -> Verdict:
    """C5."""
    with stage.house(50, senders=0) as (home, outside):
        return Forging(home, outside, count=stage.pick(2_000, 400), seed=stage.seed).run()


def garbled(stage: "Stage") -> Verdict:
    """C6."""
    with stage.house(50, senders=0) as (home, _):
        return Garbling(home, count=stage.pick(10_000, 1_000), seed=stage.seed).run()


def fuzzed(stage: "Stage") -> Verdict:
    """I10: fifty thousand requests made from the API's document, in one process."""
    cases = stage.pick(50_000, 2_000)
    return Fuzzing(stage.folder / "fuzzed", stage.url, cases, stage.seed).run()


def injected(stage: "Stage") -> Verdict:
    """I2: sqlmap at the parameters of fifteen routes, half an hour each at the most (most: three minutes)."""
    with stage.house(50, senders=0) as (home, _):
        dbms = "sqlite" if stage.kind == "sqlite" else "postgresql"
        return Injecting(home, dbms=dbms, routes=stage.pick(15, 2), seconds=1_800).run()


def pictured(stage: "Stage") -> Verdict:
    """I7, I8."""
    with stage.house(stage.pick(60, 15), senders=0) as (home, _):
        return Pictured(home, hostile=stage.pick(640, 150), photos=stage.pick(200, 24), seed=stage.seed).run()


def guessed(stage: "Stage") -> Verdict:
    """A4: passwords are guessed, at once, from a thousand addresses and from made-up ones."""
    proxied: dict[str, object] = {"trusted_proxies": 1}
    with stage.house(50, senders=0, server=proxied) as (home, _):
        guesses, names = stage.size((10_000, 10_000), (1_000, 100))
        return Guessing(home, guesses=guesses, names=names, seed=stage.seed).run()


def frozen_notices(stage: "Stage") -> Verdict:
    """R7 for the letters of a notice."""
    rounds = stage.pick(16, 3)
    with stage.city(lease=2) as (home, outside, _):
        return FreezingNotices(home, outside, rounds=rounds, letters=8, seed=stage.seed).run()


def bounds(stage: "Stage") -> Verdict:
    """R4: whoever writes a notice's letters is killed before and after every commit."""
    people, kills = stage.pick(6_000, 2_000), stage.pick(20, 2)
    with stage.city(senders=0, buildings=stage.pick(400, 100)) as (home, _, _):
        return Boundaries(home, people=people, kills=kills, seed=stage.seed).run()


def stormed(stage: "Stage") -> Verdict:
    """F1: the platform is down, slow and odd, one way after the other, while a notice goes out."""
    people, lasts = stage.pick(30_000, 3_000), stage.pick(15, 6)
    modes = ("hole", "html") if stage.quick else MODES
    with stage.city(lease=30) as (home, outside, line):
        return Storming(home, outside, line, people=people, modes=modes, lasts=lasts).run()


def tokens(stage: "Stage") -> Verdict:
    """F2: the access token dies under three senders."""
    people, deaths = stage.pick(30_000, 3_000), stage.pick(50, 3)
    with stage.city(lease=30, senders=3, connections=CONNECTIONS) as (home, outside, line):
        return Tokens(home, outside, line, people=people, deaths=deaths).run()


def limits(stage: "Stage") -> Verdict:
    """F3, R6: quotas, too fast, a robot's minute; emergencies overtake all of it."""
    people, news, watched = stage.pick(15_000, 9_000), stage.pick(6_000, 1_500), stage.pick(65, 8)
    with stage.city(buildings=stage.pick(1_445, 600)) as (home, outside, _):
        return Limits(home, outside, people=people, news=news, watched=watched).run()


def late(stage: "Stage") -> Verdict:
    """F4: accepted, and afterwards it did not arrive."""
    with stage.city() as (home, outside, _):
        return Late(home, outside, people=stage.pick(10_000, 1_000), seed=stage.seed).run()


def unsure(stage: "Stage") -> Verdict:
    """F5: taken, and the line is cut before the answer, for a fifth of all sends."""
    with stage.city(lease=10) as (home, outside, _):
        return Unsure(home, outside, people=stage.pick(30_000, 1_500)).run()


def poisoned(stage: "Stage") -> Verdict:
    """R5: letters that can never arrive, that are answered with nonsense, that fail for a while."""
    with stage.city() as (home, outside, _):
        return Poison(home, outside, people=stage.pick(30_000, 2_000)).run()


def renewed(stage: "Stage") -> Verdict:
    """R3: everything is stopped orderly and started again, in turn, under load and amid a notice."""
    people, stops = stage.pick(20_000, 3_000), stage.pick(10, 3)
    with stage.city(lease=30) as (home, outside, line):
        return Renewing(home, outside, line, people=people, stops=stops, seed=stage.seed).run()


def probed(stage: "Stage") -> Verdict:
    """A2: what other people's pages name, and as many ids at the API, /me and /open311, in every spelling."""
    probes = stage.pick(20_000, 2_000)
    return Probing(stage.folder / "probed", stage.url, probes, stage.seed).run()


def coded(stage: "Stage") -> Verdict:
    """A10: codes of the mini-program, two guesses at each, half of them taken back."""
    codes = stage.pick(10_000, 1_000)
    return Coding(stage.folder / "coded", stage.url, codes, stage.seed).run()


def herd(stage: "Stage") -> Verdict:
    """O7, a city: a fifth of 30,000 open the page within a minute, 400 requests a second."""
    rush = Rush(stage.pick(30_000, 2_500), stage.pick(6_000, 500), 400)
    with stage.city(senders=0) as (home, _, _):
        return Herd(home, rush, seed=stage.seed).run()


def small_herd(stage: "Stage") -> Verdict:
    """O7, one community: 5,000 households, 70 requests a second."""
    rush = Rush(stage.pick(5_000, 500), stage.pick(1_000, 100), 70)
    with stage.city(senders=0, buildings=100) as (home, _, _):
        return Herd(home, rush, seed=stage.seed).run()


def rollcall(stage: "Stage") -> Verdict:
    """Row 101: 213 people answer a call in the same moment."""
    with stage.city(senders=0, buildings=20) as (home, _, _):
        return RollCall(home, people=stage.pick(1_000, 300), answers=213, seed=stage.seed).run()


ALL = (
    kills, keyless, frozen, frozen_notices, told, bounds, stormed, tokens, limits, late, unsure, poisoned,
    renewed, herd, small_herd, rollcall, copies, forged, garbled, guessed, probed, coded, fuzzed, injected,
    pictured, paid, unheard, replayed, rivals, returned, billed,
)  # fmt: skip
JOURNEYS: dict[str, Callable[["Stage"], Verdict]] = {one.__name__: one for one in ALL}
NOTES = {
    "kills": "C4 is part of this: the platform sends again only what was not answered, three tries in all.",
    "frozen": "R7: 32 freezes of eight letters each instead of 200 freezes of one.",
    "stormed": "F1: 15 s for each way instead of ten minutes; a page under 100 ms is not slow.",
    "poisoned": "R5: a try comes no sooner than policy says; behind a long notice it comes later.",
    "late": "F4: 10,000 messages, an event for each of them.",
    "herd": "O7: the four requests of a visit are the page three times and its style sheet.",
    "injected": "I2: fifteen routes; forms that take so many an hour (a door, the log-in) are not tried.",
    "copies": "C2: 5,000 messages in 1 to 4 copies; copies a day later are the inbox's own test.",
}


class Stage:
    """Where a journey takes place: one database, full or quick size."""

    def __init__(self, kind: str, url: str, folder: Path, seed: int, *, quick: bool) -> None:
        self.kind, self.url, self.folder, self.seed, self.quick = kind, url, folder, seed, quick

    def pick(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def size(self, full: tuple[int, int], quick: tuple[int, int]) -> tuple[int, int]:
        return quick if self.quick else full

    @contextmanager
    def city(
        self, *, buildings: int = 0, senders: int = 2, lease: int = 60, connections: int = 64
    ) -> Iterator[tuple[House, Platform, Wire]]:
        """A town that notices go to: no night, no second person, templates for all; calls go by a line."""
        buildings = buildings or self.pick(1_445, 60)
        letters: dict[str, dict[str, object]] = {
            "letters": {"lease_seconds": lease, "connections": connections}
        }
        settings: dict[str, dict[str, object]] = {"wechat_official": TEMPLATES, "rules": RULES, **letters}
        with (
            platform() as outside,
            wire(outside.url) as line,
            house(
                self.folder / "house",
                self.url,
                line.url,
                town(buildings),
                senders=senders,
                **settings,
            ) as home,
        ):
            yield home, outside, line

    @contextmanager
    def till(self, *, senders: int = 2) -> Iterator[tuple[House, Platform]]:
        """A town that pays over WeChat."""
        keys = self.folder / "keys"
        keys.mkdir(exist_ok=True)
        settings: dict[str, dict[str, object]] = {"wechat_official": PAID, "rules": RULES}
        with (
            platform(keys) as outside,
            house(
                self.folder / "house",
                self.url,
                outside.url,
                town(self.pick(200, 20)),
                senders=senders,
                wechat_pay=dict(outside.merchant),
                **settings,
            ) as home,
        ):
            yield home, outside

    @contextmanager
    def house(
        self, buildings: int, *, senders: int = 2, lease: int = 60, **more: dict[str, object]
    ) -> Iterator[tuple[House, Platform]]:
        letters: dict[str, dict[str, object]] = {"letters": {"lease_seconds": lease}}
        with (
            platform() as outside,
            house(
                self.folder / "house",
                self.url,
                outside.url,
                town(buildings),
                senders=senders,
                **letters,
                **more,
            ) as home,
        ):
            yield home, outside


@contextmanager
def stages(kind: str, seed: int, *, quick: bool) -> Iterator[Callable[[str], Stage]]:
    """A new database for each journey; one PostgreSQL, with every commit on the disk, for all of them."""
    with ExitStack() as last, tempfile.TemporaryDirectory(prefix="hemei-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
        server = None
        if kind == "postgres":
            server = Postgres(folder / "postgres", durable=True).start()
            last.callback(server.stop, at_once=True)

        def stage(journey: str) -> Stage:
            url = server.create(journey) if server else f"sqlite:///{folder}/{journey}.db"
            return Stage(kind, url, folder, seed, quick=quick)

        yield stage


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("which", nargs="*", metavar="journey", help=", ".join(JOURNEYS))
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--database", choices=("sqlite", "postgres"), help="only this one")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="play this one again")
    asked = parser.parse_args()
    if unknown := set(asked.which) - set(JOURNEYS):
        parser.error(f"no such journey: {', '.join(sorted(unknown))}")
    print(f"# {os.cpu_count()} processors, Python {machine.python_version()}, seed {asked.seed}")
    began = time.monotonic()
    missed = 0
    for kind in [asked.database] if asked.database else ["sqlite", "postgres"]:
        with stages(kind, asked.seed, quick=asked.quick) as stage:
            for name, journey in JOURNEYS.items():
                if not asked.which or name in asked.which:
                    missed += _play(name, journey, stage(name))
    print(f"\n{(time.monotonic() - began) / 60:.1f} minutes, {missed} bars missed")
    return 1 if missed else 0


def _play(name: str, journey: Callable[[Stage], Verdict], stage: Stage) -> int:
    print(f"\n## {name} on {stage.kind}\n{journey.__doc__}\n{NOTES.get(name, '')}".rstrip(), flush=True)
    began = time.monotonic()
    verdict = journey(stage)
    for figure, value in verdict.figures.items():
        print(f"  {figure}: {value}")
    print(f"  time: {time.monotonic() - began:.0f} s")
    missed = [*verdict.problems, *verdict.late]
    for problem in missed:
        print(f"  MISSED {problem}")
    sys.stdout.flush()
    return len(missed)


if __name__ == "__main__":
    sys.exit(main())
