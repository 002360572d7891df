"""P5: two to five people pay one bill in the same moment; some tap twice, some bills change meanwhile."""

import asyncio
import time
from random import Random

import aiohttp
from sqlalchemy import select

from chaos_rig import oracle
from chaos_rig.crowd import patiently
from chaos_rig.homes import Books, Homes, Owing, Sheet, paid_there, unsettled
from chaos_rig.house import House
from chaos_rig.payers import Paid, Payers, phones, some_at_once
from chaos_rig.platform import Platform
from models.base.actor import SYSTEM
from models.base.orm import session
from models.fee.composing import Line
from models.fee.lines import change
from models.fee.payments import hold
from models.fee.tables import Bill
from models.ledger.accounts import Account
from models.pay.tables import Order, Refund, RefundState, State

BILLS_AT_ONCE = 6
CHANGED = 0.1  # of the bills, after all have their sheets
MORE_FEN = 100
BACK_SECONDS = 600.0


class Rivals:
    """`bills` bills, each with two to five payers; so many seconds it is watched that nobody closes what is
    held."""

    def __init__(
        self, house: House, platform: Platform, *, bills: int, seed: int, watched: float = 40.0
    ) -> None:
        self.house, self.platform, self.bills = house, platform, bills
        self.watched = watched
        self._dice = Random(seed)
        self._changed: set[int] = set()

    def run(self) -> oracle.Verdict:
        homes = Homes(self.house.database, self.bills).move_in()
        payers = Payers(self.house, self.platform)
        asyncio.run(self._play(payers, homes.owing))
        ended = time.monotonic()
        while unsettled(self.house.database) and time.monotonic() - ended < BACK_SECONDS:
            time.sleep(0.5)
        settled_after = time.monotonic() - ended
        time.sleep(max(self.watched - settled_after, 0))
        verdict = self._judge(payers)
        verdict.figures["settled"] = f"{settled_after:.0f} s later (bar {BACK_SECONDS:.0f} s)"
        verdict.must(settled_after < BACK_SECONDS, "orders or refunds without an end")
        return verdict

    async def _play(self, payers: Payers, owing: list[Owing]) -> None:
        async with phones() as phone:
            await some_at_once(
                [lambda mine=mine: self._one_bill(payers, phone, mine) for mine in owing], BILLS_AT_ONCE
            )

    async def _one_bill(self, payers: Payers, phone: aiohttp.ClientSession, home: Owing) -> None:
        rivals = [home, *(home.as_another(n) for n in range(self._dice.randint(1, 4)))]
        people = [Paid(one) for one in rivals]
        payers.everybody += people
        sheets = await asyncio.gather(*(self._tap(payers, phone, one) for one in people))
        if self._dice.random() < CHANGED:
            self._changed.add(home.bill)
            await asyncio.to_thread(patiently, self.house.database, _change, home)

        async def confirm(one: Paid, sheet: Sheet) -> None:
            if await payers.confirm(phone, sheet, one.owing):
                one.confirmed_at = time.time()

        given = zip(people, sheets, strict=True)
        await asyncio.gather(*(confirm(one, sheet) for one, sheet in given if sheet is not None))

    async def _tap(self, payers: Payers, phone: aiohttp.ClientSession, one: Paid) -> Sheet | None:
        """Until there is something to pay; every third person is impatient and taps twice."""
        twice = self._dice.random() < 0.3
        for _ in range(20):
            sheets = await asyncio.gather(*(payers.tap(phone, one) for _ in range(1 + twice)))
            got = {sheet.prepay_id: sheet for sheet in sheets if sheet is not None}
            if got:
                return next(iter(got.values()))
            await asyncio.sleep(0.5)
        return None

    def _judge(self, payers: Payers) -> oracle.Verdict:
        verdict = oracle.Verdict()
        known = self.platform.control("GET", "pay")
        there, books = paid_there(known), Books.open(self.house.database)
        back: dict[str, int] = {}
        for one in known["refunds"]:
            back[one["out_trade_no"]] = back.get(one["out_trade_no"], 0) + one["amount"]["refund"]
        of_home: dict[int, list[str]] = {}
        for number in there:
            if number in books.orders:
                of_home.setdefault(books.orders[number].household_id, []).append(number)
        wrong, held, kept = [], [], 0
        for bill in books.bills.values():
            numbers = of_home.get(bill.household_id, [])
            if bill.id in self._changed:
                held += [n for n in numbers if books.orders[n].state != State.HELD]
                held += [f"bill {bill.id}"] * bool(bill.paid_fen)
                continue
            stays = sum(there[n]["amount"]["total"] - back.get(n, 0) for n in numbers)
            kept += bill.amount_fen
            if not stays == bill.paid_fen == bill.amount_fen:
                wrong.append(f"bill {bill.id}: {bill.amount_fen} owed, {stays} there, {bill.paid_fen} here")
        over = sum(len(numbers) > 1 for numbers in of_home.values())
        verdict.figures |= {
            "bills": f"{self.bills}, {len(payers.everybody)} payers, {len(books.orders)} orders",
            "paid at the platform": f"{len(there)}, of {over} bills more than once; {len(back)} given back",
            "refused on the phone": payers.refused,
            "changed meanwhile": len(self._changed),
        }
        payers.judge(verdict)
        verdict.must(over > 0, "nobody ever paid what another one paid")
        verdict.zero("paid there and unknown here", sorted(there.keys() - books.orders.keys()))
        verdict.zero("bills whose money does not stay once", wrong)
        verdict.zero("of changed bills what was not held", held)
        verdict.zero("fen between bills and ledger", abs(books.balances.get(Account.WECHAT, 0) - kept))
        verdict.zero("refunds without an end", [n for n, r in books.refunds.items() if r.state != "done"])
        verdict.zero("credit beside the bills", abs(books.balances.get(Account.PREPAID, 0)))
        verdict.must(self.house.ends("ledger", "check") == 0, "hemei ledger check refuses")
        late = self._seconds_until_back()
        verdict.figures["given back after"] = f"{late:.0f} s at most (bar {BACK_SECONDS:.0f} s)"
        verdict.in_time(late <= BACK_SECONDS, "a surplus went back too late")
        return verdict

    def _seconds_until_back(self) -> float:
        query = select(Order.paid_at, Refund.done_at).join(Order, Order.id == Refund.order_id)
        with self.house.database.read():
            rows = session().execute(query.where(Refund.state == RefundState.DONE)).all()
        return max(((done - paid).total_seconds() for paid, done in rows), default=0.0)


def _change(home: Owing) -> None:
    hold(home.household)
    bill = session().get_one(Bill, home.bill)
    change(bill, "late", [Line("late", MORE_FEN, detail="rig")], SYSTEM)
