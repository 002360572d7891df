"""包保到楼 on a phone: one tap for a visit, both sides of a hand-over, and for the desk the cover check."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cast import Cast, Someone
from exported import exported
from page_phone import Phone
from sqlalchemy import select, update

from models.base.clock import now
from models.base.orm import session
from models.duty.tables import Keeper
from models.grid import handing_over
from models.grid.tables import HandOver, KeeperVisit
from models.place.tables import Building, Estate
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]


@pytest.fixture
def house(db: Database, town: Cast) -> dict[str, str]:
    with db.read():
        query = select(Estate.id, Building.id).join(Building).where(Building.name == "3")
        estate, building = session().execute(query).one()
    return {"estate": str(estate), "building": "3", "id": str(building)}


def late(db: Database, days: int) -> None:
    db.write(lambda: session().execute(update(Keeper).values(since=now() - timedelta(days=days))))


def test_a_tap_notes_a_visit_and_a_second_one_nothing_more(
    db: Database, phone: Phone, town: Cast, desk: Desk, house: dict[str, str]
) -> None:
    late(db, 40)
    page = phone.open(f"{desk(town.li)}/chain/keepers").text
    assert 'light amber">黄' in page
    assert "我到楼了" in page
    place = {"estate": house["estate"], "building": "3"}
    assert "今天您到过" in phone.sent_and_shown(
        f"{desk(town.li)}/chain/keepers/visit", **place, note="门锁坏了"
    )
    again = phone.sent_and_shown(f"{desk(town.li)}/chain/keepers/visit", **place)
    assert "今天已经记过" in again
    assert 'light green">绿' in again
    with db.read():
        assert [one.note for one in session().scalars(select(KeeperVisit))] == ["门锁坏了"]


def test_a_building_changes_hands_on_two_phones(
    db: Database, phone: Phone, town: Cast, desk: Desk, house: dict[str, str]
) -> None:
    place = {"estate": house["estate"], "building": "3"}
    asked = phone.sent_and_shown(f"{desk(town.li)}/chain/keepers/ask", **place, to="G001")
    assert "等另一边点头" in asked
    page = phone.open(f"{desk(town.sun)}/chain/keepers").text
    assert "交接，等您点头" in page
    with db.read():
        number = session().scalars(select(HandOver.id)).one()
    for stranger in (town.wu, town.ma):
        refused = phone.send(f"{desk(stranger)}/chain/keepers/agree", item=str(number))
        assert refused.status_code == 409, refused.text
    assert "交接好了" in phone.sent_and_shown(f"{desk(town.sun)}/chain/keepers/agree", item=str(number))
    with db.read():
        assert handing_over.keepers_of(int(house["id"])) == [town.ma.id, town.sun.id]


def test_the_other_side_says_no_with_a_reason(
    phone: Phone, town: Cast, desk: Desk, house: dict[str, str]
) -> None:
    place = {"estate": house["estate"], "building": "3"}
    assert phone.send(f"{desk(town.zhao)}/chain/keepers/ask", **place, to="没有这人").status_code == 422
    phone.send(f"{desk(town.zhao)}/chain/keepers/ask", **place, to="孙网格员")
    bare = phone.send(f"{desk(town.sun)}/chain/keepers/refuse", item="1", reason="")
    assert bare.status_code == 422
    assert "记下了" in phone.sent_and_shown(f"{desk(town.sun)}/chain/keepers/refuse", item="1", reason="太远")
    assert phone.send(f"{desk(town.zhao)}/chain/keepers/withdraw", item="1", reason="x").status_code == 409


def test_the_desk_sees_whether_the_sums_agree(
    db: Database, phone: Phone, town: Cast, desk: Desk, house: dict[str, str]
) -> None:
    late(db, 90)
    page = phone.open(f"{desk(town.zhao)}/chain/keepers").text
    assert "各单位合计1栋，楼栋册3栋" in page
    assert "2栋没人管" in page
    assert '<span class="light red">红</span> 1栋' in page
    for unknown in ("999999", "x", ""):
        assert phone.send(f"{desk(town.zhao)}/chain/keepers/agree", item=unknown).status_code == 404


def test_the_file_has_units_buildings_and_hand_overs(
    phone: Phone, town: Cast, desk: Desk, house: dict[str, str]
) -> None:
    phone.send(f"{desk(town.zhao)}/chain/keepers/ask", estate=house["estate"], building="5", to="K001")
    answer = phone.open(f"{desk(town.zhao)}/chain/keepers.xlsx")
    file = exported(answer)
    assert file.sheetnames == ["按单位", "按楼栋", "交接"]
    rows = list(file["按楼栋"].values)
    assert [row[:3] for row in rows[1:]] == [("育英社区", "育英小区", str(n)) for n in (3, 5, 7)]
    assert list(file["按单位"].values)[-1][:2] == ("楼栋册", 3)
    assert list(file["交接"].values)[1][:2] == ("育英小区", "5")
    for stranger in (town.li, town.wang):
        assert phone.open(f"{desk(stranger)}/chain/keepers.xlsx").status_code == 404


def test_who_keeps_nothing_and_oversees_nothing_finds_no_page(phone: Phone, town: Cast, desk: Desk) -> None:
    for one, is_in in (("li", True), ("wu", True), ("zhao", True), ("sun", False), ("wang", False)):
        answer = phone.open(f"{desk(getattr(town, one))}/chain/keepers")
        assert (answer.status_code == 200) is is_in, one
    assert "建设小区" not in phone.open(f"{desk(town.zhao)}/chain/keepers").text
    assert "育英小区" not in phone.open(f"{desk(town.qian)}/chain/keepers").text
