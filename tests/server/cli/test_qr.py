"""hemei qr, as an operator types it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image
from town_workbooks import bring_in, small_town

from models.place.doors import scanned
from server.cli import hemei
from server.database import Database

Run = Callable[..., Result]


@pytest.fixture
def run(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEMEI__DATABASE__URL", db.url.render_as_string(hide_password=False))
    monkeypatch.setenv("HEMEI__SERVER__SECRET_KEY", "a secret key for tests, at least thirty-two characters")
    monkeypatch.setenv("HEMEI__SERVER__BASE_URL", "https://hemei.example.org")
    return lambda *arguments: CliRunner().invoke(hemei, list(map(str, arguments)))


def doors(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_page_for_each_unit_door(run: Run, db: Database, tmp_path: Path) -> None:
    bring_in(db, small_town())
    made = doors(run("qr", "doors.pdf", "--json"))
    assert [(door["building"], door["unit"]) for door in made] == [
        ("3", "1"), ("3", "2"), ("4", "1"), ("4", "2"), ("5", None),
    ]  # fmt: skip
    pdf = (tmp_path / "doors.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 5


def test_the_printed_address_opens_its_door_until_it_is_replaced(run: Run, db: Database) -> None:
    bring_in(db, small_town())
    old = doors(run("qr", "doors.pdf", "--json", "--building", "3"))
    assert doors(run("qr", "doors.pdf", "--json", "--building", "3")) == old
    code = old[1]["url"].removeprefix("https://hemei.example.org/q/")
    door = db.write(scanned, code)
    assert door is not None
    assert door.unit_name == "2"
    new = doors(run("qr", "doors.pdf", "--json", "--building", "03", "--estate", "育英小区", "--new"))
    assert not {door["url"] for door in old} & {door["url"] for door in new}
    assert db.write(scanned, code) is None


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_one_lost_sticker_is_replaced_alone(run: Run, db: Database) -> None:
    bring_in(db, small_town())
    old = doors(run("qr", "doors.pdf", "--json"))
    doors(run("qr", "doors.pdf", "--json", "--building", "3", "--unit", "2", "--new"))
    now = doors(run("qr", "doors.pdf", "--json"))
    assert [before["url"] == after["url"] for before, after in zip(old, now, strict=True)] == [
        True, False, True, True, True,
    ]  # fmt: skip
    assert "没有“9”单元" in run("qr", "doors.pdf", "--unit", "9").stderr


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_sticker_that_hangs_at_the_wrong_place_is_revoked_by_its_address(run: Run, db: Database) -> None:
    bring_in(db, small_town())
    old = doors(run("qr", "doors.pdf", "--json"))
    assert run("qr", "--revoke", old[1]["url"]).exit_code == 0
    assert db.write(scanned, old[1]["url"].rpartition("/")[2]) is None
    assert db.write(scanned, old[0]["url"].rpartition("/")[2]) is not None
    again = run("qr", "--revoke", old[1]["url"])
    assert (again.exit_code, "本来就打不开" in again.stderr) == (1, True)
    new = doors(run("qr", "doors.pdf", "--json"))
    assert [before["url"] == after["url"] for before, after in zip(old, new, strict=True)] == [
        True, False, True, True, True,
    ]  # fmt: skip
    assert run("qr").exit_code == run("qr", "doors.pdf", "--revoke", "x").exit_code == 2


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_pictures_into_a_folder(run: Run, db: Database, tmp_path: Path) -> None:
    bring_in(db, small_town())
    doors(run("qr", "pictures", "--json"))
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert names == [
        "育英小区-3号楼-1单元.png", "育英小区-3号楼-2单元.png", "育英小区-4号楼-1单元.png",
        "育英小区-4号楼-2单元.png", "育英小区-5号楼.png",
    ]  # fmt: skip
    with Image.open(tmp_path / "pictures" / names[0]) as picture:
        assert picture.width >= 600


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_is_not_there_is_refused_in_words(run: Run, db: Database) -> None:
    assert "hemei town import" in run("qr", "doors.pdf").stderr
    bring_in(db, small_town())
    for options, words in (
        (("--estate", "别的小区"), "没有名叫“别的小区”的小区"),
        (("--building", "99"), "没有“99”号楼"),
    ):
        refused = run("qr", "doors.pdf", *options)
        assert (refused.exit_code, words in refused.stderr) == (1, True)
    assert run("qr", "doors.docx").exit_code == 2
    assert run("qr", "no/such/folder/doors.pdf").exit_code == 1


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_an_address_that_no_phone_reaches_is_mentioned(
    run: Run, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(db, small_town())
    monkeypatch.setenv("HEMEI__SERVER__BASE_URL", "http://127.0.0.1:8000")
    assert "居民的手机打不开" in run("qr", "doors.pdf").stderr


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_font_that_is_none_is_refused(
    run: Run, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(db, small_town())
    (tmp_path / "no.ttf").write_bytes(b"not a font")
    monkeypatch.setenv("HEMEI__PRINT__FONT_FILE", "no.ttf")
    refused = run("qr", "doors.pdf")
    assert (refused.exit_code, "font_file" in refused.stderr) == (1, True)
