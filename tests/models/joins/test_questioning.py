"""A question about a line is a case of the desk, never of whoever spent the money."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from factories import told
from open_books import Books, begun
from racing import at_once
from sqlalchemy import func, select

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.books import spending
from models.books.tables import LineQuestion, Outlay
from models.case import reach
from models.case.case import Case
from models.case.tables import Offer
from models.joins.merging import merge
from models.joins.questioning import Asked, ask, asked_about
from server.database import Database

WORDS = "这个灯为什么这么贵？"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 21, 4, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def books(db: Database) -> Books:
    return db.write(begun)


def offered(case: Case) -> set[int]:
    return set(session().scalars(select(Offer.person_id).where(Offer.case_id == case.id)))


def test_the_desk_is_asked_and_the_resident_has_a_number(db: Database, books: Books) -> None:
    def work() -> None:
        outlay = spending.enter(books.estate, books.bought(), books.zheng)
        spending.hand_in(outlay, books.zheng)
        assert spending.approve(outlay, books.zhao)
        case, is_new = ask(outlay, WORDS, By.person(books.cast.wang.id))
        assert is_new
        assert (case.estate_name, case.category, case.reporter_id) == ("育英小区", "fees", books.cast.wang.id)
        assert offered(case) == {books.cast.zhao.id}
        assert told(books.cast.zhao, state="waiting") == ["case_dispatched"]
        assert asked_about([outlay.id]) == {outlay.id: Asked(1, 0)}

    db.write(work)


def test_whoever_entered_it_is_not_asked_about_it(db: Database, books: Books) -> None:
    def work() -> None:
        case, _ = ask(books.booked(), WORDS, By.person(books.cast.wang.id))
        assert offered(case) == {books.cast.leader.id}

    db.write(work)


def test_asked_again_by_the_same_person_it_is_the_same_case_until_that_has_ended(
    db: Database, books: Books
) -> None:
    def work() -> None:
        wang = By.person(books.cast.wang.id)
        outlay = books.booked()
        case, _ = ask(outlay, WORDS, wang)
        again, is_new = ask(outlay, "还有，装在哪儿了？", wang)
        assert (again.id, is_new) == (case.id, False)
        ask(outlay, WORDS, By.person(books.cast.sun_xiaoyu.id))
        held = reach.hold(case.id)
        held.accept(books.cast.leader.id)
        held.finish(books.cast.leader.id, "六只灯，装在3号楼", no_photo_reason="答复")
        session().flush()
        assert asked_about([outlay.id]) == {outlay.id: Asked(2, 1)}
        held.nod(wang)
        session().flush()
        assert ask(outlay, WORDS, wang)[1]
        # two persons asked, whose questions are three; of neither everything is answered
        assert asked_about([outlay.id]) == {outlay.id: Asked(2, 0)}

    db.write(work)


def test_two_taps_at_once_are_one_question(db: Database, books: Books) -> None:
    number = db.write(lambda: books.booked().id)
    wang = By.person(books.cast.wang.id)

    def tap() -> bool:
        return ask(session().get_one(Outlay, number), WORDS, wang)[1]

    assert sorted(at_once(db, tap, tap, tap)) == [False, False, True]
    with db.read():
        assert session().execute(select(func.count(LineQuestion.id))).scalar_one() == 1


def test_what_nobody_has_agreed_to_yet_is_not_asked_about(db: Database, books: Books) -> None:
    def work() -> None:
        with pytest.raises(NotFound):
            ask(books.waiting(), WORDS, By.person(books.cast.wang.id))
        with pytest.raises(Invalid):
            ask(books.booked(item="另一笔"), "  ", By.person(books.cast.wang.id))

    db.write(work)


def test_a_question_goes_with_its_asker_when_two_records_are_one_person(db: Database, books: Books) -> None:
    def work() -> None:
        wang, other = books.cast.wang.id, books.cast.sun_xiaoyu.id
        outlay = books.booked()
        ask(outlay, WORDS, By.person(other))
        merge(other, wang)
        session().flush()
        assert session().scalars(select(LineQuestion.person_id)).all() == [wang]
        assert not ask(outlay, WORDS, By.person(wang))[1]

    db.write(work)
