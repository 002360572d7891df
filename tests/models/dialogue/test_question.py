"""At most one open question per person and channel, for as long as it lasts."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from factories import unit_of_work

from models.base.clock import after
from models.dialogue.question import Asked, ask, forget, open_question
from server.database import Database

HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _work(db: Database) -> Iterator[None]:
    with unit_of_work(db):
        yield


def test_a_newer_question_takes_the_older_one_s_place() -> None:
    ask(1, "official", Asked.PLACE, lasts=HALF_AN_HOUR, case_id=7)
    ask(1, "official", Asked.WHAT, lasts=HALF_AN_HOUR, case_id=8, door={"unit": "2"})
    question = open_question(1, "official")
    assert question is not None
    assert (question.kind, question.case_id, question.facts) == (Asked.WHAT, 8, {"door": {"unit": "2"}})


def test_another_person_or_channel_has_a_question_of_its_own() -> None:
    ask(1, "official", Asked.PLACE, lasts=HALF_AN_HOUR)
    ask(1, "work", Asked.FINISH, lasts=HALF_AN_HOUR)
    ask(2, "official", Asked.CONSENT, lasts=HALF_AN_HOUR)
    kinds = [open_question(*who) for who in ((1, "official"), (1, "work"), (2, "official"), (2, "work"))]
    assert [one.kind if one else None for one in kinds] == ["place", "finish", "consent", None]


@pytest.mark.parametrize(("minutes", "is_open"), [(29.9, True), (30.1, False)])
def test_a_question_is_open_until_its_time_is_over(minutes: float, is_open: bool) -> None:
    ask(1, "official", Asked.PLACE, lasts=HALF_AN_HOUR)
    with time_machine.travel(after(minutes=minutes)):
        assert (open_question(1, "official") is not None) == is_open


def test_what_is_answered_is_forgotten() -> None:
    ask(1, "official", Asked.PLACE, lasts=HALF_AN_HOUR)
    forget(1, "official")
    assert open_question(1, "official") is None
