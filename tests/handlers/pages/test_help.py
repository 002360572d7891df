"""The help for staff (docs/zh): a section for every page of the menu, links and pictures that are there."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from cast import Cast, Someone
from hatchling.builders.wheel import WheelBuilder
from page_phone import Phone, body_of
from PIL import Image

from handlers.wording import manual
from handlers.words import labels

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "docs/zh"
MENU = [
    (page["path"], page["name"]) for section in labels("console")["sections"] for page in section["pages"]
]
LINKS = re.compile(r"\]\(([^)]+)\)")
LARGEST = 200 * 1000  # bytes, because it is read on telephones


def texts() -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.md"))}


def anchors(text: str) -> set[str]:
    return {manual.anchor(words) for words in re.findall(r"(?m)^#+ (.+)$", text)}


@pytest.mark.parametrize("name", [name for _, name in MENU])
def test_every_page_of_the_menu_has_its_section(name: str) -> None:
    assert name in manual.headings()
    [section] = [
        part.split("\n## ")[0]
        for text in texts().values()
        for part in re.findall(rf"(?ms)^## {re.escape(name)}$(.+)", text)
    ]
    assert "**先做**：" in section
    assert "**谁看得到**：" in section


def test_sections_stand_in_the_order_of_the_menu() -> None:
    known = [name for _, name in MENU]
    titles = [section["title"] for section in labels("console")["sections"]]
    order = re.findall(r"(?m)^  - \[(.+)\]\((.+)\)", texts()["README.md"])
    assert [title for title, _ in order] == titles
    found = [words for _, file in order for words in re.findall(r"(?m)^## (.+)$", texts()[file])]
    assert [words for words in found if words in known] == known


def test_no_two_sections_have_one_name() -> None:
    for name, text in texts().items():
        found = [manual.anchor(words) for words in re.findall(r"(?m)^#+ (.+)$", text)]
        assert len(found) == len(set(found)), name


def test_links_and_pictures_lead_somewhere_and_every_file_is_led_to() -> None:
    led = {"README.md"}
    for name, text in texts().items():
        for there in LINKS.findall(text):
            file, _, place = there.partition("#")
            assert (FOLDER / file).is_file(), f"{name}: {there}"
            assert not place or place in anchors(texts()[file]), f"{name}: {there}"
            led.add(file)
    there = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file()}
    assert there == led


def test_pictures_are_small() -> None:
    for file in (FOLDER / "images").iterdir():
        assert file.stat().st_size < LARGEST, file.name


def test_the_wheel_carries_it() -> None:
    builder = WheelBuilder(str(ROOT))
    packed = {Path(one.distribution_path).as_posix() for one in builder.recurse_included_files()}
    wanted = {
        f"templates/help/{file.relative_to(FOLDER).as_posix()}"
        for file in FOLDER.rglob("*")
        if file.is_file()
    }
    assert wanted
    assert wanted <= packed


def test_html_in_a_file_is_shown_as_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    words = "# T\n\n<script>x</script> <b>b</b>\n\n[x](javascript:x) [g](today.md#g) ![p](images/p.png)"
    (tmp_path / "odd.md").write_text(words, encoding="utf-8")
    monkeypatch.setattr(manual, "manual", lambda: tmp_path)
    monkeypatch.setattr(manual, "chapters", lambda: ("odd",))
    body = manual.chapter.__wrapped__("odd").body
    assert "<script" not in body
    assert "<b>" not in body
    assert 'href="javascript' not in body
    assert 'href="/console/help/today#g"' in body
    assert 'src="/console/help/images/p.png"' in body


Desk = Callable[[Someone], str]
sqlite = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@sqlite
def test_every_file_is_a_page_whose_links_and_pictures_open(phone: Phone, town: Cast, desk: Desk) -> None:
    phone.led(desk(town.li))
    opened: dict[str, str] = {}
    waiting = [manual.HELP]
    while waiting:
        path = waiting.pop()
        if path in opened:
            continue
        answer = phone.open(path)
        assert answer.status_code == 200, path
        if answer.mimetype == "image/png":
            Image.open(io.BytesIO(answer.data)).verify()
            opened[path] = ""
            continue
        opened[path] = answer.text
        body = body_of(answer.text)
        for there in re.findall(r'(?:href|src)="([^"]+)"', body):
            file, _, place = there.partition("#")
            waiting.append(file)
            if place:
                assert f'id="{unquote(place)}"' in phone.open(file).text, there
    pictures = {path for path in opened if path.endswith(".png")}
    assert len(opened) - len(pictures) == len(texts())
    assert len(pictures) == len(list((FOLDER / "images").iterdir()))


@sqlite
def test_each_page_leads_to_its_own_section(phone: Phone, town: Cast, desk: Desk) -> None:
    here = desk(town.zhao)
    assert 'href="/console/help/cases#楼栋图"' in phone.open(f"{here}/plan").text
    assert 'href="/console/help/today#等我办的"' in phone.open(here).text
    assert '<a class="tap" href="/console/help">' in phone.open(f"{here}/account").text


@sqlite
@pytest.mark.parametrize("path", ["", "/login", "/images/login.png"])
def test_it_is_for_staff(phone: Phone, path: str) -> None:
    answer = phone.open(f"/console/help{path}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/console/login?")


@sqlite
@pytest.mark.parametrize(
    "path", ["/nothing", "/..%2f..%2fREADME", "/images/nothing.png", "/images/..%2fp.png"]
)
def test_what_is_no_file_of_it_is_not_there(phone: Phone, town: Cast, desk: Desk, path: str) -> None:
    phone.led(desk(town.li))
    assert phone.open(f"/console/help{path}").status_code == 404
