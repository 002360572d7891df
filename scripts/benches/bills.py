"""The bills of a quarter for a city's homes: `hemei bill generate`, against writing as many bare rows; then
reminding everybody of them, once with a letter to every home and once more with nothing left to say.

The baseline inserts the same number of bills, lines and ledger lines, known beforehand, in transactions of
the same size and nothing else, so the ratio is what finding tariffs, computing and being resumable cost.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Table, func, insert, select

from benches import rig
from models.base import privacy
from models.base.clock import now
from models.base.orm import put, session
from models.fee import billing
from models.fee.period import Period
from models.fee.reminding import Rules, remind_some
from models.fee.tables import Bill, BillLine
from models.fee.tariffs import set_price
from models.ledger.tables import EntryLine
from models.outbox.letter import Letter
from models.person.tables import Home, Person
from models.place.tables import Building, Community, Estate, Household
from models.place.version import raise_version
from server import migrations
from server.database import Database

BUILDINGS, HOMES = 1_445, 90_000
QUARTER = Period.of("2026-Q4")


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    privacy.use_key("a key for links in letters that nobody opens")
    buildings, homes = (BUILDINGS // 10, HOMES // 10) if quick else (BUILDINGS, HOMES)
    say("| database | homes | seconds | homes/s | bare rows, seconds | × bare rows |")
    say("|---|---|---|---|---|---|")
    reminded = []
    for kind in databases:
        with rig.database_url(kind) as url:
            migrations.upgrade(url)
            database = Database(url)
            try:
                database.write(_a_city, buildings, homes)
                took = _bills(database)
                reminded.append(f"| {kind} | {homes} | {_reminders(database)} |")
                bare = _bare_rows(database)
            finally:
                database.close()
            say(f"| {kind} | {homes} | {took:.1f} | {homes / took:.0f} | {bare:.1f} | {took / bare:.1f} |")
    say("")
    say("| database | open bills | reminded in s | letters | longest transaction, ms | nothing to say, s |")
    say("|---|---|---|---|---|---|")
    for line in reminded:
        say(line)


def _a_city(buildings: int, homes: int) -> None:
    community = put(Community, name="城", street=None, district=None)
    for number in range(buildings // 10 + 1):
        estate = put(Estate, community_id=community, name=f"{number}区", aliases=[], active=True)
        set_price(estate, 3000 + number, date(2026, 1, 1))
        for name in range(10):
            building = put(Building, estate_id=estate, name=str(name), active=True)
            rooms = [
                {
                    "building_id": building,
                    "unit_name": "",
                    "room": str(room),
                    "area": 4000 + room,
                    "active": True,
                }
                for room in range(homes // buildings + 1)
            ]
            session().connection().execute(insert(Household), rooms)
    raise_version()


def _bills(database: Database) -> float:
    began = time.perf_counter()
    run = database.write(billing.begin, QUARTER, 30)
    while database.write(billing.bill_some, run):
        pass
    return time.perf_counter() - began


def _reminders(database: Database) -> str:
    """A morning on which every home has a step that is due, and the next one."""
    after: int | None = 0
    while after is not None:
        after = database.write(_move_in, after)
    began, longest = time.perf_counter(), _sweep(database)
    took = time.perf_counter() - began
    with database.read():
        letters = session().scalar(select(func.count(Letter.id)))
    began = time.perf_counter()
    _sweep(database)
    return f"{took:.1f} | {letters} | {longest * 1000:.0f} | {time.perf_counter() - began:.1f}"


def _sweep(database: Database) -> float:
    """Seconds of the longest transaction."""
    after: int | None = 0
    longest = 0.0
    while after is not None:
        began = time.perf_counter()
        after = database.write(remind_some, after, Rules())
        longest = max(longest, time.perf_counter() - began)
    return longest


def _move_in(after: int) -> int | None:
    """One person into each of the next homes."""
    query = select(Household.id, Household.building_id, Household.unit_name, Household.room)
    homes = session().execute(query.where(Household.id > after).order_by(Household.id).limit(1000)).all()
    at = now()
    if not homes:
        return None
    people = [
        {"id": home.id, "public_id": f"bench-{home.id}", "is_rider": False, "created_at": at}
        for home in homes
    ]
    session().connection().execute(insert(Person), people)
    lives = [
        {"person_id": home.id, "building_id": home.building_id, "unit_name": home.unit_name,
         "room": home.room, "proof": "staff", "since": at}
        for home in homes
    ]  # fmt: skip
    session().connection().execute(insert(Home), lives)
    return int(homes[-1].id)


def _bare_rows(database: Database) -> float:
    """The rows that the run wrote, written once more for another period into the same tables."""
    with database.read():
        homes = session().execute(select(Household.id, Building.estate_id).join(Building)).all()
        entry = session().scalar(select(func.min(EntryLine.entry_id)))
        last = session().scalar(select(func.max(Bill.id))) or 0
    began = time.perf_counter()
    for first in range(0, len(homes), billing.AT_ONCE):
        database.write(_write, homes[first : first + billing.AT_ONCE], entry, last + first)
    return time.perf_counter() - began


def _write(homes: Sequence[Sequence[int]], entry: int, last: int) -> None:
    at = now()
    same = {
        "period": "2027-Q1", "first": QUARTER.first, "months": 3, "due_on": QUARTER.last,
        "amount_fen": 4500, "paid_fen": 0, "state": "open", "made_at": at,
    }  # fmt: skip
    bills = [
        same | {"id": last + place, "household_id": home, "estate_id": estate}
        for place, (home, estate) in enumerate(homes, 1)
    ]
    lines = [{"bill_id": bill["id"], "what": "service", "fen": 4500, "at": at} for bill in bills]
    booked = [
        {"entry_id": entry, "account": "receivable", "household_id": home, "fen": 4500} for home, _ in homes
    ]
    for model, rows in ((Bill, bills), (BillLine, lines), (EntryLine, booked)):
        table = model.__table__
        assert isinstance(table, Table)
        session().connection().execute(insert(table), rows)
