"""Many would hear it: who may be the second person, and what happens when nobody is there to agree."""

from datetime import timedelta

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_town, letters_to, unit_of_work
from notices import THIRD, a_notice, handed_in, letters_of, tell_all, words
from sqlalchemy import select

from models.base.actor import SYSTEM, By
from models.base.clock import after
from models.base.orm import put, session
from models.base.refusals import NotAllowed, NotFound
from models.notice import checking, saved, season, telling
from models.notice import notice as verbs
from models.notice.audience import Audience
from models.notice.notice import Rules
from models.notice.season import Day
from models.notice.tables import Notice, State
from models.person.arriving import move_in
from models.person.tables import Person, Staff
from models.place.tables import Building, Community
from server.database import Database

MANY = Rules(second_above=1, delay=timedelta())


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def staff(who: Someone) -> Staff:
    return session().scalars(select(Staff).where(Staff.person_id == who.id)).one()


def test_the_street_is_asked_where_nobody_else_of_the_community_may_agree(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        staff(cast.leader).community_id = 2  # the post of the street names another community
        staff(cast.qian).roles = ["street"]
        session().flush()
        number = handed_in(cast.zhao.id, rules=MANY).id
    with unit_of_work(db):
        for who in (cast.leader, cast.qian):
            assert len(letters_to(who, "notice_second")) == 1
            assert verbs.found(number, By.staff(who.id)).state == State.HELD
        verbs.agree(verbs.found(number, By.staff(cast.leader.id)), By.staff(cast.leader.id), MANY)
    assert tell_all(db) == 3
    with pytest.raises(NotFound), unit_of_work(db):  # it was lent to them for the agreement only
        verbs.found(number, By.staff(cast.qian.id))


def test_the_own_street_is_nearer_than_another(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        elsewhere = put(Community, name="远山社区", street="远山街道", district="北林区")
        staff(cast.leader).community_id = 2
        staff(cast.qian).roles, staff(cast.qian).community_id = ["street"], elsewhere
        session().flush()
        handed_in(cast.zhao.id, rules=MANY)
    with unit_of_work(db):
        assert len(letters_to(cast.leader, "notice_second")) == 1
        assert letters_to(cast.qian, "notice_second") == []


def a_colleague(community: int | None) -> int:
    """Somebody else at the desk of the community, or of the town."""
    person = put(Person, public_id=f"desk{community}", is_rider=False)
    put(Staff, number=f"X{community}", person_id=person, name="同事", roles=["community"],
        community_id=community, active=True)  # fmt: skip
    return person


def asked(number: int) -> set[int]:
    return {one.to_id for one in letters_of(number) if one.kind == "notice_second"}


def test_the_colleague_at_the_desk_is_asked_and_the_street_is_not(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        colleague = a_colleague(1)
        assert asked(handed_in(cast.zhao.id, rules=MANY).id) == {colleague}


def test_of_an_emergency_the_street_is_asked_as_well(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        colleague = a_colleague(1)
        number = handed_in(cast.zhao.id, rules=MANY, kind="emergency").id
        assert asked(number) == {colleague, cast.leader.id}


def test_of_the_towns_notice_not_every_desk_is_asked(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        colleague = a_colleague(None)
        number = handed_in(cast.leader.id, community=None, rules=MANY).id
        assert asked(number) == {colleague}


def test_where_the_town_has_nobody_else_its_desks_are_asked(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        number = handed_in(cast.leader.id, community=None, rules=MANY).id
        assert asked(number) == {cast.zhao.id, cast.qian.id}


def test_with_nobody_to_agree_it_stays_a_draft(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        staff(cast.leader).active = False
        number = a_notice(cast.zhao.id).id
    with pytest.raises(NotAllowed, match="notice_nobody_agrees"), unit_of_work(db):
        verbs.hand_in(session().get_one(Notice, number), By.staff(cast.zhao.id), MANY)
    with unit_of_work(db):
        assert session().get_one(Notice, number).state == State.DRAFT


def grown(db: Database, cast: Cast, agreed: bool = False) -> int:
    """A notice for tomorrow, to somewhere that five people have moved to since."""
    rules = Rules(second_above=1 if agreed else 4, delay=timedelta())
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id, send_at=after(hours=20))
        verbs.hand_in(notice, By.staff(cast.zhao.id), rules)
        if agreed:
            verbs.agree(notice, By.staff(cast.leader.id), rules)
        third = session().scalars(select(Building.id).where(Building.name == "3")).one()
        for number in range(5):
            person = put(Person, public_id=f"p{number}", is_rider=False)
            move_in(person, building_id=third, unit="1", room=None, proof="said")
        return notice.id


def begun(db: Database, second_above: int) -> None:
    with time_machine.travel(after(hours=21)), unit_of_work(db):
        assert telling.tell_some(second_above=second_above)


def test_what_grew_over_the_number_by_its_hour_is_held_after_all(db: Database, cast: Cast) -> None:
    number = grown(db, cast)
    begun(db, 4)
    with unit_of_work(db):
        notice = session().get_one(Notice, number)
        assert (notice.state, notice.people, notice.groups) == (State.HELD, 6, 1)
        assert letters_to(cast.leader, "notice_second")[0].facts["people"] == 6
        (letter,) = letters_to(cast.zhao, "notice_ended")
        assert letter.facts["why"] == "grown"
        verbs.agree(notice, By.staff(cast.leader.id), MANY)
    with time_machine.travel(after(hours=22)):
        assert tell_all(db) > 0
    with unit_of_work(db):
        assert session().get_one(Notice, number).state == State.TOLD


@pytest.mark.parametrize(("agreed", "second_above"), [(False, 7), (True, 4)])
def test_what_did_not_or_was_agreed_to_is_told(
    db: Database, cast: Cast, agreed: bool, second_above: int
) -> None:
    number = grown(db, cast, agreed)
    begun(db, second_above)
    with unit_of_work(db):
        assert session().get_one(Notice, number).state == State.GOING


def test_it_is_held_even_where_nobody_is_there_to_agree_any_more(db: Database, cast: Cast) -> None:
    number = grown(db, cast)
    with unit_of_work(db):
        staff(cast.leader).active = False
    begun(db, 4)
    with unit_of_work(db):
        assert session().get_one(Notice, number).state == State.HELD
        assert letters_to(cast.zhao, "notice_ended")[0].facts["why"] == "grown_alone"


def test_what_somebody_agreed_to_and_came_back_needs_somebody_again(db: Database, cast: Cast) -> None:
    """The content check was switched on after the second person had agreed, and sent it back."""
    rules = Rules(second_above=1, delay=timedelta(), content_check=True)
    with unit_of_work(db):
        notice = handed_in(cast.zhao.id, rules=MANY)
        verbs.agree(notice, By.staff(cast.leader.id), MANY)
        verbs.to_check(notice, SYSTEM)
        checking.send_back(notice, SYSTEM)
        verbs.revise(notice, words(title="别的事"), Audience.of(THIRD), By.staff(cast.zhao.id))
        verbs.hand_in(notice, By.staff(cast.zhao.id), rules)
        verbs.go_on(notice, SYSTEM, rules, "checked")
        assert notice.state == State.HELD


def test_of_the_towns_notice_a_communitys_desk_decides_nothing(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        a_colleague(None)
        told = handed_in(cast.leader.id, community=None).id
        draft = a_notice(cast.leader.id, community=None).id
        kept = saved.keep("全城", Audience(districts=("北林区",)), By.staff(cast.leader.id), None)
        call = season.keep(
            words(title="清雪"), Audience(districts=("北林区",)), Day(12, 1), By.staff(cast.leader.id), None
        )
    zhao = By.staff(cast.zhao.id)
    for number in (told, draft):
        with unit_of_work(db), pytest.raises(NotFound):
            verbs.found(number, zhao)
        with unit_of_work(db):
            assert verbs.found(number, By.staff(cast.leader.id)).id == number
    with unit_of_work(db), pytest.raises(NotFound):
        a_notice(cast.zhao.id, {"unread_of": told})
    with unit_of_work(db), pytest.raises(NotFound):
        verbs.draft(words(), Audience.of(THIRD), zhao, 1, corrects=told)
    with unit_of_work(db), pytest.raises(NotAllowed, match="notice_not_yours"):
        a_notice(cast.zhao.id, community=None)
    with unit_of_work(db), pytest.raises(NotFound):
        saved.found(kept, zhao)
    with unit_of_work(db), pytest.raises(NotFound):
        season.found(call, zhao)


@pytest.mark.parametrize("state", [State.HELD, State.CHECKING])
def test_what_nobody_agreed_to_in_time_ends_and_its_author_hears_so(
    db: Database, cast: Cast, state: State
) -> None:
    rules = Rules(second_above=1, delay=timedelta(), content_check=state == State.CHECKING)
    with unit_of_work(db):
        number = handed_in(cast.zhao.id, rules=rules, valid_until=after(hours=5)).id
        assert session().get_one(Notice, number).state == state
    with unit_of_work(db):
        assert not verbs.end_one_past()
    with time_machine.travel(after(hours=5)), unit_of_work(db):
        assert verbs.end_one_past()
        assert not verbs.end_one_past()
        assert session().get_one(Notice, number).state == State.STOPPED
        assert {one.state for one in letters_of(number) if one.kind == "notice_second"} <= {"withdrawn"}
        assert [one.facts["why"] for one in letters_to(cast.zhao, "notice_ended")] == ["past"]
