"""What a page of the desk's list costs among 1 000, 100 000 and 1 000 000 cases: filters, orders, words.

Each look is the whole answer of /console/cases to one browser, written and all, for a town's leader, a
community's desk, the holder of a high rung and a keeper. On SQLite it is processor time, on PostgreSQL, which
works in another process, time on the clock; median and p95 of the turns.
"""

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from big_town import big_town
from databases import Postgres
from sqlalchemy import func, select, text

from benches import history, rig
from handlers.console.cookies import SESSION
from models.account import sessions
from models.base.clock import ago, local
from models.base.orm import session
from models.case import search_index
from models.case.case import Case
from models.outbox.address import owner_of
from models.person.tables import Staff
from server.app import create_app
from server.config import Config
from server.database import Database

SIZES, QUICK_SIZES = (1_000, 100_000, 1_000_000), (1_000, 20_000)
TURNS, QUICK_TURNS = 30, 8
OPEN = 20_000  # at most; the rest is over
INDEXED_AT_ONCE = 2_000
PEOPLE = {"leader": "user9", "desk": "user4", "rung": "user3", "keeper": "user0"}
_VARIED = """
UPDATE cases SET
  text = text || ' ' || (id % 997) || '号车位' || CASE id % 50000 WHEN 0 THEN '玄武岩' ELSE '' END,
  room = CAST(100 * (1 + id % 6) + id % 4 AS VARCHAR),
  category = CASE id % 5000 WHEN 1 THEN 'gas' ELSE category END,
  urgency = CASE id % 1000 WHEN 1 THEN 'urgent' ELSE urgency END,
  source = CASE id % 20 WHEN 1 THEN 'phone' ELSE source END;
UPDATE cases SET state = CASE id % 3 WHEN 0 THEN 'dispatched' ELSE 'handling' END, closed_at = NULL,
  due_stage = 'finish', due_at = reported_at, finish_due = reported_at,
  rung = CASE id % 7 WHEN 0 THEN 2 ELSE 0 END
  WHERE id > (SELECT max(id) FROM cases) - {open}
"""


def looks() -> dict[str, dict[str, Any]]:
    month = local(ago(days=400)).date()
    return {
        "newest": {},
        "oldest": {"order": "oldest"},
        "due first": {"order": "due"},
        "open": {"state": "open"},
        "closed": {"state": "ended"},
        "overdue": {"overdue": 1},
        "climbed": {"rung": 2},
        "rare category": {"category": "gas"},
        "urgent": {"urgency": "urgent"},
        "by telephone": {"source": "phone"},
        "an estate": {"estate": 1},
        "a building": {"estate": 1, "building": 1},
        "a grid": {"grid": 1},
        "a month ago": {"since": month, "until": month + timedelta(days=30)},
        "nothing so": {"category": "gas", "urgency": "emergency", "source": "patrol"},
        "word in all": {"q": "灯不亮"},
        "rare word": {"q": "玄武岩"},
        "a room": {"q": "302"},
        "a phrase": {"q": "3号楼2单元灯不亮 77号车位"},
        "one sign": {"q": "灯"},
        "words, due": {"q": "灯不亮", "order": "due"},
        "word, nothing": {"q": "没有的话"},
    }


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    sizes = QUICK_SIZES if quick else SIZES
    for kind in databases:
        say(f"{kind:9} {'ms at':>26}" + "".join(f"{size:>18,}" for size in sizes))
        figures: dict[str, list[list[float]]] = {}
        for size in sizes:
            with ExitStack() as stack:
                config, database = stack.enter_context(_town(say, kind, size))
                for name, took in _measured(config, database, QUICK_TURNS if quick else TURNS):
                    figures.setdefault(name, []).append(took)
        for name, towns in figures.items():
            shown = "".join(f"{one[0]:8.1f} /{one[1]:7.1f} " for one in towns)
            say(f"{kind:9} {name:26} {shown}")


def _measured(config: Config, database: Database, turns: int) -> Iterator[tuple[str, list[float]]]:
    """(Who and what, [median, p95] in ms)."""
    clock = time.process_time if database.is_sqlite else time.perf_counter
    database.write(_raise_leader)
    client = create_app(config, database).test_client()
    gc.collect()
    gc.freeze()  # as `serve` does
    for who, work in PEOPLE.items():
        token = database.write(_logged_in, work)
        client.set_cookie(SESSION, token, domain="127.0.0.1")
        for name, asked in looks().items():
            path = f"/console/cases?{urlencode(asked)}"
            took = []
            for turn in range(turns + 2):
                gc.collect(0)
                began = clock()
                answer = client.get(path, base_url="http://127.0.0.1")
                if turn > 1:
                    took.append((clock() - began) * 1000)
                assert answer.status_code == 200, (path, answer.status_code)
            yield f"{who}: {name}", [quantiles(took, n=2)[0], quantiles(took, n=20)[18]]


def _logged_in(work: str) -> str:
    owner = owner_of("work", work)
    assert owner is not None
    return sessions.begin(owner, "work", strong=False)


def _raise_leader() -> None:
    """One of the staff sees all of the town."""
    staff = (
        session().scalars(select(Staff).where(Staff.person_id == owner_of("work", PEOPLE["leader"]))).one()
    )
    staff.roles, staff.community_id = ["street"], None


@contextmanager
def _town(say: Callable[[str], object], kind: str, size: int) -> Iterator[tuple[Config, Database]]:
    """A town with so many cases, all of them in the index of words."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hemei-bench-"))
        if kind == "sqlite":
            url = f"sqlite:///{folder}/desk.db"
        else:
            server = Postgres(Path(folder) / "data").start()
            stack.callback(server.stop, at_once=True)
            url = server.create("desk")
        config = stack.enter_context(rig.furnished(url, big_town(buildings=120, households=600, staff=70)))
        database = Database(url)
        stack.callback(database.close)
        history.fill(database, size)
        with database.engine.begin() as connection:
            for statement in _VARIED.format(open=min(OPEN, size // 5)).split(";"):
                connection.execute(text(statement))
        with database.read():
            low, high = session().execute(select(func.min(Case.id), func.max(Case.id))).one()
        began = time.process_time()
        for first in range(low, high + 1, INDEXED_AT_ONCE):
            numbers = range(first, min(first + INDEXED_AT_ONCE, high + 1))
            database.write(search_index.index, numbers)
        took = time.process_time() - began
        say(f"{kind:9} {size:>9,} cases indexed, {took / size * 1000:.2f} ms of processor each")
        if not database.is_sqlite:
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        yield config, database
