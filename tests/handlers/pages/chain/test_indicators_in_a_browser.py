"""The figures in a real browser: on a small phone and on a wide screen, without a script, within reach."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from browsers import CHROMIUM, SIZES, assert_fits
from cast import Cast, Someone
from chance_histories import histories
from playwright.sync_api import BrowserContext
from sqlalchemy import select
from written_histories import write

from models.base.clock import now
from models.base.orm import session
from models.place.tables import Community
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


def test_figures_fit_the_screen(
    db: Database,
    town: Cast,
    desk: Callable[[Someone], str],
    address: str,
    chromium: Callable[..., BrowserContext],
) -> None:
    def work() -> None:
        place = session().scalars(select(Community.id).order_by(Community.id)).first()
        write(histories(3, 45, now() - timedelta(days=150), 150), place or 0, takers=(town.li.id, town.ma.id))

    db.write(work)
    page = chromium(*SIZES[0], script=False).new_page()
    for name, path in {
        "indicators": "",
        "indicators-open": "/open/closing_rate",
        "indicators-odd": "/odd",
    }.items():
        page.goto(f"{address}{desk(town.zhao)}/indicators{path}")
        assert_fits(page, name)
