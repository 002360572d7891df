"""Payments of many homes booked together, as models/fee/payments.py books one: for books that come in from
a file, where a statement for each row would take minutes for a city.

In memory it is counted what each bill takes, and then written with a few statements. No row of these bills
may be loaded in the session, because they are changed past it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import session, upsert
from models.base.refusals import Invalid
from models.fee import reminding
from models.fee.payments import ACCOUNTS, Part, Payment, Way, key_of
from models.fee.tables import Bill, State
from models.ledger import Account, Posting
from models.ledger.posting import Booking, post_many
from models.ledger.tables import EntryLine
from models.place.tables import Building, Household

AT_ONCE = 400  # homes or payments, below the most parameters that a statement takes


class Came(NamedTuple):
    """A payment; sums in fen. Its receipt is new, its sum and its day were looked at before."""

    household_id: int
    fen: int
    way: Way
    receipt: str
    day: date


def receive_many(came: Sequence[Came], by: By) -> Iterator[int]:
    """Books them, in turn; yields how many are booked since. Raises Invalid: payment_receipt for a receipt
    that is booked already; NotAllowed: month_sealed."""
    for start in range(0, len(came), AT_ONCE):
        few = came[start : start + AT_ONCE]
        _receive(few, by)
        yield len(few)


def use_prepaid_many(households: Collection[int], day: date) -> None:
    """As `payments.use_prepaid`."""
    homes = sorted(set(households))
    for start in range(0, len(homes), AT_ONCE):
        _use(homes[start : start + AT_ONCE], day)


class _Homes:
    """Some homes, held until the transaction ends: their estates and what their open bills still take."""

    def __init__(self, households: Collection[int]) -> None:
        homes = sorted(set(households))
        query = (
            select(Household.id, Building.estate_id)
            .join(Building, Building.id == Household.building_id)
            .where(Household.id.in_(homes))
        )
        rows = session().execute(query.order_by(Household.id).with_for_update(of=Household))
        self.estates: dict[int, int] = {int(home): int(estate) for home, estate in rows}
        owed = (
            select(Bill.household_id, Bill.id, Bill.amount_fen, Bill.paid_fen)
            .where(Bill.household_id.in_(homes), Bill.state == State.OPEN)
            .order_by(Bill.due_on, Bill.id)
        )
        self._bills: dict[int, list[list[int]]] = defaultdict(list)
        for home, *bill in session().execute(owed.with_for_update()):
            self._bills[home].append(bill)
        self._parts: list[dict[str, Any]] = []
        self._changed: dict[int, list[int]] = {}

    def pay(self, home: int, fen: int, payment_id: int | None) -> int:
        """The oldest first. Returns how much of it they take."""
        left = fen
        for bill in self._bills[home]:
            key, amount, paid = bill
            part = max(min(left, amount - paid), 0)
            if part:
                bill[2] += part
                left -= part
                self._changed[key] = bill
                self._parts.append({"payment_id": payment_id, "bill_id": key, "fen": part, "at": now()})
        return fen - left

    def write(self) -> None:
        """What was paid since, into the database; nobody is reminded of it any more."""
        if not self._parts:
            return
        connection = session().connection()
        connection.execute(insert(Part), self._parts)
        change = update(Bill).where(Bill.id == bindparam("row"))
        rows = [
            {"row": key, "paid": paid, "now": State.PAID if paid >= amount else State.OPEN}
            for key, amount, paid in self._changed.values()
        ]
        connection.execute(change.values(paid_fen=bindparam("paid"), state=bindparam("now")), rows)
        reminding.stop_many(self.estates)


def _receive(came: Sequence[Came], by: By) -> None:
    homes = _Homes([one.household_id for one in came])
    numbers = _written_down(came, homes.estates, by)
    booked = []
    for one, number in zip(came, numbers, strict=True):
        home, used = one.household_id, homes.pay(one.household_id, one.fen, number)
        lines = [Posting(ACCOUNTS[one.way], one.fen)]
        if used:
            lines.append(Posting(Account.RECEIVABLE, -used, home))
        if used < one.fen:
            lines.append(Posting(Account.PREPAID, used - one.fen, home))
        about = ("payment", number)
        booked.append(
            Booking("paid", homes.estates[home], one.day, lines, key=f"paid/{number}", by=by, about=about)
        )
    homes.write()
    entries = post_many(booked)
    change = update(Payment).where(Payment.id == bindparam("row"))
    rows = [{"row": number, "entry": entries[f"paid/{number}"]} for number in numbers]
    session().connection().execute(change.values(entry_id=bindparam("entry")), rows)


def _written_down(came: Sequence[Came], estates: dict[int, int], by: By) -> list[int]:
    """The payments' numbers."""
    at = now()
    rows = [
        {
            "key": key_of(one.way, one.receipt),
            "household_id": one.household_id,
            "estate_id": estates[one.household_id],
            "fen": one.fen,
            "way": one.way,
            "day": one.day,
            "by_id": by.id,
            "at": at,
        }
        for one in came
    ]
    once = upsert(Payment).on_conflict_do_nothing(index_elements=[Payment.key, Payment.estate_id])
    last = session().execute(select(func.coalesce(func.max(Payment.id), 0))).scalar_one()
    session().connection().execute(once, rows)
    query = select(Payment.estate_id, Payment.key, Payment.id).where(
        Payment.key.in_({row["key"] for row in rows}), Payment.id > last
    )
    numbers = {(estate, key): number for estate, key, number in session().execute(query)}
    missing = [row for row in rows if (row["estate_id"], row["key"]) not in numbers]
    if missing:
        raise Invalid("payment_receipt", receipt=str(missing[0]["key"]).partition("/")[2])
    return [numbers[row["estate_id"], row["key"]] for row in rows]  # type: ignore[index]


def _use(households: Sequence[int], day: date) -> None:
    query = (
        select(EntryLine.household_id, func.sum(EntryLine.fen), func.count(EntryLine.id))
        .where(EntryLine.account == Account.PREPAID, EntryLine.household_id.in_(households))
        .group_by(EntryLine.household_id)
        .having(func.sum(EntryLine.fen) < 0)
    )
    homes = _Homes([home for home, *_ in session().execute(query) if home is not None])
    booked = []
    # asked again, because somebody may have paid before they were held
    for home, fen, count in session().execute(query.order_by(EntryLine.household_id)):
        if home not in homes.estates:
            continue
        used = homes.pay(home, -int(fen), None)
        if used:
            lines = [Posting(Account.PREPAID, used, home), Posting(Account.RECEIVABLE, -used, home)]
            key, about = f"prepaid/{home}/{count}", ("household", home)
            booked.append(
                Booking("prepaid_used", homes.estates[home], day, lines, key=key, by=SYSTEM, about=about)
            )
    homes.write()
    post_many(booked)
