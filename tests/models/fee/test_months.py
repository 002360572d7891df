"""Whatever homes agree on and whichever runs are made in which order: each month of a home stands on one bill
only, nothing is charged inside a trial, and the books are right to the fen."""

import random
import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from fee_homes import HOME, ONE, an_offer, run_bills, some_homes
from sqlalchemy import select

from models.base.months import month_on, months_from
from models.base.orm import session
from models.base.refusals import Refused
from models.contract.tables import Charging, Contract
from models.fee import buying, leaving
from models.fee.checking import faults
from models.fee.payments import Way, receive
from models.fee.tables import Bill, State
from models.ledger import Account
from models.ledger.balances import balances
from server.billing import earn_month

LABELS = ("2026-Q4", "2027-Q1", "2027-Q2", "2027", "2026-11", "2027-05", "2027-02+14", "2028-Q1")
START = datetime(2026, 11, 5, 4, tzinfo=UTC)
UNTIL = date(2029, 1, 1)


@pytest.mark.parametrize("seed", range(4))
def test_random_homes_and_runs(db, seed):
    rng = random.Random(seed)
    with time_machine.travel(START, tick=False):
        homes = db.write(lambda: some_homes(6, area=rng.randrange(3000, 9000)))
        offers = [
            db.write(lambda: an_offer(open_until=UNTIL, gift="米", gift_stock=2)),
            db.write(lambda: an_offer(Charging.TRIAL, name="试用", open_until=UNTIL)),
            db.write(lambda: an_offer(Charging.YEAR, name="四付三", months_paid=3, months_term=4,
                                      open_until=UNTIL)),
        ]  # fmt: skip
    at = START
    for step in range(40):
        at = at.replace(day=rng.randrange(1, 28))
        if rng.random() < 0.4:
            first = month_on(at.date().replace(day=1), 1)
            at = at.replace(year=first.year, month=first.month)
        with time_machine.travel(at, tick=False):
            _something(db, rng, homes, offers, step)
    with db.read():
        assert list(faults()) == []
        bills = session().scalars(select(Bill).where(Bill.state != State.VOID)).all()
        charged = [(one.household_id, month) for one in bills for month in months_from(one.first, one.months)]
        assert len(charged) == len(set(charged)) > 20
        trials = session().scalars(select(Contract).where(Contract.charging == Charging.TRIAL)).all()
        assert trials
        for trial in trials:
            inside = [
                m for home, m in charged if home == trial.household_id and trial.since <= m < trial.until
            ]
            assert inside == []
    with time_machine.travel(datetime(2035, 1, 1, tzinfo=UTC), tick=False):
        for month in months_from(START.date().replace(year=2026, month=1, day=1), 96):
            earn_month(db, month)
    with db.read():
        assert balances().get(Account.DEFERRED, 0) == 0
        assert list(faults()) == []


def _something(db, rng: random.Random, homes: list[int], offers: list[int], step: int) -> None:
    home = rng.choice(homes)
    try:
        match rng.randrange(6):
            case 0 | 1:
                run_bills(db, rng.choice(LABELS))
            case 2:
                db.write(lambda: buying.agree(home, rng.choice(offers), HOME, "page"))
            case 3:
                contract = db.write(_running, home)
                if contract is not None:
                    db.write(leaving.leave, contract, ONE, "")
            case 4:
                db.write(receive, home, rng.randrange(1, 20_000), Way.CASH, str(step), START.date(), ONE)
            case 5:
                while db.write(leaving.fall_away):
                    pass
                db.write(lambda: buying.agree_to_quarter(home, HOME, "page"))
    except Refused:
        pass  # what cannot be is refused; what matters is what stands after it


def _running(home: int) -> int | None:
    query = select(Contract.id).where(Contract.household_id == home, Contract.state == "running")
    return session().scalars(query).first()


def test_whoever_buys_while_a_run_bills_is_charged_each_month_once(db):
    with time_machine.travel(datetime(2027, 1, 3, 4, tzinfo=UTC), tick=False):
        homes = db.write(lambda: some_homes(8))
        offer = db.write(lambda: an_offer(starts_on=date(2027, 1, 1)))
        trouble: list[Exception] = []

        def does(work: Any, *given: Any) -> None:
            try:
                work(*given)
            except Refused:
                pass
            except Exception as one:  # noqa: BLE001 - whatever it is, it is shown
                trouble.append(one)

        def buys(home: int) -> None:
            db.write(lambda: buying.agree(home, offer, HOME, "page"))

        runs = [
            threading.Thread(target=does, args=(run_bills, db, label)) for label in ("2027-Q1", "2027-02")
        ]
        taps = [threading.Thread(target=does, args=(buys, home)) for home in homes]
        for one in (*taps[:4], *runs, *taps[4:]):
            one.start()
        for one in (*runs, *taps):
            one.join()
        assert trouble == []
        run_bills(db, "2027-Q1")
    with db.read():
        assert list(faults()) == []
        bills = session().scalars(select(Bill).where(Bill.state != State.VOID)).all()
        assert {one.household_id for one in bills} == set(homes)
        assert sum(one.contract_id is not None for one in bills) == 8
