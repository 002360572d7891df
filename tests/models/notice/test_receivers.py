"""Who heard a notice, by stair and by name, and what became of what did not arrive."""

from collections.abc import Callable

import pytest
from cast import Cast
from factories import a_town, unit_of_work
from notices import handed_in, letters_of, tell_all
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import put, session
from models.base.privacy import seal
from models.notice import reading, receivers
from models.notice.receivers import Count
from models.notice.tables import Notice
from models.outbox.letter import Letter
from models.person.arriving import move_in
from models.person.tables import Person
from models.place.tables import Building
from server.database import Database

YUYING = {"estates": ["育英小区"]}
Fate = tuple[str, str | None, str | None]  # state, reason, channel


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def building(name: str) -> int:
    return session().scalars(select(Building.id).where(Building.name == name).order_by(Building.id)).all()[0]


def a_neighbour(name: str, *, house: str = "3", unit: str = "2", room: str | None = "502") -> int:
    public = f"p-{name}-{house}-{unit}-{room}"
    person = put(Person, public_id=public, name_sealed=seal(name, f"people.name/{public}"), is_rider=False)
    move_in(person, building_id=building(house), unit=unit, room=room, proof="said")
    return person


def told(db: Database, author: int, to: dict[str, object] = YUYING) -> int:
    with unit_of_work(db):
        number = handed_in(author, to).id
    tell_all(db)
    return number


def became(db: Database, number: int, of: Callable[[Letter], Fate | None]) -> None:
    with unit_of_work(db):
        for letter in letters_of(number):
            if (values := of(letter)) is not None:
                letter.state, letter.reason, letter.channel = values
                letter.sent_at = now() if letter.state == "sent" else None


def test_it_is_counted_by_building_and_unit_where_people_live_today(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        first, second = a_neighbour("张桂兰"), a_neighbour("李秀英", unit="1", room="101")
        moved = a_neighbour("赵大爷", house="5", unit="1", room="201")
    number = told(db, cast.zhao.id)
    became(db, number, lambda one: ("sent", None, "official") if one.to_id in (first, second) else None)
    with unit_of_work(db):
        reading.opened(number, "person", first)
        move_in(moved, building_id=building("7"), unit="1", room="301", proof="said")
    with unit_of_work(db):
        units = receivers.by_unit(session().get_one(Notice, number))
        named = [(session().get_one(Building, one).name, unit, count) for (one, unit), count in units.items()]
        assert named == [
            ("3", "1", Count(addressed=1, told=1, read=0)),
            ("3", "2", Count(addressed=2, told=1, read=1)),
            ("7", "1", Count(addressed=1, told=0, read=0)),
        ]
        assert receivers.by_building(units)[building("3")] == Count(3, 2, 1)
        assert receivers.by_unit(session().get_one(Notice, number), community_id=2) == {}


def test_who_was_merged_with_another_record_counts_once(db: Database, cast: Cast) -> None:
    number = told(db, cast.zhao.id)
    with unit_of_work(db):
        letter = next(one for one in letters_of(number) if one.to_kind == "person")
        values = {column.key: getattr(letter, column.key) for column in Letter.__table__.columns}
        values.pop("id")
        put(Letter, **values | {"key": "second", "state": "withdrawn", "reason": "one_person"})
    with unit_of_work(db):
        notice = session().get_one(Notice, number)
        assert list(receivers.by_unit(notice).values()) == [Count(1, 0, 0)]
        assert len(receivers.of_building(notice, building("3"))) == 1


def test_reasons_are_counted_by_the_platforms_number_alone(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        for room in range(4):
            a_neighbour("孙", room=str(room))
    number = told(db, cast.zhao.id)

    def fate(letter: Letter) -> Fate:
        if letter.to_kind == "group":
            return "by_hand", "by_hand", None
        if letter.to_id == cast.wang.id:
            return "by_hand", "no_way", None
        return "failed", f"43004 require subscribe hint: [{letter.id}]", "official"

    became(db, number, fate)
    with unit_of_work(db):
        assert [tuple(one) for one in receivers.outcomes(number)] == [
            ("group", "by_hand", "by_hand", None, 1),
            ("person", "failed", "43004", "official", 4),
            ("person", "by_hand", "no_way", None, 1),
        ]


def test_a_building_is_listed_by_unit_and_room_with_masked_names(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        for name, unit, room in (("张桂兰", "2", "1002"), ("欧阳修", "2", "502"), ("钱多", "10", "101")):
            a_neighbour(name, unit=unit, room=room)
        a_neighbour("吴", house="5", unit="1")
    number = told(db, cast.zhao.id)
    with unit_of_work(db):
        people = receivers.of_building(session().get_one(Notice, number), building("3"))
        assert [(one.unit, one.room, one.name) for one in people] == [
            ("2", "501", None),
            ("2", "502", "欧**"),
            ("2", "1002", "张**"),
            ("10", "101", "钱*"),
        ]


def test_of_a_notice_to_staff_nobody_is_seen_where_he_lives(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        move_in(cast.li.id, building_id=building("3"), unit="1", room="101", proof="said")
    number = told(db, cast.zhao.id, {"roles": ["keeper"], "communities": ["育英社区"]})
    became(db, number, lambda one: ("by_hand", "no_address", None) if one.to_id == cast.li.id else None)
    with unit_of_work(db):
        notice = session().get_one(Notice, number)
        assert receivers.by_unit(notice) == {}
        assert receivers.of_building(notice, building("3")) == []
        assert receivers.staff_unreached(notice) == [cast.li.id]


def test_what_hands_carried_is_told_but_not_accepted_by_a_platform(db: Database, cast: Cast) -> None:
    number = told(db, cast.zhao.id)
    became(
        db, number, lambda one: ("sent", None, "hand") if one.to_kind == "person" else ("sent", None, "robot")
    )
    with unit_of_work(db):
        figures = reading.figures([number])[number]
        assert (figures.addressed, figures.accepted, figures.carried) == (2, 1, 1)
        assert list(receivers.by_unit(session().get_one(Notice, number)).values()) == [Count(1, 1, 0)]
