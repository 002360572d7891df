"""Why somebody is relieved is read by staff and by nobody who holds a copy of the database."""

from datetime import date
from fractions import Fraction

from fee_homes import ONE, some_homes
from sqlalchemy import select, text, update

from models.base.orm import session
from models.contract import reliefs
from models.contract.tables import Relief
from server.database import Database

OCTOBER, JANUARY = date(2026, 10, 1), date(2027, 1, 1)


def _asked(home: int) -> int:
    return reliefs.ask(home, "hardship", " 残疾证 1 ", Fraction(1, 2), OCTOBER, JANUARY, ONE)


def test_ground_and_proof_are_sealed_and_staff_read_both(db: Database) -> None:
    number = db.write(lambda: _asked(some_homes(1)[0]))
    with db.read():
        kept = session().execute(text("SELECT * FROM reliefs")).one()
        assert not {"hardship", "残疾证 1"} & {str(one) for one in kept}
        (line,) = reliefs.listed()
        assert (line["number"], line["ground"], line["proof"]) == (number, "hardship", "残疾证 1")


def test_moved_to_another_home_it_does_not_open(db: Database) -> None:
    def work() -> None:
        one, other = some_homes(2)
        first, second = _asked(one), _asked(other)
        sealed = session().scalars(select(Relief.ground_sealed).where(Relief.id == first)).one()
        session().execute(update(Relief).where(Relief.id == second).values(ground_sealed=sealed))

    db.write(work)
    with db.read():
        assert [one["ground"] for one in reliefs.listed()] == ["hardship", ""]
