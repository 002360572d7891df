"""A question is kept for those who answer it, answered once, and is never a case."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cast import Cast, Someone
from factories import a_town, letters_to, spot, told
from sqlalchemy import func, select, update

from models.base.actor import By
from models.base.clock import ago
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.case.case import Case
from models.duty.answering import Answering, asked_of
from models.duty.tables import Department
from models.enquiry import keeping
from models.enquiry.tables import Enquiry, State
from models.joins.merging import merge
from models.joins.turning import enquiry_was_case
from models.outbox.letter import Lane
from models.person.arriving import Visitor, visitor_of
from models.place.spot import NOWHERE, Spot
from models.place.version import raise_version
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Cast:
    return db.write(a_town)


def visitor(someone: Someone) -> Visitor:
    found = visitor_of(someone.id, "work")
    assert found is not None
    return found


def asked(cast: Cast, text: str = "物业费能分期吗", at: Spot | None = None) -> int:
    where = spot() if at is None else at
    answers = asked_of(where.community_id, "fees")
    return keeping.keep(text, asker=cast.wang.id, intent="fee", category="fees", spot=where, answers=answers)


def test_the_desk_is_told_and_one_answer_goes_back(db: Database, cast: Cast) -> None:
    number = db.write(asked, cast)

    def answer() -> None:
        keeping.answer(keeping.hold_for(number, visitor(cast.zhao)), cast.zhao.id, " 可以分两次 ")

    db.write(answer)
    with db.read():
        assert told(cast.zhao) == ["enquiry_kept"]
        assert letters_to(cast.zhao)[0].state == "withdrawn"
        (back,) = letters_to(cast.wang)
        assert (back.kind, back.facts["answer"], back.facts["who"]) == (
            "enquiry_answered",
            "可以分两次",
            "赵主任",
        )
    with pytest.raises(NotAllowed):
        db.write(answer)
    with db.read():
        assert told(cast.wang) == ["enquiry_answered"]
        assert session().scalar(select(func.count(Case.id))) == 0


def test_an_answer_needs_words(db: Database, cast: Cast) -> None:
    number = db.write(asked, cast)
    with pytest.raises(Invalid):
        db.write(lambda: keeping.answer(keeping.hold_for(number, visitor(cast.zhao)), cast.zhao.id, " \n"))


def test_a_department_that_takes_it_comes_before_the_desk(db: Database, cast: Cast) -> None:
    def takes_fees() -> None:
        session().execute(update(Department).values(categories=["fees"]))
        raise_version()

    db.write(takes_fees)
    db.write(asked, cast)
    with db.read():
        assert told(cast.zhou) == ["enquiry_kept"]
        assert told(cast.zhao) == []
        (mine,) = keeping.waiting_for(visitor(cast.zhou))
        assert (mine.route, mine.department) == ("department", "城管局")
        assert len(keeping.waiting_for(visitor(cast.zhao))) == 1  # the desk sees it, and may answer


def test_others_neither_see_nor_answer_it(db: Database, cast: Cast) -> None:
    number = db.write(asked, cast)
    for stranger in (cast.li, cast.qian, cast.wu, cast.rider):
        with db.read():
            assert list(keeping.waiting_for(visitor(stranger))) == []
        with pytest.raises(NotFound):
            db.write(lambda who: keeping.hold_for(number, visitor(who)), stranger)


def test_the_street_may_answer_any(db: Database, cast: Cast) -> None:
    number = db.write(asked, cast)
    db.write(lambda: keeping.answer(keeping.hold_for(number, visitor(cast.leader)), cast.leader.id, "可以"))


def test_without_a_place_somebody_is_still_asked(db: Database, cast: Cast) -> None:
    db.write(asked, cast, "养老认证在哪办", NOWHERE)
    with db.read():
        assert told(cast.leader) == ["enquiry_kept"]
        assert len(keeping.waiting_for(visitor(cast.zhao))) == 1  # what nobody could place is every desk's


def test_a_known_answer_waits_for_nobody_until_it_is_passed_on(db: Database, cast: Cast) -> None:
    number = db.write(
        lambda: keeping.note_known(
            "物业费多少", asker=cast.wang.id, intent="fee", category="fees", spot=spot()
        )
    )
    with db.read():
        assert list(keeping.waiting_for(visitor(cast.zhao))) == []

    def pass_on() -> None:
        keeping.pass_on(session().get_one(Enquiry, number), Answering("desk", (cast.zhao.id,)))

    db.write(pass_on)
    with db.read():
        assert [one.id for one in keeping.waiting_for(visitor(cast.zhao))] == [number]
        assert told(cast.zhao) == ["enquiry_kept"]


def test_a_question_that_was_none_becomes_a_case_of_its_asker_once(db: Database, cast: Cast) -> None:
    number = db.write(asked, cast, "5号楼水管漏水要多少钱修")

    def file() -> tuple[str, str | None, int | None]:
        case = enquiry_was_case(keeping.hold_for(number, visitor(cast.zhao)), By.staff(cast.zhao.id))
        return case.state, case.building_name, case.reporter_id

    assert db.write(file) == ("dispatched", "5", cast.wang.id)
    with pytest.raises(NotAllowed):
        db.write(file)


def test_only_what_was_answered_at_once_is_forgotten_after_a_month(db: Database, cast: Cast) -> None:
    db.write(asked, cast)
    db.write(lambda: keeping.note_known("x", asker=cast.wang.id, intent="fee", category=None, spot=NOWHERE))
    assert not db.write(keeping.forget_old)
    db.write(lambda: session().execute(update(Enquiry).values(asked_at=ago(days=31))) and None)
    assert db.write(keeping.forget_old)
    with db.read():
        assert list(session().scalars(select(Enquiry.state))) == [State.OPEN]


def test_of_two_answers_at_once_one_goes_back(db: Database, cast: Cast) -> None:
    number = db.write(asked, cast)

    def answer(who: Someone) -> str:
        try:
            db.write(lambda: keeping.answer(keeping.hold_for(number, visitor(who)), who.id, "好"))
        except NotAllowed:
            return "late"
        return "first"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(answer, [cast.zhao, cast.leader])) == ["first", "late"]
    with db.read():
        assert told(cast.wang) == ["enquiry_answered"]


def test_who_turns_out_to_be_one_person_keeps_the_questions(db: Database, cast: Cast) -> None:
    number = db.write(asked, cast)
    db.write(lambda: merge(cast.wang.id, into=cast.sun_xiaoyu.id))
    db.write(lambda: keeping.answer(keeping.hold_for(number, visitor(cast.zhao)), cast.zhao.id, "可以"))
    with db.read():
        assert told(cast.sun_xiaoyu) == ["enquiry_answered"]
        assert [one.id for one in keeping.open_of(cast.sun_xiaoyu.id)] == []


def test_a_question_waits_for_the_morning_and_an_answer_does_not(db: Database, cast: Cast) -> None:
    number = db.write(asked, cast)
    db.write(lambda: keeping.answer(keeping.hold_for(number, visitor(cast.zhao)), cast.zhao.id, "可以"))
    with db.read():
        assert letters_to(cast.zhao)[0].lane == Lane.NEWS
        assert letters_to(cast.wang)[0].lane == Lane.ANSWER
