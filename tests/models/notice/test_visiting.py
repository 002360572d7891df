"""Whom nothing reaches is told at the door: who goes where, when, and what counts as told."""

from datetime import datetime, timedelta

import pytest
import time_machine
from cast import Cast
from factories import a_town, letters_to, unit_of_work
from notices import handed_in, letters_of, tell_all
from sqlalchemy import select
from standing import standing

from models.base.actor import By
from models.base.clock import after, now
from models.base.orm import put, session
from models.base.refusals import NotAllowed
from models.history import steps_about
from models.joins.carrying import carried, not_carried
from models.notice import notice as verbs
from models.notice import visiting
from models.notice.again import may_begin, second_round
from models.notice.audience import Audience, reach_of
from models.notice.reading import opened
from models.notice.tables import Notice
from models.notice.visiting import Round
from models.person.arriving import move_in
from models.person.tables import Person
from models.place.tables import Building, BuildingGroup, Household
from server.database import Database

YUYING = {"estates": ["育英小区"]}
HOURS = 6


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def building(name: str) -> int:
    return session().scalars(select(Building.id).where(Building.name == name).order_by(Building.id)).all()[0]


def somebody(house: str, unit: str, room: str | None) -> int:
    person = put(Person, public_id=f"p-{house}-{unit}-{room}-{now().timestamp()}", is_rider=False)
    move_in(person, building_id=building(house), unit=unit, room=room, proof="said")
    return person


def told(db: Database, author: int, to: dict[str, object] = YUYING, **said: object) -> int:
    with unit_of_work(db):
        number = handed_in(author, to, **said).id
    tell_all(db)
    return number


def settled(db: Database, number: int, *unreached: int) -> None:
    """Everybody was reached but those."""
    with unit_of_work(db):
        for letter in letters_of(number):
            missed = letter.to_kind == "person" and letter.to_id in unreached
            letter.state, letter.reason = ("by_hand", "no_way") if missed else ("sent", None)
            letter.settled_at = now()


def handed_out(db: Database, at: datetime | None = None) -> int:
    with time_machine.travel(at or after(minutes=6), tick=True), unit_of_work(db):
        plans = [visiting.plan(one, after_hours=HOURS) for one in visiting.due(now())]
        return sum(visiting.hand_out(one) for one in plans if one is not None)


def test_the_grid_worker_gets_one_letter_with_counts_and_no_room(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        other = somebody("5", "1", "201")
    number = told(db, cast.zhao.id)
    settled(db, number, cast.wang.id, other)
    assert handed_out(db, after(minutes=1)) == 0  # a platform may still say something
    assert handed_out(db) == 1
    assert handed_out(db, after(hours=2)) == 0
    with unit_of_work(db):
        (letter,) = letters_to(cast.sun, "notice_visit")
        assert letter.facts["unreached"] == 2
        assert [(one["building"], one["unreached"]) for one in letter.facts["houses"]] == [("3", 1), ("5", 1)]
        assert standing("501", str(letter.facts)) == []
        assert letter.facts["path"].endswith("/visits")
        assert letter.lane == "3"  # by day
        assert "visits_asked" in [step.what for step in steps_about("notice", number)]
        assert letters_to(cast.li, "notice_visit") == []


def test_where_there_is_no_grid_worker_the_keeper_goes_and_else_the_desk(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        no_keeper, kept = somebody("7", "1", "101"), somebody("1", "1", "101")
    number = told(db, cast.leader.id, {"districts": ["北林区"]}, community=None)
    settled(db, number, no_keeper, kept)
    assert handed_out(db) == 2
    with unit_of_work(db):
        assert len(letters_to(cast.zhao, "notice_visit")) == 1  # building 7 has neither keeper nor grid
        assert len(letters_to(cast.wu, "notice_visit")) == 1  # keeper of the other community's building


def test_letters_that_hang_hold_it_up_for_some_hours_only(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        somebody("5", "1", "201")
    number = told(db, cast.zhao.id)
    with unit_of_work(db):
        letter = next(
            one for one in letters_of(number) if one.to_id == cast.wang.id and one.to_kind == "person"
        )
        letter.state, letter.reason = "by_hand", "no_way"
    assert handed_out(db, after(hours=1)) == 0
    assert handed_out(db, after(hours=HOURS, minutes=1)) == 1
    with unit_of_work(db):
        assert (
            session().get_one(Notice, number).visits_due_at is not None
        )  # the last ones are looked at later


def test_somebody_whose_home_turns_up_later_is_not_forgotten(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        late = somebody("7", "1", "201")  # of the desk's round
    number = told(db, cast.zhao.id)
    with unit_of_work(db):
        for letter in letters_of(number):
            if letter.to_kind == "person" and letter.to_id == cast.wang.id:
                letter.state, letter.reason = "failed", "no_way"
    assert handed_out(db, after(hours=HOURS, minutes=1)) == 1
    settled(db, number, cast.wang.id, late)
    assert handed_out(db, after(hours=HOURS + 2)) == 1
    with unit_of_work(db):
        assert len(letters_to(cast.zhao, "notice_visit")) == 1


def test_homes_of_which_nobody_is_known_are_a_number(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        for unit, room in (("2", "501"), ("2", "502"), ("1", "101"), ("10", "102")):
            put(Household, building_id=building("3"), unit_name=unit, room=room, active=True)
        put(Household, building_id=building("3"), unit_name="1", room="103", active=False)
    number = told(db, cast.zhao.id)
    settled(db, number, cast.wang.id)
    with unit_of_work(db):
        notice = session().get_one(Notice, number)
        assert visiting.rounds(notice) == {building("3"): Round(homes=1, visited=0, unknown=3)}
        assert visiting.unknown_rooms(notice, building("3")) == {"1": ["101"], "2": ["502"], "10": ["102"]}


def test_of_a_notice_to_one_unit_the_others_homes_are_no_matter(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        for unit in ("1", "2"):
            put(Household, building_id=building("3"), unit_name=unit, room="101", active=True)
    number = told(db, cast.zhao.id, {"units": [["育英小区", "3", "2"]]})
    with unit_of_work(db):
        notice = session().get_one(Notice, number)
        assert visiting.rounds(notice) == {building("3"): Round(homes=0, visited=0, unknown=1)}
        assert visiting.unknown_rooms(notice, building("3")) == {"2": ["101"]}


def test_a_building_that_no_group_tells_is_walked_to_even_where_nobody_is_registered(
    db: Database, cast: Cast
) -> None:
    with unit_of_work(db):
        for house in ("3", "5"):  # the third has a group, the fifth none
            put(Household, building_id=building(house), unit_name="1", room="101", active=True)
    number = told(db, cast.zhao.id)
    settled(db, number)
    assert handed_out(db) == 1
    with unit_of_work(db):
        (letter,) = letters_to(cast.sun, "notice_visit")
        assert [one["building"] for one in letter.facts["houses"]] == ["5"]
        assert (letter.facts["unreached"], letter.facts["unknown"]) == (0, 1)


def test_a_group_of_the_estate_tells_all_its_buildings(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        put(Household, building_id=building("5"), unit_name="1", room="101", active=True)
        estate = session().get_one(Building, building("5")).estate_id
        put(BuildingGroup, name="育英大群", estate_id=estate, active=True)
    settled(db, told(db, cast.zhao.id))
    assert handed_out(db) == 0


def test_what_was_told_at_the_door_is_told_and_not_read(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        somebody("3", "2", "501")
    number = told(db, cast.zhao.id)
    with unit_of_work(db):
        people = [one.to_id for one in letters_of(number) if one.to_kind == "person"]
    settled(db, number, *people)
    with unit_of_work(db):
        (stop,) = visiting.stops(number, building("3"))
        assert (stop.unit, stop.room, stop.people, len(stop.letters)) == ("2", "501", 2, 2)
        for letter in stop.letters:
            assert carried(letter, By.staff(cast.sun.id))
    with unit_of_work(db):
        (stop,) = visiting.stops(number, building("3"))
        assert (stop.letters, len(stop.told), stop.told_by) == ((), 2, cast.sun.id)
        assert visiting.rounds(session().get_one(Notice, number)) == {building("3"): Round(0, 1, 0)}


def test_a_slip_of_the_thumb_is_taken_back_for_ten_minutes(db: Database, cast: Cast) -> None:
    number = told(db, cast.zhao.id)
    settled(db, number, cast.wang.id)
    by = By.staff(cast.sun.id)
    with unit_of_work(db):
        (letter,) = visiting.stops(number, building("3"))[0].letters
        assert carried(letter, by)
    with unit_of_work(db):
        assert not_carried(letter, by)
        assert not not_carried(letter, by)
    with unit_of_work(db):
        (again,) = visiting.stops(number, building("3"))[0].letters
        assert again == letter
        assert next(one for one in letters_of(number) if one.id == letter).reason == "no_way"
        assert carried(letter, by)
    with time_machine.travel(after(minutes=11)), unit_of_work(db):
        assert not not_carried(letter, by)
        assert [step.what for step in steps_about("notice", number)][-3:] == [
            "told_by_hand", "not_told_by_hand", "told_by_hand",
        ]  # fmt: skip


@pytest.mark.parametrize("who", ["qian", "wu", "wang", "zhou"])
def test_nobody_else_says_that_somebody_was_told(db: Database, cast: Cast, who: str) -> None:
    number = told(db, cast.zhao.id)
    settled(db, number, cast.wang.id)
    with unit_of_work(db):
        (letter,) = visiting.stops(number, building("3"))[0].letters
        for verb in (carried, not_carried):
            with pytest.raises(NotAllowed):
                verb(letter, By.staff(getattr(cast, who).id))


@pytest.mark.parametrize("how", ["stop", "withdraw"])
def test_nobody_is_sent_to_a_door_for_what_is_over(db: Database, cast: Cast, how: str) -> None:
    with unit_of_work(db):
        other = somebody("7", "1", "101")
    number = told(db, cast.zhao.id)
    settled(db, number, cast.wang.id, other)
    assert handed_out(db) == 2
    with unit_of_work(db):
        getattr(verbs, how)(session().get_one(Notice, number), By.staff(cast.zhao.id))
    with unit_of_work(db):
        assert {one.state for one in letters_of(number) if one.kind == "notice_visit"} == {"withdrawn"}
        assert visiting.due(after(days=1)) == []


def test_nobody_is_sent_for_what_is_past(db: Database, cast: Cast) -> None:
    number = told(db, cast.zhao.id, valid_until=after(hours=1))
    settled(db, number, cast.wang.id)
    assert handed_out(db, after(hours=2)) == 0
    with unit_of_work(db):
        assert session().get_one(Notice, number).visits_due_at is None


def test_at_night_an_emergency_alone_sends_somebody_out(db: Database, cast: Cast) -> None:
    number = told(db, cast.zhao.id, kind="emergency")
    settled(db, number, cast.wang.id)
    assert handed_out(db) == 1
    with unit_of_work(db):
        assert letters_to(cast.sun, "notice_visit")[0].lane == "1"


def test_the_second_round_is_for_those_who_neither_read_nor_were_told_at_the_door(
    db: Database, cast: Cast
) -> None:
    with unit_of_work(db):
        silent, met = somebody("3", "1", "101"), somebody("3", "1", "102")
    number = told(db, cast.zhao.id)
    settled(db, number, met)
    with unit_of_work(db):
        opened(number, "person", cast.wang.id)
        letter = next(one for one in letters_of(number) if one.to_kind == "person" and one.to_id == met)
        carried(letter.id, By.staff(cast.sun.id))
    with unit_of_work(db):
        key = second_round(session().get_one(Notice, number), By.staff(cast.zhao.id))
        again = session().get_one(Notice, key)
        assert (again.state, again.title, again.community_id) == ("draft", "周二停水", 1)
        assert list(reach_of(Audience.of(again.audience), 1).people(0, 10)) == [silent]
        with pytest.raises(NotAllowed):
            second_round(again, By.staff(cast.zhao.id))


def test_of_the_towns_notice_a_communitys_desk_begins_no_second_round(db: Database, cast: Cast) -> None:
    number = told(db, cast.leader.id, {"districts": ["北林区"]}, community=None)
    settled(db, number)
    with unit_of_work(db):
        notice = session().get_one(Notice, number)
        for desk in (cast.zhao, cast.qian, cast.li):
            assert not may_begin(notice, By.staff(desk.id))
            with pytest.raises(NotAllowed):
                second_round(notice, By.staff(desk.id))
        assert second_round(notice, By.staff(cast.leader.id))


def test_nobody_is_sent_to_a_door_for_a_second_round(db: Database, cast: Cast) -> None:
    number = told(db, cast.zhao.id)
    settled(db, number)
    handed_out(db)
    second = told(db, cast.zhao.id, {"unread_of": number})
    settled(db, second, cast.wang.id)  # of whom there is no other way to be reached by
    assert handed_out(db) == 0
    with unit_of_work(db):
        assert visiting.rounds(session().get_one(Notice, second)) == {}


def test_a_week_later_nobody_waits_for_letters_that_hang(db: Database, cast: Cast) -> None:
    number = told(db, cast.zhao.id)
    handed_out(db, after(days=7, minutes=1))
    with unit_of_work(db):
        assert session().get_one(Notice, number).visits_due_at is None
        assert timedelta(days=7) == visiting.GIVEN_UP
