"""What a bill file and the books do not both say: a task each, until it is right or somebody said why."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.overseeing import decides, oversees
from models.history import record
from models.pay.bill_files import Kind
from models.pay.tables import Difference, Order, Refund, RefundState, State
from models.place.tables import Estate

MOST_WORDS = 300
KIND = "difference"  # of its steps


class Code(StrEnum):
    """templates/labels/differences.toml."""

    MISSING_HERE = "missing_here"  # paid there; here unknown, or not known to be paid
    MISSING_THERE = "missing_there"
    AMOUNT_DIFFERS = "amount_differs"
    REFUND_MISSING_HERE = "refund_missing_here"
    REFUND_MISSING_THERE = "refund_missing_there"
    REFUND_DIFFERS = "refund_differs"
    REFUND_UNKNOWN = "refund_unknown"  # made at the platform's console, or another system's
    REFUND_TWICE = "refund_twice"  # given back at the counter, and by the platform after all
    FEE = "fee"  # of a payment that nobody knows, or another sum than is booked
    OTHER = "other"  # money drawn out or put in: a person knows why


#: What turns up in a later file after all, or is booked by now, needs nobody any more.
_ABSENT = (Code.MISSING_THERE, Code.REFUND_MISSING_THERE)


class Found(NamedTuple):
    """A difference as a file shows it; sums in fen, None for what one side does not know."""

    code: Code
    number: str
    estate_id: int | None
    ours: int | None
    theirs: int | None
    order_id: int | None = None  # which a refund that nobody here knows gave back


def keep(kind: Kind, day: date, found: Sequence[Found]) -> int:
    """Writes down what a file shows: new ones are tasks, known ones stay as they are, those that have gone
    are settled by themselves. What somebody settled is a task again only where the sums have changed.
    Returns how many of this file are open."""
    query = select(Difference).where(Difference.kind == kind, Difference.day == day)
    known = {(one.what, one.number): one for one in session().scalars(query.with_for_update())}
    still_open = 0
    for one in _together(found):
        row = known.pop((one.code, one.number), None)
        if row is None:
            put(
                Difference, kind=kind, day=day, what=one.code, number=one.number, estate_id=one.estate_id,
                ours_fen=one.ours, theirs_fen=one.theirs, order_id=one.order_id,
            )  # fmt: skip
            still_open += 1
            continue
        changed = (row.ours_fen, row.theirs_fen) != (one.ours, one.theirs)
        row.ours_fen, row.theirs_fen = one.ours, one.theirs
        row.estate_id, row.order_id = one.estate_id, one.order_id
        if row.settled_at is not None and (changed or row.settled_by is None):
            row.settled_at = row.settled_by = row.how = row.book_as = row.said_by = None
        still_open += row.settled_at is None
    for row in known.values():
        if row.settled_at is None:
            row.settled_at = now()
    session().flush()
    return still_open


def _together(found: Sequence[Found]) -> Collection[Found]:
    """One for each code and number, because a fee may be taken and given back under the same one."""
    merged: dict[tuple[Code, str], Found] = {}
    for one in found:
        before = merged.get((one.code, one.number))
        theirs = one.theirs if before is None else (before.theirs or 0) + (one.theirs or 0)
        merged[one.code, one.number] = one._replace(theirs=theirs)
    return merged.values()


def settle_found(kind: Kind, numbers: Collection[str]) -> None:
    """What was missing in another day's file of the platform stands in this one."""
    query = _open().where(Difference.kind == kind, Difference.what.in_(_ABSENT))
    for row in session().scalars(query.with_for_update()):
        if row.number in numbers:
            row.settled_at = now()
    session().flush()


def settle_booked(number: str | None = None) -> int:
    """What was missing or unknown here is booked by now, with the same sum; all, or what is about one number.
    Returns how many were settled so."""
    paid = (
        _open()
        .join(Order, Order.number == Difference.number)
        .where(
            Difference.what == Code.MISSING_HERE,
            Order.state.in_([State.PAID, State.HELD]) & Order.paid_at.is_not(None),
            func.coalesce(Order.paid_fen, Order.fen) == Difference.theirs_fen,
        )
    )
    returned = (
        _open()
        .join(Refund, Refund.number == Difference.number)
        .where(
            or_(
                Difference.what.in_((Code.REFUND_MISSING_HERE, Code.REFUND_UNKNOWN)),
                (Difference.what == Code.REFUND_TWICE) & Refund.trouble.is_(None),
            ),
            Refund.state == RefundState.DONE,
            Refund.fen == Difference.theirs_fen,
        )
    )
    settled = 0
    for query in (paid, returned):
        if number is not None:
            query = query.where(Difference.number == number)
        for row in session().scalars(query.with_for_update(of=Difference)):
            row.settled_at = now()
            settled += 1
    session().flush()
    return settled


def missing_here() -> Sequence[tuple[Code, str]]:
    """(code, our number) of what the platform ought to be asked about: orders and refunds that we know."""
    query = select(Difference.what, Difference.number).where(
        Difference.settled_at.is_(None),
        Difference.estate_id.is_not(None),
        Difference.what.in_([Code.MISSING_HERE, Code.REFUND_MISSING_HERE]),
    )
    return [(Code(what), number) for what, number in session().execute(query.order_by(Difference.id))]


def settle(difference: Difference, by: By, how: str) -> None:
    """Somebody says in words what it was and what was done about it. Raises NotAllowed for one that is
    settled, Invalid without words or with more than MOST_WORDS characters and for one that has to be booked
    (models/pay/given_there.py), NotFound for whose post does not decide about it."""
    must_be_open(difference, by)
    if has_to_be_booked(difference):
        raise Invalid("difference_books", number=difference.id)
    difference.settled_by, difference.settled_at, difference.how = by.id, now(), as_words(how)
    record((KIND, difference.id), "settled", by=by, at=now())


def has_to_be_booked(difference: Difference) -> bool:
    """Words are not enough, because money of a payment of ours left the merchant account."""
    is_unknown = difference.what == Code.REFUND_UNKNOWN and difference.order_id is not None
    return is_unknown or difference.what == Code.REFUND_TWICE


def must_be_open(difference: Difference, by: By) -> None:
    """Raises NotFound: difference_not_found for whose post does not decide about it; NotAllowed:
    difference_settled."""
    if not may_settle(difference, by.id):
        raise NotFound("difference_not_found", number=difference.id)
    if difference.settled_at is not None:
        raise NotAllowed("difference_settled", number=difference.id)


def as_words(how: str) -> str:
    """Raises Invalid: difference_words."""
    words = how.strip()
    if not words or len(words) > MOST_WORDS:
        raise Invalid("difference_words", limit=MOST_WORDS)
    return words


def may_settle(difference: Difference, person_id: int | None) -> bool:
    """What nobody could place is every desk's."""
    return decides(person_id, _community_of(difference))


def may_look(difference: Difference, person_id: int | None) -> bool:
    return oversees(person_id, _community_of(difference))


def of_estates(keys: Collection[int]) -> ColumnElement[bool]:
    """Theirs, and those of which nobody knows whose they are."""
    return or_(Difference.estate_id.in_(keys), Difference.estate_id.is_(None))


def count_open(keys: Collection[int]) -> int:
    query = select(func.count(Difference.id)).where(Difference.settled_at.is_(None), of_estates(keys))
    return int(session().execute(query).scalar_one())


def unsettled(
    *which: ColumnElement[bool], limit: int | None = None
) -> Iterator[tuple[Difference, str | None]]:
    """Open ones with the estate's name, the oldest first."""
    return listed(Difference.settled_at.is_(None), *which, limit=limit)


def listed(*which: ColumnElement[bool], limit: int | None = None) -> Iterator[tuple[Difference, str | None]]:
    query = (
        select(Difference, Estate.name)
        .outerjoin(Estate, Estate.id == Difference.estate_id)
        .where(and_(True, *which))
        .order_by(Difference.day, Difference.id)
        .limit(limit)
    )
    return ((one, estate) for one, estate in session().execute(query))


def line(difference: Difference, estate: str | None) -> dict[str, Any]:
    """As lists and commands show it."""
    return {
        "number": difference.id,
        "kind": difference.kind,
        "day": difference.day.isoformat(),
        "what": difference.what,
        "about": difference.number,
        "estate": estate,
        "ours_fen": difference.ours_fen,
        "theirs_fen": difference.theirs_fen,
        "book_as": difference.book_as,
        "settled_at": difference.settled_at,
        "how": difference.how,
    }


def _open() -> Any:
    return select(Difference).where(Difference.settled_at.is_(None))


def _community_of(difference: Difference) -> int | None:
    estate = session().get(Estate, difference.estate_id) if difference.estate_id else None
    return estate.community_id if estate is not None else None
