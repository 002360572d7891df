"""Our side of one of the platform's bill files: the orders and refunds that it names, and those that it ought
to name."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, func, select, update

from models.base.clock import SHANGHAI
from models.base.orm import session
from models.pay.bill_files import BillFile, Kind, Line, What
from models.pay.tables import Order, Refund, RefundState, State

AT_ONCE = 500  # numbers in one statement
T = TypeVar("T")
_EDGE = timedelta(minutes=10)  # what is paid just before midnight may reach the account after it


class Ours(NamedTuple):
    """An order or a refund as the books know it."""

    id: int
    number: str
    platform: str | None
    estate_id: int
    fen: int  # as the platform said, once it did
    done: bool
    due: bool  # it ought to stand in this day's file
    file: date | None  # the day of the file of this kind in which it stood before
    twice: bool = False  # given back at the counter, and by the platform after all


class Books:
    """Our side of a file: what it names, and what it ought to name."""

    def __init__(self, table: type[Order] | type[Refund], column: Any, rows: Iterable[Sequence[Any]]) -> None:
        self._table, self._column = table, column
        self._rows = {row[0]: Ours(*row) for row in rows}
        self._known: dict[str, Ours] = {}
        for one in self._rows.values():
            if one.platform:
                self._known[one.platform] = one
        self._known.update({one.number: one for one in self._rows.values()})
        self.seen: set[int] = set()  # those that the file names
        self.matched = 0  # those of which both say the same

    def find(self, line: Line) -> Ours | None:
        return self._known.get(line.number) or self._known.get(line.platform)

    def see(self, line: Line) -> Ours | None:
        one = self.find(line)
        if one is not None:
            self.seen.add(one.id)
        return one

    def names(self) -> set[str]:
        return {self._rows[key].number for key in self.seen}

    def unseen(self, day: date) -> list[Ours]:
        """Done here, due in this file and in no file so far."""
        return [
            one
            for one in self._rows.values()
            if one.done and one.due and one.id not in self.seen and one.file in (None, day)
        ]

    def remember(self, day: date) -> None:
        """Writes down in which file each of them stands."""
        new = [key for key in self.seen if self._rows[key].file is None]
        gone = [key for key, one in self._rows.items() if one.file == day and key not in self.seen]
        for keys, value in ((new, day), (gone, None)):
            for few in some(keys):
                change = update(self._table).where(self._table.id.in_(few))
                session().execute(change.values({self._column: value}))


def orders_of(file: BillFile, day: date) -> Books:
    column = Order.trade_file if file.kind == Kind.TRADE else Order.fund_file
    due = _in_file(file.kind, Order.paid_at, day)
    done = Order.state.in_([State.PAID, State.HELD]) & Order.paid_at.is_not(None)
    query = select(
        Order.id, Order.number, Order.transaction_id, Order.estate_id,
        func.coalesce(Order.paid_fen, Order.fen), done, func.coalesce(due, False), column,
    )  # fmt: skip
    named = [line for line in file.lines if line.what in (What.PAID, What.FEE)]
    return Books(Order, column, _rows(query, due, Order.number, Order.transaction_id, named))


def refunds_of(file: BillFile, day: date) -> Books:
    column = Refund.trade_file if file.kind == Kind.TRADE else Refund.fund_file
    # not by the day on which the platform took it on, because the books do not know that one: a refund that
    # took some days stood in an earlier day's file and is remembered
    due = _in_file(file.kind, Refund.done_at, day)
    query = select(
        Refund.id, Refund.number, Refund.refund_id, Order.estate_id, Refund.fen,
        (Refund.state == RefundState.DONE) & _by_platform(), func.coalesce(due, False), column,
        func.coalesce(Refund.trouble, "") == "paid_again",
    ).join(Order, Order.id == Refund.order_id)  # fmt: skip
    named = [line for line in file.lines if line.what in (What.REFUND, What.RETURNED, What.FEE)]
    return Books(Refund, column, _rows(query, due, Refund.number, Refund.refund_id, named))


def orders_named(numbers: Iterable[str]) -> dict[str, tuple[int, int]]:
    """By out_trade_no: the order's id and its estate's."""
    found: dict[str, tuple[int, int]] = {}
    for few in some(sorted(set(numbers))):
        query = select(Order.number, Order.id, Order.estate_id).where(Order.number.in_(few))
        found.update({number: (key, estate) for number, key, estate in session().execute(query)})
    return found


def _by_platform() -> ColumnElement[bool]:
    """Not given back over the counter, of which the platform knows nothing."""
    return func.coalesce(Refund.trouble, "") != "counter"


def _in_file(kind: Kind, moment: Any, day: date) -> ColumnElement[bool]:
    edge = _EDGE if kind == Kind.FUND else timedelta()
    since, until = (datetime.combine(day + timedelta(days=days), time(), SHANGHAI) - edge for days in (0, 1))
    both: ColumnElement[bool] = (moment >= since) & (moment < until)
    return both


def _rows(
    query: Any, due: ColumnElement[bool], number: Any, platform: Any, named: Iterable[Line]
) -> Iterator[Sequence[Any]]:
    """What is due, and what the lines name by our number or by the platform's."""
    yield from session().execute(query.where(due))
    lines = list(named)
    for column, numbers in (
        (number, {line.number for line in lines}),
        (platform, {line.platform for line in lines}),
    ):
        for few in some(sorted(numbers)):
            yield from session().execute(query.where(column.in_(few)))


def some(things: Sequence[T]) -> Iterator[Sequence[T]]:
    return (things[at : at + AT_ONCE] for at in range(0, len(things), AT_ONCE))
