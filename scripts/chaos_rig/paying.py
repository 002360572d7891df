"""P3, P4: everybody pays over WeChat while processes die, or while no notification ever comes."""

import asyncio
import time
from itertools import pairwise
from random import Random

from sqlalchemy import func, select

from chaos_rig import oracle
from chaos_rig.crowd import patiently
from chaos_rig.homes import Books, Homes, Owing, paid_there, total, unsettled
from chaos_rig.house import PARENT, WEB, WORK, House
from chaos_rig.payers import Paid, Payers, phones, some_at_once
from chaos_rig.platform import Platform
from models.base.actor import SYSTEM
from models.base.clock import local, now
from models.base.orm import session
from models.fee.payments import Payment, Way, receive
from models.fee.tables import State as BillState
from models.ledger.accounts import Account
from models.outbox.letter import Letter
from models.pay.tables import Order, State

CLIENTS = 24
DEAF_CLIENTS = 120  # each of them looks at the page for a while in vain
CONVERGED_SECONDS = 600.0
UNHEARD_SECONDS = 300.0  # P4: known by asking
WEIGHTS = {WEB: 5, WORK: 3, PARENT: 2}
UNHEARD = 0.1  # of those who pay, no notification is ever sent
DOUBLE = 0.1  # tap twice at once
CHANGED = 0.2  # of those of whom nobody is told: something is paid at the counter after the first tap
AT_THE_COUNTER = 100  # fen


class Paying:
    """`homes` homes pay, each until the platform has its money. `deaf`: every notification gets lost."""

    def __init__(
        self, house: House, platform: Platform, *, homes: int, kills: int, seed: int, deaf: bool = False
    ) -> None:
        self.house, self.platform = house, platform
        self.homes, self.kills, self.deaf = homes, kills, deaf
        self._dice = Random(seed)
        self._done = 0
        self._all_done = False
        self.settled_after = 0.0

    def run(self) -> oracle.Verdict:
        homes = Homes(self.house.database, self.homes).move_in()
        if self.deaf:
            self.platform.control("POST", "faults", {"kind": "cut", "platform": "pay", "path": "/push/*"})
        payers = Payers(self.house, self.platform)
        began = time.monotonic()
        asyncio.run(self._play(payers, homes.owing))
        seconds = time.monotonic() - began
        self.house.wait_until_ready()
        self._settle()
        verdict = oracle.Verdict()
        verdict.figures["payments"] = f"{len(homes.owing)} in {seconds:.0f} s"
        killed = ", ".join(f"{count} {role}" for role, count in self.house.killed.items())
        verdict.figures["kills"] = f"{self.kills} planned: {killed or 'none'}"
        self._judge(verdict, payers)
        return verdict

    async def _play(self, payers: Payers, owing: list[Owing]) -> None:
        async with phones() as phone:
            killer = asyncio.create_task(self._kill())

            async def one(mine: Owing, outcome: str, *, twice: bool) -> None:
                if self.deaf and self._dice.random() < CHANGED:
                    await payers.tap(phone, Paid(mine))
                    await asyncio.to_thread(patiently, self.house.database, _at_the_counter, mine)
                await payers.pay(phone, mine, outcome=outcome, twice=twice)
                self._done += 1

            jobs = []
            for mine in owing:
                outcome = "unheard" if self._dice.random() < UNHEARD else "success"
                twice = self._dice.random() < DOUBLE
                jobs.append(lambda mine=mine, how=outcome, twice=twice: one(mine, how, twice=twice))
            await some_at_once(jobs, DEAF_CLIENTS if self.deaf else CLIENTS)
            self._all_done = True
            await killer

    async def _kill(self) -> None:
        roles = list(WEIGHTS)
        for number in range(self.kills):
            while self._done < (number + 0.5) * self.homes / (self.kills + 1) and not self._all_done:
                await asyncio.sleep(0.01)
            await asyncio.sleep(self._dice.random() * 0.1)
            role = self._dice.choices(roles, list(WEIGHTS.values()))[0]
            until = time.monotonic() + 20
            while not self.house.kill(role, self._dice) and time.monotonic() < until:
                await asyncio.sleep(0.02)

    def _settle(self) -> None:
        began = time.monotonic()
        while unsettled(self.house.database) and time.monotonic() - began < CONVERGED_SECONDS:
            time.sleep(0.5)
        self.settled_after = time.monotonic() - began

    def _judge(self, verdict: oracle.Verdict, payers: Payers) -> None:
        known = self.platform.control("GET", "pay")
        there, books = paid_there(known), Books.open(self.house.database)
        here = {number: one for number, one in books.orders.items() if one.state == State.PAID}
        verdict.figures |= {
            "settled": f"{self.settled_after:.0f} s after the last payment (bar {CONVERGED_SECONDS:.0f} s)",
            "orders": f"{len(books.orders)} for {sum(one.taps for one in payers.everybody)} taps",
            "receipts that were seen": sum(one.has_receipt for one in payers.everybody),
            "notifications": _notifications(known),
        }
        payers.judge(verdict)
        verdict.must(self.settled_after < CONVERGED_SECONDS, "orders without an end")
        verdict.zero(
            "people who could not pay", [one for one in payers.everybody if one.confirmed_at is None]
        )
        verdict.zero("paid at the platform and not here", sorted(there.keys() - here.keys()))
        verdict.zero("paid here and not at the platform", sorted(here.keys() - there.keys()))
        verdict.zero(
            "paid here by another transaction",
            [n for n, one in here.items() if n in there and one.transaction_id != there[n]["transaction_id"]],
        )
        verdict.zero("orders with a trouble", [n for n, one in books.orders.items() if one.trouble])
        verdict.zero(
            "bills that are not paid to the fen",
            [
                one.id
                for one in books.bills.values()
                if one.paid_fen != one.amount_fen or one.state != BillState.PAID
            ],
        )
        verdict.zero("processes that outlived their parent", self.house.strays())
        self._judge_sums(verdict, known, books)
        self._judge_letters(verdict, len(here))
        verdict.must(self.house.ends("ledger", "check") == 0, "hemei ledger check refuses")
        if self.deaf:
            late = max(_seconds_until_booked(self.house), default=0.0)
            verdict.figures["booked after"] = f"{late:.0f} s at most (bar {UNHEARD_SECONDS:.0f} s)"
            verdict.in_time(late <= UNHEARD_SECONDS, "a payment was not known in time")
            self._judge_closing(verdict, books)

    def _judge_sums(self, verdict: oracle.Verdict, known: dict[str, object], books: Books) -> None:
        there = total(list(paid_there(known).values()))
        given_back = sum(one["amount"]["refund"] for one in known["refunds"])  # type: ignore[attr-defined]
        here = sum(one.paid_fen for one in books.orders.values() if one.state == State.PAID)
        account = books.balances.get(Account.WECHAT, 0)
        verdict.figures["sums in fen"] = f"{there} at the platform, {given_back} given back, {account} here"
        verdict.zero("fen between platform and orders", abs(there - here))
        verdict.zero("fen between platform and ledger", abs(there - given_back - account))
        with self.house.database.read():
            twice = select(Payment.key).group_by(Payment.key).having(func.count() > 1)
            verdict.zero("transactions booked twice", list(session().scalars(twice)))

    def _judge_closing(self, verdict: oracle.Verdict, books: Books) -> None:
        """Whoever is to pay another sum gets another order only when the one before it cannot be paid."""
        entries = self.platform.control("GET", "ledger?since=0&path=/v3/pay/*")["entries"]
        made = {one["key"]: one["number"] for one in entries if one["path"].endswith("/jsapi")}
        shut = {one["key"]: one["number"] for one in entries if one["path"].endswith("/close")}
        of_home: dict[int, list[str]] = {}
        for number in made:
            of_home.setdefault(books.orders[number].household_id, []).append(number)
        pairs = [pair for numbers in of_home.values() for pair in pairwise(numbers)]
        verdict.figures["orders that another one took the place of"] = len(pairs)
        verdict.must(bool(pairs), "nobody's sum ever changed")
        open_still = [old for old, new in pairs if shut.get(old, made[new]) >= made[new]]
        verdict.zero("not closed there before the next one was made", open_still)

    def _judge_letters(self, verdict: oracle.Verdict, orders: int) -> None:
        with self.house.database.read():
            told = session().scalar(select(func.count()).where(Letter.kind == "paid")) or 0
        verdict.zero("receipts that were not told, or told twice", abs(told - orders))


def _notifications(known: dict[str, object]) -> str:
    pushes: list[dict[str, list[int]]] = known["pushes"]  # type: ignore[assignment]
    tries = sum(len(one["answers"]) for one in pushes)
    heard = sum(one["answers"][-1:] == [204] for one in pushes)
    return f"{len(pushes)}, {tries} tries, {heard} heard"


def _at_the_counter(home: Owing) -> None:
    today = local(now()).date()
    receive(home.household, AT_THE_COUNTER, Way.CASH, f"rig-{home.household}", today, SYSTEM)


def _seconds_until_booked(house: House) -> list[float]:
    """From the tap on the phone, by the platform's clock in whole seconds, to the commit of the payment."""
    query = select(Order.paid_at, Payment.at).join(Payment, Payment.id == Order.payment_id)
    with house.database.read():
        return [(booked - paid).total_seconds() for paid, booked in session().execute(query)]
