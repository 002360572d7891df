"""The round: configuration, machine, database, platforms, town."""

import shutil
from collections.abc import Generator, Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import make_url

from models.base.clock import now
from models.base.refusals import Unavailable
from server import backup, process, safety, schema
from server.config import Config, load
from server.doctor import (
    calendar,
    chain,
    comparing,
    console,
    gateway,
    grids,
    looks,
    money,
    pay,
    platforms,
    town,
)
from server.doctor.finding import Finding, bad, note, ok
from server.settings import BadConfig

LITTLE_DISK = 1 << 30
OLD_BACKUP = timedelta(hours=26)


def examine(*, ask_platforms: bool = True) -> Iterator[Finding]:
    """All findings, each as soon as it is known."""
    try:
        config = load(None)
    except BadConfig as trouble:
        for problem in trouble.problems:
            yield bad("config_bad", problem=problem)
        return
    yield from _configuration(config)
    yield from _disk(config)
    current = yield from _database(config)
    if ask_platforms:
        yield from platforms.examine(config)
        yield from gateway.examine(config)
    yield from pay.examine(config, ask_platform=ask_platforms)
    if current:
        database = process.begin(config, log=False)
        try:
            with database.read():
                yield from town.examine(config)
                yield from calendar.examine()
                yield from chain.examine()
                yield from console.examine(config)
                yield from grids.examine()
                yield from money.examine()
                yield from comparing.examine()
                yield from looks.examine(config)
                yield from gateway.use(config)
        except Unavailable:
            yield bad("database_silent", trouble="")
        finally:
            database.close()
        yield from _backups(config)


def _configuration(config: Config) -> Iterator[Finding]:
    if config.path is None:
        yield note("config_none")
        return
    yield ok("config_read", file=config.path)
    try:
        safety.require_safe(config)
    except BadConfig as trouble:
        for problem in trouble.problems:
            yield bad("config_bad", problem=problem)
    if config.own_words is not None:
        yield ok("words_read", file=config.understanding.words, size=config.own_words.size)
    if not config.wechat.addresses():
        yield note("config_no_channel")
    if not config.alerts.staff:
        yield note("alerts_nobody")
    if config.path.stat().st_mode & 0o004 and config.secrets_in_file:
        yield note("config_readable", file=config.path)
    mini = config.wechat.mini
    if not config.rules.content_check:
        yield note("check_off")
    elif mini is not None and not mini.token:
        yield bad("check_no_callback")  # because what is thought of pictures comes as an event
    else:
        yield ok("check_on")


def _disk(config: Config) -> Iterator[Finding]:
    places = {config.storage.dir, config.backup.dir}
    url = make_url(config.database.url)
    if url.get_backend_name() == "sqlite":
        places.add(Path(str(url.database)).parent)
    free = min(shutil.disk_usage(_existing(place)).free for place in places)
    megabytes = free >> 20
    yield bad("disk_little", free=megabytes) if free < LITTLE_DISK else ok("disk_enough", free=megabytes)


def _database(config: Config) -> Generator[Finding, None, bool]:
    try:
        state = schema.check(config.database.url)
    except Unavailable as trouble:
        yield bad("database_silent", trouble=str(trouble).strip().splitlines()[0])
        return False
    if state.current:
        yield ok("database_current", schema=state.have)
    elif state.have is None:
        # without a configuration nobody has promised a database yet
        yield note("database_empty") if config.path is None else bad("database_empty")
    else:
        yield bad("database_behind" if state.known else "database_ahead")
    return state.current


def _backups(config: Config) -> Iterator[Finding]:
    newest = backup.newest_at(config)
    if newest is None:
        yield note("backup_none", dir=config.backup.dir)
    elif now() - newest > OLD_BACKUP:
        yield bad("backup_old", hours=int((now() - newest).total_seconds() // 3600), dir=config.backup.dir)
    else:
        yield ok("backup_fresh")


def _existing(place: Path) -> Path:
    while not place.exists():
        place = place.parent
    return place
