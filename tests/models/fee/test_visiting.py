"""Where letters do not help somebody goes there, once, with a list that names no sum (X05)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from appraised import apart
from factories import a_town, letters_to
from fee_bills import a_bill, pay
from fee_books import building, homes, living_in
from sqlalchemy import func, select, update

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.fee import visiting, visits_due
from models.fee.reminding import Open, Rules, Told, remind_some
from models.fee.tables import Bill, FeeVisit
from models.fee.visits_due import Before, ask_some, hand_out_one, needs_visit
from models.outbox.letter import Letter

DUE = date(2026, 10, 31)
RULES = Rules()
SUN = By.staff(7)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def mornings(db, first: int, last: int) -> list[int]:
    """Days after the due day on which the home was put on the list; letters go out at once, if at all.
    Every morning of some seven weeks; of the others one in five, which finds what those before it missed."""
    asked: list[int] = []
    for days in [one for one in range(first, last + 1) if -5 <= one <= 45 or one % 5 == 0]:
        with time_machine.travel(at(DUE + timedelta(days=days)), tick=False):
            asked += [days] * db.write(_morning)
    return asked


def _morning() -> int:
    """How many were put on the list. In one transaction, because most of the time would go into more."""
    before = _count()
    for verb in (remind_some, ask_some):
        after: int | None = 0
        while after is not None:
            after = verb(after, RULES)
    while hand_out_one():
        pass
    session().execute(update(Letter).where(Letter.state == "waiting").values(state="sent"))
    return _count() - before


def _count() -> int:
    return session().execute(select(func.count()).select_from(FeeVisit)).scalar_one()


def _visits(db) -> list[FeeVisit]:
    with db.read():
        return list(session().scalars(select(FeeVisit).order_by(FeeVisit.id)))


@pytest.fixture
def cast(db):
    """Whoever holds a post there has held it since long before the bills."""
    with time_machine.travel(apart(at(DUE - timedelta(days=60)))):
        return db.write(a_town)


@pytest.fixture
def home(db, cast) -> int:
    def made() -> int:
        (home,) = homes(1)
        a_bill(home, 45_00, due_on=DUE)
        return home

    return db.write(made)


def test_where_all_steps_did_not_help_somebody_goes_once(db, home):
    db.write(living_in, home)
    assert mornings(db, -30, 120) == [37]


def test_where_nobody_is_known_somebody_goes_a_week_after_the_day(db, home):
    assert mornings(db, -30, 120) == [7]


def test_where_letters_come_to_nobody_somebody_goes_a_week_after_the_day(db, home):
    db.write(living_in, home)
    with time_machine.travel(at(DUE), tick=False):
        db.write(remind_some, 0, RULES)
        db.write(lambda: session().execute(update(Letter).values(state="by_hand", reason="no_way")))
    assert mornings(db, 1, 6) == []
    with time_machine.travel(at(DUE + timedelta(days=7)), tick=False):
        db.write(ask_some, 0, RULES)
    assert len(_visits(db)) == 1


def test_the_grid_worker_hears_how_many_homes_in_which_buildings(db, cast, home):
    mornings(db, 7, 9)
    with db.read():
        (letter,) = letters_to(cast.sun, "fee_visits")
        assert letter.facts["houses"] == [{"estate": "育英小区", "building": "3", "homes": 1}]
        assert letter.facts["count"] == 1
        assert letter.facts["path"].endswith("/fees/visits")
        assert _visits(db)[0].to_id == cast.sun.id


def test_the_desk_goes_where_nobody_has_the_building(db, cast):
    def made() -> None:
        (home,) = homes(1, name="7")
        a_bill(home, 45_00, due_on=DUE)

    db.write(made)
    mornings(db, 7, 7)
    assert _visits(db)[0].to_id is None
    with db.read():
        assert len(letters_to(cast.zhao, "fee_visits")) == 1


def test_who_pays_needs_nobody_at_the_door(db, home):
    mornings(db, 7, 7)
    with time_machine.travel(at(DUE + timedelta(days=8)), tick=False):
        db.write(lambda: pay(home, 45_00, DUE))
        (visit,) = _visits(db)
        assert (visit.outcome, visit.done_by) == ("paid", None)
        with db.read():
            assert [one.periods for one in visiting.stops(building("育英小区", "3"))] == [()]


def test_a_stop_names_periods_and_no_sum(db, home):
    mornings(db, 7, 7)
    with time_machine.travel(at(DUE + timedelta(days=7)), tick=False), db.read():
        (stop,) = visiting.stops(building("育英小区", "3"))
        assert (stop.unit, stop.room, stop.periods, stop.since) == ("1", "101", ("2026-Q4",), DUE)
        assert "4500" not in str(stop)
        assert visiting.rounds([building("育英小区", "3")]) == {building("育英小区", "3"): (1, 0)}


@pytest.mark.parametrize(
    ("outcome", "promised", "again"),
    [
        ("paid", None, None),
        ("moved", None, None),
        ("difficulty", None, None),
        ("not_in", None, 10),
        ("promised", DUE + timedelta(days=20), 21),
    ],
)
def test_what_came_of_it_says_whether_somebody_goes_again(db, home, outcome, promised, again):
    mornings(db, 7, 7)
    with time_machine.travel(at(DUE + timedelta(days=7)), tick=False):
        db.write(lambda: visiting.finish(_visits(db)[0].id, outcome, SUN, promised_on=promised))
    assert mornings(db, 8, 90) == ([] if again is None else [again])


def test_a_result_is_said_once_and_the_same_again_changes_nothing(db, home):
    mornings(db, 7, 7)
    with time_machine.travel(at(DUE + timedelta(days=7)), tick=False):
        (visit,) = _visits(db)
        for _ in range(2):
            db.write(lambda: visiting.finish(visit.id, "moved", SUN))
        with pytest.raises(NotAllowed, match="visit_done"):
            db.write(lambda: visiting.finish(visit.id, "paid", SUN))
        assert db.write(visiting.take_back, visit.id, SUN)
        assert _visits(db)[0].outcome is None
        db.write(lambda: visiting.finish(visit.id, "paid", SUN))
    with time_machine.travel(at(DUE + timedelta(days=7)) + timedelta(minutes=11), tick=False):
        assert not db.write(visiting.take_back, visit.id, SUN)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"outcome": "bribed"}, "visit_outcome"),
        ({"outcome": "promised"}, "visit_promise"),
        ({"outcome": "promised", "promised_on": DUE}, "visit_promise"),
        ({"outcome": "promised", "promised_on": DUE + timedelta(days=100)}, "visit_promise"),
        ({"outcome": "complains", "words": " "}, "visit_words"),
    ],
)
def test_a_result_that_says_nothing_is_refused(db, home, said, code):
    mornings(db, 7, 7)
    visit = _visits(db)[0].id
    with time_machine.travel(at(DUE + timedelta(days=7)), tick=False), pytest.raises(Invalid, match=code):
        db.write(lambda: visiting.finish(visit, by=SUN, **said))
    with pytest.raises(NotFound):
        db.write(lambda: visiting.finish(visit + 1, "paid", SUN))


def test_a_disputed_bill_sends_nobody(db, home):
    db.write(lambda: session().execute(update(Bill).values(case_id=5)))
    assert mornings(db, 0, 60) == []


def test_a_list_is_handed_out_once_whatever_dies(db, cast, home, monkeypatch):
    mornings(db, 7, 7)
    db.write(lambda: session().execute(update(FeeVisit).values(told_at=None)))
    db.write(lambda: session().execute(update(Letter).values(key="other")))
    real = visits_due._tell

    def dies(*args: object) -> None:
        real(*args)
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(visits_due, "_tell", dies)
        with pytest.raises(RuntimeError):
            db.write(hand_out_one)
    assert db.write(hand_out_one)
    assert not db.write(hand_out_one)
    with db.read():
        assert len(letters_to(cast.sun, "fee_visits")) == 2


def test_the_rule_by_itself():
    bill = Open(1, 9, 1, DUE, False)
    day = DUE + timedelta(days=40)
    used_up = [Told(1, "after2", 1, at(DUE + timedelta(days=30)))]
    assert needs_visit([bill], used_up, False, None, day, RULES)
    assert not needs_visit([bill], [], False, None, day, RULES)
    assert needs_visit([bill], [], True, None, day, RULES)
    assert not needs_visit([bill], used_up, False, Before(DUE, None, None, None), day, RULES)
    recent = Before(DUE + timedelta(days=36), "paid", day, None)
    assert not needs_visit([bill], used_up, False, recent, day, RULES)
    former = Before(DUE - timedelta(days=90), "paid", DUE - timedelta(days=90), None)
    assert needs_visit([bill], used_up, False, former, day, RULES)
