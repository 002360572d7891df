"""A letter about a notice that nothing carries: who may say that it was told."""

import pytest
from cast import Cast
from factories import a_town, unit_of_work
from notices import handed_in, letters_of, tell_all

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.history import steps_about
from models.joins.carrying import carried, let_go_again, sent_again
from models.notice import notice as verbs
from models.notice.tables import Notice
from models.outbox.letter import Letter
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def untold(db: Database, author: int, community: int | None = 1) -> tuple[int, int]:
    """The notice, and 王's letter about it, which waits for somebody's hands."""
    with unit_of_work(db):
        number = handed_in(author, community=community).id
    tell_all(db)
    with unit_of_work(db):
        letter = next(one for one in letters_of(number) if one.to_kind == "person")
        letter.state, letter.reason = "by_hand", "no_way"
        return number, letter.id


@pytest.mark.parametrize("who", ["zhao", "leader", "li", "ma"])
def test_desk_and_keeper_say_that_they_told_it(db: Database, cast: Cast, who: str) -> None:
    number, letter = untold(db, cast.zhao.id)
    by = By.staff(getattr(cast, who).id)
    with unit_of_work(db):
        assert carried(letter, by)
        assert not carried(letter, by)
    with unit_of_work(db):
        told = session().get_one(Letter, letter)
        assert (told.state, told.channel) == ("sent", "hand")
        step = steps_about("notice", number)[-1]
        assert (step.what, step.by_id, step.facts["letter"]) == ("told_by_hand", by.id, letter)


@pytest.mark.parametrize("who", ["qian", "wu", "zhou", "wang", "rider"])
def test_nobody_else_does(db: Database, cast: Cast, who: str) -> None:
    _, letter = untold(db, cast.zhao.id)
    with pytest.raises(NotAllowed, match="letter_not_open"), unit_of_work(db):
        carried(letter, By.staff(getattr(cast, who).id))


def test_of_the_towns_notice_each_desk_tells_its_own(db: Database, cast: Cast) -> None:
    _, letter = untold(db, cast.leader.id, None)
    with pytest.raises(NotAllowed), unit_of_work(db):
        carried(letter, By.staff(cast.qian.id))
    with unit_of_work(db):
        assert carried(letter, By.staff(cast.zhao.id))


def test_who_answers_for_the_building_does_not_send_it_again(db: Database, cast: Cast) -> None:
    _, letter = untold(db, cast.zhao.id)
    with unit_of_work(db):
        session().get_one(Letter, letter).state = "failed"
    with pytest.raises(NotAllowed), unit_of_work(db):
        sent_again(letter, By.staff(cast.li.id))
    with unit_of_work(db):
        sent_again(letter, By.staff(cast.zhao.id))


def test_what_was_said_in_a_notice_that_is_over_is_not_sent_again(db: Database, cast: Cast) -> None:
    number, letter = untold(db, cast.zhao.id)
    with unit_of_work(db):
        session().get_one(Letter, letter).state = "failed"
        verbs.stop(session().get_one(Notice, number), By.staff(cast.zhao.id))
    with pytest.raises(NotAllowed, match="letter_not_open"), unit_of_work(db):
        sent_again(letter, By.staff(cast.zhao.id))
    with pytest.raises(NotAllowed, match="letter_not_open"), unit_of_work(db):
        let_go_again(letter)  # as hemei letter again
