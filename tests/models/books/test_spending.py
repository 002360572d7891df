"""Nobody agrees to what they spent; what is booked is never edited; no estate spends another's money."""

from datetime import date
from typing import Any

import pytest
from cast import Someone
from factories import letters_to
from open_books import TODAY, Books, a_colleague
from racing import at_once
from sqlalchemy import func, select, update
from standing import standing

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound, Refused
from models.books import spending
from models.books.money import of_accounts, of_funds
from models.books.tables import Outlay, State
from models.history import steps_about
from models.ledger import Account, sealing
from models.ledger.balances import balances, unbalanced
from models.ledger.tables import Entry
from models.person.tables import Staff
from server.database import Database


def refused(code: str, work: Any, *arguments: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as trouble:
        work(*arguments, **more)
    assert trouble.value.code == code
    return trouble.value


def test_what_was_agreed_to_is_booked_to_the_fen(db: Database, books: Books) -> None:
    def work() -> tuple[str, list[str]]:
        outlay = books.booked()
        return outlay.state, [step.what for step in steps_about("outlay", outlay.id)]

    assert db.write(work) == (State.BOOKED, ["entered", "handed_in", "approved"])
    with db.read():
        assert balances()[Account.EXPENSE] == 147_00
        assert of_accounts(books.estate) == {"bank": 10_000_00 - 147_00, "cash": 500_00}
        assert unbalanced() == []
        entry = session().scalars(select(Entry).where(Entry.kind == "spent")).one()
        assert (entry.day, entry.estate_id) == (date(2026, 11, 10), books.estate)


@pytest.mark.parametrize("who", ["spender", "enterer", "payee"])
def test_nobody_agrees_to_their_own(db: Database, books: Books, who: str) -> None:
    def work() -> None:
        zheng = books.cast.leader.id
        if who == "spender":
            outlay = books.waiting(spender_id=zheng)
        elif who == "enterer":
            outlay = spending.enter(books.estate, books.bought(), books.zheng)
            spending.hand_in(outlay, books.zhao)
        else:
            outlay = books.waiting(payee_kind="staff", payee="郑书记")
        for verb in (spending.approve, lambda *a: spending.refuse(*a, "不对")):
            refused("outlay_own", verb, outlay, books.zheng)
        assert outlay.state == State.WAITING

    db.write(work)


def test_only_who_decides_there_agrees_and_only_who_belongs_there_sees_it(db: Database, books: Books) -> None:
    def work() -> None:
        outlay = books.waiting()
        cast = books.cast
        for other in (cast.qian, cast.ma, cast.wang, books.feng):
            refused("estate_not_found", spending.approve, outlay, By.staff(other.id))
        for other in (cast.qian, cast.ma, cast.wang):
            refused("outlay_not_found", spending.held, outlay.id, By.staff(other.id))
        assert spending.held(outlay.id, By.staff(books.feng.id)) is outlay
        refused("estate_not_found", spending.enter, books.estate, books.bought(), By.staff(cast.qian.id))

    db.write(work)


def test_said_again_nothing_happens_twice(db: Database, books: Books) -> None:
    def work() -> None:
        outlay = books.waiting()
        spending.hand_in(outlay, books.zhao)
        assert spending.approve(outlay, books.zheng)
        assert not spending.approve(outlay, books.zheng)
        refused("outlay_move", spending.refuse, outlay, books.zheng, "不对")
        refused("outlay_move", spending.change, outlay, books.bought(), books.zhao)
        spending.take_back(outlay, books.zheng, "记错了")
        spending.take_back(outlay, books.zheng, "记错了")
        refused("outlay_move", spending.approve, outlay, books.zheng)

    db.write(work)
    with db.read():
        assert of_accounts(books.estate)["bank"] == 10_000_00


def test_a_refused_one_may_be_changed_and_handed_in_again(db: Database, books: Books) -> None:
    def work() -> None:
        outlay = books.waiting()
        refused("reason_needed", spending.refuse, outlay, books.zheng, "  ")
        spending.refuse(outlay, books.zheng, "单价写错了")
        assert (outlay.state, outlay.why) == (State.REFUSED, "单价写错了")
        spending.change(outlay, books.bought(fen=141_00, unit_price_fen=23_50), books.zhao)
        assert (outlay.state, outlay.why) == (State.DRAFT, None)
        spending.hand_in(outlay, books.zhao)
        assert spending.approve(outlay, books.zheng)

    db.write(work)


def test_two_who_agree_at_once_book_it_once(db: Database, books: Books) -> None:
    cast = books.cast

    def second() -> None:
        a_colleague("何主任", "C009", "community", community=books.community)

    db.write(second)
    with db.read():
        he = session().scalars(select(Staff.person_id).where(Staff.number == "C009")).one()
    for _ in range(6):
        number = db.write(lambda: books.waiting().id)

        def agree(person: int, number: int = number) -> bool:
            by = By.staff(person)
            return spending.approve(spending.held(number, by), by)

        answers = at_once(db, *(lambda one=one: agree(one) for one in (he, cast.leader.id, he)))
        assert sorted(answers) == [False, False, True]
    with db.read():
        assert balances()[Account.EXPENSE] == 6 * 147_00


def test_two_lines_at_once_never_spend_more_than_there_is(db: Database, books: Books) -> None:
    numbers = [
        db.write(
            lambda n=n: books.waiting(fen=400_00, unit_price_fen=None, paid_from="cash", item=f"灯{n}").id
        )
        for n in range(3)
    ]

    def agree(number: int) -> bool:
        return spending.approve(spending.held(number, books.zheng), books.zheng)

    answers = at_once(db, *(lambda one=one: agree(one) for one in numbers))
    assert sorted(map(str, answers)) == ["True", "books_account_short", "books_account_short"]
    with db.read():
        assert of_accounts(books.estate)["cash"] == 100_00


def test_an_estate_spends_its_own_money_and_each_fund_its_own(db: Database, books: Books) -> None:
    def work() -> None:
        books.earned()
        elsewhere = spending.enter(books.other, books.bought(), books.zheng)
        spending.hand_in(elsewhere, books.zheng)
        refused("books_account_short", spending.approve, elsewhere, By.staff(books.cast.qian.id))
        much = books.waiting(fen=5001_00, unit_price_fen=None, fund="government")
        refused("books_fund_short", spending.approve, much, books.zheng)
        books.booked(fen=4000_00, unit_price_fen=None, fund="government")
        assert of_funds(books.estate) == {"fees": 10_500_00, "government": 1000_00}

    db.write(work)


def test_money_that_came_later_does_not_pay_for_what_was_before(db: Database, books: Books) -> None:
    def work() -> None:
        books.earned(day=TODAY)
        early = books.waiting(fen=100_00, unit_price_fen=None, fund="government", day=date(2026, 11, 20))
        refused("books_fund_short", spending.approve, early, books.zheng)

    db.write(work)


def test_nor_does_it_empty_what_a_later_day_has_spent(db: Database, books: Books) -> None:
    def work() -> None:
        books.booked(fen=450_00, unit_price_fen=None, paid_from="cash", day=date(2026, 11, 15))
        early = books.waiting(fen=100_00, unit_price_fen=None, paid_from="cash", day=date(2026, 11, 5))
        refused("books_account_short", spending.approve, early, books.zheng)

    db.write(work)


def test_a_stated_loan_may_be_spent_and_is_no_income_and_no_class_of_spending(
    db: Database, books: Books
) -> None:
    def work() -> None:
        books.earned(kind="loan", fund="fees", paid_to="cash", fen=300_00, words="向社区借的")
        books.booked(fen=700_00, unit_price_fen=None, paid_from="cash", day=date(2026, 11, 12))
        books.booked(
            fen=300_00, unit_price_fen=None, spent_for="loan_back", item="还社区", brand=None, model=None
        )

    db.write(work)
    with db.read():
        assert balances()[Account.EXPENSE] == 700_00
        assert balances().get(Account.LOAN, 0) == 0


def test_after_sealing_a_mistake_is_reversed_today_and_the_sealed_month_stays(
    db: Database, books: Books
) -> None:
    def october() -> tuple[int, int]:
        done = books.booked(day=date(2026, 10, 8))
        late = books.waiting(day=date(2026, 10, 9), item="晚交的单子")
        sealing.seal(books.estate, date(2026, 10, 1), books.zheng)
        return done.id, late.id

    done, late = db.write(october)

    def november() -> None:
        spending.take_back(spending.held(done, books.zheng), books.zheng, "买重了")
        assert spending.approve(spending.held(late, books.zheng), books.zheng)

    db.write(november)
    with db.read():
        entries = session().execute(select(Entry.day, Entry.reverses_id).where(Entry.about_kind == "outlay"))
        assert sorted((day, reverses is not None) for day, reverses in entries) == [
            (date(2026, 10, 8), False),
            (TODAY, False),
            (TODAY, True),
        ]
        assert session().get_one(Outlay, done).state == State.REVERSED


def test_somebody_who_has_left_still_stands_behind_the_line(db: Database, books: Books) -> None:
    def work() -> None:
        outlay = books.waiting()
        gone = update(Staff).where(Staff.person_id == books.cast.li.id)
        session().execute(gone.values(active=False))
        assert spending.approve(outlay, books.zheng)

    db.write(work)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"fen": 0, "unit_price_fen": None}, "payment_sum"),
        ({"fen": -5, "unit_price_fen": None}, "payment_sum"),
        ({"fen": 10**13, "unit_price_fen": None}, "payment_sum"),
        ({"fen": 147_01}, "outlay_product"),
        ({"unit_price_fen": -1}, "outlay_product"),
        ({"quantity": 0}, "outlay_quantity"),
        ({"day": date(2026, 11, 22)}, "books_day"),
        ({"day": date(206, 11, 2)}, "books_day"),
        ({"fund": "mine"}, "books_code"),
        ({"spent_for": "party"}, "books_code"),
        ({"paid_from": "receivable"}, "books_code"),
        ({"payee_kind": "x"}, "books_code"),
        ({"item": " "}, "outlay_incomplete"),
        ({"item": "灯" * 61}, "books_long"),
        ({"brand": None}, "outlay_brand"),
        ({"item": "灯 13812345678"}, "private_mobile"),
        ({"spender_id": 999_999}, "no_such_number"),
    ],
)
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_cannot_be_is_refused(db: Database, books: Books, other: dict[str, Any], code: str) -> None:
    def work() -> None:
        refused(code, spending.enter, books.estate, books.bought(**other), books.zhao)
        assert session().execute(select(func.count(Outlay.id))).scalar_one() == 0

    db.write(work)


def test_half_a_fen_of_the_product_goes_up(db: Database, books: Books) -> None:
    half = {"quantity": 1_500, "unit": "米", "unit_price_fen": 3_33}  # 4.995
    with pytest.raises(Invalid):
        db.write(lambda: books.entered(**half, fen=4_99))
    assert db.write(lambda: books.entered(**half, fen=5_00).fen) == 5_00


def test_the_same_line_a_second_time_is_asked_about(db: Database, books: Books) -> None:
    def work() -> None:
        first = spending.enter(books.estate, books.bought(), books.zhao)
        trouble = refused("outlay_twice", spending.enter, books.estate, books.bought(), books.zhao)
        assert trouble.facts["number"] == first.id
        second = books.waiting()
        assert second.conflicts == ["twice"]

    db.write(work)


def test_conflicts_stand_beside_the_line(db: Database, books: Books) -> None:
    def work() -> None:
        yard = "汇兴物业"
        both = a_colleague("贺主任", "W001", "property", "community", community=books.community, unit=yard)
        outlay = books.waiting(spender_id=both.id, payee="绥化市汇兴物业服务有限公司")
        assert outlay.conflicts == ["two_posts", "payee_is_own_unit"]
        same = a_colleague("任主任", "C010", "community", community=books.community, unit=yard)
        spending.approve(outlay, By.staff(same.id))
        assert outlay.conflicts == ["two_posts", "payee_is_own_unit", "same_unit"]
        paid = books.waiting(payee_kind="staff", payee="李师傅", spent_for="labour", item="夜班补贴")
        assert paid.conflicts == ["payee_is_one_of_them"]

    db.write(work)


def test_where_nobody_else_could_agree_that_is_said(db: Database, books: Books) -> None:
    def work() -> None:
        others = update(Staff).where(Staff.person_id == books.cast.leader.id)
        session().execute(others.values(active=False))
        outlay = books.waiting(spender_id=books.cast.zhao.id)
        assert "nobody_else" in outlay.conflicts
        with pytest.raises((NotAllowed, NotFound)):
            spending.approve(outlay, books.zhao)

    db.write(work)


def test_a_draft_that_is_not_wanted_is_given_up(db: Database, books: Books) -> None:
    def work() -> None:
        draft, waiting = books.entered(), books.waiting(item="另一笔")
        spending.give_up(draft, books.zhao)
        spending.give_up(draft, books.zhao)
        assert draft.state == State.REFUSED
        refused("outlay_move", spending.give_up, waiting, books.zhao)

    db.write(work)


def test_property_staff_enter_and_do_not_agree(db: Database, books: Books) -> None:
    def work() -> None:
        wu = By.staff(a_colleague("吴经理", "W002", "property", community=books.community).id)
        outlay = spending.enter(books.estate, books.bought(), wu)
        spending.hand_in(outlay, wu)
        other = books.waiting(item="另一笔")
        refused("estate_not_found", spending.approve, other, wu)
        refused("estate_not_found", spending.enter, books.other, books.bought(), wu)
        assert spending.approve(outlay, books.zhao)

    db.write(work)


def waits_for(someone: Someone) -> list[str]:
    return [one.state for one in letters_to(someone, "books_wait")]


def test_who_may_agree_is_told_once_a_day_without_a_sum_until_nothing_waits(
    db: Database, books: Books
) -> None:
    def work() -> None:
        second = a_colleague("何主任", "C009", "community", community=books.community)
        one, two = books.waiting(), books.waiting(item="另一笔")
        assert waits_for(second) == ["waiting"]
        assert waits_for(books.cast.zhao) == []  # who entered it
        facts = str(letters_to(second, "books_wait")[0].facts)
        assert standing("147(00)?", facts) == []
        assert "灯" not in facts
        spending.approve(one, books.zheng)
        session().flush()
        assert waits_for(second) == ["waiting"]
        spending.refuse(two, books.zheng, "不该买")
        session().flush()
        assert waits_for(second) == ["withdrawn"]

    db.write(work)
