"""Who lives in a home hears of its bills in steps, and not once more after they are paid (row 58, X19)."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from factories import a_town
from fee_bills import a_bill, pay
from fee_books import homes, living_in, moves_to
from sqlalchemy import select

from handlers import words
from models.base.clock import local
from models.base.orm import session
from models.fee import reminding
from models.fee.payments import Way, receive_for
from models.fee.reminding import Open, Rules, Told, remind_some, step_on, wanted
from models.fee.tables import Bill, Reminder, State
from models.outbox.letter import Letter
from models.place.tables import Household

DUE = date(2026, 10, 31)
RULES = Rules()


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)  # ten o'clock in Shanghai


def sweep(db, day: date, rules: Rules = RULES) -> None:
    def all_homes() -> None:
        after: int | None = 0
        while after is not None:
            after = remind_some(after, rules)

    with time_machine.travel(at(day), tick=False):
        db.write(all_homes)


def letters(db, *, state: str | None = None) -> list[tuple[str, int, str]]:
    """(kind, person, step) of all letters about fees."""
    with db.read():
        found = session().scalars(select(Letter).where(Letter.about_kind == "fees").order_by(Letter.id))
        return [(one.kind, one.to_id, one.facts["step"]) for one in found if state in (None, one.state)]


@pytest.fixture
def home(db) -> int:
    """A bill of 3号楼101 that is due on the last of October."""

    def made() -> int:
        a_town()
        (home,) = homes(1)
        a_bill(home, 45_00, due_on=DUE)
        return home

    with time_machine.travel(at(date(2026, 10, 1)), tick=False):
        return db.write(made)


@pytest.fixture
def person(db, home) -> int:
    return db.write(living_in, home)


def test_a_bill_is_told_before_on_and_after_its_day_each_step_once(db, home, person):
    for days in range(-30, 60):
        sweep(db, DUE + timedelta(days=days))
        sweep(db, DUE + timedelta(days=days))
    with db.read():
        told = list(session().scalars(select(Letter).where(Letter.about_kind == "fees").order_by(Letter.id)))
    seen = [((local(one.created_at).date() - DUE).days, one.facts["step"]) for one in told]
    assert seen == [(-30, "made"), (-7, "before"), (0, "due"), (7, "after"), (30, "after")]
    assert [kind for kind, _, _ in letters(db)] == ["bill_made"] + ["fee_reminder"] * 4


def test_what_was_missed_while_nothing_ran_is_not_made_up_for(db, home, person):
    sweep(db, DUE + timedelta(days=8))
    sweep(db, DUE + timedelta(days=9))
    assert letters(db) == [("fee_reminder", person, "after")]


@pytest.mark.parametrize(("gap", "heard"), [(7, 5), (8, 5), (31, 3)])
def test_between_two_letters_to_a_home_lie_some_days(db, home, person, gap, heard):
    for days in range(-30, 60):
        sweep(db, DUE + timedelta(days=days), Rules(gap_days=gap, after_days=(7, 30)))
    days = [one.at.date() for one in _reminders(db)]
    assert all((later - earlier).days >= gap for earlier, later in pairwise(days))
    assert len(letters(db)) == heard


def _reminders(db) -> list[Reminder]:
    with db.read():
        return list(session().scalars(select(Reminder).order_by(Reminder.id)))


def test_several_bills_of_a_home_are_one_letter_to_each_of_its_people(db, home, person):
    other = db.write(living_in, home)
    db.write(lambda: a_bill(home, 45_00, "2026-Q3", due_on=date(2026, 7, 31)))
    sweep(db, DUE)
    assert sorted(letters(db)) == sorted([("fee_reminder", one, "after") for one in (person, other)])
    assert {(one.step, one.people) for one in _reminders(db)} == {("due", 2), ("after2", 2)}


def test_a_letter_says_no_sum_and_nothing_about_owing(db, home, person):
    words.use_base_url("http://localhost")  # and no port that looks like a sum
    for days in (-30, -7, 0, 7):
        sweep(db, DUE + timedelta(days=days))
    with db.read():
        for one in session().scalars(select(Letter)):
            for way in ("chat", "template", "work", "mini"):
                said = words.letter(one.kind, way, one.facts)
                everything = f"{said.text}{said.values}{said.card}"
                assert "45" not in everything.replace(one.facts["number"], "").replace(one.facts["path"], "")
                assert not any(word in everything for word in ("欠", "逾期", "拖", "未交", "没交", "违约"))
                assert "101" not in str(said.text).replace(one.facts["path"], "")


def test_who_only_said_to_live_there_hears_nothing(db, home):
    db.write(living_in, home, "said")
    sweep(db, DUE)
    assert letters(db) == []
    assert [(one.step, one.people) for one in _reminders(db)] == [("due", 0)]


def test_who_moved_out_hears_nothing_any_more(db, home, person):
    sweep(db, DUE)
    (other,) = db.write(lambda: homes(1, name="5"))
    db.write(lambda: moves_to(person, session().get_one(Household, other)))
    assert letters(db, state="withdrawn") == [("fee_reminder", person, "due")]
    sweep(db, DUE + timedelta(days=7))
    assert len(letters(db)) == 1


@pytest.mark.parametrize("way", [Way.CASH, Way.WECHAT])
def test_a_payment_takes_back_what_waits_in_its_own_transaction(db, home, person, way):
    sweep(db, DUE)

    def paid_and_asked() -> list[str]:
        if way == Way.CASH:
            pay(home, 45_00, DUE)
        else:
            bill = session().scalars(select(Bill.id)).one()
            receive_for({bill: 45_00}, home, 45_00, way, "4200001", DUE)
        return list(session().scalars(select(Letter.state)))

    with time_machine.travel(at(DUE) + timedelta(minutes=1), tick=False):
        assert db.write(paid_and_asked) == ["withdrawn"]
    for days in (7, 30):
        sweep(db, DUE + timedelta(days=days))
    assert len(letters(db)) == 1


def test_a_part_of_a_payment_takes_nothing_back(db, home, person):
    sweep(db, DUE)
    with time_machine.travel(at(DUE), tick=False):
        db.write(lambda: pay(home, 44_99, DUE))
    assert letters(db, state="waiting") == [("fee_reminder", person, "due")]


@pytest.mark.parametrize(
    "change",
    [
        {"state": State.VOID},
        {"amount_fen": 0},
        {"case_id": 7},
    ],
    ids=["taken back", "relief of all", "disputed"],
)
def test_a_bill_that_is_none_any_more_or_is_disputed_is_not_told(db, home, person, change):
    sweep(db, DUE)
    with db.read():
        assert reminding.settled([home]) == set()

    def changed() -> None:
        bill = session().scalars(select(Bill)).one()
        for name, value in change.items():
            setattr(bill, name, value)

    db.write(changed)
    with db.read():
        assert reminding.overtaken("fee_reminder", [home]) == {home}
        assert reminding.overtaken("bill_made", [home]) == {home}
        assert reminding.overtaken("notice", [home]) == ()
    sweep(db, DUE + timedelta(days=7))
    assert len(letters(db)) == 1


def test_made_is_not_told_where_the_place_does_not_want_it(db, home, person):
    sweep(db, DUE - timedelta(days=20), Rules(tells_of_bills=False))
    assert letters(db) == []
    sweep(db, DUE - timedelta(days=3), Rules(before_days=0, tells_of_bills=False))
    assert letters(db) == []
    sweep(db, DUE, Rules(before_days=0, tells_of_bills=False))
    assert letters(db) == [("fee_reminder", person, "due")]


@pytest.mark.parametrize("fails_at", range(1, 6))
def test_a_sweep_that_dies_anywhere_tells_everybody_once(db, monkeypatch, fails_at):
    monkeypatch.setattr(reminding, "AT_ONCE", 3)

    def made() -> None:
        a_town()
        for number, home in enumerate(homes(10)):
            a_bill(home, 10_00, due_on=DUE)
            living_in(home, openid=f"o-{number}")

    db.write(made)
    real, calls = reminding.remind_some, []

    def dies(after: int, rules: Rules) -> int | None:
        done = real(after, rules)
        calls.append(1)
        if len(calls) == fails_at:
            raise RuntimeError("killed")
        return done

    with time_machine.travel(at(DUE), tick=False):
        for _ in range(2):
            after: int | None = 0
            try:
                while after is not None:
                    after = db.write(dies, after, RULES)
            except RuntimeError:
                pass
    assert len(letters(db)) == 10
    assert len(set(letters(db))) == 10


def test_steps_are_those_of_the_place():
    rules = Rules(before_days=3, after_days=(10, 20, 40))
    days = {
        -4: "made",
        -3: "before",
        -1: "before",
        0: "due",
        9: "due",
        10: "after1",
        39: "after2",
        400: "after3",
    }
    assert {day: step_on(DUE + timedelta(days=day), DUE, rules) for day in days} == days
    assert step_on(DUE + timedelta(days=400), DUE, Rules(after_days=())) == "due"


def test_a_disputed_bill_does_not_keep_the_others_from_being_told():
    bills = [Open(1, 9, 1, DUE, True), Open(2, 9, 1, DUE, False)]
    assert wanted(bills, [], DUE, RULES) == {2: "due"}
    assert wanted(bills, [Told(2, "due", 0, at(DUE))], DUE, RULES) == {}


def test_an_emptied_town_has_nobody_to_remind(db):
    assert db.write(remind_some, 0, RULES) is None
