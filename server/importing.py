"""Workbooks from the console: read in a process of their own, looked through, taken when wanted."""

import logging

from models.town import bringing_in
from models.town.bringing_in import Work
from models.town.parsing import Draft, parse
from models.town.problems import WorkbookRefused
from models.town.reading import read
from models.town.writing import DryRun, Summary, take
from server.config import Config
from server.database import Database

log = logging.getLogger(__name__)
AT_ONCE = 20


def work_on(_config: Config, database: Database) -> None:
    """All that wait. A city's workbook holds up other writers on SQLite for some seconds, as the command."""
    for _ in range(AT_ONCE):
        with database.read():
            if not bringing_in.anything_due():
                return
        work = database.write(bringing_in.claim)
        if work is None:
            return
        try:
            draft = parse(read(work.data))
            (_take if work.takes else _look)(database, work, draft)
        except WorkbookRefused as why:
            refused = why
            database.write(lambda: bringing_in.refused(work.id, refused))  # noqa: B023 - run at once


def _look(database: Database, work: Work, draft: Draft) -> None:
    def tried() -> Summary:
        bringing_in.confine(draft, work.community_id)
        return take(draft, dry_run=True)

    try:
        database.write(tried)
    except DryRun as found:
        database.write(bringing_in.looked_through, work.id, _rows(draft), found.summary)


def _take(database: Database, work: Work, draft: Draft) -> None:
    def done() -> None:
        if bringing_in.may_take(work.id):
            bringing_in.confine(draft, work.community_id)
            bringing_in.taken(work.id, _rows(draft), take(draft))

    database.write(done)
    log.info("a workbook of %d rows was taken", _rows(draft))


def _rows(draft: Draft) -> int:
    return sum(map(len, draft.rows.values()))
