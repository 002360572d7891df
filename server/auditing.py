"""What the clock does for the log of looks: its head is kept elsewhere, unusual looks are named.

The head of the chain is kept outside of the database: in a file beside the backups and in the log of the
service, which operators send to another machine. Whoever cuts off the end of the chain cannot change those.
"""

import logging
import os
from pathlib import Path

from models.audit import chain
from models.base.clock import now
from models.joins import watching
from server.config import Config
from server.database import Database

log = logging.getLogger(__name__)

FILE = "audit-heads"


def keep_head(config: Config, database: Database) -> None:
    """A line with moment, number and mac, when the chain has moved on since the last one."""
    while database.write(chain.place_late):
        pass
    with database.read():
        head = chain.head()
    if head is None or (head.number, head.mac) in kept_heads(config)[-1:]:
        return
    log.info("audit head %d:%s", head.number, head.mac)
    file = heads_file(config)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii") as kept:
        kept.write(f"{now():%Y-%m-%dT%H:%M:%SZ} {head.number}:{head.mac}\n")
        kept.flush()
        os.fsync(kept.fileno())


def kept_heads(config: Config) -> list[tuple[int, str]]:
    """(number, mac) of each line of the file, oldest first; what is no such line is passed over."""
    try:
        lines = heads_file(config).read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [found for line in lines if (found := head_said(line.rpartition(" ")[2])) is not None]


def head_said(text: str) -> tuple[int, str] | None:
    """`NUMBER:MAC` as it stands in the file, in the log, or behind --head."""
    number, _, mac = text.strip().partition(":")
    return (int(number), mac) if number.isascii() and number.isdigit() and len(mac) == 64 else None


def heads_file(config: Config) -> Path:
    return config.backup.dir / FILE


def name_looks(config: Config, database: Database) -> None:
    """Letters about unusual looks: many within an hour, and outside of office hours."""
    database.write(watching.name_many_looks, config.audit.looks_an_hour)
    database.write(watching.name_late_looks)


def begin_again(config: Config) -> None:
    """After a restore the chain goes on from an older end: what was kept of the later one stays beside."""
    file = heads_file(config)
    if file.exists():
        file.rename(file.with_name(f"{FILE}-until-{now():%Y%m%d-%H%M%S}"))
