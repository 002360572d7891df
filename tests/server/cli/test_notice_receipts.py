"""hemei notice show and print: who heard it, and paper for those whom only hands reach."""

import json
from pathlib import Path

import pytest
from cast import Cast
from commands import hemei
from factories import a_town
from notices import handed_in, letters_of, tell_all
from settings_files import configuration, plain_url

from models.base.actor import By
from models.base.clock import now
from models.joins.carrying import carried
from models.notice import reading
from server.database import Database


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


@pytest.fixture
def home(db: Database, tmp_path: Path, town: Cast) -> Path:
    configuration(tmp_path, plain_url(db))
    number = db.write(lambda: handed_in(town.zhao.id).id)
    tell_all(db)

    def hands() -> None:
        for letter in letters_of(number):
            letter.state, letter.settled_at = "by_hand", now()
            letter.reason = "by_hand" if letter.to_kind == "group" else "no_address"
        reading.opened(number, "person", town.wang.id)

    db.write(hands)
    return tmp_path


def shown(home: Path) -> dict[str, object]:
    done = hemei("notice", "show", "1", cwd=home)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_show_says_why_where_whom_to_visit_and_who_pasted(db: Database, home: Path, town: Cast) -> None:
    found = shown(home)
    assert found["reasons"] == [
        {"to": "group", "state": "by_hand", "reason": "by_hand", "count": 1,
         "words": "等人手工转达：这个群只能由人转发"},
        {"to": "person", "state": "by_hand", "reason": "no_address", "count": 1,
         "words": "等人手工转达：没有任何能联系上的办法"},
    ]  # fmt: skip
    (building,) = found["buildings"].values()
    counts = {"addressed": 1, "told": 0, "read": 1}
    assert building == {"estate": "育英小区", "building": "3", **counts, "units": {"2": counts}}
    assert found["visits"] == [
        {"estate": "育英小区", "building": "3", "homes": 1, "visited": 0, "unknown": 0}
    ]
    assert [(one["group"], one["pasted"], one["by"]) for one in found["by_hand_groups"]] == [
        ("育英3号楼群", False, None)
    ]
    assert (found["addressed"], found["accepted"], found["told_by_hand"]) == (2, 0, 0)
    with db.read():
        group = next(one.id for one in letters_of(1) if one.to_kind == "group")
    db.write(carried, group, By.staff(town.zhao.id))
    found = shown(home)
    assert (found["accepted"], found["told_by_hand"], found["by_hand"]) == (0, 1, 1)
    (pasted,) = found["by_hand_groups"]
    assert (pasted["pasted"], pasted["by"]) == (True, "赵主任")


def test_print_makes_a_sheet_for_each_group_that_waits(db: Database, home: Path, town: Cast) -> None:
    done = hemei("notice", "print", "1", "sheets.pdf", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "已生成 1 张" in done.stderr
    assert (home / "sheets.pdf").read_bytes().startswith(b"%PDF")
    with db.read():
        group = next(one.id for one in letters_of(1) if one.to_kind == "group")
    db.write(carried, group, By.staff(town.zhao.id))
    done = hemei("notice", "print", "1", "none.pdf", cwd=home)
    assert done.returncode == 1
    assert "没有要人贴的群" in done.stderr
    assert not (home / "none.pdf").exists()


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("7", "sheets.pdf"), 1, "没有7号通知"),
        (("1", "sheets.doc"), 2, ".pdf"),
        (("1", "nowhere/sheets.pdf"), 1, "不能写到"),
    ],
)
def test_what_cannot_be_printed(home: Path, args: tuple[str, ...], code: int, said: str) -> None:
    done = hemei("notice", "print", *args, cwd=home)
    assert done.returncode == code
    assert said in done.stderr
