"""How something gets into the ledger, and how a mistake gets out of its sums again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import NotAllowed
from models.ledger.accounts import BY_HOUSEHOLD, Account
from models.ledger.sealing import must_be_open
from models.ledger.tables import Entry, EntryLine


class Posting(NamedTuple):
    """One line: fen, debit positive, credit negative; a household where the account is kept by household;
    `detail` a code that says what an expense was for, or which income it is."""

    account: Account
    fen: int
    household_id: int | None = None
    detail: str | None = None


def post(
    kind: str,
    estate_id: int,
    day: date,
    lines: Sequence[Posting],
    *,
    key: str,
    by: By,
    about: tuple[str, int] | None = None,
    reverses: int | None = None,
    **facts: Any,
) -> int:
    """Books one entry and returns its number. `key` is booked once: the database refuses a second.

    Raises NotAllowed (month_sealed) for a day of a sealed month; ValueError for lines that are not balanced,
    because that is a fault of ours and nobody's input.
    """
    _must_balance(lines)
    entry = put(
        Entry,
        key=key,
        estate_id=estate_id,
        day=day,
        kind=kind,
        about_kind=about[0] if about else None,
        about_id=about[1] if about else None,
        reverses_id=reverses,
        by_kind=by.kind,
        by_id=by.id,
        facts=facts,
    )
    must_be_open(estate_id, day)
    session().connection().execute(insert(EntryLine), _rows(entry, lines))
    return entry


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry, as `post` books it."""

    kind: str
    estate_id: int
    day: date
    lines: Sequence[Posting]
    key: str
    by: By
    about: tuple[str, int]


def post_many(bookings: Sequence[Booking]) -> dict[str, int]:
    """Books entries with a few statements for all of them; returns their numbers by key. Raises as `post`."""
    if not bookings:
        return {}
    for one in bookings:
        _must_balance(one.lines)
    connection, at = session().connection(), now()
    entries: list[dict[str, Any]] = [
        {
            "key": one.key,
            "estate_id": one.estate_id,
            "day": one.day,
            "kind": one.kind,
            "about_kind": one.about[0],
            "about_id": one.about[1],
            "by_kind": one.by.kind,
            "by_id": one.by.id,
            "at": at,
            "facts": {},
        }
        for one in bookings
    ]
    connection.execute(insert(Entry), entries)
    query = select(Entry.key, Entry.id).where(Entry.key.in_([one.key for one in bookings]))
    numbers = {key: int(number) for key, number in connection.execute(query)}
    for estate, month in {(one.estate_id, one.day.replace(day=1)) for one in bookings}:
        must_be_open(estate, month)
    rows = [row for one in bookings for row in _rows(numbers[one.key], one.lines)]
    connection.execute(insert(EntryLine), rows)
    return numbers


def _rows(entry: int, lines: Sequence[Posting]) -> list[dict[str, Any]]:
    return [
        {
            "entry_id": entry,
            "account": line.account,
            "household_id": line.household_id,
            "fen": line.fen,
            "detail": line.detail,
        }
        for line in lines
    ]


def reverse(entry_id: int, day: date, by: By) -> int:
    """The same with the other sign, so that both together are nothing. Why, stands with what the entry is
    about: words of staff may hold a name, and nothing of an entry can be taken out again.

    Raises NotAllowed for one that was reversed already, or is a reversal itself.
    """
    entry = session().get_one(Entry, entry_id)
    again = select(Entry.id).where(Entry.reverses_id == entry_id)
    if entry.reverses_id is not None or session().execute(again).first() is not None:
        raise NotAllowed("entry_reversed", number=entry_id)
    lines = session().scalars(select(EntryLine).where(EntryLine.entry_id == entry_id).order_by(EntryLine.id))
    return post(
        entry.kind,
        entry.estate_id,
        day,
        [Posting(Account(line.account), -line.fen, line.household_id, line.detail) for line in lines],
        key=f"reverse/{entry_id}",
        by=by,
        about=(entry.about_kind, entry.about_id) if entry.about_kind and entry.about_id else None,
        reverses=entry_id,
    )


def _must_balance(lines: Sequence[Posting]) -> None:
    if len(lines) < 2 or sum(line.fen for line in lines) != 0:
        raise ValueError("the lines of an entry are two or more, and zero together")
    for line in lines:
        if not line.fen:
            raise ValueError("a line of nothing")
        if (line.household_id is not None) != (line.account in BY_HOUSEHOLD):
            raise ValueError(f"{line.account}: households where it is kept by household, only there")
