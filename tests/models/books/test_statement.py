"""Opening + in − out = closing, to the fen, whatever was booked; shares are 100.0 %."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from open_books import Books

from models.base.actor import SYSTEM
from models.base.months import month_on
from models.base.refusals import NotAllowed
from models.books import earning, publishing, spending
from models.books.moving import move
from models.books.shares import spent
from models.books.statement import Line, Statement, of_what, statement
from models.books.tables import Income, Outlay
from models.joins.publishing import publish
from models.ledger import Account, Posting, post
from models.ledger.balances import balances
from server.database import Database

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
AGAINST = st.sampled_from(
    [
        (Account.RECEIVABLE, None),
        (Account.PREPAID, None),
        (Account.REFUND, None),
        (Account.DEFERRED, None),
        (Account.FEES, None),
        (Account.EXPENSE, "labour"),
        (Account.EXPENSE, "repair"),
        (Account.EXPENSE, None),
        (Account.GRANT, "grant"),
        (Account.OTHER_INCOME, "interest"),
        (Account.LOAN, None),
        (Account.OPENING, None),
    ]
)
SUM = st.integers(-10_000, 10_000).filter(bool)


@st.composite
def entries(draw: st.DrawFn) -> list[Line]:
    """Any balanced entries, also ones that no verb of ours would make."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        sides = [(one, fen) for one, fen in draw(st.lists(st.tuples(AGAINST, SUM), max_size=4))]
        money = [
            (draw(st.sampled_from(["bank", "cash", "wechat"])), draw(st.sampled_from([None, "common"])), fen)
            for fen in draw(st.lists(SUM, max_size=2))
        ]
        lines = [*((account, detail, fen) for (account, detail), fen in sides), *money]
        rest = -sum(fen for _, _, fen in lines)
        found += [Line(number, *line) for line in [*lines, ("bank", None, rest)]]
    return found


@given(entries())
def test_what_came_in_less_what_went_out_is_what_the_accounts_moved(lines: list[Line]) -> None:
    moved = sum(line.fen for line in lines if line.account in ("bank", "cash", "wechat"))
    assert sum(of_what(lines).values()) == moved


def check(one: Statement) -> None:
    assert one.opening + one.received - one.spent == one.closing
    assert one.received == sum(fen for _, fen in one.income)
    assert one.spent == sum(fen for _, fen in one.spending)
    assert all(fen > 0 for _, fen in one.income + one.spending)
    assert one.closing == sum(one.accounts.values())
    assert sum(share for _, _, share in one.shares) == (1000 if one.shares else 0)
    for fund in one.funds.values():
        assert fund.opening + fund.received - fund.spent == fund.closing
    assert sum(fund.closing for fund in one.funds.values()) == one.closing
    assert Statement.of(one.kept()) == one


DAYS = st.dates(date(2026, 9, 1), date(2026, 11, 20))
HAPPENED = st.lists(
    st.one_of(
        st.tuples(st.just("fees"), DAYS, st.integers(1, 49_999)),
        st.tuples(st.just("grant"), DAYS, st.integers(1, 49_999)),
        st.tuples(st.just("rent"), DAYS, st.integers(1, 49_999)),
        st.tuples(st.sampled_from(["labour", "repair", "snow"]), DAYS, st.integers(1, 49_999)),
        st.tuples(st.just("back"), DAYS, st.just(0)),
        st.tuples(st.just("moved"), DAYS, st.integers(1, 9_999)),
        st.tuples(st.just("billed"), DAYS, st.integers(1, 9_999)),
    ),
    max_size=12,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(HAPPENED)
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_every_month_of_any_history_adds_up(
    db: Database, books: Books, happened: list[tuple[str, date, int]]
) -> None:
    class Enough(Exception):  # noqa: N818
        pass

    def work() -> None:
        play(books, happened)
        before = None
        for month in (date(2026, 9, 1), OCTOBER, NOVEMBER):
            one = statement(books.estate, month)
            check(one)
            assert before is None or one.opening == before
            before = one.closing
        own = {str(account): fen for account, fen in balances(books.estate).items()}
        assert before == sum(own.get(account, 0) for account in ("bank", "cash", "wechat"))
        raise Enough  # the next history begins anew

    with pytest.raises(Enough):
        db.write(work)


def play(books: Books, happened: list[tuple[str, date, int]]) -> None:
    done: list[Outlay | Income] = []
    for number, (what, day, fen) in enumerate(happened):
        plain = {"unit_price_fen": None, "item": f"第{number}笔", "day": day, "fen": fen}
        if what == "fees":
            books.paid_fees(fen, day, f"paid/{number}")
        elif what == "grant":
            done.append(books.earned(day=day, fen=fen))
        elif what == "rent":
            done.append(books.earned(day=day, fen=fen, kind="wall_rent", fund="common", paid_to="cash"))
        elif what == "moved":
            move(books.estate, "bank", "cash", fen, day, f"回单{number}", books.zheng)
        elif what == "billed":
            lines = [Posting(Account.RECEIVABLE, fen, 1), Posting(Account.DEFERRED, -fen)]
            post("billed", books.estate, day, lines, key=f"billed/{number}", by=SYSTEM)
        elif what == "back" and done:
            last = done.pop()
            verbs = spending if isinstance(last, Outlay) else earning
            verbs.take_back(last, books.zheng, "记错了")  # type: ignore[arg-type]
        elif what != "back":
            done.append(books.booked(spent_for=what, **plain))


def test_a_month_by_kind_class_and_fund(db: Database, books: Books) -> None:
    def work() -> Statement:
        books.paid_fees(3000_00, date(2026, 11, 3), "a")
        books.earned()
        books.booked()
        books.booked(spent_for="labour", fen=680_00, unit_price_fen=None, item="保洁工资", payee="李某")
        books.booked(spent_for="snow", fen=200_00, unit_price_fen=None, item="清雪车", fund="government")
        move(books.estate, "bank", "cash", 100_00, date(2026, 11, 9), "001", books.zheng)
        return statement(books.estate, NOVEMBER)

    one = db.write(work)
    check(one)
    assert (one.opening, one.received, one.spent) == (10_500_00, 8000_00, 1027_00)
    assert one.income == [("from_grant", 5000_00), ("fees", 3000_00)]
    assert one.spending == [("for_labour", 680_00), ("for_snow", 200_00), ("for_repair", 147_00)]
    assert one.shares == [("labour", 680_00, 662), ("snow", 200_00, 195), ("repair", 147_00, 143)]
    assert one.funds["government"].closing == 4800_00
    assert one.funds["fees"].opening == 10_500_00
    assert one.accounts["cash"] == 600_00


def test_what_was_taken_back_in_a_later_month_stands_there_as_money_that_came(
    db: Database, books: Books
) -> None:
    def work() -> None:
        outlay = books.booked(day=date(2026, 10, 8))
        books.put_up(OCTOBER)
        spending.take_back(outlay, books.zheng, "买重了")

    db.write(work)
    with db.read():
        october, november = statement(books.estate, OCTOBER), statement(books.estate, NOVEMBER)
        check(october)
        check(november)
        assert october.spending == [("for_repair", 147_00)]
        assert november.income == [("for_repair", 147_00)]
        assert november.shares == []
        assert spent(books.estate, OCTOBER, NOVEMBER) == [("repair", 147_00)]
        assert spent(books.estate, OCTOBER, month_on(NOVEMBER, 1)) == []


def test_money_of_one_estate_is_in_no_other_ones_statement(db: Database, books: Books) -> None:
    db.write(books.booked)
    with db.read():
        other = statement(books.other, NOVEMBER)
        assert (other.opening, other.received, other.spent, other.closing) == (0, 0, 0, 0)


def test_a_published_month_is_sealed_and_stays_as_it_was_put_up(db: Database, books: Books) -> None:
    def work() -> None:
        books.booked(day=date(2026, 10, 8))
        books.put_up(OCTOBER, bank_fen=1)
        assert not publish(books.estate, OCTOBER, books.zheng, bank_fen=2)
        kept = publishing.published(books.estate, OCTOBER)
        assert kept is not None
        assert kept.bank_fen == 1
        assert publishing.as_put_up(kept) == statement(books.estate, OCTOBER)
        with pytest.raises(NotAllowed, match="month_sealed"):
            books.paid_fees(1, date(2026, 10, 31), "late")

    db.write(work)


def test_a_month_that_runs_or_in_which_something_waits_is_not_put_up(db: Database, books: Books) -> None:
    def work() -> None:
        outlay = books.waiting(day=date(2026, 10, 8))
        with pytest.raises(NotAllowed, match="month_lacks"):
            publish(books.estate, OCTOBER, books.zheng)
        with pytest.raises(NotAllowed, match="month_not_sealed"):
            publishing.publish(books.estate, OCTOBER, books.zheng, bank_fen=None)
        spending.refuse(outlay, books.zheng, "不该买")
        books.put_up(OCTOBER)
        with pytest.raises(NotAllowed, match="month_running"):
            publish(books.estate, NOVEMBER, books.zheng)

    db.write(work)


def test_a_receipt_moves_money_once(db: Database, books: Books) -> None:
    def work() -> None:
        day = NOVEMBER + timedelta(days=3)
        assert move(books.estate, "bank", "cash", 5_00, day, "77", books.zheng)
        assert not move(books.estate, "bank", "cash", 5_00, day, "77", books.zheng)
        assert statement(books.estate, NOVEMBER).accounts == {"bank": 9_995_00, "cash": 505_00}

    db.write(work)
