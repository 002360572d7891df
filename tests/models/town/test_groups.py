"""A chat of the platform becomes a building's group as a row of the workbook would make it one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from cast import Cast
from factories import a_town
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.history import steps_about
from models.outbox.address import Address, add_address, addresses_of
from models.outbox.budget import Allowance, GroupDay
from models.place import join_ways
from models.place.customer_groups import CustomerGroup
from models.place.tables import BuildingGroup, Estate
from models.town import exporting, groups, parse, registry, take
from models.town.workbook import Workbook
from server.database import Database

AT = datetime(2026, 3, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


def a_chat(
    db: Database, chat: str = "wr-1", name: str = "育英5号楼群", owner: str = "li", **more: Any
) -> str:
    values = {"status": 0, "members": 12, "read_at": AT, "read_again": False, **more}
    db.write(lambda: put(CustomerGroup, chat_id=chat, name=name, owner_userid=owner, **values))
    return chat


def estate(db: Database, name: str = "育英小区") -> int:
    with db.read() as current:
        return current.scalars(select(Estate.id).where(Estate.name == name)).one()


def bound(db: Database, town: Cast, chat: str = "wr-1", building: str | None = "5") -> int:
    home = estate(db)
    return db.write(lambda: groups.bind(chat, home, building, By.staff(town.zhao.id)).id)


def rows(db: Database) -> list[list[Any]]:
    with db.read():
        return dict(exporting.export().sheets)["群"]


def test_binding_is_a_row_of_the_workbook(db: Database, town: Cast) -> None:
    a_chat(db)
    key = bound(db, town)
    assert rows(db)[-1][:6] == ["育英5号楼群", "育英小区", "5", "企业微信客户群", "wr-1", "K001"]
    with db.read():
        before = exporting.export()
    with db.read():
        assert [step.what for step in steps_about("group", key)] == ["bound"]
    db.write(take, parse(Workbook([sheet for sheet in before.sheets if len(sheet[1]) > 1])))
    with db.read():
        assert exporting.export().sheets == before.sheets


def test_a_group_of_that_name_and_place_that_nobody_could_reach_is_the_one(db: Database, town: Cast) -> None:
    a_chat(db, name="育英3号楼群")
    with db.read() as current:
        by_hand = current.scalars(select(BuildingGroup.id).where(BuildingGroup.name == "育英3号楼群")).one()
    assert bound(db, town, building="3") == by_hand
    with db.read() as current:
        assert current.get_one(BuildingGroup, by_hand).owner_id == town.li.id


def test_a_name_that_another_group_has_gets_a_number(db: Database, town: Cast) -> None:
    a_chat(db, name="育英3号楼群")
    a_chat(db, "wr-2", "育英3号楼群")
    a_chat(db, "wr-3", "")
    names = []
    for chat, building in (("wr-1", "5"), ("wr-2", "3"), ("wr-3", None)):
        key = bound(db, town, chat, building)
        with db.read() as current:
            names.append(current.get_one(BuildingGroup, key).name)
    assert names == ["育英3号楼群 2", "育英3号楼群", "育英小区客户群"]


def test_a_building_may_have_several_and_a_chat_moves_between_buildings(db: Database, town: Cast) -> None:
    a_chat(db)
    a_chat(db, "wr-2", "育英5号楼二群")
    first, second = bound(db, town), bound(db, town, "wr-2")
    assert first != second
    assert bound(db, town, building="7") == first
    with db.read() as current:
        assert current.get_one(BuildingGroup, first).building.name == "7"  # type: ignore[union-attr]
        assert current.get_one(BuildingGroup, second).building.name == "5"  # type: ignore[union-attr]
        assert len(current.scalars(select(Address).where(Address.value == "wr-1")).all()) == 1


def test_what_is_unbound_is_used_no_more_and_can_be_bound_again(db: Database, town: Cast) -> None:
    a_chat(db)
    key = bound(db, town)
    db.write(groups.want_code, key, By.staff(town.zhao.id))
    db.write(groups.unbind, "wr-1", By.staff(town.zhao.id))
    with db.read() as current:
        assert not current.get_one(BuildingGroup, key).active
        assert [(one.channel, one.value) for one in addresses_of("group", key)] == [("hand", "")]
        assert join_ways.way_of(key) is None
    with pytest.raises(NotFound):
        db.write(groups.unbind, "wr-1", By.staff(town.zhao.id))
    assert bound(db, town, building="7") == key
    with db.read() as current:
        assert current.get_one(BuildingGroup, key).active
        assert [step.what for step in steps_about("group", key)] == [
            "bound",
            "code_wanted",
            "unbound",
            "bound",
        ]


def test_a_desk_binds_its_own_chats_to_its_own_houses(db: Database, town: Cast) -> None:
    a_chat(db, owner="zhao")
    mine, theirs = estate(db), estate(db, "建设小区")
    with pytest.raises(NotAllowed):
        db.write(groups.bind, "wr-1", theirs, "1", By.staff(town.zhao.id))
    for stranger in (town.qian, town.li, town.wang):
        with pytest.raises((NotFound, NotAllowed)):
            db.write(groups.bind, "wr-1", mine, "5", By.staff(stranger.id))
    key = bound(db, town)
    with pytest.raises(NotFound):
        db.write(groups.unbind, "wr-1", By.staff(town.qian.id))
    with pytest.raises(NotAllowed):
        db.write(groups.want_code, key, By.staff(town.qian.id))


@pytest.mark.parametrize(
    ("chat", "building", "refused"),
    [("wr-0", "5", NotFound), ("wr-1", "99", Invalid)],
)
def test_what_is_not_there_cannot_be_bound(
    db: Database, town: Cast, chat: str, building: str, refused: type[Exception]
) -> None:
    a_chat(db)
    before = rows(db)
    with pytest.raises(refused):
        bound(db, town, chat, building)
    assert rows(db) == before


def test_only_a_customer_group_has_a_code(db: Database, town: Cast) -> None:
    with db.read() as current:
        by_hand = current.scalars(select(BuildingGroup.id)).first()
    with pytest.raises(Invalid):
        db.write(groups.want_code, by_hand, By.staff(town.zhao.id))


# the list


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("育英5号楼群", ("育英小区", "5")),
        ("育英小区三号楼邻里群", ("育英小区", "3")),
        ("建设1号楼", ("建设小区", "1")),
        ("育英业主大群", ("育英小区", None)),
        ("广场舞", (None, None)),
        ("", (None, None)),
        ("🏠😀", (None, None)),
    ],
)
def test_the_name_of_a_chat_says_where_it_belongs(
    db: Database, town: Cast, name: str, place: tuple[str | None, str | None]
) -> None:
    a_chat(db, name=name)
    with db.read():
        (one,) = registry.unbound(None)
        spot = one.suggestion()
        assert (spot.estate if spot.estate_id else None, spot.building if spot.building_id else None) == place


def test_a_desk_sees_the_chats_of_its_staff_of_its_houses_and_of_nobody(db: Database, town: Cast) -> None:
    a_chat(db, owner="zhao")
    a_chat(db, "wr-2", "没人认得的", owner="nobody")
    a_chat(db, "wr-5", "建设1号楼", owner="nobody")
    a_chat(db, "wr-3", "刚发现的", read_at=None)
    a_chat(db, "wr-4", "散了的", gone_at=AT)
    with db.read() as current:
        here, there = (current.scalars(select(Estate.community_id)).all())[:2]
        assert {one.chat_id for one in registry.unbound(here)} == {"wr-1", "wr-2"}
        assert {one.chat_id for one in registry.unbound(there)} == {"wr-2", "wr-5"}


def test_what_must_be_done_comes_first(db: Database, town: Cast) -> None:
    for number, more in enumerate(({"members": 180}, {"status": 1}, {"gone_at": AT}, {"members": 100})):
        chat = a_chat(db, f"wr-{number}", f"育英{number}群", **more)
        bound(db, town, chat)
    with db.read():
        found = registry.troubled(None, AT, 200)
        assert [(one.value, one.is_nearly_full(200), one.owner_left, one.gone) for one in found] == [
            ("wr-0", True, False, False), ("wr-1", False, True, False), ("wr-2", False, False, True),
        ]  # fmt: skip
        assert registry.waiting(None, AT, 200) == 3
        assert registry.waiting(None, AT, 100) == 4


def test_the_numbers_of_today(db: Database, town: Cast) -> None:
    for number in range(3):
        bound(db, town, a_chat(db, f"wr-{number}", f"育英{number}群"))

    def used() -> None:
        put(GroupDay, chat_id="wr-0", day=AT.date(), used=1)
        for day in range(1, 21):
            put(GroupDay, chat_id="wr-1", day=AT.date().replace(day=day), used=1)
        robot = put(BuildingGroup, name="机器人群", estate_id=session().scalars(select(Estate.id)).first())
        add_address("group", robot, "robot", "key")

    db.write(used)
    with db.read():
        assert registry.totals(None, Allowance(reserve=11), AT) == (3, 2, 1, 1)
        listed = {one.name: one for one in registry.registered(None, AT)}
        assert listed["育英0群"].used == (1, 1)
        assert listed["机器人群"].value == ""
        assert str(listed["育英1群"].last_at)[:10] == "2026-03-20"
        assert [one.name for one in registry.registered(None, AT, said="机器%")] == []
        assert [one.name for one in registry.registered(None, AT, said="机器")] == ["机器人群"]
