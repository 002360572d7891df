"""Paper for doors and cadres from the console; photos that residents see only when they are published."""

from collections.abc import Callable
from io import BytesIO

import pytest
from cast import Cast, Someone
from page_phone import Phone
from pictures import photo
from sqlalchemy import select

from models.audit.tables import Act
from models.base.orm import session
from models.person.tables import Portrait
from models.place.tables import DoorCode, Estate
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]


@pytest.fixture
def estate(db: Database, town: Cast) -> str:
    with db.read():
        return str(session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one())


def upload(phone: Phone, path: str, who: str, **more: str) -> int:
    picture = (BytesIO(photo(300, 400)), "me.jpg")
    return phone.send(f"{path}/portrait", who=who, photos=picture, **more).status_code


def test_sheets_for_doors_are_printed_and_a_lost_sticker_opens_nothing(
    db: Database, phone: Phone, town: Cast, desk: Desk, estate: str
) -> None:
    path = f"{desk(town.zhao)}/print"
    answer = phone.send(f"{path}/doors", estate=estate, building="")
    assert answer.data.startswith(b"%PDF-")
    page = phone.open(f"{path}?estate={estate}").text
    assert "door-3" in page
    with db.read():
        assert len(session().scalars(select(DoorCode)).all()) > 1
    assert phone.open("/q/door-3-2").status_code == 200
    assert "作废了" in phone.sent_and_shown(f"{path}/revoke", code="door-3-2", estate=estate)
    assert phone.open("/q/door-3-2").status_code == 404


@pytest.mark.parametrize("size", ["A4", "A5"])
def test_cards_of_those_who_answer_for_a_building(
    phone: Phone, town: Cast, desk: Desk, estate: str, size: str
) -> None:
    answer = phone.send(f"{desk(town.zhao)}/print/cards", estate=estate, size=size)
    assert answer.data.startswith(b"%PDF-")
    assert phone.send(f"{desk(town.zhao)}/print/cards", estate=estate, size="A0").status_code == 422


def test_a_photo_is_seen_by_residents_only_as_long_as_it_is_published(
    db: Database, phone: Phone, town: Cast, desk: Desk, estate: str
) -> None:
    path = f"{desk(town.zhao)}/print"
    assert upload(phone, path, "K001") == 422  # nobody asked
    assert upload(phone, path, "K001", agrees="yes") == 303
    page = phone.open(f"{path}?estate={estate}").text
    public = page.split("/photo/")[1].split('"')[0]
    assert phone.open(f"{path}/photo/{public}").status_code == 200
    mine = {"person": str(town.li.id), "estate": estate}
    door = "/q/door-3-2"
    assert phone.open(f"{door}/people/{public}").status_code == 404
    assert public not in phone.open(door).text
    assert "看得到照片了" in phone.sent_and_shown(f"{path}/publish", shown="yes", **mine)
    assert public in phone.open(door).text
    assert phone.open(f"{door}/people/{public}").content_type == "image/jpeg"
    assert phone.send(f"{path}/cards", estate=estate, size="A5").data.startswith(b"%PDF-")
    phone.sent_and_shown(f"{path}/publish", shown="no", **mine)
    assert phone.open(f"{door}/people/{public}").status_code == 404
    assert "撤下了" in phone.sent_and_shown(f"{path}/take_away", **mine)
    with db.read():
        assert session().scalars(select(Portrait)).one().ended_at is not None


def test_whoever_does_not_decide_there_prints_and_changes_nothing(
    db: Database, phone: Phone, town: Cast, desk: Desk, estate: str
) -> None:
    upload(phone, f"{desk(town.zhao)}/print", "K001", agrees="yes")
    assert phone.open(f"{desk(town.li)}/print").status_code == 404
    theirs = f"{desk(town.qian)}/print"
    assert "李师傅" not in phone.open(f"{theirs}?estate={estate}").text
    for verb, form in (
        ("doors", {"estate": estate}),
        ("cards", {"estate": estate, "size": "A5"}),
        ("revoke", {"code": "door-3-2"}),
        ("publish", {"person": str(town.li.id), "shown": "yes"}),
        ("take_away", {"person": str(town.li.id)}),
    ):
        assert phone.send(f"{theirs}/{verb}", **form).status_code == 404, verb
    with db.read():
        one = session().scalars(select(Portrait)).one()
        assert (one.published_at, one.ended_at) == (None, None)


def test_what_is_printed_stands_in_the_log(
    db: Database, phone: Phone, town: Cast, desk: Desk, estate: str
) -> None:
    phone.send(f"{desk(town.zhao)}/print/doors", estate=estate, building="3")
    phone.send(f"{desk(town.zhao)}/print/cards", estate=estate, size="A5")
    with db.read():
        noted = session().scalars(select(Act).where(Act.act == "print").order_by(Act.id)).all()
    assert [(one.by_id, one.about_kind, one.about_id, one.facts["what"]) for one in noted] == [
        (town.zhao.id, "estate", estate, "doors"), (town.zhao.id, "estate", estate, "cards"),
    ]  # fmt: skip
    assert all(one.many > 0 for one in noted)
