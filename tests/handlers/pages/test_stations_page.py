"""/console/stations: what is broken and which medicine expires first; by the desk and by caretakers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cast import Cast, Someone
from known_town import tell_what_is_known
from page_phone import Phone
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.case.case import Case
from models.joins.station_faults import broken
from models.place.stations import Station, stations
from models.station import medicine
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]


@pytest.fixture
def station(db: Database, town: Cast) -> int:
    """暖心驿站, looked after by 李."""

    def made() -> int:
        tell_what_is_known()
        one = session().scalars(select(Station).where(Station.name == "暖心驿站")).one()
        one.caretaker_id = town.li.id
        return one.id

    return db.write(made)


def test_what_is_broken_stands_first_and_works_again(
    db: Database, phone: Phone, town: Cast, desk: Desk, station: int
) -> None:
    path = f"{desk(town.li)}/stations"
    assert "没有坏的" in phone.open(path).text
    said = phone.sent_and_shown(f"{path}/broken", station=str(station), item="water", words="不出水")
    assert "暖心驿站：热水坏了" in said
    with db.read():
        case = session().scalars(select(Case)).one()
        assert (case.source, case.category, case.entered_by) == ("patrol", "facility", town.li.id)
    again = phone.sent_and_shown(f"{path}/broken", station=str(station), item="water")
    assert "已经有人报过了" in again
    assert "又能用了" in phone.sent_and_shown(f"{path}/works", station=str(station), item="water")
    with db.read():
        assert broken([station]) == {}


def test_medicine_comes_and_goes(db: Database, phone: Phone, town: Cast, desk: Desk, station: int) -> None:
    path, soon = f"{desk(town.li)}/stations", local(now()).date() + timedelta(days=9)
    form = {"station": str(station), "name": "创可贴", "amount": "20", "until": soon.isoformat()}
    assert "还有9天" in phone.sent_and_shown(f"{path}/put-in", **form)
    assert "12件" in phone.sent_and_shown(f"{path}/put-in", **form | {"amount": "12"})  # how much is left
    for wrong in ({"amount": "0"}, {"amount": "1000"}, {"name": " "}, {"until": "soon"}):
        assert phone.send(f"{path}/put-in", **form | wrong).status_code == 422
    with db.read():
        ((batch,),) = medicine.there([station]).values()
    assert "收走了" in phone.sent_and_shown(f"{path}/take-out", station=str(station), batch=str(batch.id))
    with db.read():
        assert medicine.there([station]) == {}


def test_the_desk_writes_a_station_down(
    db: Database, phone: Phone, town: Cast, desk: Desk, station: int
) -> None:
    path = f"{desk(town.zhao)}/stations"
    with db.read():
        estate = session().get_one(Station, station).estate_id or 1
    form = {
        "station": "",
        "name": "北门驿站",
        "estate": str(estate),
        "kind": ["water", "aid"],
        "hours": "全天",
    }
    form |= {"longitude": "126.98", "latitude": "46.63", "caretaker": "G001", "address": "北门岗亭"}
    assert "记下了：北门驿站" in phone.sent_and_shown(f"{path}/keep", **form)
    with db.read():
        (made,) = [one for one in stations() if one.name == "北门驿站"]
        assert (made.kinds, made.point, made.hours) == (("water", "aid"), (126.98, 46.63), "全天")
        assert session().get_one(Station, made.id).caretaker_id == town.sun.id
    assert phone.send(f"{path}/keep", **form).status_code == 409  # of this name there is one
    for wrong in (
        {"hours": "看情况"},
        {"latitude": "north"},
        {"latitude": "90"},
        {"name": ""},
        {"caretaker": "X9"},
    ):
        answer = phone.send(f"{path}/keep", **form | {"station": str(made.id)} | wrong)
        assert answer.status_code == 422, wrong
    closed = form | {"station": str(made.id), "active": "no"}
    assert "停用" in phone.sent_and_shown(f"{path}/keep", **closed)
    with db.read():
        assert "北门驿站" not in [one.name for one in stations()]


def test_whose_it_is_not(db: Database, phone: Phone, town: Cast, desk: Desk, station: int) -> None:
    """李 looks after one station and writes none down; 钱 is of another community; 孙 has none."""
    assert phone.open(f"{desk(town.sun)}/stations").status_code == 404
    mine = f"{desk(town.li)}/stations"
    assert "骑手之家" not in phone.open(mine).text
    assert phone.send(f"{mine}/keep", station=str(station), name="我的", active="yes").status_code == 404
    theirs = f"{desk(town.qian)}/stations"
    assert "暖心驿站" not in phone.open(theirs).text
    until = "2027-06-30"
    form = {"station": str(station), "name": "x", "amount": "1", "until": until, "item": "water"}
    for verb in ("put-in", "broken", "works", "keep"):
        assert phone.send(f"{theirs}/{verb}", **form).status_code == 404, verb
    with db.read():
        assert medicine.there([station]) == {}
        assert broken([station]) == {}


def test_two_taps_are_one_batch_and_one_case(db: Database, town: Cast, station: int) -> None:
    def twice() -> None:
        held = session().get_one(Station, station)
        until = local(now()).date() + timedelta(days=400)
        assert len({medicine.put_in(held, "碘伏", 2, until, By.staff(town.li.id)) for _ in range(2)}) == 1

    db.write(twice)
    with db.read():
        ((batch,),) = medicine.there([station]).values()
        assert (batch.amount, batch.is_near, batch.is_over) == (2, False, False)
