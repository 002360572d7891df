"""/board/<community>: what everybody reads, and that nothing there is anybody's own (X05, X06)."""

import gzip
import re

import pytest
from board_town import SECRETS, Lobby, a_lobby
from cast import Cast
from page_phone import Phone
from sqlalchemy import event, update

from models.base.orm import session
from models.case.case import Case
from models.media.files import Files
from models.media.item import Item
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def lobby(db: Database, config: Config) -> Lobby:
    return db.write(a_lobby, Files(config.storage.dir), 60)


@pytest.fixture
def crowded(db: Database, config: Config) -> Lobby:
    return db.write(a_lobby, Files(config.storage.dir), 1000)


def every_page(phone: Phone, lobby: Lobby) -> list[str]:
    base = f"/board/{lobby.community}"
    pages = [phone.open(f"{base}{rest}") for rest in ("", "/who", "/screen", "/screen?door=door-3-2")]
    assert [page.status_code for page in pages] == [200] * 4
    return [page.text for page in pages]


def test_of_a_thousand_planted_cases_nothing_is_on_the_board(crowded: Lobby, phone: Phone):
    for page in every_page(phone, crowded):
        plain = re.sub(r"data:image/png;base64,[^\"]+", "", page)
        assert [one for one in SECRETS if one in plain] == []
        assert crowded.cast.wang.name not in plain


def test_what_is_between_people_is_counted_and_not_shown(lobby: Lobby, phone: Phone):
    page = phone.open(f"/board/{lobby.community}").text
    for label in ("邻里纠纷", "噪音扰民", "物业费", "治安", "便民帮办"):
        assert label not in page
    assert "照明" in page


def test_a_building_of_two_homes_is_not_named(lobby: Lobby, phone: Phone):
    lines = "".join(
        re.findall(r'<ul class="lines">.*?</ul>', phone.open(f"/board/{lobby.community}").text, re.S)
    )
    assert "育英小区3号楼" in lines
    assert "育英小区7号楼" not in lines


def test_it_is_found_by_number_and_by_name_and_nothing_else_is_there(lobby: Lobby, phone: Phone):
    assert phone.open(f"/board/{lobby.community}").status_code == 200
    assert phone.open("/board/育英社区").status_code == 200
    for wrong in ("0", f"0{lobby.community}", "999999", "99999999999999999999", "没有的社区", "-1", "%00"):
        for rest in ("", "/who", "/screen", "/sheet.pdf", "/photo/x"):
            assert phone.open(f"/board/{wrong}{rest}").status_code == 404, wrong + rest


def test_a_photo_is_there_once_it_was_cleared_and_gone_when_it_was_taken_down(
    lobby: Lobby, phone: Phone, db: Database
):
    base = f"/board/{lobby.community}"
    page = phone.open(base).text
    for public in lobby.shown:
        assert f"{base}/photo/{public}" in page
        assert phone.open(f"{base}/photo/{public}").content_type == "image/jpeg"
    for public in lobby.hidden:
        assert public not in page
        assert phone.open(f"{base}/photo/{public}").status_code == 404
    db.write(_taken_down, lobby.shown[0])
    assert phone.open(f"{base}/photo/{lobby.shown[0]}").status_code == 404


def _taken_down(public: str) -> None:
    session().execute(update(Item).where(Item.public_id == public).values(cleared_at=None, cleared_by=None))


def test_a_photo_of_another_community_or_of_a_case_that_came_back_is_not_there(
    lobby: Lobby, phone: Phone, db: Database
):
    public = lobby.shown[0]
    other = lobby.community + 1
    assert phone.open(f"/board/{other}").status_code == 200
    assert phone.open(f"/board/{other}/photo/{public}").status_code == 404
    db.write(_reopened, public)
    assert phone.open(f"/board/{lobby.community}/photo/{public}").status_code == 404


def _reopened(public: str) -> None:
    case = session().query(Item).filter_by(public_id=public).one().about_id
    session().execute(update(Case).where(Case.id == case).values(state="handling", closed_at=None))


def test_who_answers_stands_there_with_the_published_telephone_only(lobby: Lobby, phone: Phone):
    page = phone.open(f"/board/{lobby.community}/who").text
    assert "李师傅" in page
    assert "包保干部" in page
    assert "孙网格员" in page
    assert "1390000000" not in page  # their own


def test_it_is_sent_packed_once_and_not_again(lobby: Lobby, phone: Phone):
    path = f"/board/{lobby.community}"
    packed = phone.client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data).decode() == phone.open(path).text
    etag = packed.headers["ETag"]
    again = phone.client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert "max-age=60" in again.headers["Cache-Control"]
    assert len(packed.data) < 40_000
    assert len(phone.open(path).data) < 150_000


def test_it_asks_the_database_once_a_minute(lobby: Lobby, phone: Phone, db: Database):
    path, asked = f"/board/{lobby.community}", []

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        phone.open(path)
        first = len(asked)
        for rest in ("", "/who", "", "/screen"):
            phone.open(path + rest)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert 0 < first <= 60
    assert len(asked) == first


def test_the_screen_turns_without_a_script_and_knows_its_door(lobby: Lobby, phone: Phone):
    base = f"/board/{lobby.community}/screen"
    page = phone.open(f"{base}?turn=1&door=door-3-2").text
    assert f'content="20;url={base}?turn=2&amp;door=door-3-2"' in page or "turn=2&door=door-3-2" in page
    assert "扫码报事" in page
    assert page.count('class="part now"') == 1
    assert "扫码报事" not in phone.open(f"{base}?door=nothing").text
    for strange in ("-1", "x", "9" * 30, "٣"):
        assert phone.open(f"{base}?turn={strange}").status_code == 200


def test_the_sheet_is_one_page_of_paper(lobby: Lobby, phone: Phone):
    answer = phone.open(f"/board/{lobby.community}/sheet.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.data.count(b"/Type /Page\n") == 1


def test_an_empty_community_has_a_board_too(town: Cast, phone: Phone, db: Database):
    page = phone.open("/board/建设社区")
    assert page.status_code == 200
    assert "没有在等的" in page.text
    assert phone.open("/board/建设社区/screen").status_code == 200
