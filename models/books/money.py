"""What an estate has, by account and by fund. One estate's money is never another's (row 41).

A fund (templates/labels/funds.toml) says whose money it is. It stands as `detail` on an entry's money lines;
a line without one is of the estate's own money, as fees are.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.ledger import Account, Posting
from models.ledger.tables import Entry, EntryLine
from models.place.tables import Estate

MONEY = (Account.BANK, Account.CASH, Account.WECHAT)
OWN = "fees"
MOST = 10_000_000_00  # fen; more is a slip of the pen


def money_line(account: str, fen: int, fund: str) -> Posting:
    """So much into an account (out of it, below nothing), of a fund."""
    return Posting(Account(account), fen, detail=None if fund == OWN else fund)


def hold(estate_id: int) -> None:
    """One after the other for each estate, because two could spend the same money. Raises NotFound."""
    query = select(Estate.id).where(Estate.id == estate_id).with_for_update()
    if session().execute(query).first() is None:
        raise NotFound("estate_not_found")


def must_suffice(estate_id: int, account: str, fund: str, fen: int, day: date) -> None:
    """Raises Invalid where the account or the fund would fall below nothing, on that day or on one after it.
    The caller holds the estate."""
    of_fund = EntryLine.detail.is_(None) if fund == OWN else EntryLine.detail == fund
    for code, which in (
        ("books_account_short", EntryLine.account == account),
        ("books_fund_short", of_fund),
    ):
        have = _lowest(estate_id, day, which)
        if have < fen:
            raise Invalid(code, account=account, fund=fund, have=in_yuan(have), wanted=in_yuan(fen))


def in_yuan(fen: int) -> str:
    return f"{'-' * (fen < 0)}{abs(fen) // 100}.{abs(fen) % 100:02}"


def of_accounts(estate_id: int, before: date | None = None) -> Mapping[str, int]:
    """Account → fen, of the days before `before` or of all."""
    return {account: fen for account, fen in _sums(estate_id, EntryLine.account, before) if account}


def of_funds(estate_id: int, before: date | None = None) -> Mapping[str, int]:
    """Fund → fen, as `of_accounts`."""
    return {fund or OWN: fen for fund, fen in _sums(estate_id, EntryLine.detail, before)}


def _sums(estate_id: int, by: Any, before: date | None) -> Iterator[tuple[str, int]]:
    query = _of(estate_id, select(by, func.sum(EntryLine.fen))).group_by(by)
    if before is not None:
        query = query.where(Entry.day < before)
    return ((code, int(fen)) for code, fen in session().execute(query))


def _lowest(estate_id: int, day: date, which: ColumnElement[bool]) -> int:
    """What is there at the end of that day, or of the poorest one after it."""
    query = _of(estate_id, select(Entry.day, func.sum(EntryLine.fen))).where(which)
    have, ends = 0, []
    for on, fen in session().execute(query.group_by(Entry.day).order_by(Entry.day)):
        if on > day:
            ends.append(have)  # so much there was before that day came
        have += int(fen)
    return min([*ends, have])


def _of(estate_id: int, query: Any) -> Any:
    return (
        query.select_from(EntryLine)
        .join(Entry, Entry.id == EntryLine.entry_id)
        .where(Entry.estate_id == estate_id, EntryLine.account.in_(MONEY))
    )
