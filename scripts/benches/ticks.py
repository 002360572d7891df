"""The clock of cases, figures and files: 20 000 open cases beside 1 000, 100 000 and 1 000 000 closed ones.

Time on the clock, the disk waited for as in production. The open cases are told now; then 500 more are put in
that nobody has accepted for a month, and each climbs to the top at once, as after a standstill.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from big_town import big_town

from benches import history, rig
from models.base.actor import SYSTEM
from models.base.clock import ago, now
from models.case import clock, foretelling, reporting, silence
from models.case.case import Case
from models.case.listing import every
from models.case.listing_terms import Filters
from models.indicator import asking
from models.indicator.period import this_month
from models.outbox.address import owner_of
from models.person.arriving import visitor_of
from models.place.gazetteer import town
from models.place.spot import Spot
from server.database import Database

SIZES, QUICK_SIZES = (1_000, 100_000, 1_000_000), (1_000, 20_000)
OPEN, QUICK_OPEN = 20_000, 1_000
DUE, QUICK_DUE = 500, 50
AT_ONCE = 250
EXPORTED = 100_000  # rows of one file, as far as there are so many
LEADER = "user4"


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    sizes = QUICK_SIZES if quick else SIZES
    for kind in databases:
        say(f"{kind:9} {'':44}" + "".join(f"{size:>13,}" for size in sizes))
        rows: dict[str, list[str]] = {}
        for size in sizes:
            with ExitStack() as stack:
                url = stack.enter_context(rig.database_url(kind))
                stack.enter_context(rig.furnished(url, big_town(buildings=120, households=600, staff=70)))
                database = Database(url)
                stack.callback(database.close)
                history.fill(database, size)
                for name, shown in _measured(database, quick):
                    rows.setdefault(name, []).append(shown)
        for name, figures in rows.items():
            say(f"{kind:9} {name:44}" + "".join(f"{one:>13}" for one in figures))


def _measured(database: Database, quick: bool) -> Iterator[tuple[str, str]]:
    _open_cases(database, QUICK_OPEN if quick else OPEN, now())
    yield "a tick, nothing due", _ms(lambda: database.write(clock.climb_some))
    due = QUICK_DUE if quick else DUE
    _open_cases(database, due, ago(days=30))
    yield f"ticks until {due} have climbed to the top", _ms(lambda: _climb_all(database))
    yield (
        "who is silent, the whole town",
        _ms(lambda: _read(database, lambda: list(silence.silent(Case.id.is_not(None))))),
    )
    soon = now() + timedelta(days=3)
    yield "foretold for three days", _ms(lambda: _read(database, lambda: list(foretelling.foretold(soon))))
    month = this_month(now())
    yield "figures of this month, the whole town", _ms(lambda: _read(database, lambda: asking.figures(month)))
    began, rows, grew = _exported(database)
    yield "rows of a file a second", f"{rows / began:,.0f}"
    yield "memory it took, MiB", f"{grew:.0f}"


def _open_cases(database: Database, count: int, at: datetime) -> None:
    """In every building of the town by turns."""
    with database.read():
        doors = sorted(town().buildings)

    def some(first: int, last: int) -> None:
        for number in range(first, last):
            spot = town().spot_of_building(doors[number % len(doors)], "2", how="said")
            reporting.report(
                text="灯不亮", category="lighting", urgency="normal", spot=spot or Spot(), source="chat",
                by=SYSTEM, at=at,
            )  # fmt: skip

    for first in range(0, count, AT_ONCE):
        database.write(some, first, min(first + AT_ONCE, count))


def _climb_all(database: Database) -> None:
    while database.write(clock.climb_some):
        pass


def _exported(database: Database) -> tuple[float, int, float]:
    """Seconds, rows and how many MiB the process grew meanwhile."""
    began, before, most, rows = time.perf_counter(), _resident(), 0.0, 0
    with database.read():
        owner = owner_of("work", LEADER)
        visitor = visitor_of(owner, "page") if owner is not None else None
        assert visitor is not None
        pages = every(visitor, Filters())
        for cases in islice(pages, EXPORTED // 500):
            rows += len(cases)
            most = max(most, _resident() - before)
    return time.perf_counter() - began, rows, most


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def _read(database: Database, work: Callable[[], object]) -> None:
    with database.read():
        work()


def _ms(work: Callable[[], object]) -> str:
    began = time.perf_counter()
    work()
    return f"{(time.perf_counter() - began) * 1000:,.0f} ms"
