"""Histories made by chance, written into both databases: what is read from there is what counting by hand
gives, and what was kept of it says the same."""

from datetime import timedelta

import pytest
import time_machine
from chance_histories import CUT, FIRST, START, History, histories
from slow_figures import slow
from written_histories import write

from models.base import clock
from models.base.orm import put, session
from models.indicator import keeping, reading, sealing
from models.indicator.asking import Scope, figures
from models.indicator.formulas import RATES, View
from models.indicator.period import named
from models.indicator.settings import made
from models.place.tables import Community

NOVEMBER = named("2026-11")


@pytest.fixture
def books(cast: object) -> list[History]:
    community = put(Community, name="测试社区", street=None, district=None)
    return write(histories(2026, 60, FIRST, 45), community)


def test_what_is_read_from_the_books_is_what_counting_by_hand_gives(books: list[History]) -> None:
    kept = made()
    with time_machine.travel(CUT + timedelta(days=40), tick=False):
        found = figures(NOVEMBER)[None]
        by_category = figures(NOVEMBER, by="category")
    for code in RATES:
        rate = found.rates[code]
        assert (rate.over, rate.under, found.left_out[code]) == slow(code, books, START, CUT, kept), code
        assert by_category["gas"].rates[code] == rate


@pytest.mark.parametrize("at_once", [1, 7])
def test_how_many_are_read_at_once_changes_nothing(
    books: list[History], at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = View(START, CUT, made())
    before = list(reading.records(view))
    monkeypatch.setattr(reading, "AT_ONCE", at_once)
    assert list(reading.records(view)) == before
    assert list(reading.records_of([one.id for one in before], CUT)) == before


def test_what_was_kept_is_shown_where_counting_would_take_long(
    books: list[History], monkeypatch: pytest.MonkeyPatch
) -> None:
    community = books[0].place.community_id
    with time_machine.travel(CUT + timedelta(days=5), tick=False):
        monkeypatch.setattr(keeping, "TINY", 100)
        now = keeping.shown(NOVEMBER, community)
        assert now is not None
        assert not now.is_sealed
        monkeypatch.setattr(keeping, "TINY", 3)
        assert keeping.shown(NOVEMBER, community) is None
        while what := keeping.due():
            keeping.keep(what, sealing.counted(what.period, what.community_id), clock.now())
        shown = keeping.shown(NOVEMBER, community)
        assert shown is not None
        assert sealing.whole_of(shown.figures) == sealing.whole_of(now.figures)
    with time_machine.travel(CUT + timedelta(days=7), tick=False):
        # of what is over nothing is due again; what runs is, where it is large
        assert not due_again()
        monkeypatch.setattr(keeping, "SMALL", 3)
        assert {one.name for one in due_again()} == {"2026-12"}


def due_again() -> set[object]:
    found = set()
    while what := keeping.due():
        keeping.keep(what, sealing.counted(what.period, what.community_id), clock.now())
        found.add(what.period)
    return found


def test_a_place_sees_its_own_cases_only(books: list[History]) -> None:
    with time_machine.travel(CUT + timedelta(days=5), tick=False):
        others = figures(NOVEMBER, Scope(session().query(Community.id).order_by(Community.id).first()[0]))
    assert all(rate.under == 0 for rate in others[None].rates.values())
