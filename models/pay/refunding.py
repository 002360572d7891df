"""Money that goes back the way it came. A refund's number is the same over every try, so that the platform
pays it once, and all refunds of an order together are never more than was paid (P8).

What the estate owes a household for it stands in Account.REFUND; it is nothing again when the platform has
paid. A refund by a rule waits for nobody; one that somebody of the staff asks for waits for a second person.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select, text

from models.base.actor import SYSTEM, By
from models.base.checkdigit import with_check
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import public_id, put, session
from models.base.quarantine import in_quarantine
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.books import money
from models.fee.payments import Payment, hold, prepaid, take_off
from models.ledger import Account, Posting, post
from models.ledger.balances import household_balance
from models.ledger.sealing import open_day
from models.outbox.door import tell
from models.pay.said import RefundStatus, Returned
from models.pay.tables import UNRETURNED, Order, Refund, RefundState, State

#: Reasons by which nobody has to agree, because a rule or two persons have decided before.
RULES = frozenset({"surplus", "settled", "left_early", "withheld"})
#: Reasons that staff may give. Codes of templates/labels/refund_reasons.toml, as the others.
ASKED_FOR = frozenset({"mistaken", "moved", "other"})
GAPS = (15, 15, 30, 60, 120, 300)  # seconds between questions
NO_MONEY = timedelta(minutes=30)  # the merchant's account is empty: somebody has to fill it
LEASE = timedelta(seconds=60)
LONGEST = timedelta(days=365)  # after it was paid
MOST = 50  # refunds of one order
AT_ONCE = 50


def want(order: Order, fen: int, why: str, by: By) -> Refund:
    """By a rule (`RULES`) so much of what was paid by this order goes back, at once: the estate owes it the
    household already (Account.REFUND), booked by whoever decided.

    Raises Invalid: refund_why, refund_sum (nothing, or more than was paid and is not given back yet);
    NotAllowed: refund_credit (it is not owed), order_unpaid, refund_late (the platform takes it no more).
    """
    hold(order.household_id)
    if why not in RULES:
        raise Invalid("refund_why")
    _must_be_possible(order, fen)
    session().flush()
    if fen > unclaimed(order.household_id):
        raise NotAllowed("refund_credit", number=order.number)
    return _put(order, fen, why, by, RefundState.WANTED)


def ask(order: Order, fen: int, why: str, by: By) -> Refund:
    """One of the staff wants so much of it to go back; a second person has to `agree`. Raises as `want`, but
    for what is owed, which is asked when somebody agrees."""
    hold(order.household_id)
    if why not in ASKED_FOR or by.id is None:
        raise Invalid("refund_why")
    _must_be_possible(order, fen)
    return _put(order, fen, why, by, RefundState.ASKED)


def agree(number: str, by: By) -> None:
    """The second person agrees. What the money had paid is open again where it was not to the household's
    credit. Raises NotFound: refund_not_found; NotAllowed: refund_settled, refund_second_is_first,
    refund_credit."""
    refund, order = _asked_for(number)
    if by.id == refund.by_id:
        raise NotAllowed("refund_second_is_first", number=number)
    set_aside(order, refund.fen)
    refund.agreed_by, refund.state, refund.ask_at = by.id, RefundState.WANTED, now()


def decline(number: str, by: By) -> None:
    """Nobody gives it back. Raises NotFound: refund_not_found; NotAllowed: refund_settled."""
    refund, _ = _asked_for(number)
    refund.agreed_by, refund.state = by.id, RefundState.DECLINED


class Due(NamedTuple):
    """A refund that the platform is to be told of, or asked about when it `is_known` there. Sums in fen."""

    number: str
    trade_number: str
    fen: int
    of_fen: int
    why: str
    is_known: bool


def unclaimed(household_id: int) -> int:
    """What the estate owes a household beyond what goes back over the platform already, in fen."""
    owed = -household_balance(Account.REFUND, household_id)
    return max(owed - going([household_id]).get(household_id, 0), 0)


def going(households: Collection[int]) -> Mapping[int, int]:
    """Fen that go back over the platform, by household; those to whom nothing does are left out."""
    query = (
        select(Refund.household_id, func.sum(Refund.fen))
        .where(
            Refund.household_id.in_(households),
            Refund.state.in_((RefundState.WANTED, RefundState.SENT, RefundState.HELD)),
        )
        .group_by(Refund.household_id)
    )
    return {home: int(fen) for home, fen in session().execute(query)}


def due(limit: int = AT_ONCE) -> Sequence[Due]:
    """What the platform is to be told or asked now. Nobody else gets it for a minute."""
    if in_quarantine():
        return []
    at = now()
    query = (
        select(Refund)
        .where(text(UNRETURNED), Refund.ask_at <= at)
        .order_by(Refund.ask_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = []
    for refund in session().scalars(query).all():
        refund.ask_at = at + LEASE
        order = session().get_one(Order, refund.order_id)
        is_known = refund.state == RefundState.SENT
        found.append(Due(refund.number, order.number, refund.fen, order.paid_fen or 0, refund.why, is_known))
    return found


def answered(number: str, said: Returned | None) -> None:
    """What the platform says of a refund; None: that it knows none of that number, so it is told again, by
    the same one. Safe to say again."""
    refund = held(number)
    if refund is None:
        return
    order = session().get_one(Order, refund.order_id)
    if said is None:
        if refund.state == RefundState.SENT:
            refund.state, refund.ask_at = RefundState.WANTED, now()
        return
    if (said.trade_number, said.mch_id) != (order.number, order.mch_id):
        return
    refund.refund_id = said.refund_id or refund.refund_id
    if said.status == RefundStatus.SUCCESS:
        _done(refund, order, said)
    elif refund.state in (RefundState.WANTED, RefundState.SENT):
        if said.status == RefundStatus.PROCESSING:
            if refund.state == RefundState.WANTED:
                refund.state, refund.asked = RefundState.SENT, 0
            _ask_later(refund)
        else:
            _hold_back(refund, said.status.lower())


def refused(number: str, code: str, *, later: bool) -> None:
    """The platform did not take it: `later`, it may be told again by the same number; else a person looks."""
    refund = held(number)
    if refund is None or refund.state not in (RefundState.WANTED, RefundState.SENT):
        return
    if code == "NOT_ENOUGH":
        refund.trouble, refund.ask_at = "not_enough", now() + NO_MONEY
    elif later:
        _ask_later(refund)
    else:
        _hold_back(refund, "refused")


def put_off(number: str) -> None:
    """Nobody knows what became of the last word; it is said again by the same number."""
    refund = held(number)
    if refund is not None and refund.state in (RefundState.WANTED, RefundState.SENT):
        _ask_later(refund)


def settle(number: str, by: By, how: str) -> None:
    """A person decides about a refund that the platform did not pay: `again` (the same number once more) or
    `counter` (the household got the money in cash). Raises NotFound: refund_not_found; NotAllowed:
    refund_settled; Invalid: refund_how, and books_account_short where the till has not so much."""
    refund = _known(number, RefundState.HELD)
    if how == "again":
        refund.state, refund.ask_at, refund.asked = RefundState.WANTED, now(), 0
        return
    if how != "counter":
        raise Invalid("refund_how")
    order = session().get_one(Order, refund.order_id)
    money.hold(order.estate_id)
    money.must_suffice(order.estate_id, Account.CASH, money.OWN, refund.fen, local(now()).date())
    _book(refund, order, Account.CASH, by)
    refund.state, refund.agreed_by, refund.done_at, refund.ask_at = RefundState.DONE, by.id, now(), None
    refund.trouble = "counter"


def held(number: str) -> Refund | None:
    """The refund of this number, its household and itself ours until the transaction ends."""
    household = session().execute(select(Refund.household_id).where(Refund.number == number)).scalar()
    if household is None:
        return None
    hold(household)
    query = select(Refund).where(Refund.number == number).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()


def _known(number: str, state: RefundState) -> Refund:
    """The refund of this number, held, while it is in this state."""
    refund = held(number)
    if refund is None:
        raise NotFound("refund_not_found", number=number)
    if refund.state != state:
        raise NotAllowed("refund_settled", number=number)
    return refund


def _asked_for(number: str) -> tuple[Refund, Order]:
    refund = _known(number, RefundState.ASKED)
    return refund, session().get_one(Order, refund.order_id)


def _must_be_possible(order: Order, fen: int) -> None:
    if order.state != State.PAID or order.paid_fen is None or order.paid_at is None:
        raise NotAllowed("order_unpaid", number=order.number)
    if not 0 < fen <= order.paid_fen - _returned(order.id):
        raise Invalid("refund_sum")
    if order.paid_at < now() - LONGEST or _tries(order.id) >= MOST:
        raise NotAllowed("refund_late", number=order.number)


def _put(order: Order, fen: int, why: str, by: By, state: RefundState) -> Refund:
    key = put(
        Refund,
        number="r" + public_id(),
        order_id=order.id,
        household_id=order.household_id,
        fen=fen,
        why=why,
        state=state,
        by_id=by.id,
        ask_at=now() if state == RefundState.WANTED else None,
    )
    return session().get_one(Refund, key)


def _returned(order_id: int) -> int:
    """What of an order went back, goes back, or is asked for."""
    query = select(func.coalesce(func.sum(Refund.fen), 0)).where(
        Refund.order_id == order_id, Refund.state != RefundState.DECLINED
    )
    return int(session().execute(query).scalar_one())


def _tries(order_id: int) -> int:
    query = select(func.count(Refund.id)).where(Refund.order_id == order_id)
    return int(session().execute(query).scalar_one())


def set_aside(order: Order, fen: int) -> None:
    """Sees to it that the household is owed so much beyond what goes back to it already: first by what stands
    in Account.REFUND, then by what it has paid beforehand, then from the bills of this very payment. Raises
    NotAllowed: refund_credit."""
    session().flush()
    household = order.household_id
    lacking = fen - unclaimed(household)
    credit = min(max(lacking, 0), max(prepaid(household), 0))
    lines = [Posting(Account.PREPAID, credit, household)] if credit else []
    lacking -= credit
    if lacking > 0:
        off = take_off(session().get_one(Payment, order.payment_id), lacking)
        lines += [Posting(Account.RECEIVABLE, off, household)] if off else []
        lacking -= off
    if lacking > 0:
        raise NotAllowed("refund_credit", number=order.number)
    if lines:
        moved = sum(line.fen for line in lines)
        post(
            "refund_wanted",
            order.estate_id,
            local(now()).date(),
            [*lines, Posting(Account.REFUND, -moved, household)],
            key=f"refund_wanted/{public_id()}",
            by=SYSTEM,
            about=("order", order.id),
        )


def _done(refund: Refund, order: Order, said: Returned) -> None:
    if refund.state == RefundState.DONE:
        if refund.trouble == "counter":
            refund.trouble = "paid_again"
        return
    if (said.fen, said.of_fen) != (refund.fen, order.paid_fen):
        _hold_back(refund, "sum")
        return
    if refund.state in (RefundState.ASKED, RefundState.DECLINED):
        return
    refund.done_at = said.done_at or now()
    refund.state, refund.trouble, refund.ask_at = RefundState.DONE, None, None
    _book(refund, order, Account.WECHAT, SYSTEM)
    tell(
        "refund_done",
        order.payer_id,
        about=("refund", refund.id),
        occasion="done",
        number=with_check(order.id),
        path=personal_path("fees", order.payer_id),
    )


def _book(refund: Refund, order: Order, account: Account, by: By) -> None:
    when = refund.done_at or now()
    day = min(local(when).date(), local(now()).date())
    post(
        "refunded",
        order.estate_id,
        open_day(order.estate_id, day),
        [Posting(Account.REFUND, refund.fen, refund.household_id), Posting(account, -refund.fen)],
        key=f"refunded/{refund.number}",
        by=by,
        about=("refund", refund.id),
    )


def _hold_back(refund: Refund, trouble: str) -> None:
    refund.state, refund.trouble, refund.ask_at = RefundState.HELD, trouble, None


def _ask_later(refund: Refund) -> None:
    refund.ask_at = now() + timedelta(seconds=GAPS[min(refund.asked, len(GAPS) - 1)])
    refund.asked += 1
