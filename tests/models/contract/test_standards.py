"""What the fee pays for: versions, what changed, how homes find it (row 43)."""

from datetime import date

import pytest
import time_machine
from fee_homes import AUTUMN, ONE, estate_of, some_homes

from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.contract import standards
from models.contract.standards import Line
from models.contract.tables import Standard

OLD = [Line("sweep", "每周扫一次", 2), Line("snow", "当天扫雪", 1)]
NEW = [Line("sweep", "每周扫两次", 2), Line("lamp", "灯坏了一天内换", 1)]


@pytest.fixture(autouse=True)
def _autumn():
    with time_machine.travel(AUTUMN, tick=False):
        yield


@pytest.fixture
def homes(db):
    return db.write(lambda: some_homes(6))


def wrote(db, since: date, lines) -> int:
    return db.write(lambda: standards.set_standard(estate_of(), since, lines, "五方共议第二次会", ONE))


def test_the_version_in_force_and_what_changed_from_one_to_the_next(db, homes):
    wrote(db, date(2026, 1, 1), OLD)
    wrote(db, date(2026, 12, 1), NEW)
    with db.read():
        first, second = standards.versions(estate_of())
        assert standards.in_force(estate_of(), date(2026, 11, 30)) is first
        assert standards.in_force(estate_of(), date(2026, 12, 1)) is second
        assert standards.in_force(estate_of(), date(2025, 12, 31)) is None
        found = standards.changes(first, second)
        assert [one.code for one in found.added] == ["lamp"]
        assert [one.code for one in found.removed] == ["snow"]
        assert [(was.text, now.text) for was, now in found.changed] == [("每周扫一次", "每周扫两次")]


def test_what_homes_were_told_is_not_written_over_but_what_is_to_come_may_be(db, homes):
    wrote(db, date(2026, 1, 1), OLD)
    with pytest.raises(NotAllowed, match="standard_holds"):
        wrote(db, date(2026, 1, 1), NEW)
    wrote(db, date(2026, 12, 1), OLD)
    wrote(db, date(2026, 12, 1), NEW)
    with db.read():
        assert len(standards.versions(estate_of())) == 2


@pytest.mark.parametrize(
    ("since", "lines", "code"),
    [
        (date(2026, 1, 2), OLD, "standard_since"),
        (date(2026, 1, 1), [], "standard_lines"),
        (date(2026, 1, 1), [*OLD, OLD[0]], "standard_lines"),
        (date(2026, 1, 1), [Line("x", "什么也不值", 0)], "standard_lines"),
        (date(2026, 1, 1), [Line("x", "", 1)], "standard_lines"),
    ],
)
def test_what_is_no_standard_is_refused(db, homes, since, lines, code):
    with pytest.raises(Invalid, match=code):
        wrote(db, since, lines)


def test_an_average_is_said_of_five_homes_or_more_and_the_last_word_counts(db, homes):
    number = wrote(db, date(2026, 1, 1), OLD)
    for home in homes[:4]:
        db.write(standards.rate, number, "sweep", home, 5)
    with db.read():
        assert standards.ratings(number) == {"sweep": (4, None)}
    db.write(standards.rate, number, "sweep", homes[4], 5)
    db.write(standards.rate, number, "sweep", homes[4], 2)
    with db.read():
        assert standards.ratings(number) == {"sweep": (5, 44)}
        assert session().query(Standard).one().ground == "五方共议第二次会"
    with pytest.raises(Invalid, match="grade_range"):
        db.write(standards.rate, number, "sweep", homes[0], 6)
    with pytest.raises(NotFound, match="standard_not_found"):
        db.write(standards.rate, number, "lamp", homes[0], 3)
