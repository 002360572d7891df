"""A file without a row is removed after a day; one that any row names stays."""

import os
import time
from pathlib import Path

from settings_files import configuration, plain_url

from models.media import keeping
from models.media.files import Files
from server.database import Database
from server.sweeping import FEW, sweep

DAYS = 2 * 86400


def kept(files: Files, days_ago: bool = True) -> str:
    name = files.keep(b"pixels", "image/jpeg")
    path = files.path(name)
    assert path is not None
    if days_ago:
        os.utime(path, (time.time() - DAYS, time.time() - DAYS))
    return name


def row_for(db: Database, file: str) -> None:
    db.write(
        lambda: keeping.keep(
            ("notice", 1), purpose="picture", kind="image", file=file, content_type="image/jpeg", by=1
        )
    )


def test_what_no_row_names_goes_after_a_day(db: Database, tmp_path: Path) -> None:
    config = configuration(tmp_path, plain_url(db))
    files = Files(config.storage.dir)
    named, lost, fresh = kept(files), kept(files), kept(files, days_ago=False)
    files.keep_small(lost, b"px")
    row_for(db, named)
    row_for(db, named)  # a correction carries the same file
    sweep(config, db)
    assert [files.path(one) is not None for one in (named, lost, fresh)] == [True, False, True]
    assert len(list(config.storage.dir.rglob("*.small.jpg"))) == 0


def test_files_of_another_database_are_left_alone(db: Database, tmp_path: Path) -> None:
    config = configuration(tmp_path, plain_url(db))
    files = Files(config.storage.dir)
    names = [kept(files) for _ in range(FEW + 1)]
    sweep(config, db)
    assert all(files.path(one) is not None for one in names)


def test_without_a_folder_there_is_nothing_to_do(db: Database, tmp_path: Path) -> None:
    sweep(configuration(tmp_path, plain_url(db)), db)
