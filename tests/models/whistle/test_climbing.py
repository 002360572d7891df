"""No answer in time goes up: who hears of it, and what the clock finds after a standstill."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from cast import Cast
from factories import a_case, letters_to, spot
from whistle_town import a_whistle

from models.base.clock import after
from models.base.orm import session
from models.case.case import Case
from models.case.climbing import rules
from models.history import steps_about
from models.whistle import answering, climbing, ending
from models.whistle.reckoning import climbs
from models.whistle.tables import Whistle
from models.workdays.entering import enter_year

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def climbed(whistle: Whistle) -> list[tuple[int, int]]:
    """Whole minutes after the whistle, and the rung."""
    steps = [one for one in steps_about("whistle", whistle.id) if one.what == "whistle_climbed"]
    return [(round((one.at - whistle.blown_at).total_seconds() / 60), one.facts["rung"]) for one in steps]


def test_the_one_above_reads_who_is_silent(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called, by=cast.li)  # 网格长: above him stands 马
    answering.answer(whistle.id, called.lead, cast.zhou.id, True)
    with time_machine.travel(after(minutes=16)):
        assert climbing.climb_some()
        assert climbing.climb_some() == 0  # what has climbed is due later
    (letter,) = letters_to(cast.ma, "whistle_climbed")
    assert letter.facts["silent"] == ["供电公司"]
    assert climbed(whistle) == [(15, 2)]


def test_the_desk_whistles_as_a_grid_head_does_so_nobody_is_skipped(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead)
    with time_machine.travel(after(minutes=16)):
        climbing.climb_some()
    assert climbed(whistle) == [(15, 2)]
    assert letters_to(cast.li, "whistle_climbed") == []


def test_after_a_standstill_there_is_one_letter_and_every_climb_is_a_step(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead)
    with time_machine.travel(after(hours=36)):
        climbing.climb_some()
        assert climbing.climb_some() == 0
    assert climbed(whistle) == [(15, 2), (30, 3)]
    assert letters_to(cast.ma, "whistle_climbed") == []
    (letter,) = letters_to(cast.leader, "whistle_climbed")
    assert letter.facts["rung"] == 3
    assert whistle.due_at is None  # nobody is above
    late = steps_about("whistle", whistle.id)[-1].facts["late"]
    assert 35 * 3600 < late < 36 * 3600


def test_the_columns_are_what_the_steps_say(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, *called)
    with time_machine.travel(after(minutes=20)):
        climbing.climb_some()
        answering.answer(whistle.id, called.lead, cast.zhou.id, True)
        assert whistle.due_at == whistle.blown_at + timedelta(minutes=30)
        answering.answer(whistle.id, called.other, cast.qian.id, True)
    assert (whistle.due_at, whistle.rung) == (None, 2)
    replayed = climbs(steps_about("whistle", whistle.id), rules(), after(days=3))
    recorded = [one for one in steps_about("whistle", whistle.id) if one.what == "whistle_climbed"]
    assert [(one.at, one.rung) for one in replayed] == [(one.at, one.facts["rung"]) for one in recorded]


def test_an_answer_cannot_overtake_a_time_that_ran_out_before(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead)
    with time_machine.travel(after(minutes=20)):  # no clock ran meanwhile
        answering.answer(whistle.id, called.lead, cast.zhou.id, True)
    steps = [one.what for one in steps_about("whistle", whistle.id)]
    assert steps == ["whistle_blown", "whistle_climbed", "whistle_answered"]
    (letter,) = letters_to(cast.ma, "whistle_climbed")
    assert letter.state == "withdrawn"  # all have answered since


def test_while_a_year_is_missing_the_clock_comes_back_until_it_is_entered(cast: Cast, called: Any) -> None:
    with time_machine.travel(datetime(2049, 6, 1, 2, 0, tzinfo=UTC)) as clock:
        due, there = after(minutes=10), after(minutes=20)
        whistle = a_whistle(cast, called.lead, urgency="normal", answer_by=due, arrive_by=there)
        clock.shift(timedelta(days=20))
        for _ in range(2):
            assert climbing.climb_some() == whistle.id
            assert climbing.climb_some(whistle.id) == 0
            assert climbed(whistle) == [(10, 2)]  # the next one waits for a working day
        enter_year(2049, {"source": "国办", "off": ["2049-01-01"], "worked": []}, cast.leader.id)
        climbing.climb_some()
        assert [rung for _, rung in climbed(whistle)] == [2, 3]
        assert whistle.due_at is None


def test_a_case_that_is_over_needs_nobody_any_more(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead)
    case = session().get_one(Case, whistle.case_id)
    assert ending.end_some() == 0
    case.state, case.finish_text = "finished", "杆子扶正了"
    session().flush()
    with time_machine.travel(after(hours=1)):
        climbing.climb_some()
        assert ending.end_some() == 1
        assert ending.end_some() == 0
    assert (whistle.ended_how, whistle.result, whistle.due_at) == ("done", "杆子扶正了", None)
    assert climbed(whistle) == []
    assert letters_to(cast.zhou, "whistle_blown")[0].state == "withdrawn"


def test_over_a_place_in_no_grid_stand_its_desk_and_then_the_street(cast: Cast, called: Any) -> None:
    case = a_case(reporter=cast.wang, at=spot(building="7", unit=None))
    whistle = a_whistle(cast, called.lead, case=case)
    with time_machine.travel(after(hours=2)):
        climbing.climb_some()
    assert climbed(whistle) == [(15, 2)]
    (letter,) = letters_to(cast.leader, "whistle_climbed")
    assert letter.facts["stood"] == "above"


def test_above_the_top_nobody_is_called(cast: Cast, called: Any) -> None:
    whistle = a_whistle(cast, called.lead, by=cast.leader)  # 网格总长
    with time_machine.travel(after(hours=2)):
        climbing.climb_some()
    assert (climbed(whistle), whistle.due_at) == ([], None)
