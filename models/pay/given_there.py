"""What the platform gave back without us is booked: a refund that somebody made at its console, and one that
it paid after the counter had paid it already. One person says what became of the money, another agrees, as
with every refund that no rule decides; then the merchant account is in the books what it is there (P9).
"""

from collections.abc import Callable
from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import select

from models.base.actor import By
from models.base.clock import SHANGHAI, local, now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.fee.payments import Way, hold, receive
from models.history import record
from models.ledger import Account, Posting, post
from models.ledger.sealing import open_day
from models.pay.bill_files import Kind
from models.pay.differences import (
    KIND,
    Code,
    as_words,
    has_to_be_booked,
    may_settle,
    must_be_open,
    settle_booked,
)
from models.pay.hearing import day_of
from models.pay.refunding import set_aside
from models.pay.tables import Difference, Order, Refund, RefundState, State


class BookAs(StrEnum):
    """templates/labels/book_as.toml."""

    KEPT = "kept"  # the home keeps it: out of its credit, else bills of that payment are open again
    CASH = "cash"  # the home brought it back, and it lies in the till
    LOSS = "loss"  # nobody brings it back: the estate has spent it


def held(number: int) -> Difference:
    """The difference of this number and the home whose payment it is about, ours until the transaction ends.
    Raises NotFound: difference_not_found."""
    found = session().get(Difference, number)
    if found is None:
        raise NotFound("difference_not_found", number=number)
    order = _order(found)
    if order is not None:
        hold(order.household_id)
    return session().get_one(Difference, number, with_for_update=True, populate_existing=True)


def say(difference: Difference, book_as: str, by: By, how: str) -> None:
    """The first person. Said by another one, or with another code, it is instead of what was said before.

    Raises NotFound, NotAllowed: difference_settled; Invalid: difference_book_as (not one of BookAs, or words
    are enough), difference_words.
    """
    must_be_open(difference, by)
    if book_as not in set(BookAs) or not has_to_be_booked(difference):
        raise Invalid("difference_book_as", number=difference.id)
    difference.how, difference.book_as, difference.said_by = as_words(how), book_as, by.id
    record((KIND, difference.id), "said", by=by, at=now(), book_as=book_as)


def agree(difference: Difference, by: By, seen: str | None = None) -> None:
    """The second person, and it is booked. `seen` is what was read; a command has none.

    Raises NotFound, NotAllowed: difference_settled, difference_unsaid (nobody said what became of it, or
    something else than `seen`), refund_second_is_first, order_unpaid (of that order nobody knows what was
    paid), refund_credit (the home has not so much to its credit); Invalid: refund_sum.
    """
    must_be_open(difference, by)
    if difference.book_as is None or seen not in (None, difference.book_as):
        raise NotAllowed("difference_unsaid", number=difference.id)
    if by.id == difference.said_by:
        raise NotAllowed("refund_second_is_first", number=difference.number)
    order = _order(difference)
    if order is None or difference.theirs_fen is None:
        raise NotAllowed("difference_unsaid", number=difference.id)
    _with_payment(order, by)
    refund = (
        _twice(difference) if difference.what == Code.REFUND_TWICE else _made_there(difference, order, by)
    )
    _BOOKS[BookAs(difference.book_as)](difference, refund, order, by)
    difference.settled_by, difference.settled_at = by.id, now()
    record((KIND, difference.id), "agreed", by=by, at=now(), book_as=difference.book_as)
    session().flush()
    settle_booked(refund.number)


def may_agree(difference: Difference, person_id: int | None) -> bool:
    return (
        difference.book_as is not None
        and difference.said_by != person_id
        and may_settle(difference, person_id)
    )


def _order(difference: Difference) -> Order | None:
    if difference.order_id is not None:
        return session().get(Order, difference.order_id)
    query = select(Order).join(Refund, Refund.order_id == Order.id).where(Refund.number == difference.number)
    return session().scalars(query).first() if difference.what == Code.REFUND_TWICE else None


def _with_payment(order: Order, by: By) -> None:
    """What was given back before we heard of the payment was paid all the same."""
    if order.payment_id is not None:
        return
    if order.paid_fen is None or order.paid_at is None or order.trouble == "currency":
        raise NotAllowed("order_unpaid", number=order.number)
    receipt, day = order.transaction_id or order.number, open_day(order.estate_id, day_of(order))
    order.payment_id, _ = receive(order.household_id, order.paid_fen, Way.WECHAT, receipt, day, by)
    order.state = State.PAID
    if order.settled_at is None:
        order.settled_by, order.settled_at = by.id, now()
    session().flush()


def _twice(difference: Difference) -> Refund:
    refund = session().scalars(select(Refund).where(Refund.number == difference.number)).one()
    if refund.trouble != "paid_again":
        raise NotAllowed("difference_settled", number=difference.id)
    refund.trouble = None
    return refund


def _made_there(difference: Difference, order: Order, by: By) -> Refund:
    moment = datetime.combine(difference.day, time(12), SHANGHAI)
    key = put(
        Refund,
        number=difference.number,
        order_id=order.id,
        household_id=order.household_id,
        fen=difference.theirs_fen,
        why="console",
        state=RefundState.DONE,
        by_id=difference.said_by,
        agreed_by=by.id,
        made_at=moment,
        done_at=moment,
        **{"trade_file" if difference.kind == Kind.TRADE else "fund_file": difference.day},
    )
    return session().get_one(Refund, key)


def _kept(difference: Difference, refund: Refund, order: Order, by: By) -> None:
    if difference.what == Code.REFUND_UNKNOWN:
        _in_place_of_ours(order, refund.fen)
    set_aside(order, refund.fen)
    _post(difference, refund, order, by, Posting(Account.REFUND, refund.fen, refund.household_id))


def _in_place_of_ours(order: Order, fen: int) -> None:
    """What the platform did not do for us and somebody did at its console need not be done any more."""
    query = select(Refund).where(
        Refund.order_id == order.id,
        Refund.state == RefundState.HELD,
        Refund.trouble.in_(("refused", "closed")),  # others the platform may yet pay
    )
    for ours in session().scalars(query.order_by(Refund.id).with_for_update()):
        if ours.fen <= fen:
            ours.state = RefundState.DECLINED
            fen -= ours.fen
    session().flush()


def _cash(difference: Difference, refund: Refund, order: Order, by: By) -> None:
    """It left the merchant account on that day, and is in the till today."""
    _post(difference, refund, order, by, Posting(Account.REFUND, refund.fen, refund.household_id))
    post(
        "brought_back",
        order.estate_id,
        local(now()).date(),
        [Posting(Account.CASH, refund.fen), Posting(Account.REFUND, -refund.fen, refund.household_id)],
        key=f"brought_back/{difference.id}",
        by=by,
        about=("refund", refund.id),
    )


def _loss(difference: Difference, refund: Refund, order: Order, by: By) -> None:
    _post(difference, refund, order, by, Posting(Account.EXPENSE, refund.fen, detail="other"))


_BOOKS: dict[BookAs, Callable[[Difference, Refund, Order, By], None]] = {
    BookAs.KEPT: _kept,
    BookAs.CASH: _cash,
    BookAs.LOSS: _loss,
}


def _post(difference: Difference, refund: Refund, order: Order, by: By, against: Posting) -> None:
    kind = "refunded_twice" if difference.what == Code.REFUND_TWICE else "refunded"
    post(
        kind,
        order.estate_id,
        open_day(order.estate_id, difference.day),
        [against, Posting(Account.WECHAT, -refund.fen)],
        key=f"{kind}/{refund.number}",
        by=by,
        about=("refund", refund.id),
    )
