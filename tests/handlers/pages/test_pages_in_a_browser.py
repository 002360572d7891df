"""The pages in a real browser: on a small phone, without a script, with a strict policy, and as pictures."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, open_all, pictured
from cast import Cast
from factories import a_case, finish, spot
from pictures import photo
from playwright.sync_api import BrowserContext

from handlers.pages.forms import keep_photos
from models.base.actor import By
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import put, session
from models.case import emergency, reach, reporting
from models.case.caller import keep_caller
from models.case.case import Case
from models.media import keeping
from models.media.files import Files
from models.outbox.letter import Letter, State
from models.place.spot import NOWHERE
from models.praise import keep as keep_praise
from server.config import Config
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


def a_busy_day(town: Cast, files: Files) -> dict[str, str]:
    """One of everything; gives the paths of the pages by name."""

    def path(kind: str, person: int, key: int = 0) -> str:
        return "/" + personal_path(kind, person, key)

    def picture(colour: str) -> str:
        return files.keep(photo(1200, 900, colour), "image/jpeg")

    offered = a_case(
        reporter=town.wang,
        text="3号楼2单元2楼声控灯不亮，晚上老人上下楼看不见",
        when=now() - timedelta(minutes=25),
    )
    keep_photos([picture("#4c5560"), picture("#2e3338")], offered.id, "report", town.wang.id)
    reach.hold(offered.id).join(town.sun_xiaoyu.id)
    handling = a_case(
        reporter=town.sun_xiaoyu, text="1单元下水堵了，往外返水", category="drainage", urgency="urgent",
        at=spot(unit="1"), when=now() - timedelta(hours=3), accepted_by=town.li,
    )  # fmt: skip
    finished = a_case(reporter=town.wang, text="单元门关不上", category="door", accepted_by=town.li)
    keep_photos([picture("#6b5a4a")], finished.id, "report", town.wang.id)
    keep_photos([picture("#5a6b5a"), picture("#7a8b6a")], finished.id, "finish", town.li.id)
    finish(finished, town.li, "换了闭门器，门能自己关上了，不收费")
    closed = a_case(reporter=town.wang, text="路面有个坑", category="road", finished_by=town.li,
                    nodded_by=town.wang)  # fmt: skip
    fire = a_case(reporter=town.rider, text="5号楼1单元楼道里有煤气味，很大", category="gas",
                  urgency="emergency", at=spot(building="5", unit="1"))  # fmt: skip
    emergency.raise_alarm(fire.id, "119", community_id=fire.community_id, facts=fire.facts(), every_minutes=3)
    phoned = a_case(entered_by=town.zhao, text="暖气不热，家里有孩子", category="heating",
                    finished_by=town.li)  # fmt: skip
    keep_caller(phoned, "张桂兰", "13812345678")
    voice = reporting.collect(text="", category=None, urgency="normal", spot=NOWHERE, source="voice",
                              reporter=town.wang.id, wait_minutes=30)  # fmt: skip
    keeping.keep(("case", voice), purpose="report", kind="voice", content_type="audio/amr",
                 file=files.keep(b"#!AMR\n" + b"\0" * 640, "audio/amr"), by=town.wang.id)  # fmt: skip
    lost = a_case(reporter=town.wang, text="花坛边的长椅断了一条腿", category="facility", at=NOWHERE)
    nobody(lost)
    keep_praise("李师傅大冷天的半小时就来了，还帮我把垃圾带下楼，谢谢！", by=town.wang.id, for_id=town.li.id,
                case_id=None)  # fmt: skip
    session().flush()
    letters(offered)
    return {
        "keeper-offered": path("case", town.li.id, offered.id),
        "keeper-handling": path("case", town.li.id, handling.id),
        "resident-handling": path("case", town.sun_xiaoyu.id, handling.id),
        "resident-collected": path("case", town.wang.id, voice),
        "resident-finished": path("case", town.wang.id, finished.id),
        "resident-closed": path("case", town.wang.id, closed.id),
        "desk-emergency": path("case", town.zhao.id, fire.id),
        "desk-phoned": path("case", town.zhao.id, phoned.id),
        "desk": path("desk", town.zhao.id),
        "keeper-desk": path("desk", town.li.id),
        "door": "/q/door-3-2",
        "privacy": "/privacy",
        "home": "/",
        "not-there": "/p/nothing",
    }


def nobody(case: Case) -> None:
    from models.case import offering

    offering.end(case.id, "moved", at=now())
    case.state = "filed"
    case.route = "nobody"


def letters(case: Case) -> None:
    """One letter that failed and one that waits for somebody's hands."""
    failed = session().query(Letter).filter_by(kind="case_dispatched", about_id=case.id).first()
    assert failed is not None
    failed.state, failed.reason, failed.channel = State.FAILED, "no_address", "work"
    put(
        Letter, key="by-hand", kind="case_group_mended", about_kind="case", about_id=case.id, to_kind="group",
        to_id=1, data_class="public", state=State.BY_HAND, not_before=now(), created_at=now(),
        facts={"number": case.number, "estate": "育英小区", "building": "3", "unit": "2",
               "category": "lighting", "minutes": 38},
    )  # fmt: skip


@pytest.fixture
def pages(db: Database, town: Cast, config: Config) -> dict[str, str]:
    return db.write(a_busy_day, town, Files(config.storage.dir))


def test_every_page_fits_a_small_phone_and_a_wide_screen(
    address: str, pages: dict[str, str], chromium: Callable[..., BrowserContext]
) -> None:
    complaints: list[str] = []
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda trouble: complaints.append(str(trouble)))
    for name, path in pages.items():
        page.goto(address + path)
        assert_fits(page, name)
        if page.query_selector("details"):
            open_all(page)
            assert_fits(page, name, "-open")
    assert [one for one in complaints if "404" not in one] == []


def test_the_keeper_accepts_and_finishes_without_any_script(
    address: str, pages: dict[str, str], chromium: Callable[..., BrowserContext], tmp_path: Path, db: Database
) -> None:
    shot = tmp_path / "after.jpg"
    shot.write_bytes(photo(3000, 2000))
    page = chromium(360, 800, script=False).new_page()
    page.goto(address + pages["keeper-offered"])
    page.get_by_role("button", name="接单").click()
    assert "接单成功" in page.inner_text("main")
    field = page.locator("#finish-album")
    assert field.evaluate("one => getComputedStyle(one).opacity") == "1"  # nothing else says what was chosen
    field.set_input_files(str(shot))
    page.fill("#finish-words", "换了灯泡")
    page.get_by_role("button", name="办结，请居民看").click()
    assert "已报办结" in page.inner_text("main")
    assert "换了灯泡" in page.inner_text("main")


def test_photos_are_made_small_before_they_are_sent(
    address: str, pages: dict[str, str], chromium: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    shot = tmp_path / "large.jpg"
    shot.write_bytes(photo(4000, 3000, quality=98))
    page = chromium(360, 800).new_page()
    page.goto(address + "/q/door-3-2")
    page.fill("#words", "楼道灯不亮")
    page.set_input_files("#door-album", str(shot))
    for _ in range(100):  # not wait_for_function, because the policy lets nobody evaluate text
        if page.evaluate("document.querySelector('#door-album').files[0].name") == "photo.jpg":
            break
        page.wait_for_timeout(50)
    size = page.evaluate("document.querySelector('#door-album').files[0].size")
    assert size < shot.stat().st_size
    page.get_by_role("button", name="不要这张： 1").wait_for()
    for taken in (2, 3):  # one after the other, as a camera gives them
        page.set_input_files("#door-camera", str(shot))
        page.get_by_role("button", name=f"不要这张： {taken}").wait_for()
    pictured(page, "door-photos-360.png")
    page.get_by_role("button", name="不要这张： 2").click()
    sent = "[...document.querySelectorAll('[type=file]')].map((one) => one.files.length)"
    assert page.evaluate(sent) == [0, 2]
    page.get_by_role("button", name="报上去").click()
    page.wait_for_url("**/p/**")
    assert "收到" in page.inner_text("main")
    pictured(page, "door-reported-360.png")


def test_nothing_that_people_write_runs_in_the_browser(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    page = chromium(360, 800).new_page()
    alarms: list[str] = []
    page.on("dialog", lambda dialog: alarms.append(dialog.message))
    payloads = ["<script>alert(1)</script>", '"><svg onload=alert(1)>', "' onfocus=alert(1) autofocus='",
                "javascript:alert(1)", "</textarea><img src=x onerror=alert(1)>"]  # fmt: skip
    for payload in payloads:

        def work(payload: str = payload) -> Case:
            case = a_case(reporter=town.wang, text=payload, accepted_by=town.li)
            case.finish(town.li.id, payload, no_photo_reason=payload)
            case.object(By.person(town.wang.id), payload)
            return case

        case = db.write(work)
        for person in (town.wang, town.li, town.zhao):
            page.goto(address + "/" + personal_path("case", person.id, case.id))
            page.goto(address + "/" + personal_path("desk", person.id))
    assert alarms == []
