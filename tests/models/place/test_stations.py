"""The nearest station that has what is asked for."""

from datetime import datetime

import pytest
from factories import a_town
from known_town import a_station, tell_what_is_known
from sqlalchemy import select, update

from models.base.clock import SHANGHAI
from models.base.orm import session
from models.place.stations import Station, nearest
from models.place.tables import Community
from models.place.version import raise_version
from server.database import Database

HOME = (126.99, 46.63)
NOON = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 21, 23, tzinfo=SHANGHAI)


@pytest.fixture
def town(db: Database) -> Database:
    db.write(a_town)
    db.write(tell_what_is_known)
    return db


def names(
    db: Database, *kinds: str, at: datetime = NOON, point: tuple[float, float] | None = HOME
) -> list[str]:
    with db.read():
        return [one.station.name for one in nearest(point, frozenset(kinds), at=at)]


def test_the_nearest_comes_first_with_its_metres(town: Database) -> None:
    assert names(town) == ["暖心驿站", "骑手之家"]
    with town.read():
        assert [one.metres for one in nearest(HOME, frozenset(), at=NOON)] == [99, 382]


def test_only_what_has_one_of_the_things_asked_for(town: Database) -> None:
    assert names(town, "charge") == ["骑手之家"]
    assert names(town, "charge", "toilet") == ["暖心驿站", "骑手之家"]
    assert names(town, "print") == []


def test_what_is_closed_comes_behind_what_is_open(town: Database) -> None:
    assert names(town, at=NIGHT) == ["骑手之家", "暖心驿站"]


def test_one_without_hours_is_neither_open_nor_closed(town: Database) -> None:
    def add() -> None:
        community = session().scalars(select(Community.id)).first()
        assert community is not None
        a_station(community, "小屋", ["rest"], None, 126.99, 46.63)
        raise_version()

    town.write(add)
    with town.read():
        first = nearest(HOME, frozenset(), at=NIGHT)[0]
        assert (first.station.name, first.metres, first.opening) == ("小屋", 0, None)


def test_one_without_coordinates_stands_where_its_estate_is_or_nowhere(town: Database) -> None:
    def move() -> None:
        session().execute(update(Station).values(longitude=None, latitude=None))
        raise_version()

    town.write(move)
    with town.read():
        assert [one.metres for one in nearest(HOME, frozenset(), at=NOON)] == [None, None]


def test_what_is_out_of_use_is_not_told(town: Database) -> None:
    def close() -> None:
        session().execute(update(Station).where(Station.name == "暖心驿站").values(active=False))
        raise_version()

    town.write(close)
    assert names(town) == ["骑手之家"]
