"""What people sent in a chat is fetched at once, kept as our own file, and never lost in silence."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from pictures import photo, tell_tale
from PIL import Image
from sandbox_desk import Desk
from sqlalchemy import select

from models.base import quarantine
from models.base.clock import after, now
from models.base.orm import put, session
from models.media import keeping
from models.media.item import Item
from models.outbox.letter import Letter
from models.person.tables import Person
from server.config import Config, parse
from server.database import Database
from server.fetching import MOST_BYTES, Fetcher
from server.sandbox.aio import SimulatorServer


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    made.clock.now = now().timestamp()
    with SimulatorServer(made.simulator) as server:
        made.base_url = server.base_url
        yield made


@pytest.fixture
def config(desk: Desk, tmp_path: Path) -> Config:
    accounts = desk.simulator.accounts
    official, work = accounts.official, accounts.work
    return parse(
        {
            "storage": {"dir": "files"},
            "wechat": {
                "official": {
                    "app_id": official.app_id, "app_secret": official.app_secret, "token": official.token,
                    "api_base_url": f"{desk.base_url}/official",
                },
                "work": {
                    "corp_id": work.corp_id, "agent_id": work.agent_id, "secret": work.secret,
                    "contact_secret": work.contact_secret, "token": work.token,
                    "encoding_aes_key": work.encoding_aes_key, "api_base_url": f"{desk.base_url}/work",
                },
            },
        },
        {},
        tmp_path,
    )  # fmt: skip


def sent(desk: Desk, data: bytes, *, kind: str = "image", channel: str = "official") -> str:
    platform = getattr(desk.simulator, channel)
    return platform.media.add(kind, data, desk.clock()).id


def wanted(db: Database, media_id: str, *, kind: str = "image", channel: str = "official") -> int:
    def work() -> int:
        person = put(Person, public_id=media_id[:20], is_rider=False, created_at=now())
        return keeping.want(
            ("case", 10001), purpose="report", kind=kind, channel=channel, media_id=media_id, by=person
        )

    return db.write(work)


def item(db: Database, key: int) -> Item:
    with db.read():
        return session().get_one(Item, key)


def letters(db: Database) -> list[str]:
    with db.read():
        return list(session().scalars(select(Letter.kind)))


@pytest.mark.parametrize("channel", ["official", "work"])
def test_a_photo_is_fetched_and_kept_without_what_it_carried(
    db: Database, desk: Desk, config: Config, channel: str
) -> None:
    key = wanted(db, sent(desk, tell_tale(), channel=channel), channel=channel)
    Fetcher(config, db).drain()
    kept = item(db, key)
    assert (kept.state, kept.content_type) == ("kept", "image/jpeg")
    data = (config.storage.dir / str(kept.file)).read_bytes()
    assert Image.open(io.BytesIO(data)).size == (400, 200)
    assert not any(word in data for word in (b"WHERE", b"COMMENT", b"XMP", b"TRAILER"))


def test_a_voice_stays_as_it_was_said(db: Database, desk: Desk, config: Config) -> None:
    said = b"#!AMR\n" + bytes(range(200))
    key = wanted(db, sent(desk, said, kind="voice"), kind="voice")
    Fetcher(config, db).drain()
    kept = item(db, key)
    assert (kept.state, kept.content_type) == ("kept", "audio/amr")
    assert (config.storage.dir / str(kept.file)).read_bytes() == said


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_full_disk_is_tried_again(db: Database, desk: Desk, config: Config) -> None:
    key = wanted(db, sent(desk, photo()))
    config.storage.dir.write_text("in the way")
    Fetcher(config, db).drain()
    assert (item(db, key).state, item(db, key).trouble) == ("wanted", "no_room_for_files")
    config.storage.dir.unlink()
    with time_machine.travel(after(seconds=30)):
        Fetcher(config, db).drain()
    assert item(db, key).state == "kept"


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_photo_that_the_platform_no_longer_has_is_asked_for_again(
    db: Database, desk: Desk, config: Config
) -> None:
    key = wanted(db, "no-such-medium-at-all")
    Fetcher(config, db).drain()
    assert item(db, key).state == "gone"
    assert "40007" in str(item(db, key).trouble)
    assert letters(db) == ["photo_unreadable"]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "data", [b"MZ this is a program", b"{}", b"\xff\xd8\xff\xe0 broken", b"x" * (MOST_BYTES + 1)]
)
def test_what_is_no_photo_is_refused_and_asked_for_again(
    db: Database, desk: Desk, config: Config, data: bytes
) -> None:
    key = wanted(db, sent(desk, data))
    Fetcher(config, db).drain()
    assert item(db, key).state == "gone"
    assert letters(db) == ["photo_unreadable"]
    assert not list(config.storage.dir.rglob("*.jpg"))


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_platform_in_trouble_is_asked_again_later(db: Database, desk: Desk, config: Config) -> None:
    key = wanted(db, sent(desk, photo()))
    desk.simulator.faults.add("http", now=desk.clock(), path="*media/get*", times=1, status=502)
    Fetcher(config, db).drain()
    assert item(db, key).state == "wanted"
    assert item(db, key).not_before > now()
    assert letters(db) == []
    with time_machine.travel(after(seconds=10), tick=True):
        Fetcher(config, db).drain()
    assert item(db, key).state == "kept"


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_refused_token_is_renewed_once_and_the_photo_had(db: Database, desk: Desk, config: Config) -> None:
    first = wanted(db, sent(desk, photo()))
    fetcher = Fetcher(config, db)
    fetcher.drain()
    desk.stable(force=True)  # somebody else's forced token makes ours worthless
    desk.clock.turn(400)
    second = wanted(db, sent(desk, photo()))
    fetcher.drain()
    assert [item(db, key).state for key in (first, second)] == ["kept", "kept"]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_nothing_is_asked_in_quarantine(db: Database, desk: Desk, config: Config) -> None:
    key = wanted(db, sent(desk, photo()))
    db.write(quarantine.begin, "restored")
    Fetcher(config, db).drain()
    assert (item(db, key).state, item(db, key).attempts) == ("wanted", 0)
