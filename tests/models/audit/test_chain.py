"""The chain finds what was changed, removed, put in or cut off, and names the first bad row."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from models.audit import chain, checking
from models.audit.checking import Fault
from models.audit.forgetting import KEPT, forget_past_acts
from models.audit.noting import Who, note
from models.audit.tables import Act, Forgotten, Sealed
from models.base.actor import By
from models.base.clock import now
from models.base.orm import session

LIN = Who(By.staff(7), "community", 3, "203.0.113.0/24")
GUARDED = ("audit_acts", "audit_links", "audit_forgotten")


def acts(db, *, links: int = 3, each: int = 4) -> list[int]:
    """So many links of so many acts."""
    made: list[int] = []
    for link in range(links):
        for number in range(each):
            made.append(db.write(note, "reveal", LIN, ("case", str(link * 100 + number))))
        assert db.write(chain.place) == each
    return made


def faults(db, heads=()) -> list[Fault]:
    with db.read():
        return list(checking.faults(heads))


def by_hand(db, *statements: str) -> None:
    """What somebody does who has the whole database, its guards included."""

    def work() -> None:
        if db.is_sqlite:
            names = session().scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'")
            )
            for name in names.all():
                session().execute(text(f"DROP TRIGGER {name}"))
        else:
            session().execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            session().execute(text(statement))

    db.write(work)


def test_what_nobody_touched_is_whole(db):
    acts(db)
    assert faults(db) == []
    with db.read():
        assert checking.state() == (12, 3, 0)


def test_an_act_has_one_place_however_often_one_looks(db):
    acts(db, links=1)
    assert db.write(chain.place) == 0
    assert db.write(chain.place_late) == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_acts SET by_id = 8 WHERE id = {}",
        "UPDATE audit_acts SET result = 'refused' WHERE id = {}",
        "UPDATE audit_acts SET community_id = NULL WHERE id = {}",
        "UPDATE audit_acts SET facts = '{{\"x\": 1}}' WHERE id = {}",
    ],
)
def test_a_changed_row_is_named(db, change):
    made = acts(db)
    by_hand(db, change.format(made[5]))
    assert faults(db) == [Fault("act_altered", made[5])]


def test_a_row_in_the_place_of_another_is_named(db):
    """Its signature is good: it is that of a true row."""
    made = acts(db)
    columns = "act, at, by_id, about_kind, about_id, mac, whom_id, purpose, origin, result, many, facts"
    setting = ", ".join(
        f"{name} = (SELECT o.{name} FROM audit_acts o WHERE o.id = {made[0]})" for name in columns.split(", ")
    )
    by_hand(db, f"UPDATE audit_acts SET {setting} WHERE id = {made[5]}")
    assert faults(db) == [Fault("act_altered", made[5])]


def test_a_removed_row_is_named(db):
    made = acts(db)
    by_hand(db, f"DELETE FROM audit_acts WHERE id IN ({made[2]}, {made[9]})")
    assert faults(db) == [Fault("act_gone", made[2]), Fault("act_gone", made[9])]


def test_a_row_that_was_slipped_in_is_named_after_an_hour(db):
    made = acts(db)
    long_ago = (now() - timedelta(hours=3)).strftime("%Y-%m-%d %H:%M:%S.000000")
    zone = "" if db.is_sqlite else "+00"
    by_hand(
        db,
        "INSERT INTO audit_acts (key, at, act, by_kind, by_id, post, about_kind, about_id, result, many, "
        f"facts, mac) VALUES ('forged', '{long_ago}{zone}', 'reveal', 'staff', 7, '', 'case', '1', 'ok', 1, "
        "'{}', 'x')",
    )
    assert faults(db) == [Fault("act_unplaced", made[-1] + 1)]


def test_links_that_were_removed_or_changed_are_named(db):
    acts(db)
    by_hand(db, "DELETE FROM audit_links WHERE number = 2")
    assert faults(db)[0] == Fault("link_gone", 2)


def test_a_link_that_was_changed_is_named(db):
    acts(db)
    by_hand(db, "UPDATE audit_links SET rows = '[]' WHERE number = 2")
    assert faults(db)[0] == Fault("link_altered", 2)


def test_a_chain_that_was_cut_off_is_found_by_a_head_that_was_kept_elsewhere(db):
    made = acts(db)
    with db.read():
        kept = chain.head()
    by_hand(
        db,
        "DELETE FROM audit_links WHERE number = 3",
        f"DELETE FROM audit_acts WHERE id > {made[7]}",
    )
    assert faults(db) == []  # nobody could tell
    assert faults(db, [(kept.number, kept.mac)]) == [Fault("end_gone", 2)]
    db.write(note, "reveal", LIN, ("case", "9"))
    db.write(chain.place)
    assert faults(db, [(kept.number, kept.mac)]) == [Fault("head_altered", 3)]


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_an_act_that_is_committed_late_has_its_place_too(db):
    """Its number is smaller than those of acts that have theirs already."""
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        note("import", LIN, ("town", "1"))
        entered.set()
        assert go_on.wait(60)

    thread = threading.Thread(target=db.write, args=[slow])
    thread.start()
    assert entered.wait(60)
    acts(db, links=1)
    go_on.set()
    thread.join()
    assert db.write(chain.place) == 1
    assert faults(db) == []


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_many_who_write_and_place_at_once_make_one_chain(db):
    def visitor() -> None:
        for number in range(10):
            db.write(note, "reveal", LIN, ("case", str(number)))
            db.write(chain.place)

    threads = [threading.Thread(target=visitor) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    db.write(chain.place)
    assert faults(db) == []
    with db.read():
        placed = [key for rows in session().scalars(select(Sealed.rows)) for key, _ in chain.parted(rows)]
        assert len(placed) == len(set(placed)) == 40


def old_acts(db, monkeypatch, *, days: float) -> None:
    at = now() - timedelta(days=days)
    for module in ("noting", "chain"):
        monkeypatch.setattr(f"models.audit.{module}.now", lambda: at)
    db.write(note, "reveal", LIN, ("case", "1"))
    db.write(note, "reveal", LIN, ("case", "2"))
    db.write(chain.place)
    monkeypatch.undo()


def test_what_is_past_its_term_goes_and_the_chain_still_holds(db, monkeypatch):
    old_acts(db, monkeypatch, days=KEPT.days + 2)
    old_acts(db, monkeypatch, days=KEPT.days - 2)
    acts(db, links=1)
    assert db.write(forget_past_acts)
    assert not db.write(forget_past_acts)
    db.write(chain.place)
    with db.read():
        assert session().scalar(select(func.count(Act.id))) == 2 + 4 + 1  # it is itself noted
        assert session().scalars(select(Forgotten.number)).all() == [1]
    assert faults(db) == []


def test_who_lets_go_of_what_is_not_past_its_term_is_found(db):
    made = acts(db)
    by_hand(
        db,
        "INSERT INTO audit_forgotten (number, up_to_id, before, at, mac) "
        f"SELECT 1, {made[3]}, at, at, mac FROM audit_links WHERE number = 1",
        f"DELETE FROM audit_acts WHERE id <= {made[3]}",
    )
    assert Fault("forgotten_altered", 1) in faults(db)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_ten_thousand_acts_are_ten_thousand_rows_in_order(db):
    def many() -> None:
        for number in range(10_000):
            note("reveal", LIN, ("case", str(number)))

    db.write(many)
    while db.write(chain.place):
        pass
    assert faults(db) == []
    with db.read():
        assert checking.state() == (10_000, 10, 0)
