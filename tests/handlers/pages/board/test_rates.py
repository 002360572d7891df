"""The three rates on the board: of the month that is over, with what they may be, and not of a few."""

from datetime import datetime

import pytest
import time_machine
from cast import Cast
from factories import a_case
from page_phone import Phone

from models.base.actor import By
from models.base.clock import SHANGHAI
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
OCTOBER = datetime(2026, 10, 14, 10, tzinfo=SHANGHAI)
NOVEMBER = datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)


def rated(town: Cast, count: int) -> None:
    for number in range(count):
        case = a_case(reporter=town.wang, finished_by=town.li, nodded_by=town.wang)
        case.rate(By.person(town.wang.id), 5 if number else 3, "")


@pytest.fixture
def town(db: Database) -> Cast:
    from factories import a_town

    with time_machine.travel(OCTOBER):
        return db.write(a_town)


def the_board(db: Database, phone: Phone, town: Cast, count: int) -> str:
    with time_machine.travel(OCTOBER):
        db.write(rated, town, count)
    with time_machine.travel(NOVEMBER):
        return phone.open("/board/1").text


def test_thirty_answers_make_a_rate_with_its_interval(db: Database, phone: Phone, town: Cast):
    page = the_board(db, phone, town, 30)
    assert "10月回访" in page
    assert "30/30 = 100.0%" in page
    assert "88.6%到100.0%之间" in page  # Wilson
    assert 'class="whisker"' in page


def test_of_four_answers_no_rate_is_said(db: Database, phone: Phone, town: Cast):
    page = the_board(db, phone, town, 4)
    assert "问到的人太少，不列" in page
    assert "4/4" not in page
    assert 'class="whisker"' not in page


def test_what_was_said_this_month_is_told_when_it_is_over(db: Database, phone: Phone, town: Cast):
    with time_machine.travel(NOVEMBER):
        db.write(rated, town, 30)
        page = phone.open("/board/1").text
    assert "30/30" not in page
    assert "没有回访" in page
