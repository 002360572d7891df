"""The pages of whistles in a real browser: on a small phone and on a wide screen."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, load_pictures, open_all
from cast import Cast
from factories import a_case
from pictures import photo
from playwright.sync_api import BrowserContext
from whistle_town import a_whistle, departments

from handlers.pages.forms import keep_photos
from models.base.clock import after, ago
from models.base.links import personal_path
from models.media.files import Files
from models.whistle import answering, ending, meetings, referring, scoring
from server.config import Config
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


class Stood(NamedTuple):
    """`running`, `over`: whistles; `number`: of the case that runs."""

    running: int
    over: int
    number: str
    case: int
    disputed: str


def a_day_of_whistles(town: Cast, files: Files) -> Stood:
    """One that runs with one department on its way and one that is silent, one that is over, five meetings, a
    hand-over that is disputed."""
    lead, other = departments(town)
    case = a_case(reporter=town.wang, text="3号楼2单元门口灯杆歪了，孩子上学从下面过", when=ago(days=9),
                  urgency="urgent")  # fmt: skip
    keep_photos([files.keep(photo(1200, 900, "#4c5560"), "image/jpeg")], case.id, "report", town.wang.id)
    for days, outcome in (
        (8, "住建、城管到场，定了先支护"),
        (5, "支护好了，等新杆"),
        (2, "新杆到货，约电力停电"),
    ):
        meetings.held(case, town.zhao.id, outcome, ["住建局", "城管局"], at=ago(days=days), place="3号楼前")
    running = a_whistle(town, lead, other, case=case, by=town.zhao, urgency="urgent")
    answering.answer(running.id, lead, town.zhou.id, True)
    running.answer_due = ago(minutes=10)
    meetings.plan(case, town.zhao.id, after(hours=20), "3号楼2单元门口", ["城管局", "供电公司"])
    pit = a_case(reporter=town.sun_xiaoyu, text="井盖没了", category="road", when=ago(days=3))
    over = a_whistle(town, lead, other, case=pit)
    answering.arrive(over.id, lead, town.zhou.id)
    answering.answer(over.id, other, town.qian.id, False, "井里没有我们的线")
    ending.end(over.id, town.zhou.id, "换了防沉降井盖，当晚通行")
    scoring.justify(over.id, town.zhou.id, True, "晚上人多，该吹")
    scoring.grade(over.id, lead, town.zhao.id, 5)
    disputed = a_case(reporter=town.wang, text="燃气管锈了", category="gas", accepted_by=town.li)
    referral = referring.refer(disputed, lead, town.li.id, "管道归城管口")
    referring.dispute(referral.id, town.zhou.id, "燃气公司有专门的维修队，不归城管")
    return Stood(running.id, over.id, case.number, case.id, disputed.number)


def test_the_pages_fit_a_small_phone_and_a_wide_screen(
    address: str, db: Database, town: Cast, config: Config, chromium: Callable[..., BrowserContext]
) -> None:
    stood = db.write(a_day_of_whistles, town, Files(config.storage.dir))
    complaints: list[str] = []
    pages = [
        ("whistles", town.zhou, "whistles"),
        ("whistles-desk", town.zhao, "whistles"),
        ("whistle-department", town.zhou, f"whistles/{stood.running}"),
        ("whistle-silent", town.qian, f"whistles/{stood.running}"),
        ("whistle-desk", town.zhao, f"whistles/{stood.over}"),
        ("together", town.zhao, f"whistles/case/{stood.number}"),
        ("together-disputed", town.zhao, f"whistles/case/{stood.disputed}"),
    ]
    paths = [(name, f"{personal_path('desk', who.id)}/{path}") for name, who, path in pages]
    paths.append(("case-met", personal_path("case", town.wang.id, stood.case)))
    paths.append(("case-whistled", personal_path("case", town.zhao.id, stood.case)))
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for name, path in paths:
        page.goto(f"{address}/{path}")
        load_pictures(page)
        assert_fits(page, name)
        open_all(page)
        assert_fits(page, name, "-open")
    assert complaints == []
