"""The sheet itself: what stands on it, and that a code can be read from it."""

from pathlib import Path

import pytest
import qrcode
from qrcode.constants import ERROR_CORRECT_Q

from server.print import sheets
from server.print.fonts import font_file, font_name
from server.print.sheets import DoorSheet, Person, write_pdf, write_pictures

URL = "https://hemei.example.org/q/t7XMeeB9mdzbAR-BGBVY4Q"


def sheet(**other: object) -> DoorSheet:
    facts: dict[str, object] = {
        "url": URL,
        "mark": "t7XMee",
        "community": "育才社区",
        "estate": "育英小区",
        "building": "3",
        "unit": "2",
        "people": (Person("李卫东", "包保干部", "13800000001"), Person("王敏", "网格员", None)),
    }
    return DoorSheet(**(facts | other))  # type: ignore[arg-type]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Every text that a page draws, with its size."""
    said: list[tuple[str, float]] = []
    draw = sheets._Page._text

    def listen(page: sheets._Page, text: str, *more: float) -> None:
        said.append((text, more[2]))
        draw(page, text, *more)

    monkeypatch.setattr(sheets._Page, "_text", listen)
    return said


def test_a_page_says_where_how_and_who(tmp_path: Path, written: list[tuple[str, float]]) -> None:
    assert write_pdf([sheet()], tmp_path / "a.pdf", font_name(None)) == 1
    texts = [text for text, _ in written]
    for words in (
        "育英小区",
        "3号楼 2单元",
        "扫一扫",
        "说一句",
        "等点头",
        "包保干部　李卫东",
        "138 0000 0001",
    ):
        assert words in texts
    assert {"119", "110", "120", "122"} <= set(texts)
    assert any("育才社区" in text and "t7XMee" in text for text in texts)
    assert max(written, key=lambda one: one[1])[0] == "3号楼 2单元"


def test_without_anybody_the_community_answers(tmp_path: Path, written: list[tuple[str, float]]) -> None:
    write_pdf([sheet(people=(), unit="")], tmp_path / "a.pdf", font_name(None))
    texts = [text for text, _ in written]
    assert "育才社区" in texts
    assert "3号楼" in texts


@pytest.mark.skipif(font_file("") is None, reason="no Chinese font on this machine")
def test_a_font_of_the_machine_is_put_into_the_file(tmp_path: Path) -> None:
    write_pdf([sheet(estate="一个名字长得写不下的小区" * 4)], tmp_path / "a.pdf", font_name(font_file("")))
    assert b"FontFile2" in (tmp_path / "a.pdf").read_bytes()


def test_the_built_in_font_needs_no_file(tmp_path: Path) -> None:
    write_pdf([sheet()], tmp_path / "a.pdf", font_name(None))
    assert b"STSong-Light" in (tmp_path / "a.pdf").read_bytes()


def test_the_drawn_code_is_the_one_for_its_address(tmp_path: Path) -> None:
    """Every dark module of the picture, none more, with four light ones around."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=4)
    code.add_data(URL)
    code.make(fit=True)
    picture = sheets._picture(sheet(), None)
    modules = code.get_matrix()
    assert picture.width == len(modules) * 20
    seen = [
        [picture.getpixel((column * 20 + 10, row * 20 + 10)) == 0 for column in range(len(modules))]
        for row in range(len(modules))
    ]
    assert seen == modules


def test_doors_of_two_estates_with_one_name_are_two_pictures(tmp_path: Path) -> None:
    assert write_pictures([sheet(), sheet(url=URL + "2")], tmp_path / "p", None) == 2
    assert len(list((tmp_path / "p").iterdir())) == 2


def test_no_name_of_a_place_leaves_the_folder(tmp_path: Path) -> None:
    write_pictures([sheet(estate="../../x/y\x00")], tmp_path / "p", None)
    assert [path.parent for path in tmp_path.rglob("*.png")] == [tmp_path / "p"]


def test_a_page_is_small(tmp_path: Path) -> None:
    write_pdf([sheet(mark=str(n)) for n in range(20)], tmp_path / "a.pdf", font_name(None))
    assert (tmp_path / "a.pdf").stat().st_size < 20 * 12_000
