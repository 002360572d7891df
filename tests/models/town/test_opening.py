"""Books begin with a workbook: all or nothing, each row once, and every sum proved afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from fee_books import homes as homes_of_estate
from opening_books import bring_in, homes, opening_book
from sqlalchemy import func, select

from models.base.actor import SYSTEM
from models.base.orm import session
from models.books.statement import statement
from models.fee.billing import begin, bill_some
from models.fee.payments import Payment
from models.fee.period import Period
from models.fee.tables import Bill, State
from models.fee.tariffs import set_price
from models.ledger import Account
from models.ledger.balances import balances, household_balance
from models.ledger.sealing import seal
from models.ledger.tables import Entry
from models.pay.checking import faults
from models.place.tables import Estate
from models.town import opening_held
from models.town.opening_shape import SHEETS
from models.town.problems import WorkbookRefused
from models.town.shape import title
from models.town.writing import DryRun

ARREARS, CREDITS, PAYMENTS, BALANCES = "期初欠费", "期初预存", "历史缴费", "期初余额"


@pytest.fixture
def town(db) -> list[int]:
    return db.write(homes)


def _problems(db, sheets) -> list[tuple[str, str | None, int | None, str | None]]:
    with pytest.raises(WorkbookRefused) as refusal:
        bring_in(db, sheets)
    with db.read():
        assert session().execute(select(func.count(Entry.id))).scalar() in (0, 3, 5)
    return [(one.code, one.sheet, one.row, one.column) for one in refusal.value.problems]


def _state(db) -> tuple:
    with db.read():
        entries = session().execute(select(func.count(Entry.id), func.max(Entry.id))).one()
        bills = session().execute(select(Bill.id, Bill.amount_fen, Bill.paid_fen).order_by(Bill.id)).all()
        return tuple(entries), [tuple(one) for one in bills], balances()


def test_balances_arrears_credits_and_payments_are_booked_and_proved(db, town):
    assert bring_in(db, opening_book()) == {
        "opening_balances": {"added": 2, "changed": 0, "same": 1},
        "opening_arrears": {"added": 3, "changed": 0, "same": 0},
        "opening_credits": {"added": 1, "changed": 0, "same": 0},
        "past_payments": {"added": 2, "changed": 0, "same": 0},
    }
    with db.read():
        assert list(faults()) == []
        assert balances() == {
            Account.CASH: 1100_50, Account.BANK: 20_000_10, Account.OPENING: -21_000_50 - 270_25 + 60_00,
            Account.RECEIVABLE: 170_25, Account.PREPAID: -60_10,
        }  # fmt: skip
        assert [household_balance(Account.RECEIVABLE, home) for home in town] == [80_00, 90_25, 0]
        bills = session().scalars(select(Bill).order_by(Bill.period)).all()
        assert [(one.period, one.paid_fen, one.state, one.due_on) for one in bills] == [
            ("2025", 100_00, State.OPEN, date(2025, 12, 31)),
            ("2025-Q3", 0, State.OPEN, date(2025, 9, 30)),
            ("2025-Q4", 0, State.OPEN, date(2025, 10, 31)),
        ]
        january = statement(bills[0].estate_id, date(2026, 1, 1))
        assert (january.opening, january.income, january.closing) == (0, [("begun", 21_000_50)], 21_000_50)


def test_the_same_workbook_again_changes_nothing(db, town):
    bring_in(db, opening_book())
    before = _state(db)
    again = bring_in(db, opening_book())
    assert {sheet: counts["added"] for sheet, counts in again.items()} == dict.fromkeys(again, 0)
    assert _state(db) == before


def test_rows_that_came_later_are_added(db, town):
    book = opening_book()
    later = {ARREARS: [book[ARREARS][0], book[ARREARS][1]], BALANCES: book[BALANCES][:2]}
    bring_in(db, later)
    assert bring_in(db, book)["opening_arrears"] == {"added": 2, "changed": 0, "same": 1}
    with db.read():
        assert list(faults()) == []


def test_a_rehearsal_writes_nothing(db, town):
    with pytest.raises(DryRun) as tried:
        bring_in(db, opening_book(), dry_run=True)
    assert tried.value.summary.as_dict()["past_payments"]["added"] == 2
    assert _state(db) == ((0, None), [], {})


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "code"),
    [
        (BALANCES, 1, 0, "育应小区", "unknown_estate"),
        (BALANCES, 1, 1, "应收", "unknown_choice"),
        (BALANCES, 1, 3, "1,000", "not_a_sum"),
        (BALANCES, 1, 3, 1.005, "not_a_sum"),
        (BALANCES, 1, 3, -1, "out_of_range"),
        (BALANCES, 1, 4, "2126-01-01", "day_to_come"),
        (BALANCES, 1, 4, "去年", "not_a_day"),
        (BALANCES, 1, 4, "", "required"),
        (ARREARS, 1, 1, 33, "unknown_building"),
        (ARREARS, 1, 3, 909, "unknown_household"),
        (ARREARS, 1, 4, "2025-Q5", "not_a_period"),
        (ARREARS, 1, 5, 0, "nothing_there"),
        (ARREARS, 3, 4, "2025-Q4", "repeated_key"),
        (ARREARS, 3, 4, "2025-11", "months_billed"),
        (CREDITS, 1, 4, "=1+1", "not_a_sum"),
        (PAYMENTS, 1, 5, "微信支付", "unknown_choice"),
        (PAYMENTS, 2, 6, "", "required"),
        (PAYMENTS, 1, 7, "2025-12-31", "before_opening"),
    ],
)
def test_what_is_wrong_is_said_by_sheet_row_and_column(db, town, sheet, row, column, value, code):
    book = opening_book()
    book[sheet][row][column] = value
    heading = book[sheet][0][column]
    assert _problems(db, book) == [(code, sheet, row + 1, heading)]


def test_two_estates_have_each_their_own_book_of_receipts(db, town):
    db.write(lambda: homes_of_estate(1, estate="建设小区", name="1"))
    book = opening_book()
    book[PAYMENTS].append(["建设小区", 1, 1, 101, 100, "现金", "A001", "2026-02-03"])
    for added in (3, 0):
        assert bring_in(db, book)["past_payments"] == {"added": added, "changed": 0, "same": 3 - added}
    book[PAYMENTS].append(["建设小区", 1, 1, 101, 1, "现金", "A001", "2026-02-04"])
    with pytest.raises(WorkbookRefused) as refusal:
        bring_in(db, book)
    assert [one.code for one in refusal.value.problems] == ["repeated_key"]


def test_every_problem_is_said_at_once(db, town):
    book = opening_book()
    book[BALANCES][1][1], book[ARREARS][1][3], book[PAYMENTS][2][7] = "应收", 909, "2126-01-01"
    assert [code for code, *_ in _problems(db, book)] == [
        "unknown_choice", "unknown_household", "day_to_come",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "code"),
    [
        (BALANCES, 1, 3, 999, "opening_differs"),
        (ARREARS, 1, 5, 181, "opening_differs"),
        (CREDITS, 1, 4, 61, "opening_differs"),
        (PAYMENTS, 1, 4, 101, "receipt_taken"),
        (PAYMENTS, 1, 3, 102, "receipt_taken"),
    ],
)
def test_what_is_booked_with_another_sum_is_a_problem_of_its_row(db, town, sheet, row, column, value, code):
    bring_in(db, opening_book())
    book = opening_book()
    book[sheet][row][column] = value
    assert [(found, at) for found, _, at, _ in _problems(db, book)] == [(code, row + 1)]


def test_months_that_have_a_bill_of_ours_are_not_owed_twice(db, town):
    def priced() -> int:
        set_price(
            session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one(),
            3000,
            date(2025, 1, 1),
        )
        return begin(Period.of("2025-Q4"), 30)

    run = db.write(priced)
    while db.write(bill_some, run):
        pass
    with pytest.raises(WorkbookRefused) as refusal:
        bring_in(db, opening_book())
    assert [(one.code, one.row) for one in refusal.value.problems] == [
        ("months_billed", 2),
        ("months_billed", 3),
    ]


def test_a_sealed_month_takes_no_opening(db, town):
    estate = db.write(lambda: session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one())
    db.write(seal, estate, date(2026, 1, 1), SYSTEM)
    codes = {code for code, *_ in _problems(db, opening_book())}
    assert codes == {"month_sealed"}


def test_what_a_home_has_to_its_credit_pays_what_it_owes(db, town):
    book = opening_book()
    book[CREDITS][1][3] = 101
    bring_in(db, book)
    with db.read():
        assert household_balance(Account.RECEIVABLE, town[0]) == 180_00 - 60_00 - 100_00
        assert list(faults()) == []


def test_two_at_once_book_it_once(db, town):
    with ThreadPoolExecutor(2) as two:
        list(two.map(lambda _: bring_in(db, opening_book()), range(2)))
    with db.read():
        assert session().execute(select(func.count(Payment.id))).scalar() == 2
        assert session().execute(select(func.count(Bill.id))).scalar() == 3
        assert list(faults()) == []


def test_a_book_of_many_homes_is_taken_a_few_at_a_time(db, monkeypatch):
    monkeypatch.setattr(opening_held, "AT_ONCE", 7)
    made = db.write(homes, 40)
    head = opening_book()[ARREARS][0]
    rows = [["育英小区", 3, 1, 101 + n, "2025", 1 + n, "", "2026-01-01"] for n in range(40)]
    assert bring_in(db, {ARREARS: [head, *rows]})["opening_arrears"]["added"] == 40
    with db.read():
        owed = [household_balance(Account.RECEIVABLE, home) for home in made]
        assert owed == [100 * (1 + n) for n in range(40)]
        assert list(faults()) == []


def test_the_sheets_have_titles_of_their_own():
    titles = [title(sheet.code) for sheet in SHEETS]
    assert titles == [BALANCES, ARREARS, CREDITS, PAYMENTS]
