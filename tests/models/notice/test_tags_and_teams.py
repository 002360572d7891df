"""An audience by words on buildings and by teams: alone they widen, beside places they narrow."""

from typing import Any

import pytest
from cast import Cast
from factories import a_town, unit_of_work
from notices import a_notice
from sqlalchemy import select

from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.notice.audience import Audience, reach_of
from models.person.arriving import move_in
from models.person.tables import Staff
from models.place.tables import Building, BuildingGroup, Estate
from models.place.version import raise_version
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Cast:
    """育英小区 is 老旧; its 3 and 建设小区 1 have no lift. 清雪队: 李师傅, and 吴师傅 elsewhere."""
    with unit_of_work(db):
        cast = a_town()
        move_in(
            cast.sun_xiaoyu.id, building_id=_building("育英小区", "5").id, unit="1", room=None, proof="said"
        )
        move_in(cast.rider.id, building_id=_building("建设小区", "1").id, unit="1", room=None, proof="said")
        yuying = session().scalars(select(Estate).where(Estate.name == "育英小区")).one()
        yuying.tags = ["老旧"]
        _building("育英小区", "3").tags = ["无电梯"]
        _building("建设小区", "1").tags = ["无电梯"]
        put(BuildingGroup, name="育英小区大群", estate_id=yuying.id, active=True)
        for staff in session().scalars(select(Staff).where(Staff.number.in_(("K001", "K003")))):
            staff.teams = ["清雪队"]
        raise_version()
    return cast


def _building(estate: str, name: str) -> Building:
    query = select(Building).join(Estate).where(Estate.name == estate, Building.name == name)
    return session().scalars(query).one()


@pytest.mark.parametrize(
    ("audience", "people", "groups"),
    [
        ({"tags": ["无电梯"]}, {"王阿姨", "小陈"}, {"育英3号楼群"}),
        ({"tags": ["老旧"]}, {"王阿姨", "孙小雨"}, {"育英3号楼群", "育英小区大群"}),
        ({"tags": ["老旧", "无电梯"]}, {"王阿姨", "孙小雨", "小陈"}, {"育英3号楼群", "育英小区大群"}),
        ({"tags": ["无电梯"], "estates": ["育英小区"]}, {"王阿姨"}, {"育英3号楼群"}),
        ({"tags": ["无电梯"], "communities": ["建设社区"]}, {"小陈"}, set()),
        (
            {"tags": ["无电梯"], "units": [["育英小区", "3", "2"], ["育英小区", "5", "1"]]},
            {"王阿姨"},
            {"育英3号楼群"},
        ),
        ({"tags": ["老旧"], "units": [["育英小区", "5", "1"]]}, {"孙小雨"}, {"育英小区大群"}),
        ({"tags": ["老旧"], "roles": ["keeper"]}, {"李师傅", "马师傅"}, set()),
        ({"tags": ["老旧"], "roles": ["grid_worker"]}, {"孙网格员"}, set()),
        ({"teams": ["清雪队"]}, {"李师傅", "吴师傅"}, set()),
        ({"teams": ["清雪队"], "communities": ["育英社区"]}, {"李师傅"}, set()),
        ({"teams": ["清雪队"], "tags": ["无电梯"], "communities": ["建设社区"]}, {"吴师傅"}, set()),
        (
            {"teams": ["清雪队"], "roles": ["grid_worker"], "communities": ["育英社区"]},
            {"李师傅", "孙网格员"},
            set(),
        ),
    ],
)
def test_who_hears_it(
    db: Database, cast: Cast, audience: dict[str, Any], people: set[str], groups: set[str]
) -> None:
    with unit_of_work(db):
        reach = reach_of(Audience.of(audience), None)
        found = set(reach.people(0, 100))
        assert {one.name for one in vars(cast).values() if one.id in found} == people
        names = session().scalars(select(BuildingGroup.name).where(BuildingGroup.id.in_(reach.groups())))
        assert set(names) == groups


def test_a_tag_alone_means_those_of_the_community_whose_notice_it_is(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id, {"tags": ["无电梯"]}, community=1)
        reach = reach_of(Audience.of(notice.audience), notice.community_id)
        assert list(reach.people(0, 10)) == [cast.wang.id]


def test_a_desk_does_not_reach_another_community_by_a_team(db: Database, cast: Cast) -> None:
    with pytest.raises(NotAllowed) as refused, unit_of_work(db):
        a_notice(cast.zhao.id, {"teams": ["清雪队"], "communities": ["建设社区"]}, community=1)
    assert refused.value.code == "notice_not_yours"


@pytest.mark.parametrize(
    ("audience", "facts"),
    [
        ({"tags": ["无电梯", "有电梯"]}, {"tag": "有电梯"}),
        ({"tags": ["老旧"], "communities": ["建设社区"]}, {"tag": "老旧"}),
        ({"teams": ["清雪队", "除冰队"]}, {"team": "除冰队"}),
        ({"roles": ["keeper", "emperor"]}, {"word": "emperor"}),
    ],
)
def test_what_nobody_has_is_named(
    db: Database, cast: Cast, audience: dict[str, Any], facts: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work(db):
        reach_of(Audience.of(audience), None)
    assert refused.value.facts == facts
