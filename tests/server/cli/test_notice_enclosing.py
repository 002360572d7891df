"""hemei notice send with pictures and attachments beside the file."""

import json
from pathlib import Path

import pytest
from commands import hemei
from documents import pdf
from factories import a_town
from pictures import photo
from settings_files import configuration, plain_url
from sqlalchemy import select

from models.base.orm import session
from models.media.item import Item
from models.notice.tables import Notice
from server.database import Database

FILE = """
title = "周二停水"
body = "周二早八点到下午五点换水管，请提前存水。"
signed = "育英社区居委会"
by = "C001"
pictures = ["管子.jpg"]
attachments = ["表/申请表.pdf"]
[audience]
buildings = [["育英小区", "3"]]
"""


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))
    db.write(a_town)
    folder = tmp_path / "notices"
    (folder / "表").mkdir(parents=True)
    (folder / "notice.toml").write_text(FILE, encoding="utf-8")
    (folder / "管子.jpg").write_bytes(photo())
    (folder / "表" / "申请表.pdf").write_bytes(pdf())
    return tmp_path


def on_disk(home: Path) -> int:
    return sum(1 for one in (home / "files").rglob("*") if one.is_file())


def test_they_go_with_the_notice(db: Database, home: Path) -> None:
    done = hemei("notice", "send", "notices/notice.toml", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "look through the attachments yourself" in done.stderr
    with db.read():
        items = session().scalars(select(Item).order_by(Item.id)).all()
        assert [(one.purpose, one.name) for one in items] == [("picture", None), ("attachment", "申请表.pdf")]
        number = session().scalars(select(Notice.id)).one()
    assert on_disk(home) == 3
    shown = json.loads(hemei("notice", "show", str(number), cwd=home).stdout)
    assert (shown["pictures"], shown["attachments"]) == (1, 1)


def test_a_rehearsal_looks_into_them_and_keeps_nothing(db: Database, home: Path) -> None:
    done = hemei("notice", "send", "notices/notice.toml", "--dry-run", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "有图片1张、附件1个" in done.stdout
    assert on_disk(home) == 0
    with db.read():
        assert session().scalars(select(Item)).all() == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('pictures = ["nothing.jpg"]', "cannot be read"),
        ('pictures = "管子.jpg"', "pictures is a list of files"),
        ('pictures = ["notice.toml"]', "打不开"),
        ('attachments = ["管子.jpg"]', "“管子”不是能附的文件"),
        ('attachments = ["表"]', "cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_and_nothing_is_kept(
    db: Database, home: Path, line: str, words: str
) -> None:
    key = line.split(" ")[0]
    rest = "\n".join(one for one in FILE.splitlines() if not one.startswith(key))
    (home / "notices" / "notice.toml").write_text(f"{line}\n{rest}", encoding="utf-8")
    done = hemei("notice", "send", "notices/notice.toml", cwd=home)
    assert done.returncode == 1
    assert words in done.stderr
    assert on_disk(home) == 0
    with db.read():
        assert session().scalars(select(Notice)).all() == []
