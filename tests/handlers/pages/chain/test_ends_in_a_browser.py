"""How cases end, problems and samples in a real browser: on a small phone and on a wide screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, open_all
from calendars import known_years
from cast import Cast
from factories import a_case, a_photo, finish, spot
from playwright.sync_api import BrowserContext

from models.base.clock import ago, local, now
from models.base.links import personal_path
from models.base.orm import session
from models.case import on_the_spot, sampling
from models.person.tables import Staff
from models.place.version import raise_version
from models.problem import keeping, putting_right
from models.problem.suggesting import suggest_some
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]
RULE = "《黑龙江省住宅物业管理条例》：户内设施由业主自己维修"


def some_ends(town: Cast) -> dict[str, str]:
    """One of everything; the paths of the pages by name."""
    known_years()
    asked = a_case(reporter=town.wang, text="家里水管漏", category="water", accepted_by=town.li)
    asked.propose_end(town.li.id, "explained", "是业主自己家里的管子，公共管道查过不漏", RULE)
    agreed = a_case(reporter=town.wang, text="家里水管漏", category="water", accepted_by=town.li)
    agreed.propose_end(town.li.id, "explained", "是业主自己家里的管子，公共管道查过不漏", RULE)
    agreed.agree_to_end(town.zhao.id)
    for who in (town.wang, town.sun_xiaoyu, town.rider, town.wang):
        a_case(reporter=who, text="下水堵了，一到晚上往外返水", category="drainage")
    assert suggest_some()
    (suggested,) = session().query(keeping.Problem).all()
    today = local(now()).date()
    for title, right in (("外墙掉皮", True), ("单元门都关不严", True), ("充电桩不够用", False)):
        problem = keeping.propose(town.zhao.id, "common", title, "挨户走访时听到的", spot(), "roof_wall")
        day = today + timedelta(days=40)
        keeping.confirm(problem, town.zhao.id, owner_id=town.sun.id, next_on=day)
        if right:
            putting_right.put_right(problem, town.zhao.id, "整面墙重新抹了")
    problem.next_on = today
    session().flush()
    hung = a_case(reporter=town.wang, text="小区里没地方充电", category="ev_charging")
    keeping.hang(problem, hung, town.zhao.id)
    staff = session().query(Staff).filter_by(person_id=town.qian.id).one()
    staff.roles, staff.community_id = ["supervisor"], spot().community_id
    raise_version()
    quiet = a_case(reporter=town.wang, text="楼道灯不亮", when=ago(days=9), accepted_by=town.li)
    finish(quiet, town.li, "换了声控开关")
    quiet.close_by_default()
    swept = on_the_spot.begin(text="楼道的纸箱清走了", category="clutter", spot=spot(), by=town.li.id)
    a_photo(swept, town.li)
    on_the_spot.solve(swept, town.li.id)
    sampling.draw_for(town.qian.id, 2)
    desk = {one: personal_path("desk", getattr(town, one).id) for one in ("zhao", "li", "sun", "qian")}
    return {
        "end-asked": personal_path("case", town.zhao.id, asked.id),
        "end-proposer": personal_path("case", town.li.id, hung.id),
        "end-resident": personal_path("case", town.wang.id, agreed.id),
        "ends": f"{desk['zhao']}/chain/ends",
        "spot": f"{desk['li']}/chain/spot",
        "problems": f"{desk['zhao']}/chain/problems",
        "problem-suggested": f"{desk['zhao']}/chain/problems/{keeping.number_of(suggested)}",
        "problem-due": f"{desk['sun']}/chain/problems/{keeping.number_of(problem)}",
        "samples": f"{desk['qian']}/chain/samples",
    }


def test_the_pages_fit_a_small_phone_and_a_wide_screen(
    address: str, db: Database, town: Cast, chromium: Callable[..., BrowserContext]
) -> None:
    pages = db.write(some_ends, town)
    complaints: list[str] = []
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    for name, path in pages.items():
        page.goto(f"{address}/{path}")
        assert_fits(page, name)
        open_all(page)
        assert_fits(page, name, "-open")
    assert [one for one in complaints if "404" not in one] == []
