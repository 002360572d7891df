"""A notice becomes letters while the town goes on: people move in, groups are bound, a correction follows."""

from datetime import timedelta

import pytest
from cast import Cast
from factories import a_town, unit_of_work
from notices import AT_ONCE, THIRD, handed_in, letters_of, tell_all, words
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import after
from models.base.orm import put, session
from models.joins.merging import merge
from models.notice import notice as verbs
from models.notice import telling
from models.notice.audience import Audience
from models.notice.notice import Rules
from models.notice.tables import Kind, Notice, State
from models.person.arriving import move_in
from models.person.tables import Person
from models.place.tables import Building, BuildingGroup
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def third() -> Building:
    return session().scalars(select(Building).where(Building.name == "3")).one()


def half_told(db: Database, author: int) -> int:
    """The group and the first of the people have their letters; the others not yet."""
    with unit_of_work(db):
        for number in range(3):
            person = put(Person, public_id=f"p{number}", is_rider=False)
            move_in(person, building_id=third().id, unit="1", room=None, proof="said")
        number = handed_in(author).id
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telling, "AT_ONCE", 2)
        for _ in range(2):
            with unit_of_work(db):
                telling.tell_some()
    return number


def test_who_moves_in_meanwhile_hears_it_too(db: Database, cast: Cast) -> None:
    number = half_told(db, cast.zhao.id)
    with unit_of_work(db):
        stands_at = session().get_one(Notice, number).people_up_to
        old_number = cast.rider.id
        assert old_number <= stands_at
        move_in(old_number, building_id=third().id, unit="3", room=None, proof="said")
    tell_all(db)
    with unit_of_work(db):
        told = [letter.to_id for letter in letters_of(number) if letter.to_kind == "person"]
        assert cast.rider.id in told
        assert len(told) == len(set(told)) == 5
        assert session().get_one(Notice, number).state == State.TOLD


def test_who_turns_out_to_be_somebody_with_a_lower_number_hears_it(db: Database, cast: Cast) -> None:
    number = half_told(db, cast.zhao.id)
    with unit_of_work(db):
        last = session().scalars(select(Person.id).where(Person.public_id == "p2")).one()
        merge(last, into=cast.rider.id)
    tell_all(db)
    with unit_of_work(db):
        told = [letter.to_id for letter in letters_of(number) if letter.to_kind == "person"]
        assert cast.rider.id in told
        assert last not in told


def test_a_group_that_is_bound_meanwhile_hears_it_too(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        early = put(BuildingGroup, name="新群", estate_id=third().estate_id, active=False)
        late = put(BuildingGroup, name="再一个群", estate_id=third().estate_id, building_id=third().id)
    number = half_told(db, cast.zhao.id)
    with unit_of_work(db):
        assert session().get_one(Notice, number).groups_up_to == late
        group = session().get_one(BuildingGroup, early)
        group.active, group.building_id = True, third().id
    tell_all(db)
    with unit_of_work(db):
        told = [letter.to_id for letter in letters_of(number) if letter.to_kind == "group"]
        assert early in told
        assert len(told) == len(set(told)) == 3


def test_its_letters_are_over_when_it_is(db: Database, cast: Cast) -> None:
    until = after(hours=5)
    with unit_of_work(db):
        number = handed_in(cast.zhao.id, valid_until=until).id
    tell_all(db)
    with unit_of_work(db):
        assert {letter.not_after for letter in letters_of(number)} == {until}


def correction(db: Database, author: int, of: int, to: dict[str, object]) -> int:
    with unit_of_work(db):
        key = verbs.draft(words(title="改到周三停水"), Audience.of(to), By.staff(author), 1, corrects=of)
        verbs.hand_in(session().get_one(Notice, key), By.staff(author), Rules(delay=timedelta()))
    tell_all(db)
    return key


def test_who_hears_the_correction_does_not_hear_the_first_after_it(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        first = handed_in(cast.zhao.id).id
    tell_all(db)
    second = correction(db, cast.zhao.id, first, {"buildings": [["育英小区", "3"]]})
    with unit_of_work(db):
        assert {(one.state, one.reason) for one in letters_of(first)} == {("withdrawn", "corrected")}
        assert {one.state for one in letters_of(second)} == {"waiting"}


def test_who_does_not_hear_the_correction_still_hears_the_first(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        move_in(cast.rider.id, building_id=third().id, unit="1", room=None, proof="said")
        first = handed_in(cast.zhao.id).id
    tell_all(db)
    correction(db, cast.zhao.id, first, {"units": [["育英小区", "3", "2"]]})
    with unit_of_work(db):
        states = {one.to_id: one.state for one in letters_of(first) if one.to_kind == "person"}
        assert states == {cast.wang.id: "withdrawn", cast.rider.id: "waiting"}


def test_who_has_heard_the_correction_is_not_told_the_first_that_is_still_being_written(
    db: Database, cast: Cast
) -> None:
    first = half_told(db, cast.zhao.id)
    with unit_of_work(db):
        put(BuildingGroup, name="后来的群", estate_id=third().estate_id, building_id=third().id)
        key = verbs.draft(
            words(title="改到周三停水", kind=Kind.URGENT),
            Audience.of(THIRD),
            By.staff(cast.zhao.id),
            1,
            corrects=first,
        )
        verbs.hand_in(session().get_one(Notice, key), By.staff(cast.zhao.id), AT_ONCE)
    tell_all(db)
    with unit_of_work(db):
        told = letters_of(first)
        assert len(told) > 5
        assert {(one.state, one.reason) for one in told} == {("withdrawn", "corrected")}
        assert {one.state for one in letters_of(key)} == {"waiting"}
        assert session().get_one(Notice, first).state == State.TOLD
