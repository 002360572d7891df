"""到楼了: a keeper's visit, noted by one message."""

import pytest
from chat import Chat
from factories import spot
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import put, session
from models.duty.tables import Keeper
from models.grid.tables import KeeperVisit
from models.place.version import raise_version


def visits(chat: Chat) -> list[tuple[int, str]]:
    with chat.database.read():
        rows = session().execute(select(KeeperVisit.building_id, KeeperVisit.note).order_by(KeeperVisit.id))
        return [tuple(row) for row in rows]


def keeps_another(chat: Chat) -> None:
    def work() -> None:
        building = spot(building="5", unit=None).building_id
        put(Keeper, building_id=building, person_id=chat.cast.li.id, since=now())
        raise_version()

    chat.database.write(work)


@pytest.mark.parametrize("words", ["到楼了", "到楼了 3号楼", "到楼了，育英小区3号楼", "我到楼了 03号楼"])
def test_a_keeper_of_one_building_need_not_name_it(chat: Chat, words: str) -> None:
    assert "记下了，育英小区3号楼" in chat.says(chat.cast.li, words)
    assert "已经记过" in chat.says(chat.cast.li, words)
    assert [note for _, note in visits(chat)] == [""]


def test_words_behind_the_place_are_kept_as_a_note(chat: Chat) -> None:
    chat.says(chat.cast.li, "到楼了 3号楼 楼道有杂物")
    assert [note for _, note in visits(chat)] == ["楼道有杂物"]


def test_of_several_buildings_one_is_asked_for(chat: Chat) -> None:
    keeps_another(chat)
    reply = chat.says(chat.cast.li, "到楼了")
    assert "您包保的有育英小区3号楼、育英小区5号楼" in reply
    assert "育英小区5号楼" in reply
    assert "/chain/keepers" in reply
    assert visits(chat) == []
    assert "记下了，育英小区5号楼" in chat.says(chat.cast.li, "到楼了 5号楼")


def test_a_building_of_others_is_not_noted(chat: Chat) -> None:
    assert "不是您包保的" in chat.says(chat.cast.li, "到楼了 7号楼")
    assert visits(chat) == []


def test_whoever_keeps_nothing_is_understood_as_anybody(chat: Chat) -> None:
    for one in (chat.cast.zhao, chat.cast.wang):
        assert "记下了" not in chat.says(one, "到楼了 3号楼")
    chat.says(chat.cast.li, "到楼了没人开门")
    assert visits(chat) == []
