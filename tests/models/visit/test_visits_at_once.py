"""A telephone that sends the same visit again and again, and neighbours who find the same thing broken."""

from functools import partial

import pytest
from cast import Cast
from factories import a_town
from known_town import tell_what_is_known
from racing import at_once
from sqlalchemy import func, select

from models.base.actor import By
from models.base.orm import put, session
from models.case.case import Case
from models.joins.station_faults import broken, found_broken
from models.place.stations import Station
from models.place.tables import Building, Household
from models.station.tables import StationFault
from models.visit.tables import HomeVisit
from models.visit.visiting import visit
from server.database import Database


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


def count(db: Database, table: type[HomeVisit] | type[Case] | type[StationFault]) -> int:
    with db.read():
        return session().execute(select(func.count(table.id))).scalar_one()


def test_a_visit_sent_by_four_at_once_is_one(db: Database, town: Cast) -> None:
    def home() -> int:
        third = session().scalars(select(Building.id).where(Building.name == "3")).one()
        return put(Household, building_id=third, unit_name="1", room="301", active=True)

    key = db.write(home)
    noted = at_once(db, *[partial(visit, key, town.sun.id, "visit-0001", "met")] * 4)
    assert sorted(one.is_new for one in noted) == [False, False, False, True]
    assert len({one.public_id for one in noted}) == 1
    assert count(db, HomeVisit) == 1
    # of somebody else it is another visit, whatever name the telephone gave it
    assert db.write(partial(visit, key, town.li.id, "visit-0001", "absent")).is_new
    assert count(db, HomeVisit) == 2


def test_what_four_find_broken_at_once_is_one_case(db: Database, town: Cast) -> None:
    db.write(tell_what_is_known)
    with db.read():
        station = session().scalars(select(Station.id).where(Station.name == "暖心驿站")).one()
    people = (town.wang, town.rider, town.sun_xiaoyu, town.stranger)
    finders = [one.id or town.leader.id for one in people]
    works = [partial(_found, station, person) for person in finders]
    cases = at_once(db, *works)
    assert len(set(cases)) == 1
    assert (count(db, Case), count(db, StationFault)) == (1, 1)
    with db.read():
        case = session().scalars(select(Case)).one()
        assert set(case.concerned()) == set(finders)
        assert set(broken([station])[station]) == {"water"}


def _found(station: int, person: int) -> int:
    case, _ = found_broken(station, "water", "热水坏了", By.person(person), source="mini")
    return case.id
