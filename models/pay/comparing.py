"""对账: one of the platform's bill files held against our books. What differs becomes somebody's task.

The trade bill has an order on the day on which it was paid, a refund on the day on which the platform took it
on. The fund bill is about the account: what came in and went out, and what the platform kept for it. A number
that differs in the trade bill is no second task in the fund bill.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, func, select, update

from models.base.actor import By
from models.base.clock import SHANGHAI, local, now
from models.base.orm import session, upsert
from models.base.refusals import Invalid
from models.pay import platform_fees
from models.pay.bill_files import BillFile, Kind, Line, What
from models.pay.differences import Code, Found, keep, settle_found
from models.pay.tables import Compared, Difference, Order, Refund, RefundState, State

AT_ONCE = 500  # numbers in one statement
T = TypeVar("T")
_EDGE = timedelta(minutes=10)  # what is paid just before midnight may reach the account after it


class Outcome(NamedTuple):
    """`fen` of the file in all; `open` differences of this file that nobody has settled."""

    kind: Kind
    day: date
    rows: int
    matched: int
    fen: int
    open: int


class _Ours(NamedTuple):
    """An order or a refund as the books know it."""

    id: int
    number: str
    platform: str | None
    estate_id: int
    fen: int  # as the platform said, once it did
    done: bool
    due: bool  # it ought to stand in this day's file
    file: date | None  # the day of the file of this kind in which it stood before


class _Books:
    """Our side of a file: what it names, and what it ought to name."""

    def __init__(self, table: type[Order] | type[Refund], column: Any, rows: Iterable[Sequence[Any]]) -> None:
        self._table, self._column = table, column
        self._rows = {row[0]: _Ours(*row) for row in rows}
        self._known: dict[str, _Ours] = {}
        for one in self._rows.values():
            if one.platform:
                self._known[one.platform] = one
        self._known.update({one.number: one for one in self._rows.values()})
        self.seen: set[int] = set()  # those that the file names
        self.matched = 0  # those of which both say the same

    def find(self, line: Line) -> _Ours | None:
        return self._known.get(line.number) or self._known.get(line.platform)

    def see(self, line: Line) -> _Ours | None:
        one = self.find(line)
        if one is not None:
            self.seen.add(one.id)
        return one

    def names(self) -> set[str]:
        return {self._rows[key].number for key in self.seen}

    def unseen(self, day: date) -> list[_Ours]:
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
            for some in _some(keys):
                change = update(self._table).where(self._table.id.in_(some))
                session().execute(change.values({self._column: value}))


def compare(file: BillFile, by: By, *, day: date | None = None, mch_id: str | None = None) -> Outcome:
    """Holds a whole file against the books, again as often as wanted: what is right by now settles itself.

    `day` is needed for a file without lines only. Raises Invalid for another day's file, another merchant's,
    and for a day that has not ended.
    """
    on = _day_of(file, day)
    if mch_id is not None and file.merchants - {mch_id}:
        raise Invalid("bill_file_merchant", number=min(file.merchants - {mch_id})[:64])
    row = _begin(file, on, by)
    orders, refunds = _orders(file, on), _refunds(file, on)
    found = [*_paid(file, orders), *_refunded(file, refunds)]
    for books, code in ((orders, Code.MISSING_THERE), (refunds, Code.REFUND_MISSING_THERE)):
        found += [Found(code, one.number, one.estate_id, one.fen, None) for one in books.unseen(on)]
        books.remember(on)
    if file.kind == Kind.FUND:
        found = _not_said_before(found) + _platform_fees(file, on, orders, refunds)
    found += [Found(Code.OTHER, line.number, None, None, line.fen) for line in _lines(file, What.OTHER)]
    settle_found(file.kind, orders.names() | refunds.names())
    still_open = keep(file.kind, on, found)
    matched = orders.matched + refunds.matched
    session().execute(update(Compared).where(Compared.id == row).values(matched=matched))
    return Outcome(file.kind, on, file.rows, matched, file.fen, still_open)


def compared(kind: Kind, first: date, last: date) -> frozenset[date]:
    """The days between, both of them as well, whose file of this kind was held against the books."""
    query = select(Compared.day).where(Compared.kind == kind, Compared.day >= first, Compared.day <= last)
    return frozenset(session().scalars(query))


def first_day() -> date | None:
    """The day of the first order of all: there is nothing to compare before."""
    began = session().execute(select(func.min(Order.made_at))).scalar()
    return local(began).date() if began is not None else None


def _day_of(file: BillFile, said: date | None) -> date:
    if file.day is not None and said not in (None, file.day):
        raise Invalid("bill_file_other_day", day=file.day.isoformat())
    day = file.day or said
    if day is None:
        raise Invalid("bill_file_day_unknown")
    if day >= local(now()).date():
        raise Invalid("bill_file_too_early", day=day.isoformat())
    return day


def _begin(file: BillFile, day: date, by: By) -> int:
    """Two who compare the same file follow one another here."""
    said = {"sha1": file.sha1, "rows": file.rows, "fen": file.fen, "by_id": by.id, "at": now()}
    first = upsert(Compared).values(kind=file.kind, day=day, matched=0, **said)
    once = first.on_conflict_do_update(index_elements=[Compared.kind, Compared.day], set_=said)
    return int(session().connection().execute(once.returning(Compared.id)).scalar_one())


def _orders(file: BillFile, day: date) -> _Books:
    column = Order.trade_file if file.kind == Kind.TRADE else Order.fund_file
    due = _in_file(file.kind, Order.paid_at, day)
    done = Order.state.in_([State.PAID, State.HELD]) & Order.paid_at.is_not(None)
    query = select(
        Order.id, Order.number, Order.transaction_id, Order.estate_id,
        func.coalesce(Order.paid_fen, Order.fen), done, func.coalesce(due, False), column,
    )  # fmt: skip
    named = [line for line in file.lines if line.what in (What.PAID, What.FEE)]
    return _Books(Order, column, _rows(query, due, Order.number, Order.transaction_id, named))


def _refunds(file: BillFile, day: date) -> _Books:
    column = Refund.trade_file if file.kind == Kind.TRADE else Refund.fund_file
    # not by the day on which the platform took it on, because the books do not know that one: a refund that
    # took some days stood in an earlier day's file and is remembered
    due = _in_file(file.kind, Refund.done_at, day)
    query = select(
        Refund.id, Refund.number, Refund.refund_id, Order.estate_id, Refund.fen,
        (Refund.state == RefundState.DONE) & _by_platform(), func.coalesce(due, False), column,
    ).join(Order, Order.id == Refund.order_id)  # fmt: skip
    named = [line for line in file.lines if line.what in (What.REFUND, What.RETURNED, What.FEE)]
    return _Books(Refund, column, _rows(query, due, Refund.number, Refund.refund_id, named))


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
        for some in _some(sorted(numbers)):
            yield from session().execute(query.where(column.in_(some)))


def _some(things: Sequence[T]) -> Iterator[Sequence[T]]:
    return (things[at : at + AT_ONCE] for at in range(0, len(things), AT_ONCE))


def _paid(file: BillFile, orders: _Books) -> Iterator[Found]:
    for line in _lines(file, What.PAID):
        one = orders.see(line)
        if one is None:
            yield Found(Code.MISSING_HERE, line.number, None, None, line.fen)
        elif not one.done:
            yield Found(Code.MISSING_HERE, one.number, one.estate_id, None, line.fen)
        elif one.fen != line.fen:
            yield Found(Code.AMOUNT_DIFFERS, one.number, one.estate_id, one.fen, line.fen)
        else:
            orders.matched += 1


def _refunded(file: BillFile, refunds: _Books) -> Iterator[Found]:
    for line in _lines(file, What.REFUND):
        one = refunds.see(line)
        if one is None:
            yield Found(Code.REFUND_UNKNOWN, line.number, None, None, line.fen)
        elif one.fen != line.fen:
            yield Found(Code.REFUND_DIFFERS, one.number, one.estate_id, one.fen, line.fen)
        elif line.done and not one.done:
            yield Found(Code.REFUND_MISSING_HERE, one.number, one.estate_id, None, line.fen)
        else:
            refunds.matched += 1
    for line in _lines(file, What.RETURNED):
        one = refunds.see(line)
        if one is not None and one.done:
            yield Found(Code.REFUND_MISSING_THERE, one.number, one.estate_id, one.fen, None)


def _not_said_before(found: Sequence[Found]) -> list[Found]:
    """Without the numbers that are a task of a trade bill: nobody is asked twice about one payment."""
    said: set[str] = set()
    for some in _some(sorted({one.number for one in found})):
        query = select(Difference.number).where(Difference.kind == Kind.TRADE, Difference.number.in_(some))
        said.update(session().scalars(query))
    return [one for one in found if one.number not in said]


def _platform_fees(file: BillFile, day: date, orders: _Books, refunds: _Books) -> list[Found]:
    """Books what the platform kept, by estate; what nobody's payment explains is a task."""
    found: list[Found] = []
    kept: dict[int, int] = {}
    for line in _lines(file, What.FEE):
        one = orders.find(line) or refunds.find(line)
        if one is None:
            found.append(Found(Code.FEE, line.number or line.platform, None, None, line.fen))
        else:
            kept[one.estate_id] = kept.get(one.estate_id, 0) + line.fen
    for estate, fen in sorted(kept.items()):
        booked = platform_fees.book(estate, day, fen)
        if booked != fen:
            found.append(Found(Code.FEE, f"{estate}", estate, booked, fen))
    return found


def _lines(file: BillFile, what: What) -> list[Line]:
    return [line for line in file.lines if line.what == what]
