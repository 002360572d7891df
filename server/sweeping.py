"""Files that no row names: a process died between the file and its row."""

import logging
from itertools import islice

from models.client import uploads
from models.media.files import Files
from models.media.keeping import named
from models.media.parts import Parts
from server.config import Config
from server.database import Database

log = logging.getLogger(__name__)

OLD_SECONDS = 24 * 3600.0  # by then its row has been written, if ever
FEW = 100
_AT_ONCE = 500


def sweep_uploads(config: Config, database: Database) -> None:
    """Photos that were sent in pieces and never became part of anything, a day after their last piece."""
    files, parts = Files(config.storage.dir), Parts(config.storage.dir)
    while True:
        gone, names, kept = database.write(uploads.forget_old, FEW)
        for name in names:
            parts.drop(name)
        files.drop(kept)
        if not gone:
            break
    for name in list(parts.older_than(OLD_SECONDS)):  # whose row is gone, or never was
        with database.read():
            is_known = bool(uploads.known([name]))
        if not is_known:
            parts.drop(name)


def sweep(config: Config, database: Database) -> None:
    """Removes those that have lain there for a day.

    But not where they are most of what there is: then the database is another one than the files', and
    somebody has to look.
    """
    files, seen = Files(config.storage.dir), 0
    lost: set[str] = set()
    old = files.older_than(OLD_SECONDS)
    while names := list(islice(old, _AT_ONCE)):
        with database.read():
            lost |= set(names) - named(names)
        seen += len(names)
    if len(lost) > max(FEW, seen // 2):
        log.error("%d of %d files are in no row of this database: none was removed", len(lost), seen)
        return
    files.drop(lost)
    if lost:
        log.info("removed %d files that nothing names", len(lost))
