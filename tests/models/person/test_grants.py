"""Posts on parts of the town: pure arithmetic, and the clock."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_case, a_town, spot, unit_of_work
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import put, session
from models.case import reach
from models.case.case import Case
from models.duty.answering import desk_of
from models.duty.overseeing import decides, decides_on, deciding_here, oversees, speaks_for
from models.person.arriving import Visitor, visitor_of
from models.person.grants import Held, over, parts, roles_at, written
from models.person.tables import Grant, Staff
from models.place.tables import Community, Estate, Grid
from models.place.version import raise_version
from server.database import Database

DESK = frozenset({"community"})


def test_of_several_posts_each_keeps_to_its_part() -> None:
    posts = (*written(["keeper", "community"], 1), Held("supervisor", frozenset({2, 3})))
    assert over(posts, DESK) == {1}
    assert over(posts, DESK | {"supervisor"}) == {1, 2, 3}
    assert over((*posts, Held("community", None)), DESK) is None
    assert roles_at(posts, 1) == ("keeper", "community")
    assert roles_at(posts, 2) == ("keeper", "supervisor")
    assert roles_at(posts, None) == ("keeper",)


def test_what_may_be_looked_at() -> None:
    assert parts(written(["street"], None)) == [None]
    assert parts((*written(["keeper"], None), Held("community", frozenset({7, 3})))) == [3, 7]
    assert parts(written(["keeper"], 4)) == []
    assert parts((Held("community", frozenset(), estate_id=1),)) == []


def test_a_post_on_a_piece_is_about_no_community() -> None:
    one = Held("community", frozenset(), estate_id=5)
    assert not one.watches(1)
    assert not one.watches(None)
    assert not one.covers(1)
    assert one.is_about(5, None)
    assert not one.is_about(6, None)
    assert not Held("community", frozenset(), grid_id=5).is_about(5, None)


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    with unit_of_work(db):
        yield a_town()


def community(name: str) -> int:
    return session().scalars(select(Community.id).where(Community.name == name)).one()


def granted(one: Someone, role: str, days: int | None = None, **part: object) -> None:
    at = now()
    until = at + timedelta(days=days) if days is not None else None
    put(Grant, person_id=one.id, role=role, since=at, until=until, reason="r", at=at, **part)
    raise_version()


def seen_by(one: Someone) -> set[int]:
    visitor = visitor_of(one.id, "work")
    assert visitor is not None
    return set(session().scalars(select(Case.id).where(reach.visible_to(visitor))))


def looking(one: Someone) -> Visitor:
    visitor = visitor_of(one.id, "work")
    assert visitor is not None
    return visitor


def test_a_post_counts_from_its_first_moment_to_its_last(cast: Cast) -> None:
    mine, far = community("建设社区"), a_case(reporter=cast.wang, at=spot("建设小区", "1", "1")).id
    assert not oversees(cast.zhao.id, mine)
    granted(cast.zhao, "community", days=10, community_id=mine)
    assert decides(cast.zhao.id, mine)
    assert speaks_for(cast.zhao.id, mine)
    assert not speaks_for(cast.zhao.id, None)
    assert far in seen_by(cast.zhao)
    assert cast.zhao.id in deciding_here(mine)
    assert cast.zhao.id in [one.person_id for one in desk_of(mine)]
    assert looking(cast.zhao).looks_at() == sorted([community("育英社区"), mine])
    with time_machine.travel(now() + timedelta(days=10, seconds=1), tick=False):
        session().info.pop("town", None)
        assert not oversees(cast.zhao.id, mine)
        assert far not in seen_by(cast.zhao)
        assert cast.zhao.id not in [one.person_id for one in desk_of(mine)]
        assert looking(cast.zhao).posts == ()


def test_a_supervisor_elsewhere_decides_nothing_there(cast: Cast) -> None:
    there = community("建设社区")
    granted(cast.zhao, "supervisor", community_id=there)
    assert oversees(cast.zhao.id, there)
    assert not decides(cast.zhao.id, there)
    visitor = looking(cast.zhao)
    assert visitor.roles == ("community",)
    assert visitor.looking_at(there).roles == ("supervisor",)
    assert visitor.looking_at(there).community_id == there
    assert visitor.looking_at(None) == visitor.looking_at(99) == visitor


def test_a_street_is_all_of_its_communities_and_no_other(cast: Cast) -> None:
    other = put(Community, name="远方社区", street="别的街道", district="北林区")
    granted(cast.wu, "street", district="北林区", street="东兴街道")
    assert decides(cast.wu.id, community("育英社区"))
    assert not oversees(cast.wu.id, other)
    granted(cast.ma, "supervisor", district="北林区")
    assert oversees(cast.ma.id, other)


def test_a_grid_or_an_estate_is_its_cases_and_nothing_else(cast: Cast) -> None:
    here, far = a_case(reporter=cast.wang), a_case(reporter=cast.wang, at=spot("建设小区", "1", "1"))
    nowhere = a_case(reporter=cast.wang, at=spot("没有的小区", None, None))
    granted(cast.wu, "community", grid_id=session().scalars(select(Grid.id)).one())
    estate = session().scalars(select(Estate.id).where(Estate.name == "建设小区")).one()
    granted(cast.zhou, "supervisor", estate_id=estate)
    assert seen_by(cast.wu) == {here.id, *offered_to(cast.wu)}
    assert decides_on(cast.wu.id, here)
    assert not decides_on(cast.wu.id, nowhere)
    assert not oversees(cast.wu.id, community("育英社区"))
    assert far.id in seen_by(cast.zhou)
    assert not decides_on(cast.zhou.id, far)
    assert looking(cast.wu).roles == cast.wu.roles  # a piece opens no page of a community


def offered_to(one: Someone) -> set[int]:
    return {case.id for case in reach.offered_to(one.id)}


def test_who_has_left_has_no_post_at_all(cast: Cast) -> None:
    granted(cast.zhao, "admin")
    assert decides(cast.zhao.id, None)
    staff = session().scalars(select(Staff).where(Staff.person_id == cast.zhao.id)).one()
    staff.active = False
    raise_version()
    assert not decides(cast.zhao.id, community("育英社区"))
    assert looking(cast.zhao).posts == ()
