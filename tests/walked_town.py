"""One walk of everybody through the demo's town, for all who look at what was seen on it."""

import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from every_page import Walk, Walked, everybodys_pages, everything_on, furnished
from once_a_run import once
from settings_files import KEY
from sqlalchemy import update

from models.account.sessions import STRONG
from models.account.tables import LoginSession
from models.base import privacy
from models.base.clock import now
from models.base.orm import session
from server.database import Database


@contextmanager
def walked_town(template: Path, folder: Path) -> Iterator[Walked]:
    """What was seen, in a town of one's own as it was when all had been seen."""

    def make(there: Path) -> None:
        database = Database(f"sqlite:///{furnished(template, there)}")
        seen = list(everybodys_pages(everything_on(there, database)))
        database.close()
        walks = list(dict.fromkeys(walk for walk, _ in seen))
        visitors = [(walk.who, walk.client._cookies) for walk in walks]
        pages = [(walks.index(walk), page) for walk, page in seen]
        (there / "seen").write_bytes(pickle.dumps((visitors, pages)))

    privacy.use_key(KEY)
    there = once("walked", make, otherwise=folder)
    if there != folder:
        shutil.copyfile(there / "town.db", folder / "town.db")
        shutil.copytree(there / "files", folder / "files")
    database = Database(f"sqlite:///{folder / 'town.db'}")
    database.write(_still_there)
    app = everything_on(folder, database)
    visitors, pages = pickle.loads((there / "seen").read_bytes())
    walks = []
    for who, cookies in visitors:
        walks.append(Walk(app, who))
        walks[-1].client._cookies = cookies
    yield Walked(app, folder / "town.db", [(walks[number], page) for number, page in pages])
    database.close()


def _still_there() -> None:
    """Whoever walked may have done so long before this worker looks at it, and sessions end."""
    at = now()
    session().execute(update(LoginSession).values(seen_at=at, begun_at=at, strong_until=at + STRONG))
