"""C5: pushes that somebody made up. None is taken, none costs much, none makes us call anybody."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

import aiohttp
from sqlalchemy import func, select

from chaos_rig import oracle, talk
from chaos_rig.house import ACCOUNTS, House
from chaos_rig.platform import Platform
from chaos_rig.talk import Said
from models.inbox.received import Received
from server.wechat.crypto import Cipher, sign

CLIENTS = 4
Forged = tuple[str, bytes]


@dataclass
class Forger:
    """Everything that an attacker knows: addresses, formats, a push that was seen on its way."""

    dice: Random

    def __post_init__(self) -> None:
        assert ACCOUNTS.official is not None
        self._account = ACCOUNTS.official

    def _plain(self) -> str:
        return talk.xml(
            Said("official", "oForged", "和美1小区1号楼1单元灯不亮 zqforged", self.dice.getrandbits(50))
        )

    def _query(self, **changed: str | None) -> str:
        whole = {"timestamp": str(int(time.time())), "nonce": secrets.token_hex(5), "encrypt_type": "aes"}
        return urlencode({name: value for name, value in (whole | changed).items() if value is not None})

    def _sealed(self) -> Forged:
        return talk.sealed("official", self._plain())

    def no_signature(self) -> Forged:
        return self._query(), self._sealed()[1]

    def empty_signature(self) -> Forged:
        return self._query(msg_signature="", signature=""), self._sealed()[1]

    def signature_as_array(self) -> Forged:
        query, body = self._sealed()
        return query.replace("msg_signature=", "msg_signature[]="), body

    def signature_twice(self) -> Forged:
        query, body = self._sealed()
        return f"{query}&msg_signature={secrets.token_hex(20)}", body

    def signature_of_another_body(self) -> Forged:
        return self._sealed()[0], self._sealed()[1]

    def wrong_token(self) -> Forged:
        other = Cipher("another token", self._account.encoding_aes_key, self._account.app_id)
        made = other.seal(self._plain().encode(), str(int(time.time())), "nonce")
        query = self._query(timestamp=made.timestamp, nonce=made.nonce, msg_signature=made.msg_signature)
        return query, talk.envelope(made.encrypt)

    def wrong_key(self) -> Forged:
        other = Cipher(self._account.token, "z" * 42 + "8", self._account.app_id)
        made = other.seal(self._plain().encode(), str(int(time.time())), "nonce")
        query = self._query(timestamp=made.timestamp, nonce=made.nonce, msg_signature=made.msg_signature)
        return query, talk.envelope(made.encrypt)

    def stale(self) -> Forged:
        return talk.sealed("official", self._plain(), int(time.time()) - self.dice.randint(601, 10**7))

    def from_the_future(self) -> Forged:
        return talk.sealed("official", self._plain(), int(time.time()) + self.dice.randint(605, 10**7))

    def plain_in_safe_mode(self) -> Forged:
        stamp, nonce = str(int(time.time())), secrets.token_hex(5)
        signature = sign(self._account.token, stamp, nonce)
        return self._query(timestamp=stamp, nonce=nonce, signature=signature), self._plain().encode()

    def of_another_account(self) -> Forged:
        other = Cipher(self._account.token, self._account.encoding_aes_key, "wx0000000000000000")
        made = other.seal(self._plain().encode(), str(int(time.time())), "nonce")
        query = self._query(timestamp=made.timestamp, nonce=made.nonce, msg_signature=made.msg_signature)
        return query, talk.envelope(made.encrypt)

    def flipped_bit(self) -> Forged:
        query, body = self._sealed()
        place = self.dice.randrange(body.index(b"<Encrypt>") + 9, body.index(b"</Encrypt>"))
        letter = b"A" if body[place : place + 1] != b"A" else b"B"
        return query, body[:place] + letter + body[place + 1 :]

    def ways(self) -> dict[str, Callable[[], Forged]]:
        names = [name for name in vars(type(self)) if name[0] != "_" and name not in ("dice", "ways")]
        return {name: getattr(self, name) for name in names}


class Forging:
    """`count` forgeries of every kind by turns, at a rate that is no load."""

    def __init__(self, house: House, platform: Platform, *, count: int, seed: int) -> None:
        self.house, self.platform, self.count, self.seed = house, platform, count, seed
        self._statuses: Counter[int] = Counter()
        self._accepted: list[str] = []
        self._seconds: list[float] = []

    def run(self) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with self.house.database.read() as current:
            before = current.execute(select(func.count(Received.id))).scalar_one()
        calls = self.platform.control("GET", "ledger?limit=1")["last"]
        asyncio.run(self._play())
        with self.house.database.read() as current:
            kept = current.execute(select(func.count(Received.id))).scalar_one() - before
        ordered = sorted(self._seconds)
        p99 = ordered[int(len(ordered) * 0.99)] * 1000
        verdict.figures["seed"] = self.seed
        verdict.figures["C5 forgeries"] = self.count
        verdict.figures["C5 answers"] = dict(self._statuses)
        verdict.figures["C5 p50, p99"] = (
            f"{ordered[len(ordered) // 2] * 1000:.1f} ms, {p99:.1f} ms (bar 50 ms)"
        )
        verdict.zero("C5 forgeries accepted", self._accepted)
        verdict.zero("C5 forgeries kept", kept)
        verdict.zero("C5 answers of 5xx", [s for s in self._statuses if s >= 500])
        verdict.zero("C5 calls of a platform", self.platform.control("GET", "ledger?limit=1")["last"] - calls)
        secrets_of = [
            ACCOUNTS.official.token,
            ACCOUNTS.official.encoding_aes_key,
            ACCOUNTS.official.app_secret,
        ]  # type: ignore[union-attr]
        verdict.zero("C5 secrets in the log", [s[:3] for s in secrets_of if s in self.house.log()])
        return verdict

    async def _play(self) -> None:
        ways = list(Forger(Random(self.seed)).ways().items())
        async with talk.session(CLIENTS) as session:
            jobs = [lambda n=n: self._try(session, *ways[n % len(ways)]) for n in range(self.count)]
            await talk.all_of(jobs, CLIENTS)

    async def _try(self, session: aiohttp.ClientSession, name: str, make: Callable[[], Forged]) -> None:
        query, body = make()
        began = time.perf_counter()
        async with session.post(f"{self.house.url}/wechat/official?{query}", data=body) as answer:
            await answer.read()
            self._seconds.append(time.perf_counter() - began)
            self._statuses[answer.status] += 1
            if answer.status < 400:
                self._accepted.append(name)
