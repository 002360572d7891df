"""The timetable sends somebody to doors and to groups."""

from pathlib import Path

import time_machine
from factories import a_town, letters_to
from letter_office import Office
from notices import handed_in, letters_of, tell_all

from models.base.clock import after, now
from models.base.orm import session
from models.notice.pasting import ask_owners
from models.place.tables import BuildingGroup
from server import visits
from server.config import Config
from server.database import Database
from server.sandbox.world import Phone
from server.timetable import timetable


def test_doors_and_groups_are_handed_out_once(db: Database) -> None:
    cast = db.write(a_town)

    def work() -> int:
        session().query(BuildingGroup).one().owner_id = cast.ma.id
        return handed_in(cast.zhao.id).id

    number = db.write(work)
    tell_all(db)

    def hands() -> None:
        for letter in letters_of(number):
            letter.state, letter.reason, letter.settled_at = "by_hand", "no_way", now()

    db.write(hands)
    config = Config.default()
    lines = {line.name: line for line in timetable(config)}
    for minutes in (6, 7, 8):
        with time_machine.travel(after(minutes=minutes)):
            for name in ("hand out visits", "ask owners to paste"):
                lines[name].verb(config, db)
    with db.read():
        assert len(letters_to(cast.sun, "notice_visit")) == 1
        assert len(letters_to(cast.ma, "notice_to_paste")) == 1


def test_the_letters_arrive_on_their_phones(db: Database, tmp_path: Path) -> None:
    office = Office(db, tmp_path, at=None)
    try:
        cast = db.write(a_town)
        for someone in (cast.sun, cast.ma):
            office.simulator.add(Phone(someone.work, someone.name, "staff", userid=someone.work))

        def work() -> int:
            session().query(BuildingGroup).one().owner_id = cast.ma.id
            return handed_in(cast.zhao.id, kind="emergency").id  # because it may be night

        number = db.write(work)
        tell_all(db)
        office.delivery.drain()
        with db.read():
            assert {one.reason for one in letters_of(number)} == {"by_hand", "no_way"}
        with time_machine.travel(after(minutes=7)):
            visits.hand_out(office.config, db)
            assert db.write(ask_owners)
            office.delivery.drain()
        (visit,) = office.calls("*message/send", who="sun")
        (paste,) = office.calls("*message/send", who="ma")
        assert "请上门告诉1家" in str(visit.body)
        assert "/visits" in str(visit.body)
        assert paste.body["msgtype"] == "text"  # what stands on a card cannot be copied
        assert "【请贴到群里】育英3号楼群" in paste.body["text"]["content"]
        assert "请提前存水" in paste.body["text"]["content"]
        assert "/q/" in paste.body["text"]["content"]
    finally:
        office.close()


def test_without_a_notice_there_is_nothing_to_do(db: Database) -> None:
    db.write(a_town)
    visits.hand_out(Config.default(), db)
