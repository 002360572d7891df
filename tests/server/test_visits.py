"""The timetable sends somebody to doors and to groups."""

import time_machine
from factories import a_town, letters_to
from notices import handed_in, letters_of, tell_all

from models.base.clock import after, now
from models.base.orm import session
from models.place.tables import BuildingGroup
from server import visits
from server.config import Config
from server.database import Database
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


def test_without_a_notice_there_is_nothing_to_do(db: Database) -> None:
    db.write(a_town)
    visits.hand_out(Config.default(), db)
