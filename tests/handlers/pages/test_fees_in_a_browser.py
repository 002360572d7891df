"""Fees and dangers in a real browser: on a small phone and on a wide screen, and as pictures."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, open_all
from cast import Cast
from factories import a_case, unit_of_work
from fee_books import book, building, homes, living_in
from notices import AT_ONCE, a_notice, tell_all
from pictures import photo
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from handlers.pages.forms import keep_photos
from handlers.wording.warnings import warning_words
from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import put, session
from models.joins import warning
from models.media.files import Files
from models.notice import notice as verbs
from models.notice.tables import NoticeDoor
from models.place.tables import BuildingGroup, Estate
from server.config import Config
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]
ESTATE = {"estates": ["育英小区"]}
SAID = {
    "title": "物业费催缴",
    "body": "今年的物业费收到月底。\n\n- 社区服务站窗口，周一到周五\n- 腿脚不便的打值班电话，上门收",
}


def fee_pages(town: Cast) -> dict[str, str]:
    """A draft without a book, one with it, and one that is told; gives the paths of the pages by name."""
    boss = By.staff(town.zhao.id)
    estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
    put(
        BuildingGroup,
        name="育英5号楼群",
        estate_id=estate,
        building_id=building("育英小区", "5"),
        active=True,
    )
    third, fifth = homes(60), homes(8, name="5")
    me = living_in(third[59])
    for claimed in (third[58], fifth[7]):
        living_in(claimed, proof="said")
    empty = a_notice(town.zhao.id, ESTATE, **SAID)
    full = book(a_notice(town.zhao.id, ESTATE, **SAID), [*third[:41], *fifth[:5]], [*third[41:], *fifth[5:]])
    told = book(a_notice(town.zhao.id, ESTATE, **SAID), [*third[:41], *fifth[:5]], [*third[41:], *fifth[5:]])
    verbs.hand_in(told, boss, AT_ONCE)
    return {
        "fees-draft": "/" + personal_path("notice", town.zhao.id, empty.id),
        "fees-desk": "/" + personal_path("notice", town.zhao.id, full.id),
        "fees-told": "/" + personal_path("notice", town.zhao.id, told.id),
        "fees-bill": "/" + personal_path("notice", me, told.id),
        "number": str(told.id),
    }


def danger_pages(town: Cast, files: Files) -> dict[str, str]:
    icy = a_case(
        reporter=town.wang,
        text="房檐有冰溜子要掉了",
        category="snow_ice",
        urgency="urgent",
        accepted_by=town.li,
    )
    stands = a_case(
        reporter=town.wang, text="楼前井盖没了", category="road", urgency="urgent", accepted_by=town.li
    )
    notice = warning.warn(stands, warning_words(stands), town.li.id, AT_ONCE)
    over = a_case(
        reporter=town.wang, text="水管爆了", category="water", urgency="urgent", accepted_by=town.li
    )
    past = warning.warn(over, warning_words(over), town.li.id, AT_ONCE)
    keep_photos([files.keep(photo(1200, 900), "image/jpeg")], over.id, "safe", town.li.id)
    warning.made_safe(over, town.li.id)
    return {
        "danger-offered": "/" + personal_path("case", town.li.id, icy.id),
        "danger-stands": "/" + personal_path("case", town.li.id, stands.id),
        "danger-over": "/" + personal_path("case", town.li.id, over.id),
        "warning-stands": "/" + personal_path("notice", town.sun_xiaoyu.id, notice.id),
        "warning-over": "/" + personal_path("notice", town.sun_xiaoyu.id, past.id),
    }


@pytest.fixture
def pages(db: Database, config: Config, town: Cast) -> dict[str, str]:
    with unit_of_work(db):
        made = fee_pages(town) | danger_pages(town, Files(config.storage.dir))
    tell_all(db)
    with unit_of_work(db):
        doors = select(NoticeDoor.code).where(NoticeDoor.notice_id == int(made.pop("number")))
        made["fees-group"] = "/q/" + session().scalars(doors.order_by(NoticeDoor.group_id)).all()[0]
    return made


def test_every_page_fits_a_small_phone_and_a_wide_screen(
    address: str, pages: dict[str, str], chromium: Callable[..., BrowserContext]
) -> None:
    page = chromium(*SIZES[0]).new_page()
    for name, path in pages.items():
        page.goto(address + path)
        assert_fits(page, name)
        if page.query_selector("details"):
            open_all(page)
            assert_fits(page, name, "-open")


def test_a_book_is_added_without_any_script(
    address: str, pages: dict[str, str], chromium: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    rows = [f"育英小区,3,1,{101 + one},180.00,{'180.00' if one < 20 else ''}" for one in range(40)]
    file = tmp_path / "缴费.csv"
    file.write_text("\n".join(["小区,楼号,单元,室号,应缴,已缴", *rows]), encoding="utf-8")
    page = chromium(360, 800, script=False).new_page()
    page.goto(address + pages["fees-draft"])
    page.get_by_text("这是催缴通知：附上缴费表").click()
    page.set_input_files("#book", str(file))
    page.get_by_role("button", name="附上缴费表").click()
    assert "已缴20/40户" in page.inner_text("main")
