"""/console/visits: cover with both numbers, and what was said becomes a case with one tap."""

from collections.abc import Callable

import pytest
from cast import Cast, Someone
from page_phone import Phone
from sqlalchemy import select
from standing import standing

from models.base.orm import put, session
from models.case.case import Case
from models.place.tables import Building, Household
from models.visit.tables import VisitOpinion
from models.visit.visiting import note_opinion, visit
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]


@pytest.fixture
def opinion(db: Database, town: Cast) -> int:
    """孙 was at one of three homes of building 3, met somebody, and one more was not in."""

    def made() -> int:
        third = session().scalars(select(Building.id).where(Building.name == "3")).one()
        rows = [
            put(Household, building_id=third, unit_name="1", room=room, active=True)
            for room in ("301", "302", "303")
        ]
        seen = visit(rows[0], town.sun.id, "visit-0001", "met", "老两口在家，儿子13900001111")
        visit(rows[1], town.sun.id, "visit-0002", "absent")
        note_opinion(seen.id, "service", "垃圾收得勤快")
        return note_opinion(seen.id, "repair", "三楼灯不亮，打13800001111")

    return db.write(made)


def test_cover_and_opinions(phone: Phone, town: Cast, desk: Desk, opinion: int) -> None:
    page = phone.open(f"{desk(town.zhao)}/visits").text
    assert "<strong>66.7%</strong>" in page
    assert "2 / 3户" in page
    assert "1 / 3户" in page
    assert "三楼灯不亮" in page
    assert "13800001111" not in page
    assert standing("301", page) == []  # by building alone
    for odd in ("9999-12-31", "0001-01-01", "x"):
        assert "2 / 3户" in phone.open(f"{desk(town.zhao)}/visits?since={odd}").text


def test_an_opinion_becomes_one_case(
    db: Database, phone: Phone, town: Cast, desk: Desk, opinion: int
) -> None:
    path = f"{desk(town.sun)}/visits"
    answer = phone.send(f"{path}/case", opinion=str(opinion))
    assert answer.status_code == 303
    with db.read():
        case = session().scalars(select(Case)).one()
        assert (case.source, case.category, case.building_name) == ("visit", "lighting", "3")
        assert session().get_one(VisitOpinion, opinion).case_id == case.id
    assert "已经变成一件事" in phone.sent_and_shown(f"{path}/case", opinion=str(opinion))
    with db.read():
        assert len(session().scalars(select(Case.id)).all()) == 1


def test_a_kind_word_needs_no_case(db: Database, phone: Phone, town: Cast, desk: Desk, opinion: int) -> None:
    path = f"{desk(town.zhao)}/visits"
    said = phone.sent_and_shown(f"{path}/noted", opinion=str(opinion))
    assert "不用办" in said
    assert "三楼灯不亮" not in phone.open(path).text
    assert "垃圾收得勤快" in phone.open(path).text
    with db.read():
        assert session().scalars(select(Case.id)).first() is None


def test_whose_words_they_are_not(db: Database, phone: Phone, town: Cast, desk: Desk, opinion: int) -> None:
    """李 keeps the building and reads what 孙 heard there. 吴 keeps another one, 钱 has another desk."""
    page = phone.open(f"{desk(town.li)}/visits").text
    assert "2 / 3户" in page
    assert "三楼灯不亮" in page
    assert "老两口在家，儿子139****1111" in page
    assert "13800001111" not in page
    for path in (f"{desk(town.wu)}/visits", f"{desk(town.qian)}/visits"):
        for verb in ("case", "noted"):
            assert phone.send(f"{path}/{verb}", opinion=str(opinion)).status_code == 404
    others = phone.open(f"{desk(town.qian)}/visits").text
    assert "三楼灯不亮" not in others
    assert "老两口在家" not in others
    assert phone.open(f"{desk(town.zhou)}/visits").status_code == 404  # a department goes to no doors
    with db.read():
        assert session().get_one(VisitOpinion, opinion).case_id is None
