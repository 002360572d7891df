"""The chain, the rota and one's own duties in a real browser: on a small phone and on a wide screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, open_all
from cast import Cast
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.duty import rota, swaps, terms
from models.duty.leave import take_leave
from models.duty.tables import Shift
from models.duty.weeks import Line, planned
from models.place.tables import Building, Grid
from models.place.version import raise_version
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


def a_full_chain(town: Cast) -> None:
    """Two grids, one with a gap; a leave with a deputy; a rota with a hole; a swap that waits for 马."""
    by = By.staff(town.leader.id)
    grid = session().scalars(select(Grid)).one()
    other = put(Grid, name="育英二网格", community_id=grid.community_id)
    session().scalars(select(Building).where(Building.name == "7")).one().grid_id = other
    session().flush()
    raise_version()
    for rung, one in ((1, town.ma), (2, town.zhou), (3, town.leader)):
        terms.hold(grid.id, rung, one.id, by, deputy_id=town.li.id if rung == 1 else None)
    terms.hold(other, 0, town.zhao.id, by, until=now() + timedelta(days=60))
    terms.hold(other, 2, town.zhou.id, by)
    take_leave(town.ma.id, by, until=now() + timedelta(days=3), reason="年假")
    today = local(now()).date() + timedelta(days=1)
    clock = local(now()).replace(hour=8, minute=0).time()
    line = Line(frozenset(range(6)), clock, clock, ((town.sun.id,), (town.li.id, town.ma.id)))
    rota.enter(1, 0, planned([line], today, today + timedelta(days=20)), by)
    query = select(Shift).where(Shift.person_id == town.sun.id).order_by(Shift.starts_at)
    theirs = session().scalars(query).all()
    swaps.ask(theirs[0].id, town.ma.id, By.staff(town.sun.id))


def test_the_pages_fit_a_small_phone_and_a_wide_screen(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    db.write(a_full_chain, town)
    complaints: list[str] = []
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for name, one, path in [
        ("chain", town.zhao, "chain"),
        ("rota", town.zhao, "rota"),
        ("duties", town.ma, "duties"),
        ("duties-sun", town.sun, "duties"),
        ("chain-desk", town.zhao, ""),
    ]:
        page.goto(f"{address}/{personal_path('desk', one.id)}/{path}".rstrip("/"))
        assert_fits(page, name)
        open_all(page)
        assert_fits(page, name, "-open")
    assert complaints == []
