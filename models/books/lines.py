"""The lines of a month as everybody may read them: what was bought, never from which person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select

from models.base.months import month_of, month_on
from models.base.orm import session
from models.books.spending import KIND
from models.books.tables import Income, Outlay, State
from models.books.words import FIRMS
from models.ledger.accounts import Account
from models.ledger.tables import Entry, EntryLine


@dataclass(frozen=True, slots=True)
class PublicLine:
    """One booking of an outlay; the only form in which one leaves for the public page (X05).

    `fen` is below nothing where it takes an earlier one back, `why` says why then. `day` is when it was
    bought, `booked` when it was booked. `payee` is None where it is no firm. `quantity` is in thousandths.
    `voucher` is the public id of a picture that was cleared.
    """

    outlay_id: int
    public_id: str
    day: date
    booked: date
    fen: int
    spent_for: str
    fund: str
    payee_kind: str
    payee: str | None
    item: str
    brand: str | None
    model: str | None
    quantity: int
    unit: str
    unit_price_fen: int | None
    voucher: str | None
    takes_back: bool
    was_taken_back: bool
    why: str | None


@dataclass(frozen=True, slots=True)
class PublicIncome:
    """Income besides fees; below nothing where it takes an earlier one back."""

    day: date
    fen: int
    kind: str
    fund: str
    words: str
    why: str | None


def spent_in(estate_id: int, month: date) -> Sequence[PublicLine]:
    """By day, the oldest first."""
    query = (
        select(Entry.day, Entry.reverses_id, Outlay)
        .join(Outlay, Outlay.id == Entry.about_id)
        .where(Entry.about_kind == KIND, *_in(estate_id, month))
        .order_by(Entry.day, Entry.id)
    )
    return [_line(booked, reverses is not None, row) for booked, reverses, row in session().execute(query)]


def received_in(estate_id: int, month: date) -> Sequence[PublicIncome]:
    query = (
        select(Entry.day, Entry.reverses_id, Income)
        .join(Income, Income.id == Entry.about_id)
        .where(Entry.about_kind == "income", *_in(estate_id, month))
        .order_by(Entry.day, Entry.id)
    )
    return [
        PublicIncome(
            day,
            row.fen if reverses is None else -row.fen,
            row.kind,
            row.fund,
            row.words,
            None if reverses is None else row.why,
        )
        for day, reverses, row in session().execute(query)
    ]


def spent_otherwise(estate_id: int, month: date) -> list[tuple[str, int]]:
    """(class, fen) of what was booked as spent without a line of its own, such as the platform's charges."""
    fen = func.sum(EntryLine.fen)
    query = (
        select(EntryLine.detail, fen)
        .join(Entry, Entry.id == EntryLine.entry_id)
        .where(
            EntryLine.account == Account.EXPENSE,
            or_(Entry.about_kind.is_(None), Entry.about_kind != KIND),
            *_in(estate_id, month),
        )
        .group_by(EntryLine.detail)
        .having(fen != 0)
        .order_by(EntryLine.detail)
    )
    return [(code or "other", int(sum_)) for code, sum_ in session().execute(query)]


def public_outlay(public_id: str, estate_id: int) -> Outlay | None:
    """A line that stands on the estate's public page, by its public id."""
    query = select(Outlay).where(
        Outlay.public_id == public_id, Outlay.estate_id == estate_id, Outlay.entry_id.is_not(None)
    )
    return session().scalars(query).first()


def _in(estate_id: int, month: date) -> tuple[ColumnElement[bool], ...]:
    first = month_of(month)
    return Entry.estate_id == estate_id, Entry.day >= first, Entry.day < month_on(first, 1)


def _line(booked: date, takes_back: bool, row: Outlay) -> PublicLine:
    return PublicLine(
        outlay_id=row.id,
        public_id=row.public_id,
        day=row.day,
        booked=booked,
        fen=-row.fen if takes_back else row.fen,
        spent_for=row.spent_for,
        fund=row.fund,
        payee_kind=row.payee_kind,
        payee=row.payee if row.payee_kind in FIRMS else None,
        item=row.item,
        brand=row.brand,
        model=row.model,
        quantity=row.quantity,
        unit=row.unit,
        unit_price_fen=row.unit_price_fen,
        voucher=row.voucher_public if row.cleared_by is not None else None,
        takes_back=takes_back,
        was_taken_back=row.state == State.REVERSED and not takes_back,
        why=row.why if takes_back else None,
    )
