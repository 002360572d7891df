"""对账: one of the platform's bill files held against our books. What differs becomes somebody's task.

The trade bill has an order on the day on which it was paid, a refund on the day on which the platform took it
on. The fund bill is about the account: what came in and went out, and what the platform kept for it. A number
that differs in the trade bill is no second task in the fund bill.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select, update

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session, upsert
from models.base.refusals import Invalid
from models.pay import platform_fees
from models.pay.bill_files import BillFile, Kind, Line, What
from models.pay.differences import Code, Found, keep, settle_found
from models.pay.our_side import Books, orders_named, orders_of, refunds_of, some
from models.pay.tables import Compared, Difference, Order


class Outcome(NamedTuple):
    """`fen` of the file in all; `open` differences of this file that nobody has settled."""

    kind: Kind
    day: date
    rows: int
    matched: int
    fen: int
    open: int


def compare(file: BillFile, by: By, *, day: date | None = None, mch_id: str | None = None) -> Outcome:
    """Holds a whole file against the books, again as often as wanted: what is right by now settles itself.

    `day` is needed for a file without lines only. Raises Invalid for another day's file, another merchant's,
    and for a day that has not ended.
    """
    on = _day_of(file, day)
    if mch_id is not None and file.merchants - {mch_id}:
        raise Invalid("bill_file_merchant", number=min(file.merchants - {mch_id})[:64])
    row = _begin(file, on, by)
    orders, refunds = orders_of(file, on), refunds_of(file, on)
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


def _paid(file: BillFile, orders: Books) -> Iterator[Found]:
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


def _refunded(file: BillFile, refunds: Books) -> Iterator[Found]:
    unknown: list[Line] = []
    for line in _lines(file, What.REFUND):
        one = refunds.see(line)
        if one is None:
            unknown.append(line)
        elif one.fen != line.fen:
            yield Found(Code.REFUND_DIFFERS, one.number, one.estate_id, one.fen, line.fen)
        elif one.twice:
            yield Found(Code.REFUND_TWICE, one.number, one.estate_id, one.fen, line.fen)
        elif line.done and not one.done:
            yield Found(Code.REFUND_MISSING_HERE, one.number, one.estate_id, None, line.fen)
        else:
            refunds.matched += 1
    orders = orders_named(line.of for line in unknown)
    for line in unknown:
        order, estate = orders.get(line.of, (None, None))
        yield Found(Code.REFUND_UNKNOWN, line.number, estate, None, line.fen, order)
    for line in _lines(file, What.RETURNED):
        one = refunds.see(line)
        if one is not None and one.done:
            yield Found(Code.REFUND_MISSING_THERE, one.number, one.estate_id, one.fen, None)


def _not_said_before(found: Sequence[Found]) -> list[Found]:
    """Without the numbers that are a task of a trade bill: nobody is asked twice about one payment."""
    said: set[str] = set()
    for few in some(sorted({one.number for one in found})):
        query = select(Difference.number).where(Difference.kind == Kind.TRADE, Difference.number.in_(few))
        said.update(session().scalars(query))
    return [one for one in found if one.number not in said]


def _platform_fees(file: BillFile, day: date, orders: Books, refunds: Books) -> list[Found]:
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
