"""P2: the platform says the same thing a thousand times, many at once."""

import asyncio
import time
from collections import Counter

import aiohttp
from sqlalchemy import func, select

from chaos_rig import oracle
from chaos_rig.homes import Books, Homes, paid_there
from chaos_rig.house import House
from chaos_rig.payers import Payers, phones, some_at_once
from chaos_rig.platform import Platform
from chaos_rig.seals import Seals
from models.base.orm import session
from models.fee.payments import Payment
from models.ledger.accounts import Account
from models.outbox.letter import Letter
from models.pay.tables import Push

AT_ONCE = 32
OTHER_IDS = 20  # of the same payment, because the platform may tell of it anew


class Notified:
    """One payment, `times` notifications of it: byte by byte the same, signed anew, and under another id."""

    def __init__(self, house: House, platform: Platform, *, times: int) -> None:
        self.house, self.platform, self.times = house, platform, times
        self.answers: Counter[int] = Counter()
        self.seconds = 0.0

    def run(self) -> oracle.Verdict:
        (home,) = Homes(self.house.database, 1).move_in().owing
        payers = Payers(self.house, self.platform)

        async def play() -> None:
            async with phones() as phone:
                await payers.pay(phone, home, outcome="unheard")
                await self._tell(phone)

        asyncio.run(play())
        return self._judge()

    async def _tell(self, phone: aiohttp.ClientSession) -> None:
        (trade,) = paid_there(self.platform.control("GET", "pay")).values()
        seals = Seals(self.platform.merchant)
        body = seals.notification(trade)
        headers = seals.headers(body)
        bodies = [body] * self.times + [seals.notification(trade) for _ in range(OTHER_IDS)]

        async def one(number: int, body: bytes) -> None:
            signed = headers if number % 2 and number < self.times else seals.headers(body)
            async with phone.post(f"{self.house.url}/pay/notify", data=body, headers=signed) as answer:
                self.answers[answer.status] += 1

        began = time.monotonic()
        await some_at_once([lambda n=n, b=b: one(n, b) for n, b in enumerate(bodies)], AT_ONCE)
        self.seconds = time.monotonic() - began

    def _judge(self) -> oracle.Verdict:
        verdict, books = oracle.Verdict(), Books.open(self.house.database)
        (bill,) = books.bills.values()
        with self.house.database.read():
            payments = session().scalar(select(func.count(Payment.id)))
            known = session().scalar(select(func.count(Push.id)))
            letters = session().scalar(select(func.count()).where(Letter.kind == "paid"))
        told = self.times + OTHER_IDS
        verdict.figures |= {
            "notifications": f"{told}, {AT_ONCE} at once, {told / self.seconds:.0f} a second",
            "answers": dict(self.answers),
            "kept, by their ids": known,
        }
        verdict.zero("not acknowledged", told - self.answers[204])
        verdict.zero("payments but one", abs((payments or 0) - 1))
        verdict.zero("letters but one", abs((letters or 0) - 1))
        verdict.zero("ids but as many as there were", abs((known or 0) - 1 - OTHER_IDS))
        verdict.zero("fen too many or too few", abs(bill.paid_fen - bill.amount_fen))
        verdict.zero("fen in the ledger beside it", abs(books.balances[Account.WECHAT] - bill.amount_fen))
        verdict.must(self.house.ends("ledger", "check") == 0, "hemei ledger check refuses")
        return verdict
