"""A desk's groups in a real browser: on a small phone, on a wide screen, and without a script."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import qrcode
from browsers import CHROMIUM, SIZES, assert_fits, open_all
from cast import Cast
from factories import unit_of_work
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.outbox.address import add_address
from models.outbox.budget import GroupDay
from models.place import chats, join_ways
from models.place.customer_groups import CustomerGroup
from models.place.tables import BuildingGroup, Estate
from models.town import groups
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]


@pytest.fixture
def page(db: Database, town: Cast) -> str:
    """One of everything that can be with groups."""

    def chat(key: str, name: str, owner: str = "li", **more: Any) -> str:
        values = {"status": 0, "members": 86, "read_at": now(), "read_again": False, **more}
        put(CustomerGroup, chat_id=key, name=name, owner_userid=owner, **values)
        return key

    with unit_of_work(db):
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        desk = By.staff(town.zhao.id)
        mine = [
            groups.bind(chat(f"wr-{number}", name, **more), estate, building, desk).id
            for number, (name, building, more) in enumerate((
                ("育英3号楼邻里群", "3", {}), ("育英5号楼群", "5", {"members": 188}),
                ("育英5号楼二群", "5", {"members": 196}), ("育英7号楼群", "7", {"status": 1}),
                ("育英业主群", None, {"gone_at": now()}), ("育英老年活动群", None, {"members": 41}),
            ))
        ]  # fmt: skip
        robot = put(BuildingGroup, name="育英网格工作群", estate_id=estate, active=True)
        add_address("group", robot, "robot", "key")
        for key in mine[:3]:
            groups.want_code(key, desk)
        session().flush()
        written = io.BytesIO()
        qrcode.make("https://work.weixin.qq.com/gm/3c6e0b8a9c15224a8228b9a98ca1531d").save(written)
        first, second = join_ways.way_of(mine[0]), join_ways.way_of(mine[1])
        assert first is not None
        assert second is not None
        first.picture = written.getvalue()
        second.trouble = "48002 api forbidden"
        put(GroupDay, chat_id="wr-0", day=local(now()).date(), used=1)
        chat("wr-new", "育英小区7号楼2群", "zhao", members=3)
        chat("wr-what", "🌸幸福一家人🌸", "nobody", members=27)
        assert chats.bound("wr-0") is not None
    return f"/{personal_path('desk', town.zhao.id)}/groups"


def test_it_fits_a_small_phone_and_a_wide_screen(
    address: str, page: str, chromium: Callable[..., BrowserContext]
) -> None:
    complaints: list[str] = []
    tab = chromium(*SIZES[0]).new_page()
    tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    tab.goto(address + page)
    assert_fits(tab, "groups")
    open_all(tab)
    assert_fits(tab, "groups-open")
    assert complaints == []


def test_a_chat_is_bound_with_one_tap_and_without_any_script(
    address: str, page: str, chromium: Callable[..., BrowserContext]
) -> None:
    tab = chromium(360, 800, script=False).new_page()
    tab.goto(address + page)
    card = tab.locator("li", has_text="育英小区7号楼2群")
    assert card.locator("input[name=building]").input_value() == "7"
    card.get_by_role("button", name="就是这儿的群").click()
    assert "“育英小区7号楼2群”认下了" in tab.locator("[role=status]").inner_text()
