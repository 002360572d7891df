"""Who hears it, however the audience is said."""

from typing import Any

import pytest
import time_machine
from cast import Cast
from factories import a_town, unit_of_work
from notices import all_sent, handed_in, tell_all
from sqlalchemy import select

from models.base.clock import after, now
from models.base.orm import put, session
from models.base.refusals import Invalid
from models.notice.audience import Audience, reach_of
from models.notice.reading import opened
from models.notice.tables import Notice
from models.person.arriving import move_in
from models.person.tables import Grant
from models.place.tables import Building, BuildingGroup, Community, Estate, Grid
from models.place.version import raise_version
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        cast = a_town()
        move_in(cast.sun_xiaoyu.id, building_id=_building("育英小区", "3"), unit="1", room=None, proof="said")
        move_in(cast.rider.id, building_id=_building("建设小区", "1"), unit="1", room=None, proof="said")
        put(BuildingGroup, name="育英小区大群", estate_id=_estate("育英小区"), active=True)
        put(BuildingGroup, name="建设旧群", estate_id=_estate("建设小区"), active=False)
    return cast


def _estate(name: str) -> int:
    return session().scalars(select(Estate.id).where(Estate.name == name)).one()


def _building(estate: str, name: str) -> int:
    query = select(Building.id).where(Building.estate_id == _estate(estate), Building.name == name)
    return session().scalars(query).one()


def heard(db: Database, cast: Cast, **audience: Any) -> tuple[set[str], int]:
    with unit_of_work(db):
        reach = reach_of(Audience.of(audience), None)
        people = set(reach.people(0, 100))
        assert reach.count_people() == len(people)
        return {one.name for one in vars(cast).values() if one.id in people}, len(reach.groups())


@pytest.mark.parametrize(
    ("audience", "people", "groups"),
    [
        ({"buildings": [["育英小区", "3"]]}, {"王阿姨", "孙小雨"}, 1),
        ({"units": [["育英小区", "3", "2"]]}, {"王阿姨"}, 1),
        ({"buildings": [["育英小区", "5"]]}, set(), 1),  # no group of its own: the estate's hears it
        ({"estates": ["育英小区"]}, {"王阿姨", "孙小雨"}, 2),
        ({"communities": ["建设社区"]}, {"小陈"}, 0),
        ({"streets": ["东兴街道"]}, {"王阿姨", "孙小雨", "小陈"}, 2),
        ({"districts": ["北林区"]}, {"王阿姨", "孙小雨", "小陈"}, 2),
        ({"buildings": [["建设小区", "1"]], "units": [["育英小区", "3", "1"]]}, {"小陈", "孙小雨"}, 1),
        ({"roles": ["keeper"]}, {"李师傅", "马师傅", "吴师傅"}, 0),
        ({"roles": ["keeper"], "estates": ["育英小区"]}, {"李师傅", "马师傅"}, 0),
        ({"roles": ["grid_worker"], "communities": ["育英社区"]}, {"孙网格员"}, 0),
        ({"roles": ["grid_worker"], "communities": ["建设社区"]}, set(), 0),
        ({"roles": ["community", "street"], "communities": ["建设社区"]}, {"钱主任", "郑书记"}, 0),
    ],
)
def test_places_posts_and_groups(
    db: Database, cast: Cast, audience: dict[str, Any], people: set[str], groups: int
) -> None:
    assert heard(db, cast, **audience) == (people, groups)


def test_who_moved_away_does_not_hear_it(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        move_in(cast.wang.id, building_id=_building("建设小区", "1"), unit="2", room=None, proof="said")
    assert heard(db, cast, buildings=[["育英小区", "3"]])[0] == {"孙小雨"}


def test_the_second_round_is_for_those_who_did_not_read_it(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id, {"estates": ["育英小区"]}).id
    tell_all(db)
    assert heard(db, cast, unread_of=number) == (set(), 0), "a letter that waits for the morning comes once"
    all_sent(db, number)
    with unit_of_work(db):
        opened(number, "person", cast.wang.id)
        opened(number, "person", cast.wang.id)
    assert heard(db, cast, unread_of=number) == ({"孙小雨"}, 0)
    assert heard(db, cast, unread_of=number + 1) == (set(), 0)


@pytest.mark.parametrize(
    ("audience", "code"),
    [
        ({}, "audience_empty"),
        ({"estates": ["没有的小区"]}, "audience_place"),
        ({"buildings": [["育英小区", "99"]]}, "audience_place"),
        ({"buildings": ["育英小区3号楼"]}, "audience_place"),
        ({"streets": ["西街"]}, "audience_place"),
        ({"houses": ["育英小区"]}, "audience_word"),
        ({"estates": 3}, "audience_word"),
        ({"estates": "育英小区"}, "audience_word"),
        ({"unread_of": "7"}, "audience_word"),
        ({"unread_of": 10**20}, "audience_word"),
    ],
)
def test_what_is_no_audience(db: Database, cast: Cast, audience: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work(db):
        reach_of(Audience.of(audience), None)
    assert refused.value.code == code


def test_an_audience_is_kept_as_it_was_said(db: Database, cast: Cast) -> None:
    said = {"buildings": [["育英小区", "3"]], "roles": ["keeper"], "unread_of": 7}
    with unit_of_work(db):
        put(
            Notice, title="t", body="b", signed="s", author_id=1,
            audience=Audience.of(said).as_dict(),
        )  # fmt: skip
        kept = session().scalars(select(Notice)).one().audience
    assert Audience.of(kept) == Audience.of(said)


@pytest.mark.parametrize(
    ("part", "where", "hears"),
    [
        ({}, {}, True),
        ({}, {"communities": ["建设社区"]}, True),
        ({"district": "北林区", "street": "东兴街道"}, {"communities": ["建设社区"]}, True),
        ({"community": "育英社区"}, {"communities": ["建设社区"]}, False),
        ({"community": "育英社区"}, {"buildings": [["育英小区", "3"]]}, True),
        ({"estate": "育英小区"}, {"buildings": [["育英小区", "3"]]}, True),
        ({"estate": "育英小区"}, {"communities": ["育英社区"]}, True),
        ({"estate": "建设小区"}, {"estates": ["育英小区"]}, False),
        ({"grid": "育英社区"}, {"communities": ["育英社区"]}, True),
        ({"grid": "育英社区"}, {"communities": ["建设社区"]}, False),
    ],
)
def test_who_was_granted_a_post_hears_what_goes_to_it(
    db: Database, cast: Cast, part: dict[str, str], where: dict[str, Any], hears: bool
) -> None:
    with unit_of_work(db):
        post: dict[str, Any] = {name: part[name] for name in ("district", "street") if name in part}
        if "community" in part:
            post["community_id"] = session().scalars(_community(part["community"])).one()
        if "estate" in part:
            post["estate_id"] = _estate(part["estate"])
        if "grid" in part:
            grids = select(Grid.id).where(Grid.community_id.in_(_community(part["grid"])))
            post["grid_id"] = session().scalars(grids).first()
        grant = {"person_id": cast.ma.id, "role": "supervisor", "reason": "r"}
        put(Grant, since=now(), until=after(days=1), at=now(), **grant, **post)
        raise_version()
    expected = {"马师傅"} if hears else set()
    assert heard(db, cast, roles=["supervisor"], **where)[0] == expected
    with time_machine.travel(after(days=2), tick=False):
        assert heard(db, cast, roles=["supervisor"], **where)[0] == set()


def _community(name: str) -> Any:
    return select(Community.id).where(Community.name == name)
