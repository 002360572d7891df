"""Money that came in: which bills it pays, what is left over, and how a mistake is put right."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.actor import SYSTEM, By
from models.base.append_only import guard
from models.base.clock import local, now
from models.base.orm import Base, Numbered, put, put_once, session
from models.base.prepared import Prepared
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.fee import reminding
from models.fee.tables import Bill, State
from models.ledger import Account, Posting, post, reverse
from models.ledger.sealing import open_day
from models.ledger.tables import EntryLine
from models.place.tables import Building, Household

MOST = 10_000_000_00  # fen; more is a slip of the pen


class Way(StrEnum):
    WECHAT = "wechat"
    CASH = "cash"
    TRANSFER = "transfer"


ACCOUNTS = {Way.WECHAT: Account.WECHAT, Way.CASH: Account.CASH, Way.TRANSFER: Account.BANK}


class Payment(Numbered, Base):
    """缴费 of one household. `key` is what the platform or the receipt calls it: booked once. Receipts are
    numbered in each estate by itself, because books of paper receipts begin at 000001 wherever they are sold.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("key", "estate_id"),
        Index("ix_payments_household", "household_id", "id"),
    )
    key: Mapped[str]  # cash/0001: way and receipt number
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    estate_id: Mapped[int]
    fen: Mapped[int]
    way: Mapped[str]
    day: Mapped[date]  # on which it was received, in the town's own time
    by_id: Mapped[int | None]  # staff who took it
    at: Mapped[datetime] = mapped_column(default=now)
    entry_id: Mapped[int | None]  # in the ledger
    wrong_by: Mapped[int | None]  # who says that it was entered wrongly
    wrong_why: Mapped[str | None]
    reversed_by: Mapped[int | None]  # the other person who agreed
    reversed_at: Mapped[datetime | None]


class Part(Numbered, Base):
    """What of a payment (of what was paid before, without one) went to a bill; taken back: another, below
    nothing."""

    __tablename__ = "payment_parts"
    __table_args__ = (
        Index("ix_payment_parts_payment", "payment_id"),
        Index("ix_payment_parts_bill", "bill_id"),
    )
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    bill_id: Mapped[int] = mapped_column(ForeignKey("bills.id"))
    fen: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)


guard(Part.__table__)

_HOLD = Prepared(
    select(Building.estate_id)
    .join(Household, Household.building_id == Building.id)
    .where(Household.id == bindparam("household"))
    .with_for_update(of=Household)
)


def receive(household_id: int, fen: int, way: Way, receipt: str, day: date, by: By) -> tuple[int, bool]:
    """Books a payment: the oldest bills first, the rest is kept for those to come.

    Returns its number and whether it is new: the same receipt again changes nothing. Raises Invalid for a sum
    that cannot be, a day that is still to come, and for a receipt that was another payment's.
    """
    if not 0 < fen <= MOST:
        raise Invalid("payment_sum")
    if day > local(now()).date():
        raise Invalid("payment_day")
    payment, is_new = _written_down(household_id, fen, way, receipt, day, by)
    if is_new:
        used = _pay_bills(household_id, fen, payment.id)
        _book(payment, used, Account.PREPAID, day, by)
    return payment.id, is_new


def receive_for(
    shares: Mapping[int, int], household_id: int, fen: int, way: Way, receipt: str, day: date
) -> tuple[int, int]:
    """Books what was paid for certain bills (their numbers, and how much is meant for each): each takes what
    is still owed on it and no more than its share. The rest is owed to whoever paid (Account.REFUND).

    Returns the payment's number and that rest; the same receipt again changes nothing and has no rest. Where
    the month of `day` is sealed, the entry stands in today's. Raises Invalid as `receive`.
    """
    if not 0 < fen <= MOST:
        raise Invalid("payment_sum")
    payment, is_new = _written_down(household_id, fen, way, receipt, day, SYSTEM)
    if not is_new:
        return payment.id, 0
    query = select(Bill).where(Bill.id.in_(shares), Bill.household_id == household_id)
    used = 0
    for bill in session().scalars(query.order_by(Bill.due_on, Bill.id).with_for_update()):
        used += _take(bill, min(shares[bill.id], fen - used), payment.id)
    session().flush()
    _book(payment, used, Account.REFUND, open_day(payment.estate_id, day), SYSTEM)
    return payment.id, fen - used


def take_off(payment: Payment, most: int) -> int:
    """Takes up to so much of a payment off its bills again, the last first: they are open. Returns how much
    that was; the caller holds the household and books it."""
    parts = (
        select(Part.bill_id, func.sum(Part.fen))
        .where(Part.payment_id == payment.id)
        .group_by(Part.bill_id)
        .having(func.sum(Part.fen) > 0)
        .order_by(Part.bill_id.desc())
    )
    left = most
    for bill_id, fen in session().execute(parts).all():
        off = min(left, int(fen))
        if off:
            _reopen(bill_id, off, payment.id)
            left -= off
    session().flush()
    return most - left


def key_of(way: Way, receipt: str) -> str:
    """What a receipt is known by, typed in wide digits or not."""
    return f"{way}/{unicodedata.normalize('NFKC', receipt).strip()}"


def _written_down(
    household_id: int, fen: int, way: Way, receipt: str, day: date, by: By
) -> tuple[Payment, bool]:
    """The payment, its household held; whether it is new. Raises Invalid where the receipt was another's, or
    was put right: what is said of it then is another payment."""
    key = key_of(way, receipt)
    estate = hold(household_id)
    new = put_once(
        Payment, "key", "estate_id", key=key, household_id=household_id, estate_id=estate, fen=fen, way=way,
        day=day, by_id=by.id, at=now(),
    )  # fmt: skip
    is_new = new is not None
    query = select(Payment).where(Payment.key == key, Payment.estate_id == estate)
    payment = session().scalars(query.with_for_update()).one()
    if (payment.household_id, payment.fen) != (household_id, fen) or payment.reversed_at is not None:
        raise Invalid("payment_receipt", receipt=receipt)
    return payment, is_new


def _book(payment: Payment, used: int, rest: Account, day: date, by: By) -> None:
    """Money came in: so much of it went to bills, the rest is owed to the household."""
    lines = [Posting(ACCOUNTS[Way(payment.way)], payment.fen)]
    if used:
        lines.append(Posting(Account.RECEIVABLE, -used, payment.household_id))
    if used < payment.fen:
        lines.append(Posting(rest, used - payment.fen, payment.household_id))
    about = ("payment", payment.id)
    key = f"paid/{payment.id}"
    payment.entry_id = post("paid", payment.estate_id, day, lines, key=key, by=by, about=about)
    if used:
        reminding.stop(payment.household_id)


def use_prepaid(households: Sequence[int], day: date) -> None:
    """What these households have paid beforehand goes to the bills that they have now."""
    left = (
        select(EntryLine.household_id)
        .where(EntryLine.account == Account.PREPAID, EntryLine.household_id.in_(households))
        .group_by(EntryLine.household_id)
        .having(func.sum(EntryLine.fen) < 0)
    )
    for household in session().execute(left).scalars().all():
        assert household is not None
        estate = hold(household)
        used = _pay_bills(household, prepaid(household), None)
        if used:
            entries = select(func.count(EntryLine.id)).where(
                EntryLine.account == Account.PREPAID, EntryLine.household_id == household
            )
            post(
                "prepaid_used",
                estate,
                day,
                [Posting(Account.PREPAID, used, household), Posting(Account.RECEIVABLE, -used, household)],
                key=f"prepaid/{household}/{session().execute(entries).scalar_one()}",
                by=SYSTEM,
                about=("household", household),
            )


def say_wrong(payment: Payment, by: By, why: str) -> None:
    """It was entered wrongly; a second person must agree. Raises NotAllowed for what the platform booked, and
    for one that is put right already."""
    if payment.way == Way.WECHAT or payment.reversed_at is not None:
        raise NotAllowed("payment_fixed", number=payment.id)
    if not why.strip():
        raise Invalid("payment_why")
    payment.wrong_by, payment.wrong_why = by.id, why.strip()


def say_right(payment: Payment) -> None:
    """It stands after all, and nobody has to agree any more: else the only way out of a slip would be to take
    back what was right. Raises NotAllowed for one of which nobody says that it is wrong."""
    if payment.wrong_by is None or payment.reversed_at is not None:
        raise NotAllowed("payment_fixed", number=payment.id)
    payment.wrong_by = payment.wrong_why = None


def agree_wrong(payment: Payment, by: By) -> None:
    """The second person agrees: its bills are open again, and those that were paid by what it left over.
    Raises NotAllowed for the same person, when nobody said so, and payment_used, when some of it was to be
    given back to the home."""
    if payment.wrong_by is None or payment.reversed_at is not None or payment.entry_id is None:
        raise NotAllowed("payment_fixed", number=payment.id)
    if by.id == payment.wrong_by:
        raise NotAllowed("payment_second_is_first", number=payment.id)
    hold(payment.household_id)
    taken_off = _taken_off(payment)
    take_off(payment, payment.fen)
    reverse(payment.entry_id, local(now()).date(), by)
    _keep_no_more(payment, taken_off, by)
    if prepaid(payment.household_id) < 0:
        raise NotAllowed("payment_used", number=payment.id)
    payment.reversed_by, payment.reversed_at = by.id, now()
    use_prepaid([payment.household_id], local(now()).date())


def _taken_off(payment: Payment) -> int:
    """What of it paid a bill once and is kept since. Raises NotAllowed: payment_used, because what is given
    back to a home need not be kept any more."""
    parts = select(func.coalesce(func.sum(Part.fen), 0)).where(Part.payment_id == payment.id, Part.fen < 0)
    fen = -int(session().execute(parts).scalar_one())
    returned = select(EntryLine.id).where(
        EntryLine.account == Account.REFUND, EntryLine.household_id == payment.household_id
    )
    if fen and session().execute(returned.limit(1)).first() is not None:
        raise NotAllowed("payment_used", number=payment.id)
    return fen


def _keep_no_more(payment: Payment, taken_off: int, by: By) -> None:
    """What the payment left over for bills to come is kept no more; where it has paid some, the last of them
    are open again. Its own entry is reversed by now, as if nothing had been taken off its bills."""
    home = payment.household_id
    lacking, reopened = taken_off - prepaid(home), 0
    parts = (
        select(Part.bill_id, func.sum(Part.fen))
        .join(Bill, Bill.id == Part.bill_id)
        .where(Part.payment_id.is_(None), Bill.household_id == home)
        .group_by(Part.bill_id)
        .having(func.sum(Part.fen) > 0)
        .order_by(func.max(Part.id).desc())
    )
    for bill_id, fen in session().execute(parts).all():
        off = min(lacking - reopened, int(fen))
        if off > 0:
            _reopen(bill_id, off, None)
            reopened += off
    session().flush()
    moved = reopened - taken_off
    if moved:
        lines = [Posting(Account.RECEIVABLE, moved, home), Posting(Account.PREPAID, -moved, home)]
        today, about = local(now()).date(), ("payment", payment.id)
        key = f"prepaid_back/{payment.id}"
        post("prepaid_back", payment.estate_id, today, lines, key=key, by=by, about=about)


def _pay_bills(household_id: int, fen: int, payment_id: int | None) -> int:
    """The oldest first. Returns how much of it they took."""
    query = (
        select(Bill)
        .where(Bill.household_id == household_id, Bill.state == State.OPEN)
        .order_by(Bill.due_on, Bill.id)
        .with_for_update()
    )
    left = fen
    for bill in session().scalars(query):
        left -= _take(bill, left, payment_id)
    session().flush()
    return fen - left


def _take(bill: Bill, most: int, payment_id: int | None) -> int:
    """What this bill takes of so much; its row is ours."""
    part = max(min(most, bill.amount_fen - bill.paid_fen), 0)
    if part:
        bill.paid_fen += part
        put(Part, payment_id=payment_id, bill_id=bill.id, fen=part)
    if bill.paid_fen >= bill.amount_fen and bill.state == State.OPEN:
        bill.state = State.PAID
    return part


def _reopen(bill_id: int, fen: int, payment_id: int | None) -> None:
    bill = session().get_one(Bill, bill_id, with_for_update=True)
    bill.paid_fen -= fen
    bill.state = State.OPEN
    put(Part, payment_id=payment_id, bill_id=bill_id, fen=-fen)


def prepaid(household_id: int) -> int:
    """What the household has paid beyond its bills, in fen."""
    query = select(func.coalesce(func.sum(EntryLine.fen), 0)).where(
        EntryLine.account == Account.PREPAID, EntryLine.household_id == household_id
    )
    return -int(session().execute(query).scalar_one())


def hold(household_id: int) -> int:
    """One after the other for each household, because two could pay the same bill or spend the same rest.
    Returns its estate. Raises NotFound."""
    row = _HOLD.first(household=household_id)
    if row is None:
        raise NotFound("household_not_found")
    return int(row[0])
