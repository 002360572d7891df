"""Limits, and a case that takes longer, in a real browser: on a small phone and on a wide screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, open_all
from calendars import known_years
from cast import Cast
from factories import a_case
from playwright.sync_api import BrowserContext

from models.base.clock import ago, local, now
from models.base.links import personal_path
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


def some_cases(town: Cast) -> tuple[int, int]:
    """One that is late and has climbed, one that waits for a yes."""
    known_years()
    late = a_case(reporter=town.wang, when=ago(days=20))
    late.catch_up(now())
    waits = a_case(reporter=town.wang, accepted_by=town.li)
    waits.propose(town.li.id, "extend", local(now()).date() + timedelta(days=30), "等配件，厂家下月才发货")
    return late.id, waits.id


def test_the_pages_fit_a_small_phone_and_a_wide_screen(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    late, waits = db.write(some_cases, town)
    complaints: list[str] = []
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for name, path in [
        ("limits", f"{personal_path('desk', town.zhao.id)}/chain/limits"),
        ("case-late", personal_path("case", town.leader.id, late)),
        ("case-longer", personal_path("case", town.zhao.id, waits)),
        ("case-due", personal_path("case", town.wang.id, late)),
    ]:
        page.goto(f"{address}/{path}")
        open_all(page)
        assert_fits(page, name)
    assert complaints == []
