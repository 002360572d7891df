"""Grids, keepers, management and an estate's ledger in a real browser: on a small phone and a wide screen."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, open_all
from cast import Cast
from factories import a_case, spot
from grid_town import a_micro_grid
from playwright.sync_api import BrowserContext
from sqlalchemy import update

from models.base.actor import By
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import put, session
from models.duty.tables import Keeper
from models.grid import handing_over, management, recuts, terms
from models.place.tables import Grid
from models.place.version import raise_version
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


def a_busy_year(town: Cast) -> int:
    """A gap, a planned re-cut, a micro-grid that is not whole, late keepers, a hand-over that waits."""
    where, by = spot(), By.staff(town.zhao.id)
    fifth = spot(building="5", unit=None).building_id
    seventh = spot(building="7", unit=None).building_id
    new = put(Grid, name="育英二网格", community_id=where.community_id, kind="居民网格")
    terms.follow(now() - timedelta(days=90))
    plan = {fifth: new, seventh: where.grid_id}
    recuts.propose(plan, now() + timedelta(days=9), "规模适度、管理便利", by)
    a_micro_grid(town.zhou.id)
    session().execute(update(Keeper).values(since=now() - timedelta(days=75)))
    handing_over.ask(where.building_id, town.sun.id, by, "他调到别的单位去了")
    for building, day in ((where.building_id, date(2026, 2, 1)), (fifth, date(2026, 6, 1))):
        management.say({building: "community_led"}, day, None)
    management.aim(where.community_id, Fraction(85, 100), date(2027, 3, 31), by)
    a_case(reporter=town.wang, accepted_by=town.li)
    raise_version()
    return where.estate_id


def test_the_pages_fit_a_small_phone_and_a_wide_screen(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    estate = db.write(a_busy_year, town)
    complaints: list[str] = []
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for name, one, path in [
        ("grids", town.zhao, "grids"),
        ("keepers", town.zhao, "keepers"),
        ("keepers-own", town.li, "keepers"),
        ("management", town.zhao, "management"),
        ("estates", town.zhao, "estates"),
        ("estate", town.zhao, f"estates/{estate}"),
    ]:
        page.goto(f"{address}/{personal_path('desk', one.id)}/chain/{path}")
        open_all(page)
        assert_fits(page, name)
    assert complaints == []


def test_a_keeper_taps_once_and_is_thanked(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    db.write(a_busy_year, town)
    page = chromium(360, 800, script=False).new_page()
    page.goto(f"{address}/{personal_path('desk', town.li.id)}/chain/keepers")
    page.get_by_role("button", name="我到楼了").click()
    assert "今天您到过" in page.inner_text("main")
    assert page.locator(".light.green").count() == 1
