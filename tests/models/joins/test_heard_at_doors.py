"""In whose name a case from a door is filed, and who says that it is mended."""

from collections.abc import Iterator

import pytest
import time_machine
from calendars import known_years
from cast import Cast
from factories import a_town, unit_of_work
from fee_books import living_in, moves_to
from own_bills import a_home

from handlers.house import House
from handlers.pages.home_visits import case_heard
from models.base.actor import By
from models.base.clock import ago
from models.base.orm import session
from models.base.privacy import blind
from models.base.refusals import NotAllowed, NotFound
from models.case.caller import caller_of
from models.case.case import Case
from models.case.clock import settle_one_silence, to_visit
from models.case.lifecycle import State
from models.case.silence import silent
from models.consent import consents
from models.joins.heard_at_doors import UNSAID, Speaker, who_nods
from models.outbox.letter import Letter
from models.person.arriving import agree, visitor_of
from models.person.tables import Person
from models.place.tables import Household
from server.database import Database

LAMP = "三楼的灯不亮"


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    with unit_of_work(db):
        yield a_town()


@pytest.fixture
def home(cast: Cast) -> int:
    """Room 301 of building 3, which 李 keeps in the grid of 孙; nobody of it is known to us."""
    return a_home("301")


def heard(cast: Cast, home: int, text: str = LAMP, met: Speaker = UNSAID) -> Case:
    visitor = visitor_of(cast.sun.id, "mini")
    assert visitor is not None
    return case_heard(text, home, visitor, House(), met)


def agreeing(home: int, proof: str = "staff") -> int:
    person = living_in(home, proof)
    agree(person)
    return person


def letters(person: int) -> list[str]:
    return [one.kind for one in session().query(Letter).filter_by(to_kind="person", to_id=person)]


def test_the_one_who_lives_there_is_told_asked_and_nods(cast: Cast, home: int) -> None:
    person = agreeing(home)
    case = heard(cast, home)
    assert (case.reporter_id, case.entered_by, case.source) == (person, cast.sun.id, "visit")
    assert letters(person) == ["case_reported_for_you"]
    case.accept(cast.li.id)
    case.finish(cast.li.id, "换了", no_photo_reason="没带手机")
    assert letters(person)[-1] == "case_finished"
    assert case.nod(By.person(person))
    assert (case.state, case.close_kind) == (State.CLOSED, "nod")


def test_agreed_to_in_the_mini_program_is_agreed_to(cast: Cast, home: int) -> None:
    person = living_in(home)
    assert heard(cast, home).reporter_id is None
    version = str(consents.kinds()[consents.BASIC]["version"])
    consents.answer(person, consents.BASIC, version, True)
    assert heard(cast, home).reporter_id == person


def test_of_several_and_of_those_who_only_say_so_nobody_knows_who_spoke(cast: Cast, home: int) -> None:
    agreeing(home, "said")
    assert heard(cast, home).reporter_id is None
    first = agreeing(home)
    assert heard(cast, home).reporter_id == first
    second = agreeing(home, "member")
    assert heard(cast, home).reporter_id is None
    session().get_one(Person, second).phone_hash = blind("13812345678", "phone")
    session().flush()
    assert heard(cast, home, met=Speaker("刘姨", "13812345678")).reporter_id == second


def test_what_is_between_people_of_one_home_is_told_to_none_of_them(cast: Cast, home: int) -> None:
    person = agreeing(home)
    visitor = visitor_of(cast.sun.id, "mini")
    assert visitor is not None
    assert who_nods(home, "dispute", visitor, UNSAID) is None
    assert who_nods(home, "lighting", visitor, UNSAID) == person


def test_whoever_goes_from_door_to_door_nods_for_nobody(cast: Cast, home: int) -> None:
    moves_to(cast.sun.id, session().get_one(Household, home))
    agree(cast.sun.id)
    assert heard(cast, home).reporter_id is None


def test_whoever_was_met_and_has_no_wechat_is_phoned(cast: Cast, home: int) -> None:
    person = agreeing(home)
    for met in (Speaker("张大爷", "13812345678"), Speaker("张大爷", "")):
        case = heard(cast, home, met=met)
        assert case.reporter_id is None
        assert caller_of(case) == met
    assert letters(person) == []


def test_without_anybody_it_is_followed_until_somebody_confirms(cast: Cast, home: int) -> None:
    known_years()
    case = heard(cast, home)
    with time_machine.travel(ago(seconds=-40 * 86400)):
        assert [one.case_id for one in silent()] == [case.id]  # nobody has told them anything
    case.accept(cast.li.id)
    case.finish(cast.li.id, "换了", no_photo_reason="没带手机")
    session().flush()
    assert [one.id for one in to_visit()] == [case.id]
    with time_machine.travel(ago(seconds=-60 * 86400)):
        while settle_one_silence(silence_days=7):
            pass
    assert case.state == State.FINISHED
    with pytest.raises(NotAllowed, match="nod_by_taker"):
        case.nod(By.staff(cast.li.id), by_phone=True)
    with pytest.raises(NotAllowed, match="not_yours_to_rate"):
        case.nod(By.staff(cast.wu.id), by_phone=True)
    assert case.nod(By.staff(cast.sun.id), by_phone=True)  # who was at the door, and has asked again
    assert (case.state, case.close_kind) == (State.CLOSED, "nod_by_phone")


def test_a_door_of_somebody_elses_makes_no_case(cast: Cast) -> None:
    with pytest.raises(NotFound):
        heard(cast, a_home("101", estate="建设小区", building="1"))
