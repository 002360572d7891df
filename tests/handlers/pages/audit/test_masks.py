"""Canaries: no list, file or print of the console shows a resident's phone or name in full, or a room to
somebody who does not go there (X06)."""

import io
from collections.abc import Callable, Iterator

import pytest
from cast import Cast, Someone
from factories import a_case, spot
from openpyxl import load_workbook
from page_phone import Phone

from handlers.guards import guard_of
from handlers.pages.access import case_at
from handlers.pages.audit.masks import masked_place
from models.base import privacy
from models.base.orm import put, session
from models.case.caller import keep_caller
from models.person.tables import Person
from models.place.owners import sealed_owner
from models.place.tables import Household
from models.praise.praise import Praise
from server.database import Database

Desk = Callable[[Someone], str]
SQLITE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
PHONES = ("13711110001", "13711110002", "13711110003", "13711110004")
NAMES = ("欧阳金丝雀", "金丝雀乙", "金丝雀丙")
ROOM = "8807"


@pytest.fixture
def key(db: Database, town: Cast) -> int:
    return db.write(planted, town)


def planted(town: Cast) -> int:
    """A resident, a caller, an owner, each with name and phone; words with a phone; a case in a room."""
    wang = session().get_one(Person, town.wang.id)
    wang.phone_sealed = privacy.seal(PHONES[0], f"people.phone/{wang.public_id}")
    wang.name_sealed = privacy.seal(NAMES[0], f"people.name/{wang.public_id}")
    where = spot()
    assert where.building_id is not None
    put(
        Household,
        building_id=where.building_id,
        unit_name="2",
        room=ROOM,
        area=8000,
        active=True,
        **sealed_owner((where.building_id, "2", ROOM), owner=NAMES[1], phone=PHONES[1]),
    )
    text = f"楼道灯不亮，打{PHONES[2][:3]} {PHONES[2][3:7]} {PHONES[2][7:]}"
    held = a_case(reporter=town.wang, text=text, accepted_by=town.li)
    held.room = ROOM
    called = a_case(entered_by=town.zhao, text="灯不亮", finished_by=town.li)
    keep_caller(called, NAMES[2], PHONES[3])
    called.room = ROOM
    unplaced = a_case(reporter=town.wang, text=f"漏水了，电话{PHONES[2]}", category=None)
    unplaced.room = ROOM
    put(Praise, by_id=town.wang.id, for_id=town.li.id, text=f"谢谢李师傅，我电话{PHONES[2]}", case_id=None)
    session().flush()
    return held.id


def addresses(phone: Phone) -> Iterator[tuple[str, str]]:
    """(Endpoint, path) of every staff page that needs nothing in its address."""
    app = phone.client.application
    for rule in app.url_map.iter_rules():
        if guard_of(app, rule.endpoint) == "staff" and "GET" in (rule.methods or ()) and not rule.arguments:
            yield rule.endpoint.rpartition(".")[2], rule.rule


def said(answer) -> str:
    """All that an answer says, also in the cells of a workbook."""
    if answer.mimetype.endswith("sheet"):
        book = load_workbook(io.BytesIO(answer.data))
        return "\n".join(str(cell) for sheet in book for row in sheet.values for cell in row)
    return answer.get_data(as_text=True) if answer.mimetype.startswith("text/") else ""


@SQLITE
def test_no_page_and_no_file_shows_a_whole_phone_or_name_or_whose_room_it_is_not(
    db: Database, phone: Phone, town: Cast, desk: Desk, key: int
) -> None:
    """Each page is opened once for all that must not stand there; a room may for whoever goes there."""
    seen, found, rooms = 0, [], {}
    for someone in (town.zhao, town.li, town.sun, town.leader):
        phone.led(desk(someone))
        rooms[someone.name] = set()
        for endpoint, path in [*addresses(phone), ("staff_case", case_at(key))]:
            answer = phone.open(path)
            assert answer.status_code < 500, (someone, path)
            text = said(answer)
            seen += answer.status_code == 200
            plain = text.replace(" ", "").replace("-", "")
            found += [(someone.name, endpoint, one) for one in PHONES if one in plain]
            found += [(someone.name, endpoint, one) for one in NAMES if one in text]
            if ROOM in text:
                rooms[someone.name].add(endpoint)
    assert found == []
    assert seen > 60
    in_lists = {name: several - {"staff_case"} for name, several in rooms.items()}
    assert in_lists[town.zhao.name] == set()
    assert in_lists[town.leader.name] == set()
    assert in_lists[town.li.name] <= {"desk", "cases", "today"}
    assert "staff_case" in rooms[town.li.name]  # 李师傅 goes there


def test_a_masked_place_says_that_there_is_a_room_and_not_which() -> None:
    place = {"estate": "育英小区", "building": "3", "unit": "2", "floor": "8", "room": ROOM}
    assert masked_place(place) == place | {"floor": None, "room": "***"}
    assert masked_place(place | {"room": None})["room"] is None
