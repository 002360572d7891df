"""What of a workbook of openings is booked already: the same is left alone, anything else is a problem."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select

from models.base.months import months_from
from models.base.orm import session
from models.base.spreadsheet import yuan
from models.fee.payments import Payment
from models.fee.tables import Bill, BillLine, State
from models.ledger import Account
from models.ledger.tables import Entry, EntryLine
from models.town.opening_rows import Row
from models.town.opening_shape import ARREARS, BALANCES, CREDITS, PAYMENTS
from models.town.parsing import Draft
from models.town.shape import Sheet

T = TypeVar("T")

KIND = "opening"  # of entries, and of the lines of bills
AT_ONCE = 500


def new_rows(draft: Draft, rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Those that are not booked yet, by sheet code. Adds problems to the draft."""
    return {
        BALANCES.code: _new_balances(draft, rows[BALANCES.code]),
        ARREARS.code: _new_arrears(draft, rows[ARREARS.code]),
        CREDITS.code: _new_credits(draft, rows[CREDITS.code]),
        PAYMENTS.code: _new_payments(draft, rows[PAYMENTS.code], _begins(rows)),
    }


def some(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """A few at a time, below the most parameters that a statement takes."""
    return (things[at : at + AT_ONCE] for at in range(0, len(things), AT_ONCE))


def _new_balances(draft: Draft, rows: list[Row]) -> list[Row]:
    money = (Account.CASH, Account.BANK, Account.WECHAT)
    query = (
        select(Entry.estate_id, EntryLine.account, EntryLine.detail, func.sum(EntryLine.fen))
        .join(EntryLine, EntryLine.entry_id == Entry.id)
        .where(Entry.kind == KIND, EntryLine.account.in_(money))
        .group_by(Entry.estate_id, EntryLine.account, EntryLine.detail)
    )
    known = {
        (estate, account, fund or "fees"): int(fen) for estate, account, fund, fen in session().execute(query)
    }
    return [row for row in rows if _is_new(draft, BALANCES, row, known.get(row.key(BALANCES), 0))]


def _new_credits(draft: Draft, rows: list[Row]) -> list[Row]:
    query = (
        select(EntryLine.household_id, func.sum(EntryLine.fen))
        .join(Entry, Entry.id == EntryLine.entry_id)
        .where(Entry.kind == KIND, EntryLine.account == Account.PREPAID)
        .group_by(EntryLine.household_id)
    )
    known = {home: -int(fen) for home, fen in session().execute(query)}
    return [row for row in rows if _is_new(draft, CREDITS, row, known.get(row.home, 0))]


def _new_arrears(draft: Draft, rows: list[Row]) -> list[Row]:
    """What a home owed for months that have a bill already is either that very bill or a problem."""
    opened, taken = _bills(sorted({row.home for row in rows}))
    found = []
    for row in rows:
        assert row.period is not None
        key = (row.home, row.period.label)
        if key in opened:
            _is_new(draft, ARREARS, row, opened[key])
            continue
        months = months_from(row.period.first, row.period.months)
        of_home = taken.setdefault(row.home, {})
        billed = [of_home[month] for month in months if month in of_home]
        if billed:
            draft.wrong(ARREARS, row.number, "period", "months_billed", value=billed[0])
            continue
        of_home.update(dict.fromkeys(months, row.period.label))
        found.append(row)
    return found


def _bills(homes: Sequence[int]) -> tuple[dict[tuple[int, str], int], dict[int, dict[date, str]]]:
    """(home, period) → fen of the bills that an import made; home → month → period of all of the fee's."""
    opening = func.sum(BillLine.fen).filter(BillLine.what == KIND)
    opened: dict[tuple[int, str], int] = {}
    taken: dict[int, dict[date, str]] = {}
    for few in some(homes):
        query = (
            select(Bill.household_id, Bill.period, Bill.first, Bill.months, opening)
            .join(BillLine, BillLine.bill_id == Bill.id)
            .where(Bill.household_id.in_(few), Bill.service_id == 0, Bill.state != State.VOID)
            .group_by(Bill.id, Bill.household_id, Bill.period, Bill.first, Bill.months)
        )
        for home, period, first, months, fen in session().execute(query):
            if fen is not None:
                opened[home, period] = int(fen)
            taken.setdefault(home, {}).update(dict.fromkeys(months_from(first, months), period))
    return opened, taken


def _new_payments(draft: Draft, rows: list[Row], begins: dict[int, date]) -> list[Row]:
    known = _payments({f"{row.values['way']}/{row.values['receipt']}" for row in rows})
    found = []
    for row in rows:
        booked = known.get((row.estate, f"{row.values['way']}/{row.values['receipt']}"))
        if booked is None and row.day < begins.get(row.estate, date.min):
            began = begins[row.estate].isoformat()
            draft.wrong(PAYMENTS, row.number, "day", "before_opening", value=began)
        elif booked is None:
            found.append(row)
        elif booked != (row.home, row.fen, row.day):
            receipt = row.values["receipt"]
            draft.wrong(PAYMENTS, row.number, "receipt", "receipt_taken", value=receipt)
    return found


def _payments(keys: Collection[str]) -> dict[tuple[int, str], tuple[int, int, date]]:
    """(estate, key) → (home, fen, day)."""
    found = {}
    for few in some(sorted(keys)):
        query = select(Payment.estate_id, Payment.key, Payment.household_id, Payment.fen, Payment.day)
        for estate, key, home, fen, day in session().execute(query.where(Payment.key.in_(few))):
            found[estate, key] = (home, fen, day)
    return found


def _begins(rows: dict[str, list[Row]]) -> dict[int, date]:
    """Estate → the day on which its books begin, by the file and by what is booked: the money of a payment
    before it is in the opening balance."""
    query = select(Entry.estate_id, func.max(Entry.day)).where(
        Entry.kind == KIND, Entry.reverses_id.is_(None)
    )
    found: dict[int, date] = {}
    said: list[Any] = [tuple(row) for row in session().execute(query.group_by(Entry.estate_id))]
    for sheet in (BALANCES, ARREARS, CREDITS):
        said += [(row.estate, row.day) for row in rows[sheet.code]]
    for estate, day in said:
        found[estate] = max(day, found.get(estate, day))
    return found


def _is_new(draft: Draft, sheet: Sheet, row: Row, booked: int) -> bool:
    if booked and booked != row.fen:
        draft.wrong(sheet, row.number, "sum", "opening_differs", value=str(yuan(booked)))
    return not booked and row.fen > 0
