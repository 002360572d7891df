"""Bills, ledger and monthly statement as the sheets of a file: words where the database has codes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from handlers.wording.filters import label, share
from models.base.checkdigit import with_check
from models.base.clock import local
from models.base.resources import table
from models.base.spreadsheet import Rows, Value, yuan
from models.books.lines import received_in, spent_in, spent_otherwise
from models.books.statement import Statement
from models.joins.listing import BillRow, LedgerRow

THOUSANDTHS = 1000  # of a quantity


def bill_sheet(bills: Iterable[BillRow]) -> tuple[str, Rows]:
    words = _words("bills")

    def rows() -> Iterator[list[Value]]:
        yield words["headings"]
        for one in bills:
            state = str(words["states"][one.state])
            owed = one.amount_fen - one.paid_fen if one.state == "open" else 0
            place = [one.estate, one.building, one.unit, one.room, one.period]
            sums: list[Value] = [yuan(one.amount_fen), yuan(one.paid_fen), yuan(owed)]
            yield [with_check(one.id), *place, *sums, state, one.due_on]

    return words["title"], rows()


def entry_sheet(lines: Iterable[LedgerRow]) -> tuple[str, Rows]:
    words = _words("entries")

    def rows() -> Iterator[list[Value]]:
        yield words["headings"]
        for one in lines:
            account = label(one.account, "accounts")
            detail = detail_of(one.account, one.detail)
            at = local(one.at).strftime("%Y-%m-%d %H:%M:%S")
            about: list[Value] = [one.entry, one.day, one.estate, label(one.kind, "ledger_kinds")]
            yield [*about, account, detail, one.home, *_sides(one.fen), one.reverses, at]

    return words["title"], rows()


def balance_sheet(balances: Mapping[str, int]) -> tuple[str, Rows]:
    words = _words("balances")
    lines = ([label(account, "accounts"), *_sides(fen)] for account, fen in sorted(balances.items()))
    return words["title"], [words["headings"], *lines]


def statement_sheets(of: Statement, estate_id: int, month: date) -> list[tuple[str, Rows]]:
    """The month as it is published, then what was bought line by line and what came in besides fees."""
    words = _words("statement")
    lines: list[list[Value]] = [words["headings"], [words["opening"], yuan(of.opening), None]]
    lines += [[_flow(code), yuan(fen), None] for code, fen in of.income]
    lines.append([words["received"], yuan(of.received), None])
    shares = {code: share(tenths) for code, _, tenths in of.shares}
    lines += [[_flow(code), yuan(fen), shares.get(code[len("for_") :])] for code, fen in of.spending]
    lines += [[words["spent"], yuan(of.spent), None], [words["closing"], yuan(of.closing), None]]
    return [(words["title"], lines), _outlays(estate_id, month), _incomes(estate_id, month)]


def _outlays(estate_id: int, month: date) -> tuple[str, Rows]:
    words = _words("outlays")
    rows: list[list[Value]] = [words["headings"]]
    for one in spent_in(estate_id, month):
        price = None if one.unit_price_fen is None else yuan(one.unit_price_fen)
        payee = one.payee or label(one.payee_kind, "payees")
        what: list[Value] = [one.booked, label(one.spent_for, "spending"), one.item, one.brand, one.model]
        sums: list[Value] = [_quantity(one.quantity), one.unit, price, yuan(one.fen)]
        rows.append([*what, *sums, label(one.fund, "funds"), payee, one.why])
    for code, fen in spent_otherwise(estate_id, month):
        rows.append([None, label(code, "spending"), *[None] * 6, yuan(fen), *[None] * 3])
    return words["title"], rows


def _incomes(estate_id: int, month: date) -> tuple[str, Rows]:
    words = _words("incomes")
    rows: list[list[Value]] = [words["headings"]]
    for one in received_in(estate_id, month):
        kind, fund = label(one.kind, "incomes"), label(one.fund, "funds")
        rows.append([one.day, kind, yuan(one.fen), fund, one.why or one.words])
    return words["title"], rows


def detail_of(account: str, code: str | None) -> str:
    """What a line's detail says: a class of spending, a kind of income, or whose money it is."""
    if code is None:
        return ""
    names = {"expense": "spending", "other_income": "incomes", "grant": "incomes"}
    names["loan"] = "incomes" if code in table("labels/incomes.toml") else "spending"  # lent, or given back
    return label(code, names.get(account, "funds"))


def _flow(code: str) -> str:
    for mark, name in (("for_", "spending"), ("from_", "incomes")):
        if code.startswith(mark):
            return label(code.removeprefix(mark), name)
    return label(code, "statement")


def _sides(fen: int) -> tuple[Value, Value]:
    """Debit and credit."""
    return (yuan(fen), None) if fen > 0 else (None, yuan(-fen))


def _quantity(thousandths: int) -> str:
    whole, rest = divmod(thousandths, THOUSANDTHS)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)


def _words(name: str) -> dict[str, Any]:
    found: dict[str, Any] = table("labels/exports.toml")[name]
    return found
