"""收支月报: what an estate had, what came in, what went out, what it has; from the ledger alone (row 59).

Cash, bank and the merchant account together. Every entry that moves money is read by what stands against it:
spending by its class, other income by its kind, everything else are the fees of homes, received or given
back. A class of which more came back than was spent in the month stands among what came in, and the other way
round, so that opening + in − out = closing holds whatever was reversed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import func, select

from models.base.months import month_of, month_on
from models.base.orm import session
from models.books.money import MONEY, OWN, of_accounts, of_funds
from models.books.shares import with_shares
from models.ledger.accounts import Account
from models.ledger.tables import Entry, EntryLine

FEES, FEES_BACK, BEGUN = "fees", "fees_back", "begun"
EARNED = (Account.GRANT, Account.OTHER_INCOME)


class Line(NamedTuple):
    """Of one entry: what its lines of one account and detail come to, debit positive."""

    entry_id: int
    account: str
    detail: str | None
    fen: int


@dataclass(frozen=True, slots=True)
class Fund:
    """One fund: opening + in − out = closing."""

    opening: int
    received: int
    spent: int
    closing: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Fen. `income` and `spending` are (code, fen > 0), the largest first; together they are `received` and
    `spent`. Codes: templates/labels/statement.toml, or those of incomes.toml and spending.toml. `shares` are
    (class, fen, tenths of a percent) of what was spent on something, together 1 000."""

    month: date
    opening: int
    received: int
    spent: int
    closing: int
    income: list[tuple[str, int]]
    spending: list[tuple[str, int]]
    shares: list[tuple[str, int, int]]
    accounts: dict[str, int]  # at its end
    funds: dict[str, Fund]

    def kept(self) -> dict[str, Any]:
        """As a publication keeps it: plain JSON."""
        return asdict(self) | {"month": self.month.isoformat()}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Statement":
        values = {name: kept[name] for name in cls.__slots__}
        for name in ("income", "spending", "shares"):
            values[name] = [tuple(one) for one in values[name]]
        funds = {code: Fund(**fund) for code, fund in values["funds"].items()}
        return cls(**values | {"month": date.fromisoformat(values["month"]), "funds": funds})


def statement(estate_id: int, month: date) -> Statement:
    """Of one month; of one that runs as far as it is booked."""
    first, after = month_of(month), month_on(month_of(month), 1)
    lines = _lines(estate_id, first, after)
    flows = of_what(lines)
    income = _sorted((code, fen) for code, fen in flows.items() if fen > 0)
    spending = _sorted((code, -fen) for code, fen in flows.items() if fen < 0)
    opening = sum(of_accounts(estate_id, first).values())
    accounts = dict(of_accounts(estate_id, after))
    return Statement(
        month=first,
        opening=opening,
        received=sum(fen for _, fen in income),
        spent=sum(fen for _, fen in spending),
        closing=sum(accounts.values()),
        income=income,
        spending=spending,
        shares=with_shares([(code[4:], fen) for code, fen in spending if code.startswith("for_")]),
        accounts=accounts,
        funds=_funds(estate_id, first, after, lines),
    )


def of_what(lines: Iterable[Line]) -> dict[str, int]:
    """What money came from (fen above nothing) and went to, for entries that move money. Pure.

    Lines of one entry stand together. A code is fees, fees_back, begun, for_<class of spending>, from_<kind
    of income>.
    """
    flows: dict[str, int] = defaultdict(int)
    for _, several in groupby(lines, key=lambda line: line.entry_id):
        for code, fen in _of_entry(list(several)):
            flows[code] += fen
    return {code: fen for code, fen in flows.items() if fen}


def _of_entry(lines: list[Line]) -> list[tuple[str, int]]:
    against = [line for line in lines if line.account not in MONEY]
    if len(against) == len(lines) or not against:
        return []  # nothing moved, or only from one account to another
    if any(line.account == Account.OPENING for line in against):
        return [(BEGUN, -sum(line.fen for line in against))]
    found, fees = [], 0
    for line in against:
        if line.account == Account.EXPENSE:
            found.append((f"for_{line.detail or 'other'}", -line.fen))
        elif line.account in EARNED:
            found.append((f"from_{line.detail or 'other'}", -line.fen))
        elif line.account == Account.LOAN:
            found.append(("loan" if line.fen < 0 else "loan_back", -line.fen))
        else:
            fees -= line.fen
    if fees:
        found.append((FEES if fees > 0 else FEES_BACK, fees))
    return found


def _lines(estate_id: int, first: date, after: date) -> list[Line]:
    """Of all entries of these days that have a line of money."""
    moves = (
        select(Entry.id)
        .join(EntryLine, EntryLine.entry_id == Entry.id)
        .where(
            Entry.estate_id == estate_id,
            Entry.day >= first,
            Entry.day < after,
            EntryLine.account.in_(MONEY),
        )
    )
    query = (
        select(EntryLine.entry_id, EntryLine.account, EntryLine.detail, func.sum(EntryLine.fen))
        .where(EntryLine.entry_id.in_(moves))
        .group_by(EntryLine.entry_id, EntryLine.account, EntryLine.detail)
        .order_by(EntryLine.entry_id)
    )
    return [Line(row[0], row[1], row[2], int(row[3])) for row in session().execute(query)]


def _funds(estate_id: int, first: date, after: date, lines: list[Line]) -> dict[str, Fund]:
    opening, closing = of_funds(estate_id, first), of_funds(estate_id, after)
    received: dict[str, int] = defaultdict(int)
    for _, several in groupby(lines, key=lambda line: line.entry_id):
        by_fund: dict[str, int] = defaultdict(int)
        for line in several:
            if line.account in MONEY:
                by_fund[line.detail or OWN] += line.fen
        for fund, fen in by_fund.items():
            received[fund] += max(fen, 0)
    found = {}
    for fund in sorted(opening.keys() | closing.keys() | received.keys(), key=lambda one: (one != OWN, one)):
        begin, end, came = opening.get(fund, 0), closing.get(fund, 0), received[fund]
        if begin or end or came:
            found[fund] = Fund(begin, came, begin + came - end, end)
    return found


def _sorted(amounts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(amounts, key=lambda one: (-one[1], one[0]))
