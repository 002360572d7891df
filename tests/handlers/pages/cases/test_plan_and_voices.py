"""The plan counts what is open in every house; the voices wait for whoever listens, the oldest first."""

import re
from typing import Any

import pytest
from cast import Cast
from factories import a_case, a_collected_case, spot
from page_phone import Phone

from models.base.clock import ago
from models.base.orm import session
from models.case.case import Case
from models.media import keeping
from models.media.files import Files
from models.media.item import Item
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_every_house_with_what_waits_there(db: Database, town: Cast, phone: Phone, desk: Any):
    def work() -> None:
        for _ in range(2):
            a_case(reporter=town.wang)
        a_case(reporter=town.wang, finished_by=town.li, nodded_by=town.wang)
        a_case(reporter=town.wang, at=spot(building="5", unit="1"), when=ago(days=40))
        a_case(reporter=town.wang, at=spot(building=None, unit=None))
        a_case(reporter=town.rider, at=spot("建设小区", "1", "1"))

    db.write(work)

    def houses(someone: Any) -> list[str]:
        return re.findall(r'aria-label="(\d+号楼[^"]*)"', phone.open(desk(someone) + "/plan").text)

    assert houses(town.zhao) == ["3号楼，没办完2件", "5号楼，没办完1件，过期1件", "7号楼，没办完0件"]
    assert houses(town.leader)[-1] == "1号楼，没办完1件"
    assert houses(town.qian) == ["1号楼，没办完1件"]
    assert "3号楼，没办完2件" in houses(town.li)
    page = phone.open(desk(town.zhao) + "/plan").text
    assert "楼外1件" in page
    address = re.search(r'href="(/console/cases\?state=open&amp;estate=1&amp;building=3)"', page)
    assert address is not None
    assert phone.open(address[1].replace("&amp;", "&")).text.count("data-row") == 2


def test_a_voice_is_heard_on_its_own_page(db: Database, town: Cast, phone: Phone, desk: Any, config: Config):
    def work() -> tuple[str, int]:
        case = a_collected_case(town.wang, text="")
        case.category = None
        file = Files(config.storage.dir).keep(b"#!AMR\nxx", "audio/amr")
        item = keeping.keep(
            case.about, purpose="report", kind="voice", file=file, content_type="audio/amr", by=town.wang.id
        )
        session().flush()
        return session().get_one(Item, item).public_id, case.id

    public, case_id = db.write(work)
    here = desk(town.zhao)
    assert f"/media/{public}" in phone.open(here + "/voices").text
    assert public not in phone.open(desk(town.wu) + "/voices").text
    page = phone.sent_and_shown(here + "/voices", item=public, words="育英小区3号楼2单元水管爆了")
    assert "都听完了" in page
    with db.read():
        case = session().get_one(Case, case_id)
        assert (case.state, case.building_name, case.category) == ("dispatched", "3", "water")
    assert phone.send(desk(town.wu) + "/voices", item=public, words="x").status_code == 404
