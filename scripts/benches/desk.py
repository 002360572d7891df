"""What a page of the desk's list costs among 1 000, 100 000 and 1 000 000 cases: filters, orders, words.

Each look is the whole work of models/case/listing.py for one page, with the rights of a town's leader, of a
community's desk, of who holds a high rung and of a keeper. On SQLite it is processor time, on PostgreSQL,
which works in another process, time on the clock; median and p95 of the turns.
"""

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from big_town import big_town
from databases import Postgres
from sqlalchemy import func, select, text

from benches import history, rig
from models.base.clock import ago, local
from models.base.orm import session
from models.case import search_index
from models.case.case import Case
from models.case.listing import page
from models.case.listing_terms import Filters
from models.outbox.address import owner_of
from models.person.arriving import Visitor, visitor_of
from server.database import Database

SIZES, QUICK_SIZES = (1_000, 100_000, 1_000_000), (1_000, 20_000)
TURNS, QUICK_TURNS = 30, 8
OPEN = 20_000  # at most; the rest is over
INDEXED_AT_ONCE = 2_000
PEOPLE = {"leader": "user4", "desk": "user4", "rung": "user3", "keeper": "user0"}
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


def looks() -> dict[str, Filters]:
    month = local(ago(days=400)).date()
    return {
        "newest": Filters(),
        "oldest": Filters(order="oldest"),
        "due first": Filters(order="due"),
        "open": Filters(state="open"),
        "closed": Filters(state="ended"),
        "overdue": Filters(overdue=True),
        "climbed": Filters(rung=2),
        "rare category": Filters(category="gas"),
        "urgent": Filters(urgency="urgent"),
        "by telephone": Filters(source="phone"),
        "an estate": Filters(estate_id=1),
        "a building": Filters(estate_id=1, building_id=1),
        "a grid": Filters(grid_id=1),
        "a month ago": Filters(since=month, until=month + timedelta(days=30)),
        "nothing so": Filters(category="gas", urgency="emergency", source="patrol"),
        "word in all": Filters(words="灯不亮"),
        "rare word": Filters(words="玄武岩"),
        "a room": Filters(words="302"),
        "a phrase": Filters(words="3号楼2单元灯不亮 77号车位"),
        "one sign": Filters(words="灯"),
        "words, due": Filters(words="灯不亮", order="due"),
        "word, nothing": Filters(words="没有的话"),
    }


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    sizes = QUICK_SIZES if quick else SIZES
    for kind in databases:
        say(f"{kind:9} {'ms at':>26}" + "".join(f"{size:>18,}" for size in sizes))
        figures: dict[str, list[list[float]]] = {}
        for size in sizes:
            with ExitStack() as stack:
                database = stack.enter_context(_town(say, kind, size))
                for name, took in _measured(database, QUICK_TURNS if quick else TURNS):
                    figures.setdefault(name, []).append(took)
        for name, towns in figures.items():
            shown = "".join(f"{one[0]:8.1f} /{one[1]:7.1f} " for one in towns)
            say(f"{kind:9} {name:26} {shown}")


def _measured(database: Database, turns: int) -> Iterator[tuple[str, list[float]]]:
    """(Who and what, [median, p95] in ms)."""
    clock = time.thread_time if database.is_sqlite else time.perf_counter
    with database.read():
        people = {name: _visitor(work) for name, work in PEOPLE.items()}
    people["leader"] = replace(people["leader"], roles=("street",), community_id=None)
    for who, visitor in people.items():
        for name, filters in looks().items():
            took = []
            for turn in range(turns + 2):
                gc.collect(0)
                with database.read():
                    began = clock()
                    page(visitor, filters)
                    if turn > 1:
                        took.append((clock() - began) * 1000)
            yield f"{who}: {name}", [quantiles(took, n=2)[0], quantiles(took, n=20)[18]]


def _visitor(work: str) -> Visitor:
    owner = owner_of("work", work)
    assert owner is not None
    visitor = visitor_of(owner, "page")
    assert visitor is not None
    return visitor


@contextmanager
def _town(say: Callable[[str], object], kind: str, size: int) -> Iterator[Database]:
    """A town with so many cases, all of them in the index of words."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hemei-bench-"))
        if kind == "sqlite":
            url = f"sqlite:///{folder}/desk.db"
        else:
            server = Postgres(Path(folder) / "data").start()
            stack.callback(server.stop, at_once=True)
            url = server.create("desk")
        stack.enter_context(rig.furnished(url, big_town(buildings=120, households=600, staff=70)))
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
        yield database
