"""A week before a trial ends whoever lives there hears it, once, privately, without a sum (row 54)."""

from datetime import UTC, datetime

import pytest
import time_machine
from fee_books import living_in
from fee_homes import AUTUMN, HOME, an_offer, some_homes
from sqlalchemy import select

from models.base.orm import session
from models.contract.tables import Charging, Contract
from models.fee import buying, leaving
from models.fee.trials import tell_one
from models.outbox.letter import Letter
from models.person.tables import Home


@pytest.fixture
def trial(db):
    """From December to the end of February; somebody lives there, somebody only says so."""
    with time_machine.travel(AUTUMN, tick=False):

        def work() -> tuple[int, int, int]:
            (home,) = some_homes(1)
            offer = an_offer(Charging.TRIAL, name="先试后买")
            number = buying.agree(home, offer, HOME, "page").id
            return number, living_in(home), living_in(home, proof="said")

        return db.write(work)


def on(db, month: int, day: int) -> bool:
    with time_machine.travel(datetime(2027, month, day, tzinfo=UTC)):
        return db.write(tell_one)


def test_a_week_before_and_once(db, trial):
    _, person, other = trial
    assert not on(db, 2, 21)
    assert on(db, 2, 22)
    assert not on(db, 2, 23)
    with db.read():
        (letter,) = session().scalars(select(Letter).where(Letter.kind == "trial_ends")).all()
        assert letter.to_id == person != other
        assert letter.facts["last"] == "2027-02-28"
        assert "fen" not in str(letter.facts)


def test_whoever_gave_it_back_hears_nothing(db, trial):
    with time_machine.travel(datetime(2027, 2, 3, tzinfo=UTC)):
        db.write(leaving.return_trial, trial[0], HOME)
    assert not on(db, 2, 23)


def test_after_its_end_nobody_is_told_any_more(db, trial):
    assert not on(db, 3, 1)
    with db.read():
        assert session().scalars(select(Contract)).one().told_at is None


def test_a_trial_of_which_nobody_could_be_told_is_not_asked_about_again(db, trial):
    def moved_out() -> None:
        for home in session().scalars(select(Home)):
            home.until = datetime(2027, 1, 1, tzinfo=UTC)

    db.write(moved_out)
    assert on(db, 2, 24)
    assert not on(db, 2, 24)
    with db.read():
        assert session().scalars(select(Letter).where(Letter.kind == "trial_ends")).all() == []
