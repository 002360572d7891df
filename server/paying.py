"""Carries words between our orders and WeChat Pay: transaction, network, transaction, never one inside the
other. Whatever is cut off in between is found again by the clock, which asks until it knows.

A page that somebody waits for uses `pay`; the timetable uses `ask` and `give_back`.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from handlers import words
from models.base.refusals import NotAllowed, Unavailable
from models.pay import hearing, ordering, refunding
from models.pay.ordering import Begun
from models.pay.refunding import Due
from models.pay.said import Returned, Trade
from server import logs
from server.config import Config
from server.database import Database
from server.pay import office
from server.pay.troubles import Refused, Trouble

log = logging.getLogger(__name__)
T = TypeVar("T")

AT_ONCE = 8  # calls under way: as many as the merchant keeps connections
ROUND_SECONDS = 8.0  # then the clock's next round goes on, so that a stop need not wait longer
PAID_THERE = {"ORDERPAID", "ORDER_PAID"}
CLOSED_THERE = {"ORDERCLOSED", "ORDER_CLOSED", "ORDER_NOT_EXIST", "ORDERNOTEXIST"}


class Merchant(Protocol):
    """What is used of server/pay/client.Merchant; its errors are those of server/pay/troubles."""

    mch_id: str

    def order(
        self, *, number: str, app_id: str, openid: str, fen: int, description: str, expires_at: datetime
    ) -> str: ...
    def parameters(self, app_id: str, prepay_id: str) -> dict[str, str]: ...
    def query(self, number: str, *, person_waits: bool = False) -> Trade | None: ...
    def close(self, number: str, *, person_waits: bool = False) -> None: ...
    def refund(self, *, number: str, trade_number: str, fen: int, of_fen: int, why: str) -> Returned: ...
    def query_refund(self, number: str) -> Returned | None: ...


class Started(NamedTuple):
    """An order to be paid: its number, its sum in fen, and what the phone needs for it."""

    number: str
    fen: int
    parameters: dict[str, str]


class Paying:
    """One for each process; thread-safe."""

    def __init__(self, database: Database, merchant: Merchant, minutes: int = 30) -> None:
        self._database = database
        self._merchant = merchant
        self._minutes = minutes

    def pay(
        self,
        household_id: int,
        payer_id: int,
        openid: str,
        app_id: str,
        bills: Sequence[int] | None = None,
    ) -> Started:
        """An order for these bills of a home, ready for the phone; tapping twice gives the same one.

        Raises as models.pay.ordering.begin; NotAllowed: order_closing (an earlier one is not closed yet),
        pay_away (the platform does not answer; nothing is lost and nothing paid).
        """
        begun = self._begun(household_id, payer_id, openid, app_id, bills)
        order = begun.order
        if order is None:
            raise NotAllowed("order_closing")
        prepay_id = order.prepay_id
        if prepay_id is None:
            try:
                prepay_id = self._merchant.order(
                    number=order.number,
                    app_id=order.app_id,
                    openid=order.openid,
                    fen=order.fen,
                    description=_description(begun),
                    expires_at=order.expires_at,
                )
            except Refused:
                self._database.write(ordering.failed, order.number)
                self.look(order.number, person_waits=True)
                raise NotAllowed("pay_away") from None
            except Trouble:
                raise NotAllowed("pay_away") from None
            if not self._database.write(ordering.opened, order.number, prepay_id):
                raise NotAllowed("order_closing")
        return Started(order.number, order.fen, self._merchant.parameters(order.app_id, prepay_id))

    def look(self, number: str, *, person_waits: bool = False) -> None:
        """Asks the platform about one order and does what follows. Nothing is raised by what it says or does
        not say: who does not answer is asked again by the clock."""
        try:
            self._look(number, person_waits=person_waits)
        except Trouble:
            self._database.write(hearing.put_off, number)

    def ask(self) -> int:
        """Asks about every order that is due; returns how many there were."""
        return self._all(ordering.due, self.look)

    def give_back(self) -> int:
        """Tells the platform of every refund that is due, or asks what became of it; returns how many."""
        return self._all(refunding.due, self._give_back)

    def _begun(
        self, household_id: int, payer_id: int, openid: str, app_id: str, bills: Sequence[int] | None
    ) -> Begun:
        def begin() -> Begun:
            return ordering.begin(
                household_id,
                payer_id,
                openid,
                app_id,
                mch_id=self._merchant.mch_id,
                bills=bills,
                minutes=self._minutes,
            )

        begun = self._database.write(begin)
        if begun.order is not None:
            return begun
        for number in begun.closing:
            self.look(number, person_waits=True)
        return self._database.write(begin)

    def _look(self, number: str, *, person_waits: bool) -> None:
        trade = self._merchant.query(number, person_waits=person_waits)
        if not self._database.write(hearing.answered, number, trade):
            return
        try:
            self._merchant.close(number, person_waits=person_waits)
        except Refused as no:
            if no.code in PAID_THERE:  # between our question and our closing
                trade = self._merchant.query(number, person_waits=person_waits)
                self._database.write(hearing.answered, number, trade)
                return
            if no.code not in CLOSED_THERE:
                raise
        self._database.write(hearing.closed, number)

    def _give_back(self, one: Due) -> None:
        write = self._database.write
        try:
            if one.is_known:
                write(refunding.answered, one.number, self._merchant.query_refund(one.number))
                return
            said = self._merchant.refund(
                number=one.number,
                trade_number=one.trade_number,
                fen=one.fen,
                of_fen=one.of_fen,
                why=words.labels("refund_reasons")[one.why],
            )
            write(refunding.answered, one.number, said)
        except Refused as no:
            log.warning("refund %s: %s", one.number, no.code)
            write(refunding.refused, one.number, no.code, later=no.later or one.is_known)
        except Trouble:
            write(refunding.put_off, one.number)

    def _all(self, due: Callable[[], Sequence[T]], each: Callable[[T], None]) -> int:
        """Round after round until nothing is due or it is time for others."""
        until, done = time.monotonic() + ROUND_SECONDS, 0
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hemei-pay") as many:
            while time.monotonic() < until and (found := self._database.write(due)):
                done += len(found)
                _wait(many.map(lambda one: self._safely(each, one, until), found))
        return done

    def _safely(self, each: Callable[[T], None], one: T, until: float) -> None:
        """One that fails holds up no other. It and what is not reached `until` then is taken up again when
        its lease ends."""
        try:
            if time.monotonic() < until:
                each(one)
        except Unavailable as trouble:
            log.warning("put off: %s", logs.places(trouble))
        except Exception:
            log.exception("failed")


class Clock:
    """The timetable's verbs about money on its way; the keys are read when they are needed first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paying: Paying | None = None

    def ask(self, config: Config, database: Database) -> None:
        paying = self._opened(config, database)
        if paying is not None:
            paying.ask()

    def give_back(self, config: Config, database: Database) -> None:
        paying = self._opened(config, database)
        if paying is not None:
            paying.give_back()

    def _opened(self, config: Config, database: Database) -> Paying | None:
        with self._lock:
            if self._paying is None:
                self._paying = opened(config, database)
            return self._paying


def opened(config: Config, database: Database) -> Paying | None:
    """None where WeChat Pay is off."""
    desk = office.opened(config, database)
    return Paying(database, desk.merchant, config.fees.pay_minutes) if desk is not None else None


def _description(begun: Begun) -> str:
    """What the payer's own list of payments in WeChat says: no name, no home (P6)."""
    said = words.labels("pay_words")
    periods = begun.first if begun.first == begun.last else said["span"].format(begun.first, begun.last)
    return str(said["description"].format(periods))


def _wait(done: Iterable[Any]) -> None:
    for _ in done:
        pass
