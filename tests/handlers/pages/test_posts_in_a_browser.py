"""/console/staff in a real browser: on a small phone and a wide screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from browsers import CHROMIUM, SIZES, assert_fits
from cast import Cast
from playwright.sync_api import BrowserContext
from sqlalchemy import update

from models.audit.noting import Who
from models.base.actor import By
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import session
from models.joins.appointing import Part, give
from models.person.tables import Staff
from models.place.version import raise_version
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


def some_posts(town: Cast) -> None:
    admin = update(Staff).where(Staff.person_id == town.leader.id)
    session().execute(admin.values(roles=["admin"], employer="东兴街道"))
    raise_version()
    by, month = Who(By.staff(town.leader.id)), now() + timedelta(days=30)
    give(town.zhao.id, "community", Part(community_id=2), by, until=month, reason="钱主任住院，顶班一个月")
    give(town.zhao.id, "supervisor", Part("北林区", "东兴街道"), by, since=month, reason="换届")


def test_the_pages_fit_a_small_phone_and_a_wide_screen(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    db.write(some_posts, town)
    start = f"{address}/{personal_path('desk', town.leader.id)}"
    page = chromium(*SIZES[0]).new_page()
    for name, path in (("list", "/staff"), ("one", f"/staff/{town.zhao.id}")):
        page.goto(start + path)
        page.evaluate("document.querySelectorAll('details:not(nav details)').forEach(one => one.open = true)")
        assert_fits(page, f"staff-{name}")


def test_a_post_is_given_with_the_hands(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    db.write(some_posts, town)
    page = chromium(360, 800).new_page()
    page.goto(f"{address}/{personal_path('desk', town.leader.id)}/staff/{town.sun.id}")
    page.locator("#role").select_option("community")
    page.get_by_label("管哪一片").select_option(label="小区·育英小区（育英社区）")
    page.locator("form[action$='/give']").get_by_label("为什么").fill("小区专班")
    page.get_by_role("button", name="定下来").click()
    assert page.get_by_text("小区·育英小区").first.is_visible()
    assert page.get_by_text("岗位定好了").is_visible()
