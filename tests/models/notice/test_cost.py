"""What a notice costs in groups: slots of the day, taps of owners, hands."""

from datetime import UTC, datetime

import pytest
from cast import Cast
from factories import a_town
from sqlalchemy import select

from models.base.orm import put, session
from models.notice.cost import Cost, cost
from models.notice.tables import Kind
from models.outbox.address import Address, add_address
from models.outbox.budget import Allowance, GroupDay
from models.place.tables import BuildingGroup, Estate
from server.database import Database

AT = datetime(2026, 3, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def groups(db: Database) -> list[int]:
    """Three chats of two owners, one with nobody who can tap, a robot, and one for hands."""

    def work(cast: Cast) -> list[int]:
        estate = session().scalars(select(Estate.id)).first()
        found = []
        for number, owner in enumerate((cast.li, cast.li, cast.ma, None)):
            group = put(
                BuildingGroup, name=f"群{number}", estate_id=estate, owner_id=owner.id if owner else None
            )
            add_address("group", group, "customer_group", f"wr-{number}")
            found.append(group)
        robot = put(BuildingGroup, name="机器人", estate_id=estate)
        add_address("group", robot, "robot", "key")
        return [*found, robot, put(BuildingGroup, name="人工", estate_id=estate)]

    return db.write(lambda: work(a_town()))


def costs(db: Database, groups: list[int], kind: Kind, allowance: Allowance = Allowance()) -> Cost:
    with db.read():
        return cost(groups, kind, allowance, AT)


@pytest.mark.parametrize("kind", Kind)
def test_a_fresh_day(db: Database, groups: list[int], kind: Kind) -> None:
    assert costs(db, groups, kind) == Cost(robots=1, slots=3, owners=2, used_up=0, by_hand=2)


def test_nobody_is_asked_where_no_group_hears_it(db: Database, groups: list[int]) -> None:
    assert costs(db, [], Kind.URGENT) == Cost(0, 0, 0, 0, 0)


def test_a_used_slot_costs_an_owner_less_and_the_reserve_is_for_what_is_urgent(
    db: Database, groups: list[int]
) -> None:
    def use() -> None:
        put(GroupDay, chat_id="wr-2", day=AT.date(), used=1)
        for day in range(1, 23):
            put(GroupDay, chat_id="wr-0", day=AT.date().replace(day=day), used=1)

    db.write(use)
    thrifty = Allowance(reserve=9)
    assert costs(db, groups, Kind.URGENT, thrifty) == Cost(1, 2, 1, 1, 2)
    assert costs(db, groups, Kind.ORDINARY, thrifty) == Cost(1, 1, 1, 2, 2)


def test_a_dismissed_chat_is_for_hands(db: Database, groups: list[int]) -> None:
    def dismiss() -> None:
        session().scalars(select(Address).where(Address.value == "wr-2")).one().dead_reason = "group_gone"

    db.write(dismiss)
    assert costs(db, groups, Kind.URGENT) == Cost(1, 2, 1, 0, 3)
