"""The clock makes bills, charges, earns and proves; each once, whatever dies in between."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from factories import a_town, letters_to
from fee_bills import a_bill, estate_of
from fee_books import homes
from settings_files import configuration
from sqlalchemy import func, select, update

from models.base.orm import session
from models.fee import billing as making
from models.fee.calendar import newest
from models.fee.checking import faults
from models.fee.tables import Bill, BillRun
from models.fee.tariffs import set_price
from models.ledger.tables import Entry
from models.place.tables import Household
from server import billing
from server.timetable import timetable


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T17:05:00+00:00")  # five past one of the day after, in Shanghai


@pytest.fixture
def config(tmp_path):
    return configuration(tmp_path, fees={"bill_every": "quarter", "bill_on_day": 20})


@pytest.fixture
def cast(db):
    def made():
        cast = a_town()
        flats = homes(7)
        session().execute(update(Household).values(area=5000))
        set_price(estate_of(flats[0]), 3000, date(2026, 1, 1))
        return cast

    return db.write(made)


def bills(db) -> dict[str, int]:
    with db.read():
        counts = session().execute(select(Bill.period, func.count()).group_by(Bill.period))
        return {period: int(count) for period, count in counts}


@pytest.mark.parametrize(
    ("day", "every", "label"),
    [
        (date(2026, 12, 19), "quarter", "2026-Q4"),
        (date(2026, 12, 20), "quarter", "2027-Q1"),
        (date(2027, 1, 1), "quarter", "2027-Q1"),
        (date(2026, 11, 20), "quarter", "2026-Q4"),
        (date(2026, 11, 20), "month", "2026-12"),
        (date(2026, 12, 31), "month", "2027-01"),
        (date(2026, 11, 30), "year", "2026"),
        (date(2026, 12, 20), "year", "2027"),
    ],
)
def test_the_bills_of_the_next_period_are_made_from_its_day_on(day, every, label):
    assert newest(day, every, 20).label == label


def test_a_place_that_did_not_ask_for_it_has_no_bills_by_itself(db, cast, tmp_path):
    with time_machine.travel(at("2026-12-19"), tick=False):
        billing.make_bills(configuration(tmp_path), db)
    assert bills(db) == {}


@pytest.mark.parametrize("fails_at", range(1, 6))
def test_a_run_that_dies_between_any_two_slices_bills_each_home_once(db, cast, config, monkeypatch, fails_at):
    monkeypatch.setattr(making, "AT_ONCE", 2)
    real, calls = making.bill_some, []

    def dies(run: int) -> bool:
        goes_on = real(run)
        calls.append(1)
        if len(calls) in (fails_at, fails_at + 1, fails_at + 3):
            raise RuntimeError("killed")  # the slice is lost as well, because it is one transaction
        return goes_on

    monkeypatch.setattr(billing.billing, "bill_some", dies)
    with time_machine.travel(at("2026-12-19"), tick=False):
        for _ in range(4):
            try:
                billing.make_bills(config, db)
            except RuntimeError:
                continue
    assert bills(db) == {"2027-Q1": 7}
    with db.read():
        run = session().scalars(select(BillRun)).one()
        assert (run.bills, run.fen, run.ended_at is not None) == (7, 7 * 45_00, True)
        assert list(faults()) == []


def test_a_home_that_came_later_is_billed_at_the_next_months_look(db, cast, config):
    with time_machine.travel(at("2026-12-19"), tick=False):
        billing.make_bills(config, db)

    def more() -> None:
        (new,) = homes(1)
        session().get_one(Household, new).area = 5000

    db.write(more)
    for day, count in (("2026-12-28", 7), ("2027-01-03", 8), ("2027-01-04", 8)):
        with time_machine.travel(at(day), tick=False):
            billing.make_bills(config, db)
        assert bills(db) == {"2027-Q1": count}


def test_months_that_have_ended_are_earned_once(db, cast, config):
    with time_machine.travel(at("2026-12-19"), tick=False):
        billing.make_bills(config, db)
    for day in ("2027-01-30", "2027-01-31", "2027-02-01"):
        with time_machine.travel(at(day), tick=False):
            billing.earn(config, db)
    with db.read():
        assert session().scalar(select(func.count(Entry.id)).where(Entry.kind == "earned")) == 1


def test_late_payment_is_charged_only_where_the_place_has_a_rule(db, cast, tmp_path):
    db.write(lambda: a_bill(homes(1)[0], 1000_00, due_on=date(2026, 10, 31)))
    with time_machine.travel(datetime(2026, 12, 5, tzinfo=UTC), tick=False):
        billing.charge_late(configuration(tmp_path), db)
        assert _owed(db) == 1000_00
        for _ in range(2):
            billing.charge_late(configuration(tmp_path, fees={"late_per_10000_day": 5}), db)
        assert _owed(db) == 1015_00


def _owed(db) -> int:
    with db.read():
        return session().scalars(select(Bill.amount_fen)).one()


def test_named_persons_hear_when_the_books_do_not_prove_themselves(db, cast, tmp_path):
    config = configuration(tmp_path, alerts={"staff": [cast.zhao.number]})
    db.write(lambda: a_bill(homes(1)[0], 1000_00))
    billing.prove(config, db)
    with db.read():
        assert letters_to(cast.zhao, "books_wrong") == []
    db.write(lambda: session().execute(update(Bill).values(amount_fen=1000_01)))
    billing.prove(config, db)
    with db.read():
        (letter,) = letters_to(cast.zhao, "books_wrong")
        assert letter.facts["count"] == 2
        assert {"what": "bill", "number": 1} in letter.facts["examples"]


def test_all_of_it_stands_in_the_timetable(config):
    names = {line.name for line in timetable(config)}
    assert names >= {
        "make bills", "charge for late payment", "earn fees", "prove the books", "remind of bills",
    }  # fmt: skip
