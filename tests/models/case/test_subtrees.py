"""Each holder sees the own subtree: two chains over two grids of one community, and neither sees the
other's."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from cast import Cast, Someone
from factories import a_case, spot
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import NotFound
from models.case import reach
from models.case.case import Case
from models.duty.tables import Absence, RungHolder
from models.person.arriving import Visitor
from models.place.tables import Building, Grid
from models.place.version import raise_version


@dataclass
class Chains:
    """马, 李 and 吴 stand over the grid of 3号楼 on the rungs 1, 2, 3; 周, 孙 and 吴 over that of 7号楼:
    网格总长 is one. A case at each house, offered to none of them."""

    first: Case
    second: Case
    over_first: tuple[Someone, ...]
    over_second: tuple[Someone, ...]


@pytest.fixture
def chains(cast: Cast) -> Chains:
    one = session().scalars(select(Grid)).one()
    other = put(Grid, name="育英二网格", community_id=one.community_id)
    session().scalars(select(Building).where(Building.name == "7")).one().grid_id = other
    session().flush()
    for rung, (here, there) in enumerate([(cast.ma, cast.zhou), (cast.li, cast.sun), (cast.wu, cast.wu)], 1):
        put(RungHolder, grid_id=one.id, rung=rung, person_id=here.id, since=now())
        put(RungHolder, grid_id=other, rung=rung, person_id=there.id, since=now())
    raise_version()
    first = a_case(reporter=cast.wang, at=spot(building="5", unit=None), text="5号楼道灯不亮")
    second = a_case(
        reporter=cast.sun_xiaoyu, at=spot(building="7", unit=None), category="noise", text="7号楼太吵"
    )
    return Chains(first, second, (cast.ma, cast.li, cast.wu), (cast.zhou, cast.sun, cast.wu))


def visitor(one: Someone) -> Visitor:
    return Visitor(one.id, "work", one.work or "", staff_name=one.name, roles=one.roles, community_id=None)


def sees(one: Someone, case: Case) -> bool:
    who = visitor(one)
    found = reach.maybe(case.number, who) is not None
    try:
        opened = reach.opened(case.id, who) is case
    except NotFound:
        opened = False
    listed = case.id in session().scalars(select(Case.id).where(reach.visible_to(who))).all()
    assert found == opened == listed
    return found


def test_every_door_shows_a_holder_the_own_grids_and_no_other(cast: Cast, chains: Chains) -> None:
    everybody = {one.name: one for one in (*chains.over_first, *chains.over_second)}
    assert {name for name, one in everybody.items() if sees(one, chains.second)} == {
        one.name for one in chains.over_second
    }
    # 孙 was offered the first as its grid worker, that is why she sees it
    assert {name for name, one in everybody.items() if sees(one, chains.first)} == {
        one.name for one in (*chains.over_first, cast.sun)
    }


def test_a_grid_worker_sees_what_was_offered_and_no_more(cast: Cast, chains: Chains) -> None:
    keepers = a_case(reporter=cast.wang, at=spot(building="3", unit=None))
    assert not sees(cast.sun, keepers)
    assert sees(cast.ma, keepers)


def test_a_deputy_sees_the_subtree_as_long_as_the_leave_lasts(cast: Cast, chains: Chains) -> None:
    assert not sees(cast.zhou, chains.first)
    leave = put(
        Absence,
        person_id=cast.ma.id,
        deputy_id=cast.zhou.id,
        since=now() - timedelta(days=1),
        reason="年假",
    )
    raise_version()
    assert sees(cast.zhou, chains.first)
    assert sees(cast.ma, chains.first)
    session().get_one(Absence, leave).until = now()
    raise_version()
    assert not sees(cast.zhou, chains.first)


def test_a_term_that_is_over_shows_nothing_any_more(cast: Cast, chains: Chains) -> None:
    for term in session().scalars(select(RungHolder).where(RungHolder.person_id == cast.li.id)):
        term.until = now()
    raise_version()
    assert not sees(cast.li, chains.first)


def test_who_has_left_the_post_sees_nothing(cast: Cast, chains: Chains) -> None:
    gone = Visitor(cast.li.id, "work", "li")
    assert reach.maybe(chains.first.number, gone) is None


def test_no_verb_of_the_other_chain_gets_through(cast: Cast, chains: Chains) -> None:
    for one in set(chains.over_second) - set(chains.over_first) - {cast.sun}:
        with pytest.raises(NotFound):
            reach.find(chains.first.number, visitor(one), hold=True)
