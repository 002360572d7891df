"""P8: money goes back once, whoever dies and whatever answer is lost."""

import asyncio
import time
from collections import Counter
from random import Random

from sqlalchemy import select

from chaos_rig import oracle
from chaos_rig.crowd import patiently
from chaos_rig.homes import Books, Homes, paid_there, unsettled
from chaos_rig.house import WORK, House
from chaos_rig.payers import Payers, phones, some_at_once
from chaos_rig.platform import Platform
from models.base.actor import By
from models.base.orm import session
from models.ledger.accounts import Account
from models.pay import refunding
from models.pay.tables import Order, RefundState

CLIENTS = 16
ASKS, AGREES = By.staff(1), By.staff(2)
FAULTS = (  # of all that is said of refunds
    {"kind": "cut", "share": 0.25, "effect": True},  # done, and nobody heard so
    {"kind": "cut", "share": 0.1},
    {"kind": "http", "share": 0.1, "effect": True},
    {"kind": "delay", "share": 0.6, "seconds_late": 0.4},
)
PATHS = "/v3/refund/*"
SETTLED_SECONDS = 900.0
HALF = 2  # of two refunds of one order each has half


class Returning:
    """`refunds` refunds, two for each order, while senders die `kills` times."""

    def __init__(self, house: House, platform: Platform, *, refunds: int, kills: int, seed: int) -> None:
        self.house, self.platform = house, platform
        self.refunds, self.kills = refunds, kills
        self._dice = Random(seed)

    def run(self) -> oracle.Verdict:
        homes = Homes(self.house.database, self.refunds // HALF).move_in()
        payers = Payers(self.house, self.platform)

        async def all_pay() -> None:
            async with phones() as phone:
                await some_at_once(
                    [lambda mine=mine: payers.pay(phone, mine) for mine in homes.owing], CLIENTS
                )

        asyncio.run(all_pay())
        while unsettled(self.house.database):
            time.sleep(0.2)
        for fault in FAULTS:
            self.platform.control("POST", "faults", {"platform": "pay", "path": PATHS, **fault})
        began = time.monotonic()
        for half in range(HALF):
            patiently(self.house.database, _want, half)
            self._kill_until_settled(began)
        settled_after = time.monotonic() - began
        verdict = self._judge()
        verdict.figures["settled"] = f"after {settled_after:.0f} s"
        verdict.must(not unsettled(self.house.database), "refunds without an end")
        return verdict

    def _kill_until_settled(self, began: float) -> None:
        target = self.house.killed.total() + self.kills // HALF
        while unsettled(self.house.database) and time.monotonic() - began < SETTLED_SECONDS:
            if self.house.killed.total() < target:
                self.house.kill(WORK, self._dice)
            time.sleep(self._dice.uniform(0.05, 0.6))

    def _judge(self) -> oracle.Verdict:
        verdict = oracle.Verdict()
        known = self.platform.control("GET", "pay")
        there, books = paid_there(known), Books.open(self.house.database)
        back: Counter[str] = Counter()
        for one in known["refunds"]:
            back[one["out_trade_no"]] += one["amount"]["refund"]
        numbers = Counter(one["out_refund_no"] for one in known["refunds"])
        asked = self.platform.control("GET", "ledger?since=0&path=/v3/refund/*")["entries"]
        tries = Counter(entry["key"] for entry in asked if entry["method"] == "POST")
        here = sum(one.fen for one in books.refunds.values() if one.state == RefundState.DONE)
        paid = sum(one["amount"]["total"] for one in there.values())
        account = books.balances.get(Account.WECHAT, 0)
        verdict.figures |= {
            "refunds": f"{len(books.refunds)} of {len(there)} orders, {sum(tries.values())} tries",
            "kills": dict(self.house.killed),
            "sums in fen": f"{paid} paid, {sum(back.values())} given back there, {here} here",
        }
        verdict.must(max(tries.values(), default=0) > 1, "no refund was ever tried twice")
        verdict.zero("known there twice", [n for n, count in numbers.items() if count > 1])
        verdict.zero("numbers that hemei does not have", sorted(numbers.keys() - books.refunds.keys()))
        verdict.zero("numbers that nobody there knows", sorted(books.refunds.keys() - numbers.keys()))
        verdict.zero("more than was paid", [n for n in back if back[n] > there[n]["amount"]["total"]])
        verdict.zero("not done", [n for n, one in books.refunds.items() if one.state != RefundState.DONE])
        verdict.zero("fen between there and here", abs(sum(back.values()) - here))
        verdict.zero("fen between platform and ledger", abs(paid - sum(back.values()) - account))
        verdict.zero("still owed to homes", abs(books.balances.get(Account.REFUND, 0)))
        verdict.must(self.house.ends("ledger", "check") == 0, "hemei ledger check refuses")
        return verdict


def _want(half: int) -> None:
    """One refund of each order: the first time half of it, then the rest."""
    for order in session().scalars(select(Order).where(Order.state == "paid").order_by(Order.id)).all():
        assert order.paid_fen is not None
        first = order.paid_fen // HALF
        refund = refunding.ask(order, first if half == 0 else order.paid_fen - first, "mistaken", ASKS)
        refunding.agree(refund.number, AGREES)
