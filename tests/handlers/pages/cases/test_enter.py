"""A caller's matter is filed in two steps: first what is known is shown; no address holds what was typed."""

import re
from typing import Any

import pytest
from cast import Cast
from factories import a_case, told
from page_phone import Phone
from sqlalchemy import select

from models.base.orm import session
from models.base.privacy import blind
from models.case.caller import caller_of
from models.case.case import Case
from models.case.tables import Fellow
from models.person.tables import Person
from models.place.tables import Household
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
WANG, HOUSE = "13911112222", "13911113333"


@pytest.fixture
def numbers(db: Database, town: Cast) -> None:
    def work() -> None:
        session().get_one(Person, town.wang.id).phone_hash = blind(WANG, "phone")
        session().add(
            Household(building_id=1, unit_name="1", room="301", phone_hash=blind(HOUSE, "phone"), active=True)
        )

    db.write(work)


def newest(db: Database) -> Case:
    with db.read():
        return session().scalars(select(Case).order_by(Case.id.desc())).first()  # type: ignore[return-value]


def chosen(page: str, name: str) -> str:
    """What a select shows."""
    field = re.search(rf'<select id="{name}".*?</select>', page, re.S)
    assert field is not None
    found = re.search(r'value="([^"]*)" selected', field[0])
    return found[1] if found else ""


def test_a_number_and_a_sentence_are_enough(db, town, phone: Phone, desk: Any, numbers):
    here = desk(town.zhao)
    assert "下一步" in phone.open(here + "/enter").text
    page = phone.send(here + "/enter/look", phone="139 1111 2222", words="楼道灯不亮", source="phone").text
    assert "在微信里报过事，住育英小区3号楼2单元501室" in page
    assert chosen(page, "category") == "lighting"
    assert chosen(page, "estate") == "1"
    assert 'name="building" autocomplete="off" maxlength="12" value="3"' in page
    assert "李师傅" in page
    assert "包保这栋楼" in page
    page = phone.sent_and_shown(
        here + "/enter",
        phone=WANG,
        words="楼道灯不亮",
        source="phone",
        who="1",
        estate="1",
        building="3",
        unit="2",
    )
    assert "李师傅" in page or "派单" in page
    case = newest(db)
    assert (case.reporter_id, case.source, case.entered_by) == (town.wang.id, "phone", town.zhao.id)
    assert (case.building_name, case.category) == ("3", "lighting")


def test_who_is_not_said_to_be_the_person_is_a_caller(db, town, phone, desk, numbers):
    phone.send(
        desk(town.zhao) + "/enter",
        phone=WANG,
        name="王阿姨",
        words="3号楼2单元灯不亮",
        estate="1",
        building="3",
    )
    case = newest(db)
    with db.read():
        caller = caller_of(session().get_one(Case, case.id))
    assert case.reporter_id is None
    assert caller == ("王阿姨", WANG)


def test_a_number_tells_only_those_whose_people_they_are(db, town, phone, desk, numbers):
    for someone, number, known in (
        (town.zhao, WANG, True), (town.leader, WANG, True), (town.li, WANG, True), (town.qian, WANG, False),
        (town.wu, WANG, False), (town.zhao, HOUSE, True), (town.qian, HOUSE, False),
        (town.zhao, "13999999999", False),
    ):  # fmt: skip
        page = phone.send(desk(someone) + "/enter/look", phone=number, words="灯不亮").text
        assert ("育英小区3号楼" in page) is known, (someone, number)
        assert ("没有对上您这里的住户" in page) is not known


def test_what_is_known_already_is_shown_and_joined(db, town, phone, desk, numbers):
    first = db.write(lambda: a_case(reporter=town.sun_xiaoyu).number)
    here = desk(town.zhao)
    form = {"phone": WANG, "words": "3号楼2单元灯不亮", "source": "phone"}
    page = phone.send(here + "/enter/look", **form).text
    assert f"并进 {first}号" in page
    page = phone.sent_and_shown(here + "/enter", **form, who="1", same=first)
    assert f"记到{first}号里了" in page
    with db.read():
        assert session().scalars(select(Fellow.person_id)).all() == [town.wang.id]
        assert "case_joined" in told(town.wang)
        assert len(session().scalars(select(Case)).all()) == 1
    phone.send(here + "/enter", words="3楼也不亮", source="walk_in", same=first)
    assert "3楼也不亮" in newest(db).text
    assert phone.send(desk(town.qian) + "/enter", words="x", same=first).status_code == 404


def test_a_copy_files_nothing_and_mistakes_are_said(db, town, phone, desk):
    here = desk(town.zhao) + "/enter"
    form = {"words": "育英3号楼灯不亮", "once": "one"}
    assert phone.send(here, **form).headers["Location"] == phone.send(here, **form).headers["Location"]
    with db.read():
        assert len(session().scalars(select(Case)).all()) == 1
    for wrong, said in (
        ({"phone": "12"}, "电话"),
        ({"words": ""}, ""),
        ({"estate": "1", "building": "99"}, ""),
    ):
        answer = phone.send(here, **({"words": "灯不亮"} | wrong))
        assert answer.status_code == 422, wrong
        assert said in answer.text
    assert phone.send(here, headers={"Origin": "http://evil.example"}, words="x").status_code == 403
