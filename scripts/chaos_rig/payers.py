"""People who pay on the phone: hemei's own pages, the platform's own sheet, and patience while hemei dies."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from secrets import token_urlsafe

import aiohttp

from chaos_rig.homes import Owing, Sheet
from chaos_rig.house import House
from chaos_rig.oracle import Verdict
from chaos_rig.platform import Platform

TAP_SECONDS = 120.0  # somebody whom hemei does not answer taps again for so long
WAIT_SECONDS = 20.0  # then he puts the phone away; the money is not lost
LOOK_EVERY = 0.5
ANSWER_SECONDS = 10.0
EXPECTED = {409, 503}  # "wait a moment": an order is being closed, nobody can write just now
LOG_CHARACTERS = 6_000


@dataclass
class Paid:
    """What one person did and saw."""

    owing: Owing
    taps: int = 0
    confirmed_at: float | None = None  # on the phone, seconds since 1970
    has_receipt: bool = False


@dataclass
class Payers:
    """`statuses` are answers of hemei other than 200, `broken` connections refused or cut."""

    house: House
    platform: Platform
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    refused: int = 0  # by the platform, on the phone: paid already, closed meanwhile
    everybody: list[Paid] = field(default_factory=list)

    async def pay(
        self, phone: aiohttp.ClientSession, owing: Owing, *, outcome: str = "success", twice: bool = False
    ) -> Paid:
        """From the tap to the receipt. `twice`: two taps at once; `outcome` as the simulator's phone says."""
        paid = Paid(owing)
        self.everybody.append(paid)
        until = time.monotonic() + TAP_SECONDS
        while time.monotonic() < until and paid.confirmed_at is None:
            sheets = await asyncio.gather(*(self.tap(phone, paid) for _ in range(1 + twice)))
            sheet = next((one for one in sheets if one is not None), None)
            if sheet is None:
                await asyncio.sleep(0.7)
            elif await self.confirm(phone, sheet, owing, outcome):
                paid.confirmed_at = time.time()
                if outcome == "success":
                    await self._see_receipt(phone, paid, sheet)
        return paid

    async def tap(self, phone: aiohttp.ClientSession, paid: Paid) -> Sheet | None:
        """The button; None where hemei gives nothing to pay just now."""
        paid.taps += 1
        page = await self._asked(phone, "POST", paid.owing, paid.owing.path)
        return Sheet.of(page) if page is not None else None

    async def confirm(
        self, phone: aiohttp.ClientSession, sheet: Sheet, owing: Owing, outcome: str = "success"
    ) -> bool:
        """The password is typed; False when the platform does not take it (any more)."""
        said = {"prepay_id": sheet.prepay_id, "openid": owing.openid, "outcome": outcome}
        async with phone.post(f"{self.platform.url}/control/pay", json=said) as answer:
            await answer.read()
            self.refused += answer.status != 200
            return answer.status == 200

    def judge(self, verdict: Verdict) -> None:
        """No page ends in an error, whatever dies: refused and put off is what a person can live with."""
        strange = [status for status in self.statuses if status not in EXPECTED]
        verdict.figures["connections refused or cut"] = self.broken
        verdict.figures["answers other than 200"] = dict(self.statuses) or "none"
        verdict.zero("answers that nobody expects", strange)
        if strange:
            verdict.figures["what the log says of them"] = self.house.log()[-LOG_CHARACTERS:]

    async def _see_receipt(self, phone: aiohttp.ClientSession, paid: Paid, sheet: Sheet) -> None:
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            said = await self._asked(phone, "GET", paid.owing, sheet.progress)
            if said is not None and '"paid"' in said:
                receipt = sheet.progress.removesuffix("/state") + "/receipt"
                paid.has_receipt = await self._asked(phone, "GET", paid.owing, receipt) is not None
                if paid.has_receipt:
                    return
            await asyncio.sleep(LOOK_EVERY)

    async def _asked(self, phone: aiohttp.ClientSession, method: str, owing: Owing, path: str) -> str | None:
        """The page, or None: refused, cut off, or no answer."""
        try:
            async with phone.request(
                method,
                self.house.url + path,
                data={"once": token_urlsafe(12)} if method == "POST" else None,
                cookies=owing.cookies(),
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            ) as answer:
                page = await answer.text()
        except (aiohttp.ClientError, OSError, TimeoutError):
            self.broken += 1
            return None
        if answer.status != 200:
            self.statuses[answer.status] += 1
            return None
        return page


def phones() -> aiohttp.ClientSession:
    """Connections for a crowd; cookies are each payer's own."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, force_close=True), cookie_jar=aiohttp.DummyCookieJar()
    )


async def some_at_once(jobs: Iterable[Callable[[], Awaitable[object]]], many: int) -> None:
    """Runs all of them, so many at a time."""
    waiting = iter(jobs)

    async def work() -> None:
        for job in waiting:
            await job()

    await asyncio.gather(*(work() for _ in range(many)))
