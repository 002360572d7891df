"""Two at once, on both databases: nothing happens twice, and what came second knows of the first."""

from datetime import timedelta
from typing import NamedTuple

import pytest
import time_machine
from cast import Cast
from factories import a_case, a_town, letters_to
from racing import at_once
from sqlalchemy import func, select
from whistle_town import a_whistle, departments

from models.base.clock import after, ago
from models.base.orm import session
from models.case import reach
from models.case.climbing import rules
from models.history import steps_about
from models.whistle import answering, climbing, ending, meetings, referring, scoring
from models.whistle.reading import called_one
from models.whistle.reckoning import climbs
from models.whistle.tables import Referral, Whistle
from server.database import Database


class Blown(NamedTuple):
    cast: Cast
    lead: int
    other: int
    case: int
    whistle: int


@pytest.fixture
def blown(db: Database) -> Blown:
    def work() -> Blown:
        cast = a_town()
        lead, other = departments(cast)
        case = a_case(reporter=cast.wang, when=ago(days=3))
        return Blown(cast, lead, other, case.id, a_whistle(cast, lead, other, case=case).id)

    return db.write(work)


def steps(db: Database, blown: Blown) -> list[str]:
    with db.read():
        return [one.what for one in steps_about("whistle", blown.whistle)]


def test_two_answers_at_once_are_one_step_and_one_letter(db: Database, blown: Blown) -> None:
    zhou = blown.cast.zhou.id
    answers = at_once(db, *[lambda: answering.answer(blown.whistle, blown.lead, zhou, True)] * 4)
    assert sorted(answers) == [False, False, False, True]
    assert steps(db, blown).count("whistle_answered") == 1
    with db.read():
        assert len(letters_to(blown.cast.zhao, "whistle_answered")) == 1


def test_yes_and_no_at_once_are_two_answers_and_the_second_holds(db: Database, blown: Blown) -> None:
    zhou = blown.cast.zhou.id
    at_once(
        db,
        lambda: answering.answer(blown.whistle, blown.lead, zhou, True),
        lambda: answering.answer(blown.whistle, blown.lead, zhou, False, "没车"),
    )
    with db.read():
        said = [one.facts["comes"] for one in steps_about("whistle", blown.whistle)[1:]]
        assert sorted(said) == [False, True]
        assert called_one(blown.whistle, blown.lead).comes is said[-1]


def test_an_answer_against_the_clock_climbs_once_each_time(db: Database, blown: Blown) -> None:
    """However they meet, the steps are those of a clock that looked at the very moment."""
    with time_machine.travel(after(minutes=20)):
        at_once(
            db,
            lambda: answering.answer(blown.whistle, blown.lead, blown.cast.zhou.id, True),
            lambda: answering.answer(blown.whistle, blown.other, blown.cast.qian.id, True),
            climbing.climb_some,
            climbing.climb_some,
        )
        db.write(climbing.climb_some)
    told = steps(db, blown)
    assert told.count("whistle_climbed") == 1
    assert told.count("whistle_answered") == 2
    with db.read():
        whistle = session().get_one(Whistle, blown.whistle)
        assert (whistle.rung, whistle.due_at) == (2, None)
        replayed = climbs(steps_about("whistle", blown.whistle), rules(), after(days=1))
        assert [one.at - whistle.blown_at for one in replayed] == [timedelta(minutes=15)]
        assert len(letters_to(blown.cast.ma, "whistle_climbed")) == 1


def test_an_end_against_an_answer_leaves_nothing_half(db: Database, blown: Blown) -> None:
    found = at_once(
        db,
        lambda: ending.end(blown.whistle, blown.cast.zhao.id, "好了"),
        lambda: ending.call_off(blown.whistle, blown.cast.li.id, "不用了"),
        lambda: answering.arrive(blown.whistle, blown.lead, blown.cast.zhou.id),
    )
    assert sorted(map(str, found[:2])) == ["False", "True"]
    assert found[2] in (True, "whistle_over")
    told = steps(db, blown)
    assert told.count("whistle_ended") == 1
    assert told[-1] == "whistle_ended"


def test_a_department_is_not_called_twice_by_two_at_once(db: Database, blown: Blown) -> None:
    db.write(lambda: ending.call_off(blown.whistle, blown.cast.zhao.id, "再吹"))

    def blow(who: str) -> int:
        return a_whistle(blown.cast, blown.lead, case=reach.hold(blown.case), by=getattr(blown.cast, who)).id

    found = at_once(db, lambda: blow("zhao"), lambda: blow("li"))
    assert found.count("whistle_called_already") == 1


def test_two_marks_at_once_are_one(db: Database, blown: Blown) -> None:
    db.write(lambda: ending.end(blown.whistle, blown.cast.zhao.id, "好了"))
    found = at_once(
        db,
        lambda: scoring.grade(blown.whistle, blown.lead, blown.cast.zhao.id, 5),
        lambda: scoring.grade(blown.whistle, blown.lead, blown.cast.zhao.id, 1),
    )
    assert found.count("whistle_scored") == 1
    assert steps(db, blown).count("whistle_graded") == 1


def test_meetings_entered_at_once_have_each_their_number(db: Database, blown: Blown) -> None:
    def met(days: int) -> int:
        case = reach.hold(blown.case)
        return meetings.held(
            case, blown.cast.zhao.id, "定了", ["住建局"], at=ago(days=days), place="门口"
        ).number

    assert sorted(at_once(db, lambda: met(1), lambda: met(2))) == [1, 2]


def test_two_hand_overs_at_once_are_one_and_two_rulings_too(db: Database, blown: Blown) -> None:
    def refer() -> int:
        return referring.refer(reach.hold(blown.case), blown.lead, blown.cast.zhao.id, "归城管").id

    found = at_once(db, refer, refer)
    assert found.count("referral_runs") == 1
    number = next(one for one in found if isinstance(one, int))
    zhou = blown.cast.zhou.id
    assert sorted(at_once(db, *[lambda: referring.dispute(number, zhou, "不归我们")] * 2)) == [False, True]
    rulings = at_once(
        db,
        lambda: referring.rule(number, blown.cast.leader.id, "stays", "清单里写着"),
        lambda: referring.rule(number, blown.cast.leader.id, "back", "清单里没有"),
    )
    assert rulings.count("referral_over") == 1
    with db.read():
        assert session().scalar(select(func.count(Referral.id))) == 1
        told = [one.what for one in steps_about("case", blown.case)]
        assert told.count("referral_ruled") == 1
