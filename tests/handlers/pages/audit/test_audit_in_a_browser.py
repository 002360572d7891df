"""The log, a list for two persons and a reveal in a real browser: narrow and wide, and as pictures."""

from collections.abc import Callable
from functools import partial

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, pictured, too_small
from cast import Cast, Someone
from factories import a_case
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from handlers.console.cookies import SESSION
from handlers.pages.access import case_at
from models.account import sessions
from models.audit import chain
from models.audit.noting import Who, note
from models.base.actor import By
from models.base.checkdigit import with_check
from models.base.orm import session
from models.case.caller import keep_caller
from models.joins import taking_out
from models.person.tables import Staff
from models.place.version import raise_version
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


@pytest.fixture
def key(db: Database, town: Cast) -> int:
    """A case with a caller, a log with some of everything, a list that waits for 赵主任's word."""

    def work() -> int:
        staff = session().scalars(select(Staff).where(Staff.person_id == town.zhao.id)).one()
        staff.roles = ["community", "supervisor"]
        raise_version()
        case = a_case(entered_by=town.zhao, text="灯不亮，回我13812345678", accepted_by=town.li)
        keep_caller(case, "张桂兰", "13812345678")
        li = Who(By.staff(town.li.id), "keeper", 1, "203.0.113.0/24")
        zhao = Who(By.staff(town.zhao.id), "community", 1, "198.51.100.0/24")
        note("login", zhao, ("account", town.zhao.id))
        number = with_check(case.id)
        note("reveal", li, ("case", number), whom=("person", town.wang.id), purpose="call_back")
        note("home_money", zhao, ("page", "fees/visits"), many=38)
        note("export", zhao, ("page", "chain/limits.xlsx"), many=412)
        note("export", li, ("page", "cases.xlsx?state=open"), many=5_000, result="refused")
        chain.place()
        other = Who(By.staff(town.leader.id), "street", 1)
        taking_out.ask("pages.audit_excel", "audit.xlsx?act=reveal", 312, "核对三季度入户走访", other)
        return case.id

    return db.write(work)


@pytest.fixture
def opened(
    db: Database, address: str, chromium: Callable[..., BrowserContext]
) -> Callable[[Someone, int], Page]:
    def made(someone: Someone, width: int) -> Page:
        token = db.write(partial(sessions.begin, someone.id, "work", strong=True))
        context = chromium(width, 800)
        context.add_cookies([{"name": SESSION, "value": token, "url": address}])
        return context.new_page()

    return made


def test_the_pages_fit_and_can_be_tapped(
    address: str, town: Cast, key: int, opened: Callable[[Someone, int], Page]
) -> None:
    page = opened(town.zhao, SIZES[0][0])
    for name, path in (("audit-log", "/console/audit"), ("audit-exports", "/console/exports")):
        page.goto(address + path)
        assert_fits(page, name)


def test_one_tap_says_what_for_and_shows_the_number(
    address: str, town: Cast, key: int, opened: Callable[[Someone, int], Page]
) -> None:
    page = opened(town.li, 360)
    page.goto(address + case_at(key))
    assert "13812345678" not in page.content()
    page.get_by_role("button", name="给本人回电话").scroll_into_view_if_needed()
    pictured(page, "audit-masked-360.png")
    page.get_by_role("button", name="给本人回电话").click()
    assert page.get_by_role("link", name="拨打 13812345678").is_visible()
    assert too_small(page) == []
