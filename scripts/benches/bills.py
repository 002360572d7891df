"""The bills of a quarter for a city's homes: `hemei bill generate`, against writing as many bare rows.

The baseline inserts the same number of bills, lines and ledger lines, known beforehand, in transactions of
the same size and nothing else, so the ratio is what finding tariffs, computing and being resumable cost.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Table, func, insert, select

from benches import rig
from models.base.clock import now
from models.base.orm import put, session
from models.fee import billing
from models.fee.period import Period
from models.fee.tables import Bill, BillLine
from models.fee.tariffs import set_price
from models.ledger.tables import EntryLine
from models.place.tables import Building, Community, Estate, Household
from server import migrations
from server.database import Database

BUILDINGS, HOMES = 1_445, 90_000
QUARTER = Period.of("2026-Q4")


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    buildings, homes = (BUILDINGS // 10, HOMES // 10) if quick else (BUILDINGS, HOMES)
    say("| database | homes | seconds | homes/s | bare rows, seconds | × bare rows |")
    say("|---|---|---|---|---|---|")
    for kind in databases:
        with rig.database_url(kind) as url:
            migrations.upgrade(url)
            database = Database(url)
            try:
                database.write(_a_city, buildings, homes)
                took = _bills(database)
                bare = _bare_rows(database)
            finally:
                database.close()
            say(f"| {kind} | {homes} | {took:.1f} | {homes / took:.0f} | {bare:.1f} | {took / bare:.1f} |")


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


def _bills(database: Database) -> float:
    began = time.perf_counter()
    run = database.write(billing.begin, QUARTER, 30)
    while database.write(billing.bill_some, run):
        pass
    return time.perf_counter() - began


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
