"""Photos and voices that people sent in a chat: fetched at once, because the platform keeps them three days.

Photos are rebuilt from their pixels; voices and videos stay as they are. The file is on the disk before its
row says so. Only the configured api_base_url is asked: a video that the platform offers elsewhere is not had.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import aiohttp
from yarl import URL

from models.base.clock import now
from models.base.quarantine import in_quarantine
from models.base.refusals import Invalid, Unavailable
from models.joins.losing import lost
from models.media import keeping, photos
from models.media.files import Files, NoRoom
from models.outbox.meters import next_beijing_day
from server.channels.base import BadToken, Permanent, Transient, Trouble, Wait, judged
from server.channels.transport import Carrier
from server.config import Config
from server.database import Database
from server.tally import count
from server.tokens import NoToken, Tokens, accounts

T = TypeVar("T")
log = logging.getLogger(__name__)

MOST_BYTES: Final = 12 * 1024 * 1024
AT_ONCE: Final = 4
POLL_SECONDS: Final = 0.5
TOTAL_SECONDS: Final = 20.0  # so that a stop need not wait longer
CONNECT_SECONDS: Final = 3.0
EXPIRED: Final = "40007"  # the one refusal that stays
_BEGINS = {  # kind → what the bytes begin with → what they are
    "voice": ((0, b"#!AMR", "audio/amr"), (0, b"ID3", "audio/mpeg"), (0, b"\xff\xfb", "audio/mpeg")),
    "video": ((4, b"ftyp", "video/mp4"),),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    id: int
    kind: str
    channel: str
    media_id: str


class Fetcher:
    """What `hemei work` runs for photos. Several may run: each takes its own."""

    def __init__(self, config: Config, database: Database) -> None:
        addresses = config.wechat.addresses()
        self._bases = {name: url for name, url in addresses.items() if name != "pay"}
        self._accounts = accounts(config.wechat)
        self._database = database
        self._files = Files(config.storage.dir)

    def run(self, stop: threading.Event) -> None:
        """Blocks until `stop`; what is under way is finished."""
        asyncio.run(self._main(stop, until_idle=False))

    def drain(self) -> None:
        """Fetches whatever is due and returns when nothing is left to do now."""
        asyncio.run(self._main(threading.Event(), until_idle=True))

    async def _main(self, stop: threading.Event, *, until_idle: bool) -> None:
        tokens = Tokens(self._database, self._accounts)
        timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS)
        async with (
            Carrier(self._bases, tokens, connections=2) as asking,
            aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as web,
        ):
            while not stop.is_set():
                wanted = await _in_thread(self._take)
                await asyncio.gather(
                    *(self._fetch(one, _Way(self._bases, tokens, asking, web)) for one in wanted)
                )
                if not wanted:
                    if until_idle:
                        return
                    await asyncio.sleep(POLL_SECONDS)

    def _take(self) -> Sequence[Wanted]:
        with self._database.read():
            if not keeping.anything_due():
                return ()
        return self._database.write(_taken)

    async def _fetch(self, one: Wanted, way: "_Way") -> None:
        """Nothing is raised: what goes wrong stands with the photo, and is tried again or given up."""
        try:
            data = await way.download(one)
            await _in_thread(self._keep, one, data)
            result = "ok"
        except (Permanent, Invalid) as trouble:
            result = "refused"
            reason = trouble.code if isinstance(trouble, Invalid) else trouble.reason
            log.warning("%s %d cannot be had: %s", one.kind, one.id, reason)
            await _in_thread(self._database.write, lost, one.id, reason)
        except NoRoom as trouble:
            result = "transient"
            await _in_thread(self._missed, one.id, trouble.code)
        except Unavailable:
            result = "transient"
            await _in_thread(self._missed, one.id, "unavailable")
        except (NoToken, Wait) as trouble:
            result = "wait"
            await _in_thread(self._database.write, keeping.postponed, one.id, _until(trouble), trouble.reason)
        except Trouble as trouble:
            result = "transient"
            await _in_thread(self._missed, one.id, trouble.reason)
        count("media_fetched", kind=one.kind, result=result)

    def _keep(self, one: Wanted, data: bytes) -> None:
        data, content_type = _usable(one.kind, data)
        file = self._files.keep(data, content_type)
        try:
            self._database.write(lambda: keeping.kept(one.id, file=file, content_type=content_type))
        except BaseException:
            self._files.drop([file])
            raise

    def _missed(self, item_id: int, reason: str) -> None:
        self._database.write(lambda: keeping.missed(item_id, reason, for_good=False))


@dataclass(frozen=True, slots=True)
class _Way:
    """To the platform and back."""

    bases: dict[str, str]
    tokens: Tokens
    asking: Carrier
    web: aiohttp.ClientSession

    async def download(self, one: Wanted) -> bytes:
        """The file's bytes; raises a Trouble."""
        if one.channel not in self.bases:
            raise Transient("off")
        name = f"{one.channel}/app"
        token = await self.tokens.current(name, self.asking)
        try:
            return await self._get(one, str(token.value))
        except BadToken:
            token = await self.tokens.renewed(name, token, self.asking)
        try:
            return await self._get(one, str(token.value))
        except BadToken as trouble:
            raise Transient(trouble.reason) from None

    async def _get(self, one: Wanted, token: str) -> bytes:
        query = {"access_token": token, "media_id": one.media_id}
        url = URL(f"{self.bases[one.channel].rstrip('/')}/cgi-bin/media/get").with_query(query)
        try:
            async with self.web.get(url, allow_redirects=False) as response:
                if response.status != 200:
                    raise Transient(f"http {response.status}")
                body = await _read(response)
                kind = response.content_type
        except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
            raise Transient("network") from trouble
        if kind.startswith(("image/", "audio/", "voice/", "video/")) or not body.lstrip().startswith(b"{"):
            return body
        return _refused(one.channel, body)


def _refused(channel: str, body: bytes) -> bytes:
    """Errors come as JSON with HTTP 200; so does the address of a video, which is not ours to follow."""
    try:
        answer = json.loads(body)
    except ValueError:
        raise Transient("garbage") from None
    if not isinstance(answer, dict):
        raise Transient("garbage")
    try:
        judged(channel, answer)
    except Permanent as trouble:
        if trouble.reason.startswith(EXPIRED):
            raise
        raise Transient(trouble.reason) from None
    raise Permanent("elsewhere" if "video_url" in answer else "garbage")


async def _read(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(1 << 16):
        size += len(part)
        if size > MOST_BYTES:
            raise Permanent("too_large")
        parts.append(part)
    return b"".join(parts)


def _usable(kind: str, data: bytes) -> tuple[bytes, str]:
    """What is kept, and its content type. Raises Invalid when it is not what it was sent as."""
    if kind == "image":
        return photos.rebuilt(data), photos.CONTENT_TYPE
    for start, mark, content_type in _BEGINS.get(kind, ()):
        if data[start : start + len(mark)] == mark:
            return data, content_type
    raise Invalid("photo_unusable")


def _taken() -> Sequence[Wanted]:
    if in_quarantine():
        return ()
    return [
        Wanted(item.id, item.kind, item.channel or "", item.media_id or "") for item in keeping.due(AT_ONCE)
    ]


def _until(trouble: NoToken | Wait) -> datetime:
    if isinstance(trouble, NoToken):
        return trouble.until
    return next_beijing_day(now()) if trouble.how == "day" else now() + timedelta(minutes=1)


async def _in_thread(work: Callable[..., T], *arguments: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(None, lambda: work(*arguments))
