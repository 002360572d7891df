"""A4: somebody guesses passwords: fast, at once, from a thousand addresses, and from made-up ones.

The attacker's addresses are what a trusted proxy says of them, except where the header is forged behind it.
"""

import asyncio
import time
from collections import Counter
from functools import partial
from random import Random

import aiohttp
from sqlalchemy import select

from chaos_rig import oracle, talk
from chaos_rig.house import House
from models.account import accounts, hashing, rules, sessions
from models.audit.tables import Act
from models.base.clock import now
from models.base.orm import put
from models.person.colleagues import numbered
from models.person.tables import Person, Staff

CLIENTS = 16
GOOD = "育英小区的灯总是不亮了吧"
WRONG, WAIT, PASSED = 401, 429, 303
FIRST, SECOND, HOME = "K00000", "K00001", "198.19.0.1"
QUARTER = 10  # guesses of one account in a quarter of an hour
PLACES = 1_000


class Guessing:
    """`guesses` on one account, 200 more on another at once, three on each of `names` accounts (every other
    one is nobody's) from a thousand addresses. The owner comes in then from a place that is known."""

    def __init__(self, house: House, *, guesses: int, names: int, seed: int) -> None:
        self.house, self.guesses, self.names, self.seed = house, guesses, names, seed
        self._seen: dict[str, Counter[int]] = {}

    def run(self) -> oracle.Verdict:
        known = hashing.hash_of(GOOD)

        def furnish() -> None:
            sprayed = [_hired(_name(n)) for n in range(0, self.names, 2)]
            for person in (numbered(FIRST).person_id, numbered(SECOND).person_id, *sprayed):
                accounts.set_password(person, known, rules.ASVS)
            sessions.begin(numbered(SECOND).person_id, "password", strong=True, address=HOME)

        self.house.database.write(furnish)
        began = time.monotonic()
        asyncio.run(self._play(Random(self.seed)))
        seconds = time.monotonic() - began
        verdict = oracle.Verdict()
        asked = sum(sum(found.values()) for found in self._seen.values())
        verdict.figures["A4 guesses"] = f"{asked} in {seconds:.0f} s"
        for name, found in self._seen.items():
            verdict.figures[f"A4 {name}"] = dict(sorted(found.items()))
        quarters = 1 + int(seconds // 900)
        for name in ("one account from one address", "one account from as many addresses"):
            judged = self._seen[name][WRONG] + self._seen[name][PASSED]
            verdict.must(judged <= QUARTER * quarters, f"A4 {name}: {judged} were judged")
        at_once = self._seen["200 at once"]
        verdict.must(at_once[WRONG] <= QUARTER, f"A4 200 at once: {at_once[WRONG]} were judged")
        spray = self._seen["every account from a thousand addresses"]
        allowed = PLACES * (20 + seconds / 60)
        verdict.must(spray[WRONG] <= allowed, f"A4 spray: {spray[WRONG]} of {allowed:.0f} were judged")
        verdict.zero("A4 spray: let in", spray[PASSED])
        forged = self._seen["forged X-Forwarded-For"]
        verdict.must(forged[WRONG] <= 20 + seconds / 60, f"A4 forged: {forged[WRONG]} were judged")
        verdict.must(self._seen["the owner"][PASSED] == 1, "A4 the owner was kept out at home")
        statuses = sum(self._seen.values(), Counter())
        # 503 is honest: more wait for a hash than the machine makes in five seconds
        verdict.zero("A4 answers of 500", sum(n for one, n in statuses.items() if one >= 500 and one != 503))
        with self.house.database.read() as current:
            written = current.scalars(select(Act.id).where(Act.act == "login", Act.result == "failed")).all()
        judged = sum(found[WRONG] for found in self._seen.values())
        verdict.must(len(written) == judged, f"A4 {judged} wrong ones, {len(written)} in the log")
        return verdict

    async def _play(self, dice: Random) -> None:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as line:
            guess = partial(self._guess, line)
            places = [f"198.51.{n >> 8}.{n & 255}" for n in range(PLACES)]
            half = self.guesses // 2
            one = [partial(guess, "one account from one address", FIRST, places[0]) for _ in range(half)]
            many = [
                partial(guess, "one account from as many addresses", FIRST, f"192.0.{n >> 8}.{n & 255}")
                for n in range(half)
            ]
            await talk.all_of(one, CLIENTS)
            await talk.all_of(many, CLIENTS)
            burst = [partial(guess, "200 at once", SECOND, f"203.0.113.{n}") for n in range(200)]
            await talk.all_of(burst, 200)
            spray = [
                partial(guess, "every account from a thousand addresses", _name(n % self.names), place)
                for n, place in enumerate(dice.choices(places[1:], k=3 * self.names))
            ]
            await talk.all_of(spray, CLIENTS)
            forged = [
                partial(guess, "forged X-Forwarded-For", f"F{n:05}", f"203.0.113.{n % 256}, 198.51.100.77")
                for n in range(200)
            ]
            await talk.all_of(forged, CLIENTS)
            await guess("the owner elsewhere", SECOND, "198.18.0.1", GOOD)
            await guess("the owner", SECOND, HOME, GOOD)

    async def _guess(
        self, line: aiohttp.ClientSession, name: str, number: str, place: str, password: str = ""
    ) -> None:
        form = {"number": number, "password": password or f"wrong {time.monotonic_ns()}", "once": "x"}
        headers = {"Origin": self.house.url, "X-Forwarded-For": place}
        address = f"{self.house.url}/console/login"
        async with line.post(address, data=form, headers=headers, allow_redirects=False) as answer:
            await answer.read()
            self._seen.setdefault(name, Counter())[answer.status] += 1


def _name(n: int) -> str:
    return f"N{n:05}"


def _hired(number: str) -> int:
    person = put(Person, public_id=f"p-{number}", is_rider=False, created_at=now())
    put(Staff, number=number, person_id=person, name=number, roles=[], community_id=None, teams=[],
        active=True)  # fmt: skip
    return person
