"""Carries composed calls: one pool of connections, timeouts, no redirect, one new token at most."""

import json
import logging
from collections.abc import Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any

import aiohttp
from yarl import URL

from server.channels.base import BadToken, Call, Permanent, Transient, Trouble, Uncertain, Wait, judged
from server.tally import count
from server.tokens import Tokens

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
ANSWER_BYTES = 1 << 20
JSON_HEADER = {"Content-Type": "application/json"}


class Carrier:
    """All calls go to the platform's configured `api_base_url` and nowhere else."""

    def __init__(self, bases: Mapping[str, str], tokens: Tokens, *, connections: int) -> None:
        self._bases = {platform: base.rstrip("/") for platform, base in bases.items()}
        self._tokens = tokens
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Carrier":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections),
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def carry(self, platform: str, call: Call) -> dict[str, Any]:
        """The platform's answer when it means success; raises a Trouble."""
        try:
            answer = await self._with_token(platform, call)
        except Trouble as trouble:
            count("platform_calls", platform=platform, result=_result(trouble))
            raise
        count("platform_calls", platform=platform, result="ok")
        return answer

    async def _with_token(self, platform: str, call: Call) -> dict[str, Any]:
        if call.token is None:
            return await self.plain(platform, call)
        name = f"{platform}/{call.token}"
        token = await self._tokens.current(name, self)
        try:
            return await self.plain(platform, call, access_token=token.value)
        except BadToken:
            token = await self._tokens.renewed(name, token, self)
        try:
            return await self.plain(platform, call, access_token=token.value)
        except BadToken as trouble:
            raise Transient(trouble.reason) from None

    async def plain(self, platform: str, call: Call, **params: str | None) -> dict[str, Any]:
        """One call, sent once."""
        assert self._session is not None
        url = _url(self._bases[platform], call.path, *call.params.items(), *params.items())
        try:
            async with self._session.request(
                call.method, url, data=call.body(), headers=JSON_HEADER | call.headers, allow_redirects=False
            ) as response:
                status = response.status
                body = await _read(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as trouble:
            raise Transient("network") from trouble
        except TimeoutError as trouble:
            raise Uncertain("timeout") from trouble
        except (aiohttp.ClientError, OSError) as trouble:
            raise Uncertain("cut") from trouble
        if call.understood is not None:
            return call.understood(status, body)
        if status >= 500:
            raise Uncertain(f"http {status}")
        if status != 200:
            raise Transient(f"http {status}")
        try:
            answer = json.loads(body)
        except ValueError:
            raise Uncertain("garbage") from None
        if not isinstance(answer, dict):
            raise Uncertain("garbage")
        return judged(platform, answer)


@lru_cache(256)
def _url(base: str, path: str, *params: tuple[str, Any]) -> URL:
    """Kept, because every call of an interface has the same until its token changes."""
    return URL(f"{base}/{path}").with_query(
        [(name, str(value)) for name, value in params if value is not None]
    )


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = await response.content.read(ANSWER_BYTES)
    while len(body) < ANSWER_BYTES:
        more = await response.content.read(ANSWER_BYTES - len(body))
        if not more:
            return body
        body += more
    raise Uncertain("garbage")


def _result(trouble: Trouble) -> str:
    kinds = {Uncertain: "uncertain", Transient: "transient", Wait: "wait", Permanent: "refused"}
    return kinds.get(type(trouble), "token")
