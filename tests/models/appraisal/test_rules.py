"""A place sets its own rule from a day to come on; what was found before keeps the rule by which it was."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from appraised import MONTH, NEXT_MONTH, a_bad_month, apart, coloured
from cast import Cast
from sqlalchemy import select

from models.appraisal import rules
from models.appraisal.rules import Rule
from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.place.tables import Community

DECEMBER, NEW_YEAR = date(2026, 12, 2), date(2027, 1, 1)
STRICT = Rule("prompt", "prompt_handling_rate", True, 9900, 9800, 3, 2)


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(apart(NEXT_MONTH), tick=False) as clock:
        yield clock


@pytest.fixture
def place(cast: Cast) -> int:
    return session().scalars(select(Community.id).where(Community.name == "育英社区")).one()


def of(place: int | None, on: date) -> Rule:
    return rules.known().of(place, on)["prompt"]


def test_the_next_one_takes_over_on_its_day(cast: Cast, place: int):
    by = By.staff(cast.zhao.id)
    rules.change(STRICT, place, DECEMBER, by)
    rules.change(STRICT._replace(least=9), place, NEW_YEAR, by)
    assert [of(place, day).least for day in (date(2026, 12, 1), DECEMBER, date(2026, 12, 31), NEW_YEAR)] == [
        10, 3, 3, 9,
    ]  # fmt: skip
    rules.change(STRICT._replace(least=4), place, NEW_YEAR, by)  # said again for the same day
    assert of(place, NEW_YEAR).least == 4
    assert of(None, NEW_YEAR).least == 10


def test_who_does_not_decide_there_and_what_makes_no_sense_is_refused(cast: Cast, place: int):
    by = By.staff(cast.zhao.id)
    for who, where in ((cast.qian, place), (cast.li, place), (cast.zhao, None)):
        with pytest.raises(NotAllowed, match="appraisal_not_yours"):
            rules.change(STRICT, where, DECEMBER, By.staff(who.id))
    with pytest.raises(Invalid, match="from_tomorrow"):
        rules.change(STRICT, place, date(2026, 12, 1), by)
    for wrong in (
        STRICT._replace(amber=100),  # amber under red
        STRICT._replace(higher_is_better=False),
        STRICT._replace(indicator="nothing"),
        STRICT._replace(red=-1),
        STRICT._replace(least=0),
        STRICT._replace(appeal_days=61),
        STRICT._replace(code=""),
    ):
        with pytest.raises(Invalid, match="warning_rule"):
            rules.change(wrong, place, DECEMBER, by)


def test_a_colour_keeps_the_rule_by_which_it_was_found(cast: Cast, place: int, then):
    a_bad_month(cast)
    before = coloured()[cast.li.id, "prompt"]
    rules.change(STRICT, place, DECEMBER, By.staff(cast.zhao.id))
    then.move_to(datetime(2027, 1, 1, 9, tzinfo=SHANGHAI) + timedelta(hours=1))
    session().flush()
    assert rules.from_json(before.rule).least == 10
    assert (of(place, MONTH.last).least, of(place, date(2026, 12, 31)).least) == (10, 3)
