"""Access tokens, one for each account and shared by all processes and machines (F2).

The row in the database holds the token; whoever finds it old takes a short lease on the row and fetches a new
one, the others wait for him. No transaction is open while the platform is asked. Service account and
mini-program use stable_token, which never invalidates a token that another process holds; its forced form,
needed when a token is refused before its time, is rationed to what the platform allows (20 a day).
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from models.base.clock import now
from models.outbox import tokens
from models.outbox.meters import Meters
from models.outbox.tokens import Held
from server.channels.base import Call, Transient, Trouble
from server.config import WeChat
from server.database import Database

T = TypeVar("T")
log = logging.getLogger(__name__)

MARGIN_SECONDS = (
    240  # stable_token gives the next token from 300 s before the end on, and the old one still works
)
LEASE = timedelta(seconds=20)
TROUBLE_PAUSE = timedelta(seconds=5)
REFUSED_PAUSE = timedelta(seconds=30)
FORCE_BURST = 2
FORCE_EVERY = timedelta(minutes=80)  # with the burst at most 20 a day, whatever happens
POLL_SECONDS = 0.1


class Asking(Protocol):
    async def plain(self, platform: str, call: Call, **params: str | None) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Account:
    """Whose token it is. `row` names it in the database."""

    row: str
    platform: str
    call: Callable[[bool], Call]  # forced or not
    can_force: bool
    margin: int = 5  # WeCom gives the same token until its very end


class NoToken(Transient):
    """The platform gives no token now; `until` says when it is asked again."""

    def __init__(self, reason: str, until: datetime) -> None:
        super().__init__(reason)
        self.until = until


class Tokens:
    def __init__(
        self, database: Database, accounts: Mapping[str, Account], clock: Callable[[], datetime] = now
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._clock = clock
        self._who = secrets.token_hex(8)
        self._known: dict[str, Held] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def current(self, name: str, asking: Asking) -> Held:
        """A token that can be used; NoToken when there is none."""
        known = self._known.get(name)
        if known is not None and self._good(known):
            return known
        async with self._lock(name):
            known = self._known.get(name)
            if known is not None and self._good(known):
                return known
            return await self._fresh(name, asking, refused=None)

    async def renewed(self, name: str, refused: Held, asking: Asking) -> Held:
        """A newer token than the refused one; fetched only when nobody has done so yet."""
        async with self._lock(name):
            known = self._known.get(name)
            if known is not None and known.version > refused.version and self._good(known):
                return known
            self._known.pop(name, None)
            return await self._fresh(name, asking, refused)

    async def _fresh(self, name: str, asking: Asking, refused: Held | None) -> Held:
        account = self._accounts[name]
        for _ in range(int(LEASE.total_seconds() / POLL_SECONDS) + 10):
            at = self._clock()
            held = await self._in_thread(self._read, account.row, at)
            is_newer = refused is None or held.version > refused.version
            if is_newer and self._good(held):
                self._known[name] = held
                return held
            if held.refused_until and held.refused_until > at:
                raise NoToken("token", held.refused_until)
            if await self._in_thread(self._begin, account.row, held.version, at):
                await self._fetch(account, asking, refused)
            else:
                await asyncio.sleep(POLL_SECONDS)
        raise NoToken("token", self._clock() + TROUBLE_PAUSE)

    async def _fetch(self, account: Account, asking: Asking, refused: Held | None) -> None:
        try:
            value, seconds = await self._ask(account, asking, refused)
        except Trouble as trouble:
            pause = TROUBLE_PAUSE if isinstance(trouble, Transient) else REFUSED_PAUSE
            log.error("no access token for %s: %s", account.row, trouble.reason)
            until = self._clock() + pause
            await self._in_thread(lambda: self._database.write(tokens.give_up, account.row, self._who, until))
            raise NoToken(trouble.reason, until) from trouble
        expires = self._clock() + timedelta(seconds=seconds - min(account.margin, seconds // 2))
        await self._in_thread(self._database.write, tokens.store, account.row, self._who, value, expires)

    async def _ask(self, account: Account, asking: Asking, refused: Held | None) -> tuple[str, int]:
        answer = await asking.plain(account.platform, account.call(False))
        value = str(answer.get("access_token", ""))
        if refused is not None and value == refused.value:
            # because the platform calls this very token bad, only force can bring another one
            if not account.can_force or not await self._in_thread(self._may_force, account.row):
                raise Trouble("token")
            answer = await asking.plain(account.platform, account.call(True))
            value = str(answer.get("access_token", ""))
        if not value:
            raise Trouble("garbage")
        return value, int(answer.get("expires_in", 7200))

    def _may_force(self, row: str) -> bool:
        def work() -> bool:
            name = f"force/{row}"
            meters = Meters([name], self._clock())
            allowed = meters.pace(name, FORCE_BURST, FORCE_EVERY) is None
            meters.save()
            return allowed

        return self._database.write(work)

    def _good(self, held: Held) -> bool:
        return held.value is not None and held.expires_at is not None and held.expires_at > self._clock()

    def _begin(self, row: str, seen: int, at: datetime) -> bool:
        return self._database.write(tokens.begin_refresh, row, self._who, seen, at, LEASE)

    def _read(self, row: str, at: datetime) -> Held:
        with self._database.read():
            return tokens.held(row, at)

    def _lock(self, name: str) -> asyncio.Lock:
        return self._locks.setdefault(name, asyncio.Lock())

    @staticmethod
    async def _in_thread(work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(None, partial(work, *arguments))


def accounts(wechat: WeChat) -> dict[str, Account]:
    """Every account that the configuration knows, by the name that calls use."""
    found: dict[str, Account] = {}
    for platform, app in (("official", wechat.official), ("mini", wechat.mini)):
        if app is not None:
            found[f"{platform}/app"] = Account(
                f"{platform}/{app.app_id}",
                platform,
                _stable(app.app_id, app.app_secret),
                True,
                MARGIN_SECONDS,
            )
    work = wechat.work
    if work is not None:
        for name, secret in (("app", work.secret), ("contact", work.contact_secret)):
            row = f"work/{work.corp_id}/{name}"
            found[f"work/{name}"] = Account(row, "work", _gettoken(work.corp_id, secret), can_force=False)
    return found


def _stable(app_id: str, secret: str) -> Callable[[bool], Call]:
    def call(force: bool) -> Call:
        data = {
            "grant_type": "client_credential",
            "appid": app_id,
            "secret": secret,
            "force_refresh": force,
        }
        return Call("POST", "cgi-bin/stable_token", data=data, token=None)

    return call


def _gettoken(corp_id: str, secret: str) -> Callable[[bool], Call]:
    def call(_force: bool) -> Call:
        return Call("GET", "cgi-bin/gettoken", {"corpid": corp_id, "corpsecret": secret}, token=None)

    return call
