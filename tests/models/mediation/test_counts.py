"""What others may know of mediations is how many, by a rule that can be done again by hand."""

import itertools
from datetime import UTC, date, datetime
from random import Random

from models.mediation import rules
from models.mediation.counts import Row, counted

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def day(month: int, number: int, year: int = 2026) -> datetime:
    return datetime(year, month, number, 4, tzinfo=UTC)


def row(
    opened: datetime,
    concluded: datetime | None = None,
    how: str | None = None,
    *,
    kept: bool | None = None,
    began: date = date(2026, 1, 1),
) -> Row:
    agreed = how in ("agreed", "kept", "broken")
    ended = None if how in (None, "agreed") else concluded or opened
    return Row(1, began, opened, concluded, agreed, kept, ended, None if how == "agreed" else how)


def test_success_is_what_was_kept_of_what_was_concluded() -> None:
    found = counted(
        [
            row(day(2, 1), day(3, 1), "kept", kept=True),
            row(day(2, 1), day(3, 1), "broken", kept=False),
            row(day(2, 1), day(12, 20), "agreed"),
            row(day(2, 1), day(3, 1), "no_agreement"),
            row(day(2, 1), day(3, 1), "to_court"),
            row(day(2, 1), None, "withdrawn"),
            row(day(2, 1)),
        ],
        *YEAR,
    )
    assert (found.opened, found.concluded, found.agreed, found.open) == (7, 5, 3, 1)
    assert (found.kept, found.broken, found.unasked) == (1, 1, 1)
    assert (found.no_agreement, found.to_court, found.withdrawn) == (1, 1, 1)


def test_a_year_counts_what_fell_into_it_by_the_clock_of_the_place() -> None:
    new_year = datetime(2025, 12, 31, 16, tzinfo=UTC)  # 0:00 of 2026 in Shanghai
    assert counted([row(new_year)], *YEAR).opened == 1
    before = new_year.replace(hour=15)
    found = counted([row(before)], *YEAR)
    assert (found.opened, found.open) == (0, 1)
    assert counted([row(before, day(12, 30, 2025), "kept", kept=True)], *YEAR).concluded == 0


def test_the_backlog_is_shown_by_years_of_quarrel() -> None:
    begun = [date(2026, 6, 1), date(2025, 12, 31), date(2023, 12, 31), date(2016, 12, 31), date(2001, 1, 1)]
    found = counted([row(day(7, 1), began=one) for one in begun], *YEAR)
    assert rules.ages() == (1, 3, 10)
    assert found.by_age == (1, 1, 1, 2)
    assert sum(found.by_age) == found.open


def test_old_quarrels_are_cleared_by_an_agreement_that_nobody_broke() -> None:
    old = date(2012, 1, 1)
    found = counted(
        [
            row(day(2, 1, 2025), day(3, 1), "kept", kept=True, began=old),
            row(day(2, 1), day(12, 1), "agreed", began=old),
            row(day(2, 1), day(3, 1), "broken", kept=False, began=old),
            row(day(2, 1), day(3, 1), "to_court", began=old),
            row(day(2, 1), began=old),
            row(day(2, 1), day(3, 1), "kept", kept=True),  # of this year: not old
            row(day(2, 1, 2025), day(3, 1, 2025), "kept", kept=True, began=old),  # over before
        ],
        *YEAR,
    )
    assert (found.old_cleared, found.old) == (2, 5)


def test_nothing_is_nothing_and_order_does_not_matter() -> None:
    assert counted([], *YEAR)[2:] == (0,) * 10 + ((0, 0, 0, 0), 0, 0, 0)
    dice = Random(7)
    ends = [
        None, ("agreed", None), ("kept", True), ("broken", False), ("no_agreement", None), ("to_court", None),
    ]  # fmt: skip
    rows = []
    for month, end in itertools.product(range(1, 11), ends):
        how, kept = end or (None, None)
        began = date(2026 - dice.randrange(15), 1, 1)
        rows.append(row(day(month, 1), day(month + 2, 1) if how else None, how, kept=kept, began=began))
    found = counted(rows, *YEAR)
    dice.shuffle(rows)
    assert counted(rows, *YEAR) == found
    assert found.concluded == found.agreed + found.no_agreement + found.to_court
    assert found.agreed == found.kept + found.broken + found.unasked
    assert found.opened == found.concluded + found.open
    assert found.old_cleared <= found.old
