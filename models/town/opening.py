"""Where an estate's books begin: balances, what homes owe and have to their credit, what they paid since.

One transaction, all or nothing; what is booked already stays as it is, so the same workbook again changes
nothing. A row that says something else than what is booked is a problem, because an entry is never edited.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import func, insert, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.fee.composing import Line
from models.fee.lines import rows as lines_of
from models.fee.many import Came, receive_many, use_prepaid_many
from models.fee.payments import Way
from models.fee.tables import Bill, BillLine, State
from models.ledger import Account, Posting, post
from models.ledger.tables import Entry
from models.place.tables import Estate
from models.town.opening_held import KIND, new_rows, some
from models.town.opening_rows import Row, read_rows
from models.town.opening_shape import ARREARS, BALANCES, CREDITS, PAYMENTS, SHEETS
from models.town.parsing import Draft
from models.town.problems import WorkbookRefused
from models.town.upserting import Tally
from models.town.writing import DryRun, Progress, Summary

OWN = "fees"  # a fund of templates/labels/funds.toml: money that is not kept apart


def take(draft: Draft, by: By, *, dry_run: bool = False, progress: Progress | None = None) -> Summary:
    """For Database.write; `progress` hears of rows done. Raises WorkbookRefused with every problem, or
    DryRun."""
    done = progress or (lambda rows: None)
    checked = Draft(draft.rows, list(draft.problems), draft.more, draft.places)
    rows = read_rows(checked)
    _hold({row.estate for several in rows.values() for row in several})
    new = new_rows(checked, rows)
    if checked.problems:
        raise WorkbookRefused(*checked.sorted_problems(), more=checked.more)
    _write_balances(new[BALANCES.code], by)
    _write_arrears(new[ARREARS.code], by)
    _write_credits(new[CREDITS.code], by)
    homes = [row.home for sheet in (ARREARS, CREDITS) for row in new[sheet.code]]
    use_prepaid_many(homes, local(now()).date())
    done(sum(len(rows[sheet.code]) for sheet in (BALANCES, ARREARS, CREDITS)))
    came = [
        Came(row.home, row.fen, Way(row.values["way"]), row.values["receipt"], row.day)
        for row in new[PAYMENTS.code]
    ]
    for many in receive_many(came, by):
        done(many)
    summary = Summary({sheet.code: Tally() for sheet in SHEETS})
    for sheet in SHEETS:
        summary.sheets[sheet.code].rows = len(rows[sheet.code])
        summary.sheets[sheet.code].added = {row.number for row in new[sheet.code]}
    if dry_run:
        raise DryRun(summary)
    return summary


def _hold(estates: Iterable[int]) -> None:
    """Two imports for one estate follow one another."""
    for few in some(sorted(estates)):
        session().execute(select(Estate.id).where(Estate.id.in_(few)).order_by(Estate.id).with_for_update())


def _write_balances(rows: Sequence[Row], by: By) -> None:
    for estate, day, several in _together(rows):
        lines = []
        for row in several:
            fund = row.values.get("fund") or OWN
            account = Account(row.values["account"])
            lines.append(Posting(account, row.fen, detail=None if fund == OWN else fund))
        _book(estate, day, [*lines, Posting(Account.OPENING, -sum(line.fen for line in lines))], by)


def _write_arrears(rows: Sequence[Row], by: By) -> None:
    """A bill for each, as if it had been made here."""
    for estate, day, several in _together(rows):
        owed: dict[int, int] = defaultdict(int)
        for few in some(several):
            _write_bills(estate, few, by)
            for row in few:
                owed[row.home] += row.fen
        lines = [Posting(Account.RECEIVABLE, fen, home) for home, fen in owed.items()]
        _book(estate, day, [*lines, Posting(Account.OPENING, -sum(owed.values()))], by)


def _write_bills(estate: int, rows: Sequence[Row], by: By) -> None:
    connection, at = session().connection(), now()
    bills = [
        {
            "household_id": row.home,
            "estate_id": estate,
            "period": row.period.label,
            "first": row.period.first,
            "months": row.period.months,
            "due_on": row.values.get("due_on") or row.period.last,
            "amount_fen": row.fen,
            "paid_fen": 0,
            "service_id": 0,
            "state": State.OPEN,
            "made_at": at,
        }
        for row in rows
        if row.period is not None
    ]
    connection.execute(insert(Bill), bills)
    query = select(Bill.household_id, Bill.period, Bill.id).where(
        Bill.household_id.in_({row.home for row in rows}), Bill.service_id == 0, Bill.state != State.VOID
    )
    numbers = {(home, period): key for home, period, key in connection.execute(query)}
    lines = [
        line
        for row in rows
        if row.period is not None
        for line in lines_of(numbers[row.home, row.period.label], 0, [Line(KIND, row.fen)], by)
    ]
    connection.execute(insert(BillLine), lines)


def _write_credits(rows: Sequence[Row], by: By) -> None:
    for estate, day, several in _together(rows):
        lines = [Posting(Account.PREPAID, -row.fen, row.home) for row in several]
        _book(estate, day, [*lines, Posting(Account.OPENING, sum(row.fen for row in several))], by)


def _together(rows: Iterable[Row]) -> Iterator[tuple[int, date, list[Row]]]:
    """Those of an estate and a day make one entry."""
    found: dict[tuple[int, date], list[Row]] = defaultdict(list)
    for row in rows:
        found[row.estate, row.day].append(row)
    return ((*key, found[key]) for key in sorted(found))


def _book(estate: int, day: date, lines: Sequence[Posting], by: By) -> None:
    before = select(func.count(Entry.id)).where(Entry.estate_id == estate, Entry.kind == KIND)
    number = session().execute(before).scalar_one()
    post(KIND, estate, day, lines, key=f"{KIND}/{estate}/{number}", by=by, about=("estate", estate))
