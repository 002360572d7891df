"""Each morning, once, whatever dies; and nobody hears of a bill that was paid while the letter waited."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from factories import a_town
from fee_bills import a_bill, pay
from fee_books import homes, living_in, moves_to
from letter_office import Office
from settings_files import configuration
from sqlalchemy import func, select, update

from models.base.clock import local, now
from models.base.orm import public_id, put, session
from models.fee import reminding as steps
from models.fee.reminding import Rules, remind_some
from models.fee.tables import Bill, FeeVisit, Reminder
from models.outbox.letter import Letter, State
from models.person.tables import Person
from models.place.tables import Household
from server import reminding
from server.database import Database

TEN = datetime(2026, 11, 8, 2, 0, 30, tzinfo=UTC)  # half past ten in Shanghai, eight days after the due day


@pytest.fixture
def owing(db: Database, monkeypatch: pytest.MonkeyPatch) -> int:
    """Seven homes with somebody who can hear it, and three without; two at a time."""
    monkeypatch.setattr(steps, "AT_ONCE", 2)

    def made() -> int:
        a_town()
        for number, home in enumerate(homes(10)):
            a_bill(home, 45_00, due_on=date(2026, 10, 31))
            if number < 7:
                living_in(home, openid=f"o-{number}")
        return 7

    return db.write(made)


def counts(db: Database) -> tuple[int, int, int]:
    """Letters about bills, homes to visit, letters about visits."""
    with db.read():
        about_bills = select(func.count(Letter.id)).where(Letter.kind == "fee_reminder")
        about_visits = select(func.count(Letter.id)).where(Letter.kind == "fee_visits")
        return tuple(
            int(session().execute(one).scalar_one())
            for one in (about_bills, select(func.count(FeeVisit.id)), about_visits)
        )  # type: ignore[return-value]


@pytest.mark.parametrize("fails_at", [1, 3, 6, 8, 11, 13])
def test_a_morning_that_dies_anywhere_is_gone_on_with(db, owing, tmp_path, monkeypatch, fails_at):
    config = configuration(tmp_path)
    real, calls = db.write, []

    def dies(work, *args):
        calls.append(work)
        if len(calls) == fails_at:
            raise RuntimeError("killed")
        return real(work, *args)

    with time_machine.travel(TEN, tick=False):
        with monkeypatch.context() as patched:
            patched.setattr(db, "write", dies)
            with pytest.raises(RuntimeError):
                reminding.remind(config, db)
        reminding.remind(config, db)
        done = counts(db)
        reminding.remind(config, db)
    assert counts(db) == done == (7, 3, 1)


def test_a_place_may_do_without(db, owing, tmp_path):
    with time_machine.travel(TEN, tick=False):
        reminding.remind(configuration(tmp_path, fees={"remind": False}), db)
    assert counts(db) == (0, 0, 0)


def test_two_processes_and_a_cashier_at_once_tell_each_home_once(db, owing, tmp_path):
    config = configuration(tmp_path)
    with db.read():
        all_homes = session().scalars(select(Bill.household_id).order_by(Bill.id)).all()
    with time_machine.travel(TEN, tick=False), ThreadPoolExecutor(3) as many:
        done = [many.submit(reminding.remind, config, db) for _ in range(2)]
        for home in all_homes[:4]:
            db.write(lambda home=home: pay(home, 45_00, date(2026, 11, 8)))
        assert [one.exception() for one in done] == [None, None]
        with db.read():
            told = session().execute(
                select(Letter.about_id, func.count())
                .where(Letter.kind == "fee_reminder")
                .group_by(Letter.about_id)
            )
            assert all(count == 1 for _, count in told)
            waiting = set(session().scalars(select(Letter.about_id).where(Letter.state == State.WAITING)))
            assert not waiting & steps.settled(all_homes[:4])
            assert session().scalar(select(func.count(Reminder.id))) <= 10


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Iterator[Office]:
    made = Office(
        db, tmp_path, at=None, rules={"quiet_from": "00:00", "quiet_until": "00:00"},
        templates={"fee_reminder": "official-notice"},
    )  # fmt: skip
    yield made
    made.close()


@pytest.mark.parametrize("paid", [False, True])
def test_the_sender_asks_once_more_whether_there_is_anything_to_say(db, office: Office, paid: bool):
    """Also where a bill was settled past every verb that takes letters back."""

    def made() -> tuple[int, int]:
        a_town()
        (home,) = homes(1)
        a_bill(home, 918_37, due_on=local(now()).date() - timedelta(days=1))
        person = put(Person, public_id=public_id(), is_rider=False, created_at=now())
        moves_to(person, session().get_one(Household, home))
        return home, person

    home, person = db.write(made)
    openid = office.resident(person)
    db.write(remind_some, 0, Rules())
    if paid:
        db.write(lambda: session().execute(update(Bill).values(state="paid", paid_fen=918_37)))
    office.delivery.drain()
    with db.read():
        (letter,) = session().scalars(select(Letter).where(Letter.about_kind == "fees")).all()
        assert (letter.about_id, letter.state) == (home, State.WITHDRAWN if paid else State.SENT)
        assert letter.reason == ("overtaken" if paid else None)
    seen = [str(one.body) for one in office.calls("*")]
    assert bool([one for one in seen if openid in one and "物业费账单提醒" in one]) is not paid
    said = [str(one.body["data"]) for one in office.calls("*") if "data" in one.body]
    assert bool(said) is not paid
    assert not [one for one in said if "918" in one]  # what is owed
