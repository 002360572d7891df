"""Two homes over years, by chance: bills, ways of paying, contracts, reliefs, services, corrections, sealed
months. After every step the books prove themselves; a model that knows no ledger says what homes ought to be
charged and what money is there."""

import contextlib
import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
import time_machine
from fee_books import living_in
from fee_homes import ONE, TWO, an_offer, bills_of, estate_of, lines_of, some_homes
from pay_till import APP, Till, push, refund_push
from sqlalchemy import select

from models.base.clock import SHANGHAI, local, now
from models.base.months import month_of, month_on, months_from
from models.base.orm import session
from models.base.refusals import Refused
from models.books.statement import statement
from models.contract import agreements, reliefs, services
from models.contract.tables import Charging, Contract, ServiceClass
from models.fee import billing, buying, calendar, ending, gifts, late, leaving, relieving
from models.fee.late import LateRule
from models.fee.payments import Payment, Way, agree_wrong, prepaid, receive, say_wrong
from models.fee.tables import Basis, Bill, State
from models.fee.tariffs import set_price
from models.joins import leaving as joined_leaving
from models.joins import returning
from models.ledger import Account
from models.ledger.balances import balances, household_balance
from models.ledger.sealing import seal
from models.ledger.tables import Entry
from models.pay.checking import faults
from models.pay.said import RefundStatus, TradeState
from server.billing import earn_month
from server.paying import Paying

BEGAN = datetime(2026, 10, 3, 9, tzinfo=SHANGHAI)
FIRST = date(2026, 10, 1)
STEPS = 120
AREA = 5000
RULE = LateRule(per_10000=5, most_percent=30)


class Years:
    """What happens, and beside it what a clerk with a sheet of paper would write down."""

    def __init__(self, db, clock, seed: int) -> None:
        self.db, self.clock, self.chance = db, clock, random.Random(seed)
        self.till = Till(seed=seed)
        self.paying = Paying(db, self.till)
        self.homes: list[int] = db.write(lambda: some_homes(2, AREA))
        self.people = {home: db.write(living_in, home) for home in self.homes}
        self.estate, self.offers, self.services = db.write(self._offered)
        self.prices = {FIRST: 3000}  # 0.0001 yuan, from a day on
        self.bought: dict[int, dict[date, int]] = {}  # contract → the prices of its day
        self.reliefs: dict[int, list[tuple[date, date]]] = defaultdict(list)  # halves
        self.cash: dict[int, int] = defaultdict(int)  # by home
        self.receipts, self.entered = 0, []
        self.done: dict[str, int] = defaultdict(int)  # how often what happened
        self.night()

    def _offered(self):
        estate = estate_of()
        year = an_offer(open_until=date(2030, 1, 1), open_from=FIRST, gift="米", gift_stock=9, gift_fen=20_00)
        trial = an_offer(Charging.TRIAL, open_until=date(2030, 1, 1), open_from=FIRST)
        parking = services.add(estate, "停车", ServiceClass.OPTIONAL, "place", ONE)
        set_price(estate, 60 * 10_000, FIRST, service_id=parking, basis=Basis.UNIT)
        return estate, (year, trial), parking

    @property
    def today(self) -> date:
        return local(now()).date()

    def home(self) -> int:
        return self.chance.choice(self.homes)

    def step(self) -> None:
        if self.chance.random() < 0.2:
            self.days()
            return
        happens = [
            self.pays, self.pays, self.pays, self.taps,
            self.taps, self.put_right, self.relief, self.year, self.leaves, self.trial, self.quarter,
            self.orders, self.ends, self.price, self.counter, self.platform, self.gift,
        ]  # fmt: skip
        with contextlib.suppress(Refused):  # an answer, and nothing happened
            one = self.chance.choice(happens)
            one()
            self.done[one.__name__] += 1

    def days(self) -> None:
        before = month_of(self.today)
        self.clock.shift(timedelta(days=self.chance.randrange(1, 25), hours=self.chance.randrange(24)))
        self.night()
        if month_of(self.today) != before:
            self.month()

    def night(self) -> None:
        period = calendar.newest(self.today, "quarter", 15)
        self.db.write(billing.begin, period, 30)
        with self.db.read():
            runs = calendar.runs_to_go_on_with(self.today, period, "quarter")
        for run in runs:
            self.db.write(billing.again, run)
            while self.db.write(billing.bill_some, run):
                pass
        while self.db.write(leaving.fall_away):
            pass
        self.db.write(agreements.end_past)

    def month(self) -> None:
        self.db.write(late.charge_some, 0, RULE)
        for back in range(14, 0, -1):
            earn_month(self.db, month_on(month_of(self.today), -back))
        if self.chance.random() < 0.7:  # up to the last month but one
            with contextlib.suppress(Refused):
                self.db.write(seal, self.estate, month_on(month_of(self.today), -2), TWO)

    def pays(self) -> None:
        self.receipts += 1
        home, fen, back = self.home(), self.chance.randrange(1, 120) * 100, self.chance.randrange(90)
        way = self.chance.choice((Way.CASH, Way.TRANSFER))
        day = self.today - timedelta(days=back)
        number, _ = self.db.write(receive, home, fen, way, str(self.receipts), day, ONE)
        self.cash[home] += fen
        self.entered.append((number, home, fen))

    def put_right(self) -> None:
        one = number, home, fen = self.chance.choice(self.entered or [(0, 0, 0)])

        def both() -> None:
            payment = session().get(Payment, number)
            if payment is not None:
                say_wrong(payment, ONE, "错")
                agree_wrong(payment, TWO)

        if number:
            self.db.write(both)
            self.cash[home] -= fen
            self.entered.remove(one)

    def taps(self) -> None:
        home = self.home()
        number = self.paying.pay(home, self.people[home], f"openid-{home}", APP).number
        if self.till.slips[number].state == TradeState.NOTPAY:
            trade = self.till.pay(number)
            if self.chance.random() < 0.3:
                with contextlib.suppress(Refused):
                    self.pays()  # at the counter, in the same minute
            push(self.db, trade)

    def platform(self) -> None:
        self.clock.shift(timedelta(minutes=40))
        self.paying.ask()
        self.paying.give_back()
        for number, back in self.till.backs.items():
            if back.status == RefundStatus.PROCESSING:
                refund_push(self.db, self.till.pay_out(number, RefundStatus.SUCCESS))

    def relief(self) -> None:
        since = month_on(month_of(self.today), self.chance.randrange(-5, 4))
        until, home = month_on(since, self.chance.randrange(1, 14)), self.home()
        said = (home, "disability", None, Fraction(1, 2), since, until, ONE)
        self.db.write(relieving.agree, self.db.write(reliefs.ask, *said), TWO)
        self.reliefs[home].append((since, until))

    def year(self) -> None:
        number = self.db.write(lambda: buying.agree(self.home(), self.offers[0], ONE, "desk").id)
        self.bought[number] = dict(self.prices)

    def trial(self) -> None:
        if self.chance.random() < 0.2:
            self.db.write(lambda: buying.agree(self.home(), self.offers[1], ONE, "desk").id)

    def quarter(self) -> None:
        self.db.write(lambda: buying.agree_to_quarter(self.home(), ONE, "desk").id)

    def leaves(self) -> None:
        with self.db.read():
            running = session().scalars(select(Contract).where(Contract.state == "running")).all()
        one = self.chance.choice(running) if running and self.chance.random() < 0.5 else None
        if one is not None and one.charging == Charging.TRIAL:
            self.db.write(leaving.return_trial, one.id, ONE)
        elif one is not None and one.charging == Charging.YEAR:
            fee = self.fee_of_year(one.id)
            owed, _ = self.db.write(joined_leaving.leave, one.id, ONE, "搬家")
            begun = sum(month <= self.today for month in months_from(one.since, 12))
            assert owed.begun == begun
            if begun:  # otherwise the bill is taken back with what was charged for late payment
                assert owed.fen <= int(fee * max(0, 10 - begun) / 10 + Fraction(1, 2))

    def gift(self) -> None:
        with self.db.read():
            years = list(session().scalars(select(Contract.id).where(Contract.charging == Charging.YEAR)))
        if years:
            self.db.write(gifts.hand_over, self.chance.choice(years), "p", ONE)

    def orders(self) -> None:
        since, home = month_on(month_of(self.today), 1), self.home()
        self.db.write(lambda: services.order(home, self.services, 1, since, ONE, once=False))

    def ends(self) -> None:
        number = self.chance.randrange(1, 9)
        self.db.write(ending.end, number, month_on(month_of(self.today), self.chance.randrange(-2, 3)), ONE)

    def price(self) -> None:
        """From a month on of which no quarter is billed."""
        since = month_on(calendar.newest(self.today, "quarter", 15).after, self.chance.randrange(3))
        price = self.chance.choice((3000, 3600, 4200, 4800))
        self.db.write(set_price, self.estate, price, since)
        self.prices[since] = price

    def counter(self) -> None:
        self.receipts += 1
        home, fen = self.home(), self.chance.randrange(1, 60) * 100
        self.db.write(returning.give_back, home, fen, Way.CASH, f"b{self.receipts}", self.today, ONE)
        self.cash[home] -= fen

    # what the sheet of paper says

    def cost(self, home: int, month: date, prices: dict[date, int]) -> Fraction:
        """Of a month, in fen, after relief."""
        price = prices[max(since for since in prices if since <= month)]
        half = any(since <= month < until for since, until in self.reliefs[home])
        return Fraction(AREA * price, 10_000) / (2 if half else 1)

    def fee_of_year(self, number: int) -> Fraction:
        with self.db.read():
            one = session().get_one(Contract, number)
        months = months_from(one.since, 12)
        return sum(self.cost(one.household_id, month, self.bought[number]) for month in months) * 10 / 12

    def till_has(self, home: int) -> int:
        mine = [one for one in self.till.slips.values() if one.openid == f"openid-{home}"]
        out = [one for one in self.till.backs.values() if one.status == RefundStatus.SUCCESS]
        numbers = {number for number, one in self.till.slips.items() if one in mine}
        paid = sum(one.fen for one in mine if one.state == TradeState.SUCCESS)
        return paid - sum(one.fen for one in out if one.trade_number in numbers)

    def check(self) -> None:
        with self.db.read():
            assert list(faults()) == []
            for home in self.homes:
                bills = bills_of(home)
                gift = self._gifts(home)
                has = sum(one.paid_fen for one in bills) + prepaid(home) + gift
                owed = -household_balance(Account.REFUND, home)
                assert has + owed == self.cash[home] + self.till_has(home)
                self._right(home, bills)
            money = balances()
            there = sum(money.get(one, 0) for one in (Account.CASH, Account.BANK))
            assert there == sum(self.cash.values())
            assert money.get(Account.WECHAT, 0) == sum(self.till_has(home) for home in self.homes)

    def _gifts(self, home: int) -> int:
        query = select(Entry.about_id).where(Entry.kind == "gift_kept")
        mine = set(session().scalars(select(Contract.id).where(Contract.household_id == home)))
        return 20_00 * len(mine & set(session().scalars(query)))

    def _right(self, home: int, bills: list[Bill]) -> None:
        left = set(session().scalars(select(Contract.id).where(Contract.state == "ended")))
        for bill in bills:
            if bill.state == State.VOID or bill.service_id or bill.contract_id in left:
                continue
            fee = sum(fen for what, fen in lines_of(bill) if what != "late")
            if bill.contract_id:
                session().expire_all()
                months = months_from(bill.first, bill.months)
                prices = self.bought[bill.contract_id]
                assert fee == sum(self.cost(home, month, prices) for month in months) * 10 / 12
            else:
                months = months_from(bill.first, bill.months)
                assert fee == sum(self.cost(home, month, self.prices) for month in months)

    def all_months_charged_once(self) -> None:
        """But those of a trial, and after it those before the home agreed to something."""
        until = calendar.period_of(self.today, "quarter").first
        with self.db.read():
            for home in self.homes:
                held = agreements.all_of(home)
                charged = defaultdict(int)
                for bill in bills_of(home):
                    if bill.state != State.VOID and not bill.service_id:
                        for month in months_from(bill.first, bill.months):
                            charged[month] += 1
                trial = next((one for one in held if one.charging == Charging.TRIAL), None)
                month = FIRST
                while month < until:
                    free = False
                    if trial is not None and month_on(month, 1) > trial.since:
                        later = [
                            one.since
                            for one in held
                            if one is not trial
                            and one.since >= trial.until
                            and (one.until is None or one.until > one.since)
                        ]
                        free = month < min(later, default=date.max) and month >= trial.since
                    assert charged[month] == (0 if free else 1), (home, month)
                    month = month_on(month, 1)

    def months_follow_one_another(self) -> None:
        with self.db.read():
            month, before = date(2026, 6, 1), 0
            while month <= self.today:
                said = statement(self.estate, month)
                assert said.opening == before
                assert said.opening + said.received - said.spent == said.closing
                month, before = month_on(month, 1), said.closing
            money = balances()
            assert before == sum(money.get(one, 0) for one in (Account.CASH, Account.BANK, Account.WECHAT))

    def all_is_earned(self) -> None:
        with self.db.read():
            ends = [month_on(one.first, one.months) for home in self.homes for one in bills_of(home)]
        while month_of(self.today) <= max(ends):
            self.clock.shift(timedelta(days=28))
            for back in range(14, 0, -1):
                earn_month(self.db, month_on(month_of(self.today), -back))
        with self.db.read():
            assert balances().get(Account.DEFERRED, 0) == 0
            assert list(faults()) == []


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_it_comes_to_the_fen_however_it_goes(db, seed):
    with time_machine.travel(BEGAN, tick=False) as clock:
        years = Years(db, clock, seed)
        for _ in range(STEPS):
            years.step()
            years.check()
        assert years.done.keys() >= {"pays", "taps", "put_right", "relief", "year", "leaves", "ends"}
        years.platform()
        years.platform()
        years.night()
        years.check()
        years.all_months_charged_once()
        years.months_follow_one_another()
        years.all_is_earned()
