"""Every home has one bill for a period, whatever happens while they are made."""

from datetime import date
from fractions import Fraction

import pytest
from factories import a_town
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from models.base.orm import put, session
from models.base.refusals import Invalid
from models.fee import billing
from models.fee.billing import again, begin, bill_some
from models.fee.checking import faults
from models.fee.period import Period
from models.fee.tables import Basis, Bill, BillLine, BillRun
from models.fee.tariffs import Tariffs, set_price
from models.ledger import Account
from models.ledger.balances import balances, household_balance
from models.place.tables import Building, Estate, Household

Q4 = Period.of("2026-Q4")


@pytest.fixture
def homes(db):
    """Six homes of 育英 3号楼 and 5号楼 with areas, one without, and one of an estate without a price."""

    def made() -> dict[str, int]:
        a_town()
        estates = {row.name: row.id for row in session().scalars(select(Estate))}
        rows = session().execute(select(Building.name, Building.estate_id, Building.id)).all()
        houses = {(name, estate): key for name, estate, key in rows}
        yuying = estates["育英小区"]
        found = {}
        for building, room, area in (
            ("3", "101", 5000), ("3", "102", 4733), ("3", "103", None), ("5", "101", 9999), ("5", "102", 1),
        ):  # fmt: skip
            found[f"{building}-{room}"] = put(
                Household,
                building_id=houses[building, yuying],
                unit_name="1",
                room=room,
                area=area,
                active=True,
            )
        other = houses["1", estates["建设小区"]]
        found["other"] = put(Household, building_id=other, unit_name="", room="1", area=5000, active=True)
        gone = put(Household, building_id=other, unit_name="", room="2", area=5000, active=False)
        assert gone
        set_price(yuying, 3000, date(2026, 1, 1))
        return found

    return db.write(made)


def _run(db) -> int:
    number = db.write(begin, Q4, 30)
    while db.write(bill_some, number):
        pass
    return number


def _sums(db) -> dict[int, int]:
    with db.read():
        return {row.household_id: row.amount_fen for row in session().scalars(select(Bill))}


def test_bills_are_area_by_price_by_months(db, homes):
    run = _run(db)
    assert _sums(db) == {
        homes["3-101"]: 45_00,
        homes["3-102"]: 42_60,  # 47.33 × 0.30 × 3 = 42.597
        homes["5-101"]: 89_99,  # 89.991
        homes["5-102"]: 1,  # 0.009
    }
    with db.read():
        done = session().get_one(BillRun, run)
        assert (done.bills, done.fen) == (4, 45_00 + 42_60 + 89_99 + 1)
        assert (done.no_area, done.no_tariff) == (1, 1)
        assert done.due_on == date(2026, 10, 31)
        assert done.ended_at is not None


def test_what_homes_owe_stands_in_the_ledger_to_the_fen(db, homes):
    run = _run(db)
    with db.read():
        total = session().get_one(BillRun, run).fen
        assert balances() == {Account.RECEIVABLE: total, Account.DEFERRED: -total}
        assert household_balance(Account.RECEIVABLE, homes["3-102"]) == 42_60
        assert list(faults()) == []


def test_a_bill_shows_how_its_sum_came_about(db, homes):
    db.write(lambda: set_price(_yuying(), 3500, date(2026, 11, 15), ground="居民代表会议"))
    _run(db)
    with db.read():
        bill = session().scalars(select(Bill).where(Bill.household_id == homes["3-101"])).one()
        lines = (
            session().scalars(select(BillLine).where(BillLine.bill_id == bill.id).order_by(BillLine.id)).all()
        )
        assert [
            (one.price, one.area, Fraction(one.months_over, one.months_under), one.fen) for one in lines
        ] == [
            (3000, 5000, Fraction(22, 15), 22_00),
            (3500, 5000, Fraction(23, 15), 26_83),
        ]
        assert bill.amount_fen == sum(one.fen for one in lines)


def _yuying() -> int:
    return session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()


def test_a_building_of_its_own_price_leaves_the_estates_on_that_day(db, homes):
    def own() -> None:
        fifth = session().scalars(select(Building.id).where(Building.name == "5")).one()
        set_price(_yuying(), 120 * 10_000, date(2026, 12, 1), building_id=fifth, basis=Basis.YEAR)

    db.write(own)
    _run(db)
    assert _sums(db)[homes["5-102"]] == 1 + 10_00  # two months of 0.01 m², then a twelfth of 120 yuan
    with db.read():
        fifth = session().scalars(select(Building.id).where(Building.name == "5")).one()
        assert Tariffs().on(_yuying(), fifth, date(2026, 11, 30)).price == 3000
        assert Tariffs().on(_yuying(), fifth, date(2026, 12, 1)).basis == Basis.YEAR


def test_a_second_run_bills_nobody_twice_and_whoever_was_missing(db, homes):
    run = _run(db)

    def known() -> None:
        session().get_one(Household, homes["3-103"]).area = 6000

    db.write(known)
    assert db.write(begin, Q4, 30) == run
    db.write(again, run)
    while db.write(bill_some, run):
        pass
    assert len(_sums(db)) == 5
    with db.read():
        assert session().get_one(BillRun, run).bills == 5
        assert list(faults()) == []


def test_broken_off_anywhere_each_home_has_one_bill(db, homes, monkeypatch):
    monkeypatch.setattr(billing, "AT_ONCE", 1)
    run = db.write(begin, Q4, 30)
    more, broken = True, 0
    while more:
        with pytest.raises(InterruptedError):
            db.write(_dies_before_it_commits, run)
        broken += 1
        more = db.write(bill_some, run)
    assert broken > 4
    assert len(_sums(db)) == 4
    with db.read():
        assert list(faults()) == []
        assert session().scalar(select(func.count()).select_from(BillRun)) == 1


def _dies_before_it_commits(run: int) -> None:
    bill_some(run)
    raise InterruptedError


def test_a_bill_that_is_not_its_lines_is_found(db, homes):
    _run(db)

    def spoil() -> int:
        bill = session().scalars(select(Bill).where(Bill.household_id == homes["3-101"])).one()
        bill.amount_fen += 1
        return bill.id

    bill = db.write(spoil)
    with db.read():
        assert list(faults()) == [("bill", bill, 1), ("household", homes["3-101"], -1)]


@pytest.mark.parametrize("change", ["UPDATE bill_lines SET fen = 0", "DELETE FROM bill_lines"])
def test_a_line_of_a_bill_is_never_changed(db, homes, change):
    _run(db)
    with pytest.raises(DBAPIError, match="appended, never"):
        db.write(lambda: session().execute(text(change)))


def test_a_home_with_an_area_that_cannot_be_right_stops_no_other(db, homes):
    def slip() -> None:
        session().get_one(Household, homes["3-102"]).area = 1_000_000_00
        set_price(session().scalars(select(Bill.estate_id)).first() or 1, 100_0000, date(2026, 1, 1))

    db.write(slip)
    run = db.write(begin, Q4, 30)
    while db.write(bill_some, run):
        pass
    with db.read():
        billed = set(session().scalars(select(Bill.household_id)))
        assert homes["3-101"] in billed
        assert homes["3-102"] not in billed
        assert session().get_one(BillRun, run).no_area == 2
        assert list(faults()) == []


@pytest.mark.parametrize("price", [-1, 10_000 * 10_000 + 1])
def test_a_price_that_cannot_be_is_refused(db, homes, price):
    with pytest.raises(Invalid, match="price_range"):
        db.write(set_price, 1, price, date(2026, 1, 1))
