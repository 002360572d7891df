"""P9, P8: what the platform gave back without us is booked by two persons, and then both say the same."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from bill_files import Back as BackRow
from bill_files import Flow, Paid, clerk, fund_file, trade_file
from cast import Someone
from factories import a_town
from fee_bills import a_bill
from fee_books import homes, living_in
from open_books import a_colleague
from pay_till import APP, Back, Till, push, refund_push
from paying_homes import in_order
from sqlalchemy import select

from models.base.actor import SYSTEM, By
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound, Refused
from models.fee.payments import Way, receive
from models.fee.tables import Bill
from models.history import steps_about
from models.ledger import Account
from models.ledger.balances import balances, household_balance
from models.pay import given_there, refunding
from models.pay.bill_files import read
from models.pay.comparing import compare
from models.pay.differences import Code, has_to_be_booked, settle
from models.pay.given_there import BookAs, agree, held, say
from models.pay.said import RefundStatus, TradeState
from models.pay.tables import Difference, Refund, RefundState
from models.place.tables import Estate
from server.paying import Paying

THAT_DAY = datetime(2026, 3, 23, 3, tzinfo=UTC)
DAY = date(2026, 3, 23)


class Town:
    """Homes that pay over WeChat on one day; the bill files of the day, read on the next."""

    def __init__(self, db, count: int = 1, fen: int = 45_00, bills: int = 1) -> None:
        self.db, self.till, self.fen = db, Till(), fen
        self.paying = Paying(db, self.till)
        self.clock = time_machine.travel(THAT_DAY, tick=False)
        self.traveller = self.clock.start()
        self.console = 0
        self.homes: list[int] = []
        self.bills: dict[int, list[int]] = {}
        self.people: dict[int, int] = {}

        def made() -> Someone:
            a_town()
            self.homes = homes(count)
            for home in self.homes:
                self.bills[home] = [a_bill(home, fen, f"2026-0{month + 1}") for month in range(bills)]
                self.people[home] = living_in(home)
            community = session().scalars(select(Estate.community_id).where(Estate.name == "育英小区")).one()
            return a_colleague("第二人", "C009", "community", community=community)

        second = db.write(made)
        self.one, self.two = db.write(clerk), By.staff(second.id)

    def paid(self, home: int, bills: list[int] | None = None) -> str:
        """The order by which this home paid these bills, or all."""
        who = self.people[home]
        number = self.paying.pay(home, who, f"openid-{who}", APP, bills or self.bills[home]).number
        push(self.db, self.till.pay(number))
        return number

    def wanted(self, order: str, fen: int) -> str:
        """A refund of ours that two persons want."""

        def work() -> str:
            found = self.order(order)
            number = refunding.ask(found, fen, "mistaken", self.one).number
            refunding.agree(number, self.two)
            return number

        return self.db.write(work)

    def counter(self, number: str) -> None:
        self.db.write(refunding.settle, number, self.one, "counter")

    def abnormal(self, number: str) -> None:
        """The platform takes it on and cannot pay it."""
        self.paying.give_back()
        refund_push(self.db, self.till.pay_out(number, RefundStatus.ABNORMAL), f"a-{number}")

    def pays_after_all(self, number: str) -> None:
        refund_push(self.db, self.till.pay_out(number), f"s-{number}")

    def at_the_console(self, order: str, fen: int) -> str:
        self.console += 1
        number, slip = f"console-{self.console}", self.till.slips[order]
        self.till.backs[number] = Back(order, fen, slip.fen, RefundStatus.SUCCESS)
        slip.given_back += fen
        return number

    def compare(self, *, fund_first: bool = False) -> int:
        """Both files, on the next day. Returns how many differences are open then."""
        self.traveller.move_to(THAT_DAY + timedelta(days=1), tick=False)
        files = [read(self.trade()), read(self.fund())]
        for file in reversed(files) if fund_first else files:
            self.db.write(compare, file, SYSTEM, day=DAY)
        return len(self.open())

    def trade(self) -> bytes:
        paid = [
            Paid(number, slip.fen, slip.transaction_id)
            for number, slip in self.till.slips.items()
            if slip.state == TradeState.SUCCESS
        ]
        return trade_file(DAY, [*paid, *(BackRow(*row) for row in self._backs())])

    def fund(self) -> bytes:
        came = [
            Flow("交易", number, slip.fen, platform=slip.transaction_id)
            for number, slip in self.till.slips.items()
            if slip.state == TradeState.SUCCESS
        ]
        went = [Flow("退款", number, -fen) for number, fen, state, _ in self._backs() if state == "SUCCESS"]
        return fund_file(DAY, [*came, *went])

    def _backs(self) -> Iterator[tuple[str, int, str, str]]:
        for number, back in self.till.backs.items():
            yield number, back.fen, str(back.status), back.trade_number

    def open(self) -> list[Difference]:
        with self.db.read():
            query = select(Difference).where(Difference.settled_at.is_(None))
            return list(session().scalars(query.order_by(Difference.id)))

    def order(self, number: str):
        return session().scalars(select(given_there.Order).where(given_there.Order.number == number)).one()

    def booked(self, difference: Difference, book_as: BookAs) -> None:
        self.db.write(lambda: say(held(difference.id), book_as, self.one, "问过了"))
        self.db.write(lambda: agree(held(difference.id), self.two, book_as))

    def have(self, account: Account, home: int | None = None) -> int:
        with self.db.read():
            return household_balance(account, home) if home else balances().get(account, 0)

    def at_the_platform(self) -> int:
        """What the fund bill says the merchant account has."""
        paid = sum(one.fen for one in self.till.slips.values() if one.state == TradeState.SUCCESS)
        return paid - sum(one.fen for one in self.till.backs.values() if one.status == RefundStatus.SUCCESS)

    def both_say_the_same(self) -> None:
        assert self.compare() == 0
        assert self.have(Account.WECHAT) == self.at_the_platform()
        in_order(self.db)


@pytest.fixture
def town(db) -> Iterator[Town]:
    made = Town(db)
    yield made
    made.clock.stop()


def _cash(town: Town, fen: int) -> None:
    """In the till already, from a home that pays beforehand."""
    (other,) = town.db.write(lambda: homes(1, estate="育英小区", name="5"))
    town.db.write(receive, other, fen, Way.CASH, "0001", DAY, town.one)


def _paid_twice(town: Town) -> str:
    """20.00 at the counter, and by the platform after all."""
    number = town.wanted(town.paid(town.homes[0]), 20_00)
    town.abnormal(number)
    _cash(town, 100_00)
    town.counter(number)
    town.pays_after_all(number)
    return number


def test_a_refund_made_at_the_console_is_a_task_of_its_estate_and_words_are_not_enough(town):
    town.at_the_console(town.paid(town.homes[0]), 15_00)
    assert town.compare() == 1
    (found,) = town.open()
    assert (found.what, found.theirs_fen, found.estate_id is None) == (Code.REFUND_UNKNOWN, 15_00, False)
    with pytest.raises(Invalid, match="difference_books"):
        town.db.write(lambda: settle(held(found.id), town.one, "知道了"))


@pytest.mark.parametrize(
    ("book_as", "owed", "cash", "spent"),
    [(BookAs.KEPT, 15_00, 0, 0), (BookAs.CASH, 0, 15_00, 0), (BookAs.LOSS, 0, 0, 15_00)],
)
@pytest.mark.parametrize("fund_first", [False, True])
def test_a_refund_made_at_the_console_is_booked_by_two(town, book_as, owed, cash, spent, fund_first):
    home = town.homes[0]
    town.at_the_console(town.paid(home), 15_00)
    town.compare(fund_first=fund_first)
    found = next(one for one in town.open() if one.order_id is not None)
    town.booked(found, book_as)
    assert town.have(Account.RECEIVABLE, home) == owed
    assert town.have(Account.CASH) == cash
    assert town.have(Account.EXPENSE) == spent
    assert town.have(Account.REFUND, home) == 0
    town.both_say_the_same()
    with town.db.read():
        said = [(one.what, one.by_id, one.facts["book_as"]) for one in steps_about("difference", found.id)]
        refund = session().scalars(select(Refund)).one()
        assert (refund.why, refund.state, refund.by_id) == ("console", RefundState.DONE, town.one.id)
    assert said == [("said", town.one.id, book_as), ("agreed", town.two.id, book_as)]


@pytest.mark.parametrize(
    ("book_as", "owed", "cash", "spent"),
    [(BookAs.KEPT, 40_00, 80_00, 0), (BookAs.CASH, 20_00, 100_00, 0), (BookAs.LOSS, 20_00, 80_00, 20_00)],
)
def test_what_the_platform_paid_after_the_counter_is_booked_by_two(town, book_as, owed, cash, spent):
    number = _paid_twice(town)
    assert town.compare() == 1
    (found,) = town.open()
    assert (found.what, found.number) == (Code.REFUND_TWICE, number)
    assert town.have(Account.WECHAT) == town.at_the_platform() + 20_00
    town.booked(found, book_as)
    assert town.have(Account.RECEIVABLE, town.homes[0]) == owed
    assert town.have(Account.CASH) == cash
    assert town.have(Account.EXPENSE) == spent
    town.both_say_the_same()
    town.pays_after_all(number)
    town.both_say_the_same()


def test_nobody_agrees_to_what_they_said_or_to_what_they_did_not_read_or_twice(town):
    town.at_the_console(town.paid(town.homes[0]), 15_00)
    town.compare()
    (found,) = town.open()

    def agrees(by: By, seen: str | None = None):
        return town.db.write(lambda: agree(held(found.id), by, seen))

    with pytest.raises(NotAllowed, match="difference_unsaid"):
        agrees(town.two)
    town.db.write(lambda: say(held(found.id), "loss", town.one, "要不回来"))
    with pytest.raises(NotAllowed, match="refund_second_is_first"):
        agrees(town.one)
    with pytest.raises(NotAllowed, match="difference_unsaid"):
        agrees(town.two, "cash")
    with pytest.raises(NotFound):
        agrees(town.db.write(clerk, "C002"))
    assert town.have(Account.EXPENSE) == 0
    agrees(town.two, "loss")
    for again in (lambda: agrees(town.two), lambda: agrees(town.one)):
        with pytest.raises(NotAllowed, match="difference_settled"):
            again()
    with pytest.raises(NotAllowed, match="difference_settled"):
        town.db.write(lambda: say(held(found.id), "cash", town.one, "还来了"))
    assert town.have(Account.EXPENSE) == 15_00


def test_what_cannot_be_said_is_refused(town):
    town.at_the_console(town.paid(town.homes[0]), 15_00)
    town.compare()
    (found,) = town.open()
    for book_as, words, code in (
        ("gift", "x", "book_as"),
        ("cash", " ", "words"),
        ("cash", "字" * 301, "words"),
    ):
        with pytest.raises(Invalid, match=f"difference_{code}"):
            town.db.write(lambda as_=book_as, how=words: say(held(found.id), as_, town.one, how))
    with pytest.raises(NotFound):
        town.db.write(held, 99)


def test_another_one_may_say_something_else_and_the_first_agrees(town):
    town.at_the_console(town.paid(town.homes[0]), 15_00)
    town.compare()
    (found,) = town.open()
    town.db.write(lambda: say(held(found.id), "loss", town.one, "要不回来"))
    town.db.write(lambda: say(held(found.id), "cash", town.two, "还来了"))
    town.db.write(lambda: agree(held(found.id), town.one))
    assert (town.have(Account.CASH), town.have(Account.EXPENSE)) == (15_00, 0)
    town.both_say_the_same()


def test_a_refund_of_an_order_that_is_not_ours_needs_words_only(town):
    town.till.backs["strange"] = Back("o-strange", 7_00, 7_00, RefundStatus.ABNORMAL)
    assert town.compare() == 0
    town.till.backs["strange"].status = RefundStatus.SUCCESS
    town.compare()
    found = town.open()[0]
    with pytest.raises(Invalid, match="difference_book_as"):
        town.db.write(lambda: say(held(found.id), "loss", town.one, "x"))
    town.db.write(lambda: settle(held(found.id), town.one, "另一套系统的"))
    assert town.have(Account.EXPENSE) == 0


def test_a_payment_that_was_given_back_before_we_heard_of_it_is_booked_with_its_refund(town):
    home = town.homes[0]
    who = town.people[home]
    order = town.paying.pay(home, who, "openid", APP, town.bills[home]).number
    town.till.pay(order)
    town.at_the_console(order, 45_00)
    push(town.db, town.till.trade(order))
    town.compare()
    (found,) = (one for one in town.open() if one.what == Code.REFUND_UNKNOWN)
    town.booked(found, BookAs.KEPT)
    assert town.have(Account.RECEIVABLE, home) == 45_00
    town.both_say_the_same()


def test_one_at_the_console_takes_the_place_of_ours_that_the_platform_refused(town):
    home, refused = town.homes[0], town.till.refund
    order = town.paid(home)
    number = town.wanted(order, 20_00)
    town.till.refund = _no
    town.paying.give_back()
    town.till.refund = refused
    town.at_the_console(order, 20_00)
    town.compare()
    (found,) = town.open()
    town.booked(found, BookAs.KEPT)
    with town.db.read():
        states = {one.number: one.state for one in session().scalars(select(Refund))}
    assert states == {number: RefundState.DECLINED, "console-1": RefundState.DONE}
    assert (town.have(Account.REFUND, home), town.have(Account.RECEIVABLE, home)) == (0, 20_00)
    town.both_say_the_same()


def _no(**_given):
    from server.pay.troubles import Refused as Declined

    raise Declined(403, "INVALID_REQUEST", "")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_whatever_happened_afterwards_both_say_the_same(db, seed):
    """Chance histories: orders of one bill or more, refunds of ours that arrive, are refused, or fail and are
    paid at the counter, some of them by the platform too, and refunds that somebody makes at the console."""
    chance = random.Random(seed)
    town = Town(db, count=5, bills=4)
    try:
        _cash(town, 10_000_00)
        for _ in range(25):
            _something(town, chance)
        assert town.compare(fund_first=chance.random() < 0.5) > 0
        for _ in range(2):
            for found in town.open():
                _end(town, found, chance)
        assert town.open() == []
        town.both_say_the_same()
    finally:
        town.clock.stop()


def _something(town: Town, chance: random.Random) -> None:
    home = chance.choice(town.homes)
    with town.db.read():
        owed = [key for key in town.bills[home] if session().get_one(Bill, key).state == "open"]
    paid = [number for number, slip in town.till.slips.items() if slip.state == TradeState.SUCCESS]
    done = chance.random()
    if not paid or (done < 0.3 and owed):
        if owed:
            town.paid(home, chance.sample(owed, chance.randint(1, len(owed))))
        return
    order = chance.choice(paid)
    left = town.till.slips[order].fen - town.till.slips[order].given_back
    fen = chance.randint(1, 30_00)
    if done < 0.6:
        if fen <= left:
            town.at_the_console(order, fen)
        return
    try:
        number = town.wanted(order, fen)
    except Refused:
        return
    if done < 0.7 or fen > left:
        for _ in range(3):
            town.paying.give_back()
        if number in town.till.backs:
            town.pays_after_all(number)
        return
    town.abnormal(number)
    if number in town.till.backs and chance.random() < 0.8:
        town.counter(number)
        if chance.random() < 0.7:
            town.pays_after_all(number)


def _end(town: Town, found: Difference, chance: random.Random) -> None:
    """One way or another; a home that has not so much to its credit cannot keep it. What only the fund bill
    says has its end with what the trade bill says of it."""
    with town.db.read():
        today = session().get_one(Difference, found.id)
        if today.settled_at is not None or not has_to_be_booked(today):
            return
    way = chance.choice(list(BookAs))
    try:
        town.booked(found, way)
    except NotAllowed:
        assert way == BookAs.KEPT
        town.booked(found, BookAs.LOSS)
