"""A whole board at once, on both databases."""

from pathlib import Path

import pytest
from board_town import a_lobby
from factories import a_town, unit_of_work
from whistle_town import a_whistle, departments

from models.base.orm import session
from models.base.refusals import NotAllowed
from models.board import photos
from models.board.board import board_of
from models.board.cases import what_waits
from models.case.case import Case
from models.media.files import Files
from server.database import Database


def test_everything_of_a_community_is_on_it(db: Database, tmp_path: Path):
    with unit_of_work(db):
        lobby = a_lobby(Files(tmp_path), 40)
        board = board_of("育英社区")
    assert board.where.id == lobby.community
    assert [(one.before, one.after) for one in board.pictured] == [((lobby.shown[0],), (lobby.shown[1],))]
    assert board.pictured[0].line.building == "3"
    assert board.counts.waiting >= len([one for one in board.waiting if one.state in ("filed", "dispatched")])
    assert [one.name for one in board.desk] == ["赵主任"]
    assert board.running is not None


def test_only_who_decides_there_clears_a_photo(db: Database, tmp_path: Path):
    with unit_of_work(db):
        lobby = a_lobby(Files(tmp_path), 1)
        item = photos.public_photo(lobby.shown[0], lobby.community)
        assert item is not None
        case = session().get_one(Case, item.about_id)
        for someone in (lobby.cast.li, lobby.cast.wang, lobby.cast.qian):
            assert photos.to_clear(case, someone.id) == []
            with pytest.raises(NotAllowed):
                photos.clear(case, someone.id, lobby.shown[0], shown=False)
        assert photos.clear(case, lobby.cast.leader.id, lobby.shown[0], shown=False)
        assert photos.public_photo(lobby.shown[0], lobby.community) is None


def test_a_department_that_was_called_is_why_it_waits(db: Database):
    with unit_of_work(db):
        town = a_town()
        lead, _ = departments(town)
        whistle = a_whistle(town, lead)
        session().flush()
        (line,) = what_waits(1)
        assert (line.why, bool(line.department)) == ("called", True)
        assert whistle is not None
