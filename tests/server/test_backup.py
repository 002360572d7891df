"""A backup holds everything, says nothing to a stranger, and comes back silent (R12)."""

import os
import shutil
import tarfile
import threading
from pathlib import Path

import pytest
from settings_files import configuration, plain_url
from sqlalchemy import select, text

from models.account import linking, sessions
from models.base import privacy, quarantine
from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.case.case import Case
from models.case.tables import FIRST
from models.history import record
from models.outbox.letter import Letter
from models.person.tables import Person, Staff
from models.place.tables import Community, Estate
from server import backup, restore
from server.backup_file import BadBackup, verify
from server.database import Database

CANARY = "张三丰的秘密"


@pytest.fixture
def somewhere_else(db, tmp_path, request):
    """An empty machine of the same kind: its configuration."""
    folder = tmp_path / "other"
    folder.mkdir()
    if db.is_sqlite:
        return configuration(folder, f"sqlite:///{folder}/var/hemei.db")
    return configuration(folder, request.getfixturevalue("postgres_url"))


def furnish() -> None:
    community = put(Community, name="和美社区")
    put(Estate, community_id=community, name="育英小区", aliases=["育英"], management=None)
    put(Person, name_sealed=privacy.seal(CANARY, "people.name/x"), unionid=None)
    for step in range(3):
        record(("case", 1), f"step{step}", by=("system", None), at=now(), note="a\tb\\n\nc")
    for state in ("waiting", "taken", "sent", "failed"):
        put(Letter, key=state, kind="k", to_kind="person", to_id=1, data_class="own", state=state)


def rows(database: Database) -> dict[str, list[dict[str, object]]]:
    with database.read() as current:
        names = ["communities", "estates", "people", "steps"]
        return {
            name: [dict(one) for one in current.execute(text(f"SELECT * FROM {name} ORDER BY id")).mappings()]
            for name in names
        }


def a_backup(db, tmp_path) -> tuple[Path, object]:
    config = configuration(tmp_path, plain_url(db))
    config.storage.dir.mkdir(parents=True)
    (config.storage.dir / "ab").mkdir()
    (config.storage.dir / "ab" / "photo.jpg").write_bytes(os.urandom(3_000_000))
    db.write(furnish)
    target = tmp_path / "town.hemei-backup"
    backup.make(config, target)
    return target, config


def come_in() -> tuple[str, str]:
    """Somebody's session, and a link by which they may set a password."""
    person = put(Person, public_id="p")
    put(Staff, number="A001", person_id=person, name="周管理", roles=["admin"], teams=[], active=True)
    return sessions.begin(person, "work", strong=True), linking.issue(person, By.staff(person))


def test_everything_comes_back_nothing_is_sent_nobody_is_logged_in_and_no_link_opens(
    db, tmp_path, somewhere_else
):
    """One restore for all looks, because it builds every table. Sessions and links may have been ended or
    spent after the backup was made."""
    token, link = db.write(come_in)
    file, config = a_backup(db, tmp_path)
    before = rows(db)
    with db.read():
        assert sessions.holder(token) is not None
        assert linking.owner_by(link) is not None
    restore.restore(somewhere_else, file)
    again = Database(plain_url_of(somewhere_else))
    try:
        assert rows(again) == before
        with again.read():
            assert sessions.holder(token) is None
            assert linking.owner_by(link) is None
        photo = Path("ab/photo.jpg")
        assert (somewhere_else.storage.dir / photo).read_bytes() == (config.storage.dir / photo).read_bytes()
        with again.read() as current:
            assert quarantine.in_quarantine()
            fates = dict(current.execute(select(Letter.key, Letter.state).where(Letter.kind == "k")).all())
            [sealed] = current.scalars(select(Person.name_sealed).where(Person.name_sealed.is_not(None)))
            assert privacy.unseal(sealed, "people.name/x") == CANARY
        assert fates == {"waiting": "unknown", "taken": "unknown", "sent": "sent", "failed": "failed"}
        # new rows get numbers behind the old ones, and steps stay as they are
        assert again.write(record, ("case", 1), "new", by=("system", None), at=now()) == 4
        # and what had no rows yet still begins where it always begins
        assert again.write(lambda: put(Case, state="filed", source="chat")) == FIRST
        with pytest.raises(Exception, match="appended, never"):
            again.write(lambda: session().execute(text("DELETE FROM steps")))
        assert restore.release(somewhere_else, again)
        assert not restore.release(somewhere_else, again)
        with again.read():
            assert not quarantine.in_quarantine()
    finally:
        again.close()


def plain_url_of(config) -> str:
    return config.database.url


def test_a_stranger_reads_nothing(db, tmp_path):
    file, _ = a_backup(db, tmp_path)
    raw = file.read_bytes()
    for word in ("和美社区", "育英", "step1", CANARY):
        assert word.encode() not in raw
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(BadBackup, match="another key"):
        verify(file, b"another key altogether")


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_every_change_to_the_file_is_found(db, tmp_path, somewhere_else):
    file, _ = a_backup(db, tmp_path)
    whole = file.read_bytes()
    spots = [0, 20, 40, len(whole) // 3, len(whole) // 2, len(whole) - 40, len(whole) - 1]
    broken = [bytearray(whole) for _ in spots]
    for spot, copy in zip(spots, broken, strict=True):
        copy[spot] ^= 1
    for copy in [
        *broken,
        whole[:-1],
        whole[:-33],
        whole[: len(whole) // 2],
        b"",
        b"PK\x03\x04",
        whole + b"x",
    ]:
        file.write_bytes(copy)
        with pytest.raises(BadBackup):
            restore.restore(somewhere_else, file)
    assert not Path(plain_url_of(somewhere_else).removeprefix("sqlite:///")).exists()
    assert not somewhere_else.storage.dir.exists()


def test_only_an_empty_database_is_restored_into(db, tmp_path):
    file, config = a_backup(db, tmp_path)
    with pytest.raises(BadBackup, match="not empty"):
        restore.restore(config, file)
    shutil.rmtree(config.storage.dir)
    with pytest.raises(BadBackup, match="database is not empty"):
        restore.restore(config, file)


def test_it_is_made_while_others_write(db, tmp_path, somewhere_else):
    """Every row acknowledged before the backup began is in it; of each transaction all or nothing."""
    config = configuration(tmp_path, plain_url(db))
    done = threading.Event()
    written: list[int] = []

    def pair(number: int) -> None:
        for half in ("a", "b"):
            record(("case", number), half, by=("system", None), at=now())

    def writer() -> None:
        number = 0
        while not done.is_set():
            number += 1
            db.write(pair, number)
            written.append(number)

    thread = threading.Thread(target=writer)
    thread.start()
    while len(written) < 50:
        done.wait(0.01)
    known = len(written)
    file = tmp_path / "busy.hemei-backup"
    backup.make(config, file)
    done.set()
    thread.join()
    restore.restore(somewhere_else, file)
    again = Database(plain_url_of(somewhere_else))
    with again.read() as current:
        steps = current.execute(text("SELECT about_id, count(*) FROM steps GROUP BY about_id")).all()
    again.close()
    assert {count for _, count in steps} == {2}
    assert set(written[:known]) <= {about for about, _ in steps}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_nightly_ones_are_kept_for_a_while(db, tmp_path):
    config = configuration(tmp_path, plain_url(db), backup={"keep": 2})
    config.backup.dir.mkdir()
    for day in ("01", "02", "03"):
        (config.backup.dir / f"hemei-202601{day}-031000.hemei-backup").write_bytes(b"old")
    (config.backup.dir / "mine.txt").write_bytes(b"not ours")
    backup.nightly(config, db)
    names = [file.name for file in backup.existing(config)]
    assert len(names) == 2
    assert names[1] == "hemei-20260103-031000.hemei-backup"
    assert (config.backup.dir / "mine.txt").exists()
    verify(backup.existing(config)[0], backup.master_key(config))
    assert backup.newest_at(config) is not None


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_key_of_its_own_takes_the_place_of_the_derived_one(db, tmp_path):
    config = configuration(tmp_path, plain_url(db), backup={"key": "a key of its own"})
    file = tmp_path / "own.hemei-backup"
    backup.make(config, file)
    with pytest.raises(BadBackup, match="another key"):
        verify(file, privacy.derived("backup"))
    verify(file, b"a key of its own")


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside"])
def test_no_member_lands_outside_the_storage(db, tmp_path, somewhere_else, name, monkeypatch):
    config = configuration(tmp_path, plain_url(db))
    file = tmp_path / "evil.hemei-backup"

    def add_evil(tar: tarfile.TarFile, _folder: Path) -> None:
        backup._add_bytes(tar, f"files/{name}", b"evil")

    monkeypatch.setattr(backup, "_add_files", add_evil)
    backup.make(config, file)
    with pytest.raises(BadBackup, match="outside"):
        restore.restore(somewhere_else, file)
    assert not (tmp_path / "outside").exists()
    assert not (somewhere_else.storage.dir.parent / "outside").exists()
