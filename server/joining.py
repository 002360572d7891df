"""Codes for joining customer groups: made by WeCom, their picture fetched once (QY 92229)."""

import io
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import aiohttp
from PIL import Image
from yarl import URL

from models.place import join_ways
from models.place.join_ways import LATER, SOON, Wanted
from server.channels.base import Permanent, Transient, Trouble, Uncertain
from server.channels.transport import Carrier
from server.channels.work import WorkChannel
from server.database import Database

log = logging.getLogger(__name__)

AT_ONCE = 5
SECONDS, CONNECT_SECONDS = 5.0, 3.0
MOST_BYTES, MOST_PIXELS = 1 << 20, 4_000_000
TENCENTS = (".qpic.cn", ".qq.com")  # where the pictures of the platform lie


class JoinCodes:
    """For one round of server/groups.py."""

    def __init__(
        self, database: Database, channel: WorkChannel, base: str, clock: Callable[[], datetime]
    ) -> None:
        self._database, self._channel, self._base, self._clock = database, channel, base, clock

    async def make(self, carrier: Carrier, stop: threading.Event) -> None:
        """Nothing is raised: why there is no code yet stands with it, and it is tried again."""
        with self._database.read():
            wanted = join_ways.due(self._clock(), AT_ONCE)
        for one in wanted:
            if stop.is_set():
                return
            try:
                picture = await self._picture(one, carrier)
            except Trouble as trouble:
                log.warning("no code for joining group %d: %s", one.id, trouble.reason)
                wait = LATER if isinstance(trouble, Permanent) else SOON
                self._database.write(join_ways.missed, one.id, trouble.reason, self._clock() + wait)
            else:
                self._database.write(join_ways.shown, one.id, picture)

    async def _picture(self, one: Wanted, carrier: Carrier) -> bytes:
        config_id = one.config_id
        if config_id is None:
            # A second code for a try of which nothing was heard does no harm: nobody ever sees the first.
            answer = await carrier.carry("work", self._channel.adding_way(one.chat_id, one.name, one.state))
            config_id = str(answer.get("config_id") or "")
            if not config_id:
                raise Uncertain("garbage")
            self._database.write(join_ways.made, one.id, config_id)
        answer = await carrier.carry("work", self._channel.way(config_id))
        way = answer.get("join_way")
        address = str(way.get("qr_code") or "") if isinstance(way, dict) else ""
        return png(await _fetched(self._allowed(address)))

    def _allowed(self, address: str) -> URL:
        """Where the platform keeps its pictures, and beside the configured address nowhere else."""
        try:
            asked, ours = urlsplit(address), urlsplit(self._base)
            if asked.scheme in ("http", "https") and asked.netloc == ours.netloc:
                return URL(address)
            if asked.scheme in ("http", "https") and (asked.hostname or "").endswith(TENCENTS):
                return URL(address).with_scheme("https").with_port(443)
        except ValueError:
            pass
        raise Permanent("elsewhere")


async def _fetched(address: URL) -> bytes:
    timeout = aiohttp.ClientTimeout(total=SECONDS, sock_connect=CONNECT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as web,
            web.get(address, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise Transient(f"http {response.status}")
            found = bytearray()
            async for part in response.content.iter_chunked(1 << 16):
                found += part
                if len(found) > MOST_BYTES:
                    raise Permanent("too_large")
            return bytes(found)
    except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
        raise Transient("network") from trouble


def png(data: bytes) -> bytes:
    """The picture made anew from its pixels. Raises Transient for what is none."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Permanent("too_large")
            plain = Image.new("RGB", image.size, "white")
            plain.paste(image.convert("RGB"))
    except Permanent:
        raise
    except Exception:  # noqa: BLE001 - decoders raise whatever a broken file leads them to
        raise Transient("garbage") from None
    written = io.BytesIO()
    plain.quantize(32).save(written, "PNG", optimize=True)
    return written.getvalue()
