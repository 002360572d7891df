"""/console/board: where the board hangs, and which photos somebody has to look at."""

from collections.abc import Callable

import pytest
from board_town import Lobby, a_lobby
from cast import Someone
from page_phone import Phone

from models.board.photos import to_look_at
from models.media.files import Files
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]


@pytest.fixture
def lobby(db: Database, config: Config) -> Lobby:
    return db.write(a_lobby, Files(config.storage.dir), 20)


def test_the_desk_finds_board_screen_sheet_and_the_photos_that_wait(lobby: Lobby, phone: Phone, desk: Desk):
    page = phone.open(f"{desk(lobby.cast.zhao)}/board").text
    for path in ("/board/1", "/board/1/sheet.pdf"):
        assert f'href="{path}"' in page
    assert 'value="door-3-2"' in page
    assert "1张照片" in page
    assert phone.open("/board/1/screen?door=").status_code == 200


def test_a_photo_that_is_up_or_of_a_quarrel_waits_for_nobody(lobby: Lobby, phone: Phone, db: Database):
    with db.read():
        waiting = to_look_at(lobby.community)
    assert [(one.line.category, one.photos) for one in waiting] == [("lighting", 1)]


def test_only_who_decides_there_comes_in(lobby: Lobby, phone: Phone, desk: Desk):
    cast = lobby.cast
    for someone in (cast.li, cast.sun, cast.zhou):
        assert phone.open(f"{desk(someone)}/board").status_code == 404
    assert "建设社区公示栏" in phone.open(f"{desk(cast.qian)}/board?community=1").text
    assert "建设社区公示栏" in phone.open(f"{desk(cast.leader)}/board?community=2").text
    assert "育英社区公示栏" in phone.open(f"{desk(cast.leader)}/board?community=99").text
