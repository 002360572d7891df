"""Import, homes and printing in a real browser: on a small phone and on a wide screen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, open_all
from cast import Cast
from factories import move_in, spot
from pictures import photo
from playwright.sync_api import BrowserContext
from sqlalchemy import select
from town_workbooks import as_workbook

from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import put, session
from models.media.files import Files
from models.person import portraits
from models.person.arriving import Visitor, visitor_of
from models.place.tables import Estate, Household
from models.town import bringing_in, xlsx
from server.config import Config
from server.database import Database
from server.importing import work_on

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]
GOOD = [["小区", "楼号", "单元数", "社区"], *([["育英小区", str(n), "3", "育英社区"] for n in range(30, 50)])]
BAD = [["小区", "楼号", "单元数", "社区"], ["育英小区", "30", "三个", "育英社区"], ["育应小区", "1", "1", ""]]


def a_person(person_id: int) -> Visitor:
    found = visitor_of(person_id, "page")
    assert found is not None
    return found


def brought(town: Cast, folder: Path, rows: list[list[str]]) -> str:
    xlsx.write(as_workbook({"楼栋": rows}), folder / "town.xlsx")
    return bringing_in.receive((folder / "town.xlsx").read_bytes(), "育英小区.xlsx", a_person(town.zhao.id))


def some_homes(town: Cast, config: Config) -> str:
    place = spot(unit="2")
    here = {"building_id": place.building_id or 0}
    for person, room in ((town.rider, "502"), (town.sun_xiaoyu, "503")):
        move_in(person.id, **here, unit="2", room=room, proof="scanned")
    put(Household, **here, unit_name="2", room="502", active=True)
    file = Files(config.storage.dir).keep(photo(300, 400), "image/jpeg")
    portraits.enter(town.li.id, file, By.staff(town.zhao.id))
    portraits.publish(town.li.id, By.staff(town.zhao.id), shown=True)
    return str(session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one())


def test_the_pages_fit_a_small_phone_and_a_wide_screen(
    address: str,
    db: Database,
    town: Cast,
    config: Config,
    tmp_path: Path,
    chromium: Callable[..., BrowserContext],
) -> None:
    good = db.write(brought, town, tmp_path, GOOD)
    work_on(config, db)
    estate = db.write(some_homes, town, config)
    desk = personal_path("desk", town.zhao.id)
    pages = {
        "import": f"{desk}/import",
        "import-ready": f"{desk}/import/{good}",
        "homes": f"{desk}/homes",
        "print": f"{desk}/print?estate={estate}",
        "door-photo": "q/door-3-2",
    }
    complaints: list[str] = []
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    def look(several: dict[str, str]) -> None:
        for name, path in several.items():
            page.goto(f"{address}/{path}")
            open_all(page)
            assert_fits(page, f"people-{name}")

    look(pages)
    bad = db.write(brought, town, tmp_path, BAD)
    look({"import-waiting": f"{desk}/import/{bad}"})
    work_on(config, db)
    look({"import-refused": f"{desk}/import/{bad}"})
    assert complaints == []
