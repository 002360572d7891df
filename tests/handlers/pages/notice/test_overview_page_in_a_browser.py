"""A desk's notices in a real browser: on a small phone, a wide screen, and how progress moves by itself."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, open_all
from cast import Cast
from factories import unit_of_work
from notices import THIRD, a_notice, handed_in, tell_all, words
from playwright.sync_api import BrowserContext, Error, Page
from sqlalchemy import update

from models.base.actor import By
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import session
from models.notice import checking, saved, season
from models.notice.audience import Audience
from models.notice.notice import Rules
from models.notice.season import Day
from models.notice.tables import Notice
from models.outbox.letter import Letter
from models.person.tables import Staff
from models.place.tables import Building
from models.place.version import raise_version
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


@pytest.fixture
def paths(db: Database, town: Cast) -> dict[str, str]:
    """One of everything that a desk may see of its notices."""
    me, today = By.staff(town.zhao.id), local(now())
    with unit_of_work(db):
        for building, tags in (("3", ["无电梯", "临街"]), ("5", ["老旧小区"])):
            session().execute(update(Building).where(Building.name == building).values(tags=tags))
        session().execute(update(Staff).where(Staff.number == "K001").values(teams=["清雪队", "应急队"]))
        raise_version()
        saved.keep("北区三栋", Audience.of(THIRD), me, 1)
        saved.keep("没电梯的老人多的几栋楼", Audience.of(THIRD), me, 1)
        season.keep(words(title="清雪"), Audience.of(THIRD), Day(12, 1), me, 1)
        season.keep(words(title="春季清运垃圾，请把杂物搬出来"), Audience.of(THIRD), Day(4, 15), me, 1)
        told = handed_in(town.zhao.id, title="周日上午打防疫针")
    tell_all(db)
    with unit_of_work(db):
        session().execute(update(Letter).values(state="sent"))
        lately = now() - timedelta(days=1)
        session().execute(update(Notice).values(starts_at=lately, told_at=lately))
    with unit_of_work(db):
        handed_in(town.leader.id, rules=Rules(second_above=0), title="今晚八点前请挪车", kind="urgent")
        back = handed_in(town.zhao.id, title="缴费要写清楚", rules=Rules(content_check=True))
        checking.send_back(back, By.staff(town.leader.id))
        assert season.call_one() is False
        season.keep(words(title="今天该说的"), Audience.of(THIRD), Day(today.month, today.day), me, 1)
        assert season.call_one()
        draft = a_notice(town.zhao.id, {"estates": ["育英小区"], "tags": ["无电梯"]}, title="周二停水")
        handed_in(town.zhao.id, title="正在发的一条，标题写得很长很长，看看小手机上放得下放不下")
    tell_all(db)
    with unit_of_work(db):
        going = handed_in(town.zhao.id, rules=Rules(delay=timedelta(minutes=5)), title="等时间的")
    here = "/" + personal_path("desk", town.zhao.id)

    def page(number: int) -> str:
        return "/" + personal_path("notice", town.zhao.id, number)

    return {
        "notices": f"{here}/notices",
        "notices-draft": f"{here}/notices?draft={draft.id}",
        "notices-town": "/" + personal_path("desk", town.leader.id) + "/notices",
        "notices-desk": here,
        "notice-draft": page(draft.id),
        "notice-waiting": page(going.id),
        "notice-told": page(told.id),
    }


def test_every_page_fits_a_small_phone_and_a_wide_screen(
    address: str, paths: dict[str, str], chromium: Callable[..., BrowserContext]
) -> None:
    complaints: list[str] = []
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda trouble: complaints.append(str(trouble)))
    for name, path in paths.items():
        page.goto(address + path)
        assert_fits(page, name)
        open_all(page)
        assert_fits(page, name, "-open")
    assert complaints == []


def until(page: Page, script: str) -> None:
    """Not wait_for_function, because the policy lets nobody evaluate text."""
    for _ in range(100):
        with suppress(Error):  # the page is just being loaded again
            if page.evaluate(script):
                return
        page.wait_for_timeout(100)
    raise AssertionError(script)


def test_progress_moves_without_a_tap(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    with unit_of_work(db):
        number = handed_in(town.zhao.id).id
    page = chromium(360, 800).new_page()
    page.goto(f"{address}/{personal_path('desk', town.zhao.id)}/notices")
    assert "等时间" in page.inner_text("main")
    tell_all(db)
    until(page, "document.querySelector('[data-progress]').dataset.stamp.includes('told')")
    with unit_of_work(db):
        session().execute(update(Letter).where(Letter.about_id == number).values(state="sent"))
    until(page, "document.querySelector('main').innerText.includes('发完了')")


def test_what_is_being_typed_is_never_taken_away(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    with unit_of_work(db):
        handed_in(town.zhao.id)
    page = chromium(360, 800).new_page()
    page.goto(f"{address}/{personal_path('desk', town.zhao.id)}/notices")
    page.click("#write summary")
    page.fill("#notice-title", "写到一半")
    tell_all(db)
    until(page, "document.querySelector('[data-live$=\":state\"]').textContent !== '等时间'")
    page.wait_for_timeout(2500)
    assert page.input_value("#notice-title") == "写到一半"


def test_a_notice_is_written_and_handed_in_without_any_script(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    page = chromium(360, 800, script=False).new_page()
    page.goto(f"{address}/{personal_path('desk', town.zhao.id)}/notices")
    page.click("#write summary")
    page.fill("#notice-title", "周二停水")
    page.fill("#notice-body", "周二早八点到下午五点换水管。")
    page.fill("#notice-signed", "育英社区居委会")
    page.get_by_text("按小区、楼栋、单元").click()
    page.get_by_label("育英小区只给几号楼").fill("3号楼")
    page.get_by_role("button", name="先看看").click()
    assert "1人、1个群" in page.inner_text("main")
    page.get_by_role("button", name="交上去发").click()
    assert "交上去了" in page.inner_text("main")
