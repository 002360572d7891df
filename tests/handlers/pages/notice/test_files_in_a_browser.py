"""A notice with pictures and attachments, and one that is being checked, in a real browser."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, load_pictures
from cast import Cast
from documents import office, pdf
from notices import a_notice
from pictures import photo
from playwright.sync_api import BrowserContext

from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import session
from models.media.files import Files
from models.notice import checking, checks, enclosed
from models.notice import notice as verbs
from models.notice.enclosed import laid_by
from models.notice.notice import Rules
from models.notice.tables import Notice
from server.config import Config
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]
ON = Rules(delay=timedelta(minutes=5), content_check=True)
FORMS = [("维修基金申请表（2026年版）.docx", office("请填")), ("停水范围图.pdf", pdf())]


@pytest.fixture
def pages(db: Database, town: Cast, config: Config) -> dict[str, str]:
    colours = ("#4c5560", "#6b5a4a", "#5a6b5a")
    by = By.staff(town.zhao.id)
    found: dict[str, int] = {}

    def made(name: str, rules: Rules | None) -> Notice:
        with laid_by(Files(config.storage.dir), [photo(1200, 900, one) for one in colours], FORMS) as files:

            def work() -> int:
                notice = a_notice(town.zhao.id)
                enclosed.enclose(notice, files, by)
                if rules is not None:
                    verbs.hand_in(notice, by, rules)
                return notice.id

            found[name] = db.write(work)

    def later(name: str, verdict: str | None) -> None:
        def work() -> None:
            notice = session().get_one(Notice, found[name])
            notice.checking_since -= timedelta(minutes=31)
            for check in checks.of(notice):
                if verdict:
                    checks.answered(check.id, verdict, 20008)
                else:
                    checks.unanswered(check.id, checks.NOT_SEEN)
            while checking.move_one(ON):
                pass

        db.write(work)

    made("draft", None)
    made("waiting", Rules(delay=timedelta(minutes=5)))
    for name, verdict in (("checking", None), ("back", "risky")):
        made(name, ON)
        later(name, verdict)
    people = {
        "notice-files-draft": (town.zhao, "draft"),
        "notice-files-reader": (town.wang, "waiting"),
        "notice-check-author": (town.zhao, "checking"),
        "notice-check-second": (town.leader, "checking"),
        "notice-check-back": (town.zhao, "back"),
    }
    return {
        name: "/" + personal_path("notice", one.id, found[which]) for name, (one, which) in people.items()
    }


def test_they_fit_a_small_phone_and_a_wide_screen(
    address: str, pages: dict[str, str], chromium: Callable[..., BrowserContext]
) -> None:
    complaints: list[str] = []
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for name, path in pages.items():
        page.goto(address + path)
        load_pictures(page)
        assert_fits(page, name)
        broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).length")
        assert broken == 0, name
    assert complaints == []


def test_files_are_given_and_taken_out_without_any_script(
    address: str, pages: dict[str, str], chromium: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    form = tmp_path / "水表登记.docx"
    form.write_bytes(office("登记"))
    page = chromium(360, 800, script=False).new_page()
    page.goto(address + pages["notice-files-draft"])
    page.locator("summary", has_text="图片和附件").click()
    page.set_input_files("#notice-attachments", str(form))
    page.get_by_role("button", name="附上", exact=True).click()
    assert "水表登记.docx" in page.inner_text("main")
    page.locator("summary", has_text="图片和附件").click()
    page.get_by_role("button", name="拿掉这张").first.click()
    assert "图片2张、附件3个" in page.inner_text("main")


def test_an_attachment_is_saved_under_its_name(
    address: str, pages: dict[str, str], chromium: Callable[..., BrowserContext]
) -> None:
    page = chromium(360, 800).new_page()
    page.goto(address + pages["notice-files-reader"])
    with page.expect_download() as saved:
        page.get_by_text("停水范围图.pdf").click()
    assert saved.value.suggested_filename == "停水范围图.pdf"
    assert Path(saved.value.path()).read_bytes() == pdf()
