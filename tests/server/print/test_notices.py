"""Sheets of a notice: everything stands on one page, and the words stand in the file once."""

import time
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from handlers.pages.notice.groups import GroupSheet
from server.print import notices
from server.print.fonts import BUILT_IN, chosen_font, font_name


def a_sheet(group: str = "育英3号楼群", **said: Any) -> GroupSheet:
    given: dict[str, Any] = {
        "group": group,
        "title": "周二停水",
        "body": "周二早八点到下午五点换水管。\n\n请各家：\n- 提前存水\n- 关好龙头",
        "signed": "育英社区居委会",
        "kind": "ordinary",
        "url": f"https://hemei.example/q/{group}",
        "corrects": False,
        **said,
    }
    return GroupSheet(**given)


@pytest.fixture
def font() -> str:
    return font_name(None)


def test_a_page_for_each_group(font: str) -> None:
    made = notices.pdf([a_sheet(f"{number}号楼群") for number in range(3)], font)
    assert made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") == 3
    assert made.count(b"/Subtype /Form") == 1  # the words of all three


def test_the_longest_notice_stands_above_the_code(font: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lowest: list[float] = []
    drawn = notices.Paragraph.drawOn

    def watched(self: notices.Paragraph, canvas: Canvas, x: float, y: float) -> None:
        lowest.append(y)
        drawn(self, canvas, x, y)

    monkeypatch.setattr(notices.Paragraph, "drawOn", watched)
    for body in ("停水" * 1000, "\n".join(["停水的楼"] * 60), "短"):
        lowest.clear()
        notices.pdf([a_sheet(title="关于全小区更换供水主管道的通知" * 4, body=body)], font)
        assert min(lowest) >= notices._BOTTOM - 1


def test_signs_of_a_page_language_are_words_like_any_other(font: str) -> None:
    assert notices.pdf([a_sheet(title="<b>停&水</i>", body="<para> & <img src='x'/>")], font)


@pytest.mark.parametrize("kind", ["ordinary", "urgent"])
def test_a_correction_says_so(font: str, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    said: list[str] = []
    monkeypatch.setattr(Canvas, "drawCentredString", lambda *given, **_: said.append(given[3]))
    for corrects in (True, False):
        notices.pdf([a_sheet(kind=kind, corrects=corrects)], font)
    assert [words for words in said if words == "更正"] == ["更正"]


def test_pressing_notices_say_so(font: str) -> None:
    urgent, plain = (notices.pdf([a_sheet(kind=kind)], font) for kind in ("urgent", "ordinary"))
    assert urgent != plain


def test_a_font_that_cannot_be_used_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "bad.ttf").write_bytes(b"no font")
    assert chosen_font(str(tmp_path / "bad.ttf")) == BUILT_IN


def test_a_citys_groups_are_printed_in_some_seconds(font: str) -> None:
    began = time.thread_time()
    made = notices.pdf([a_sheet(f"{number}号楼群") for number in range(200)], font)
    assert time.thread_time() - began < 20
    assert len(made) < 2_000_000
