"""People who write, and the platform that delivers it: sealed, signed, and sent again if unanswered."""

import asyncio
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from xml.sax.saxutils import escape

import aiohttp

from chaos_rig.house import ACCOUNTS
from server.wechat.crypto import Cipher, Forged

TRIES = 3  # as the platform does
ANSWER_SECONDS = 5.0
_FIELD = re.compile(r"<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</\1>", re.DOTALL)


@dataclass(frozen=True)
class Said:
    """One message of one person. `id` is the platform's MsgId: the same in every copy."""

    channel: str  # official | work
    sender: str
    text: str
    id: int


@dataclass
class Heard:
    """What came back. `ok`: answered 200 and read to the end; else nobody knows what happened."""

    said: Said
    ok: bool = False
    reply: str = ""
    tries: int = 0
    seconds: float = 0.0


@dataclass
class Line:
    """One way from the platform to hemei, and what was noted on it."""

    url: str
    statuses: Counter[int] = field(default_factory=Counter)  # every answer that was no 200
    status_times: list[tuple[float, int]] = field(default_factory=list)
    broken: int = 0  # connections refused or cut
    retried: int = 0
    pause: float = 0.7  # between two tries

    async def deliver(self, session: aiohttp.ClientSession, said: Said) -> Heard:
        heard = Heard(said)
        for number in range(TRIES):
            if number:
                self.retried += 1
                await asyncio.sleep(self.pause * number)
            heard.tries += 1
            began = time.perf_counter()
            try:
                status, body = await self.post(session, said.channel, xml(said))
            except (aiohttp.ClientError, OSError, TimeoutError):
                self.broken += 1
                continue
            if status == 200:
                heard.seconds = time.perf_counter() - began
                heard.ok, heard.reply = True, opened(said.channel, body)
                return heard
            self.statuses[status] += 1
            self.status_times.append((time.monotonic(), status))
        return heard

    async def post(self, session: aiohttp.ClientSession, channel: str, plain: str) -> tuple[int, bytes]:
        query, body = sealed(channel, plain)
        async with session.post(f"{self.url}/wechat/{channel}?{query}", data=body) as answer:
            return answer.status, await answer.read()


def session(connections: int) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections),
        timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
        headers={"Content-Type": "text/xml"},
    )


def cipher(channel: str) -> Cipher:
    if channel == "work":
        assert ACCOUNTS.work is not None
        return Cipher(ACCOUNTS.work.token, ACCOUNTS.work.encoding_aes_key, ACCOUNTS.work.corp_id)
    assert ACCOUNTS.official is not None
    return Cipher(ACCOUNTS.official.token, ACCOUNTS.official.encoding_aes_key, ACCOUNTS.official.app_id)


_CIPHERS = {channel: cipher(channel) for channel in ("official", "work")}


def xml(said: Said) -> str:
    return (
        f"<xml><ToUserName>gh_rig</ToUserName><FromUserName>{escape(said.sender)}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType>text</MsgType>"
        f"<Content>{escape(said.text)}</Content><MsgId>{said.id}</MsgId></xml>"
    )


def sealed(channel: str, plain: str | bytes, stamp: int | None = None) -> tuple[str, bytes]:
    """Query and body of a push in safe mode."""
    made = _CIPHERS[channel].seal(
        plain.encode() if isinstance(plain, str) else plain,
        str(int(time.time()) if stamp is None else stamp),
        secrets.token_hex(5),
    )
    query = (
        f"timestamp={made.timestamp}&nonce={made.nonce}&encrypt_type=aes&msg_signature={made.msg_signature}"
    )
    return query, envelope(made.encrypt)


def envelope(encrypt: str) -> bytes:
    return f"<xml><ToUserName>gh_rig</ToUserName><Encrypt>{encrypt}</Encrypt></xml>".encode()


def opened(channel: str, body: bytes) -> str:
    """The words of a passive reply; "" where there are none."""
    outer = fields(body.decode())
    if "Encrypt" not in outer:
        return ""
    try:
        inner = _CIPHERS[channel].open(
            outer["Encrypt"], outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"]
        )
    except Forged as problem:
        raise RuntimeError(f"a reply that the platform would refuse: {problem}") from None
    return fields(inner.plain.decode()).get("Content", "")


def fields(text: str) -> dict[str, str]:
    inside = text.strip().removeprefix("<xml>").removesuffix("</xml>")
    return {name: cdata or plain for name, cdata, plain in _FIELD.findall(inside)}


async def all_of(jobs: list[Callable[[], "asyncio.Future[None]"]], at_once: int) -> None:
    """Runs the jobs in order, so many at a time."""
    waiting = iter(jobs)

    async def one() -> None:
        for job in waiting:
            await job()

    await asyncio.gather(*(one() for _ in range(at_once)))


def message_ids(dice: Random) -> Callable[[], int]:
    """MsgIds that no other run uses."""
    counter = iter(range(dice.getrandbits(52) << 8, 1 << 62))
    return lambda: next(counter)
