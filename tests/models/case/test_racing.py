"""Two taps in one millisecond: one taker, whichever database decides."""

import threading

import pytest
from cast import Cast
from factories import a_case, a_town, told, unit_of_work
from racing import at_once

from models.base.actor import By
from models.case import reach
from models.case.case import Case
from models.history import steps_about
from models.person.arriving import meet
from server.database import Database


def _new_case(database: Database, cast: Cast) -> int:
    return database.write(lambda: a_case(reporter=cast.wang).id)


def test_of_many_who_accept_at_once_exactly_one_has_it(db: Database) -> None:
    cast = db.write(a_town)

    def tap(case_id: int, userid: str) -> bool:
        visitor = meet("work", userid)
        return reach.hold(case_id).accept(visitor.person_id)

    for _ in range(8):
        case_id = _new_case(db, cast)
        answers = at_once(
            db,
            lambda case_id=case_id: tap(case_id, "li"),
            lambda case_id=case_id: tap(case_id, "ma"),
            lambda case_id=case_id: tap(case_id, "li"),
            lambda case_id=case_id: tap(case_id, "ma"),
        )
        assert answers.count(True) == 1
        assert sorted(map(str, answers)) == ["False", "True", "taken_by_other", "taken_by_other"]
        with unit_of_work(db):
            accepted = [step for step in steps_about("case", case_id) if step.what == "accepted"]
            assert len(accepted) == 1
            assert reach.hold(case_id).taker_id == accepted[0].by_id
    with unit_of_work(db):
        assert told(cast.wang).count("case_accepted") == 8


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_who_read_the_case_before_the_other_took_it_sees_it_as_it_is_now(db: Database) -> None:
    cast = db.write(a_town)
    case_id = _new_case(db, cast)
    both_have_read = threading.Barrier(2)

    def tap(userid: str) -> bool:
        visitor = meet("work", userid)
        (waiting,) = reach.offered_to(visitor.person_id)  # as the chat does to find the only one
        both_have_read.wait(10)
        return reach.find(waiting.number, visitor, hold=True).accept(visitor.person_id)

    answers = at_once(db, lambda: tap("li"), lambda: tap("ma"))
    assert sorted(map(str, answers)) == ["True", "taken_by_other"]
    with unit_of_work(db):
        assert told(cast.wang) == ["case_accepted"]
        assert reach.hold(case_id).taker_id in (cast.li.id, cast.ma.id)


def test_a_nod_and_an_objection_at_once_follow_one_another(db: Database) -> None:
    cast = db.write(a_town)
    case_id = db.write(lambda: a_case(reporter=cast.wang, finished_by=cast.li).id)

    def hold() -> Case:
        return reach.hold(case_id)

    answers = at_once(
        db,
        lambda: hold().nod(By.person(cast.wang.id)),
        lambda: hold().object(By.person(cast.wang.id), "没好"),
    )
    with unit_of_work(db):
        assert hold().state == "handling"  # the no comes first (the nod is refused) or reopens after it
        assert hold().round == 2
    assert answers[1] is True
    assert answers[0] in (True, "case_move")
