"""What residents read: notices, the open books, who answers for them, stations, answers, their own record."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from api_client import Mini
from cast import Cast, Someone
from factories import a_case, letters_to, unit_of_work
from flask import Flask
from known_town import a_station, tell_what_is_known
from notices import handed_in, tell_all
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.case.case import Case
from models.notice import call, reading
from models.place.stations import Station
from models.place.version import raise_version
from models.station import medicine
from models.station.tables import StationMedicine
from server.database import Database

Phone = Callable[[Someone], Mini]


@pytest.fixture
def known(db: Database, town: Cast) -> Cast:
    db.write(tell_what_is_known)
    return town


def posted(db: Database, town: Cast, **said: object) -> int:
    with unit_of_work(db):
        key = handed_in(town.zhao.id, **said).id  # type: ignore[arg-type]
    tell_all(db)
    return key


def test_a_notice_is_read_once_by_whom_it_was_sent_to(mini: Phone, town: Cast, db: Database) -> None:
    key = posted(db, town)
    wang, rider = mini(town.wang), mini(town.rider)
    (line,) = wang.get("/notices")["items"]
    assert (line["title"], line["read"], line["state"]) == ("周二停水", False, "told")
    shown = wang.get(f"/notices/{line['id']}")
    assert shown["text"].startswith("周二早八点")
    assert (shown["signed"], shown["read"], shown["asks_confirm"]) == ("育英社区居委会", True, False)
    with db.read():
        assert reading.has_opened(key, "person", town.wang.id)
    assert wang.get("/notices")["items"][0]["read"] is True
    assert rider.get("/notices")["items"] == []
    assert rider.refused("GET", f"/notices/{line['id']}") == (404, "not_found", None)
    assert rider.refused("POST", f"/notices/{line['id']}/confirm") == (404, "not_found", None)


def test_a_call_is_answered_and_the_last_word_counts(mini: Phone, town: Cast, db: Database) -> None:
    key = posted(db, town, is_call=True)
    wang = mini(town.wang)
    line = wang.get("/notices")["items"][0]["id"]
    assert wang.get(f"/notices/{line}")["asks_confirm"] is True
    assert wang.post(f"/notices/{line}/confirm")["coming"] is True
    assert wang.post(f"/notices/{line}/cannot")["coming"] is False
    with db.read():
        assert call.answer_of(key, town.wang.id) is False


def test_who_answers_for_my_building_and_words_for_them(mini: Phone, town: Cast, db: Database) -> None:
    wang = mini(town.wang)
    home = wang.get("/me")["homes"][0]["id"]
    said = wang.get(f"/people?home_id={home}")
    assert [(one["name"], one["role"], one["phone"]) for one in said["items"][:2]] == [
        ("李师傅", "包保干部", None), ("马师傅", "包保干部", None),
    ]  # fmt: skip
    assert said["card"].endswith("/q/door-3-2")
    assert "1390000" not in str(said)  # nobody's own number
    wang.post(f"/people/{said['items'][0]['id']}/message", {"text": "明天上午家里有人"})
    with db.read():
        (told,) = letters_to(town.li, "enquiry_kept")
    assert told.facts["text"] == "明天上午家里有人"
    (question,) = wang.get("/questions")["items"]
    assert (question["state"], question["answer"]) == ("open", None)
    assert mini(town.rider).refused("GET", f"/people?home_id={home}")[0] == 404
    assert mini(town.rider).get("/people?door=door-3-2")["items"][0]["name"] == "李师傅"


def test_the_nearest_stations_and_what_is_there_now(app: Flask, known: Cast, db: Database) -> None:
    with time_machine.travel("2026-11-21T12:00:00+08:00", tick=False):
        first, second = Mini(app).get("/stations?lat=46.63&lng=126.99")["items"]
    assert (first["name"], first["open"], first["hours"]) == ("暖心驿站", True, "每天 8:00-20:00")
    assert first["changes_at"] == "2026-11-21T20:00:00+08:00"
    assert 90 < first["metres"] < 110
    assert [(one["label"], one["broken"]) for one in first["items"]][:2] == [("座位", False), ("暖气", False)]
    assert (second["name"], second["changes_at"]) == ("骑手之家", None)
    charging = Mini(app).get("/stations?lat=46.63&lng=126.99&kind=charge")["items"]
    assert [one["name"] for one in charging] == ["骑手之家"]


def test_where_somebody_known_stands_is_looked_at_with_consent_alone(mini: Phone, known: Cast) -> None:
    wang = mini(known.wang)
    refused = wang.refused("GET", "/stations?lat=46.63&lng=126.99")
    assert refused == (403, "place_consent_needed", "lat")
    assert wang.get("/stations")["items"][0]["metres"] is not None  # by the home


def test_what_is_broken_is_one_case_however_many_find_it(mini: Phone, known: Cast, db: Database) -> None:
    with unit_of_work(db):
        (station,) = session().scalars(select(Station).where(Station.name == "暖心驿站"))
        station.caretaker_id = known.sun.id
    wang, rider = mini(known.wang), mini(known.rider)
    (id_, *_) = (one["id"] for one in rider.get("/stations")["items"] if one["name"] == "暖心驿站")
    case = rider.post(f"/stations/{id_}/broken", {"item": "water"})
    assert (case["category_label"], case["who"]["name"]) == ("公共设施", "孙网格员")
    assert "暖心驿站" in case["text"]
    assert "热水坏了" in case["text"]
    same = wang.post(f"/stations/{id_}/broken", {"item": "water", "text": "还是凉的"})
    assert (same["id"], same["fellows"]) == (case["id"], 1)
    things = {one["code"]: one["broken"] for one in _station(wang, id_)["items"]}
    assert things == {"rest": False, "warm": False, "water": True, "toilet": False}
    assert rider.refused("POST", f"/stations/{id_}/broken", {"item": "print"}) == (
        422, "not_there_at_station", "item",
    )  # fmt: skip
    with unit_of_work(db):
        held = session().scalars(select(Case).with_for_update()).one()
        held.accept(known.sun.id)
        held.finish(known.sun.id, "换了水龙头", no_photo_reason="没带手机")
    assert not any(one["broken"] for one in _station(wang, id_)["items"])


def _station(mini: Mini, id_: str) -> dict[str, list[dict[str, object]]]:
    return next(one for one in mini.get("/stations")["items"] if one["id"] == id_)


def test_medicine_that_nears_its_last_day_is_told_once_and_once_more_when_it_is_over(
    app: Flask, known: Cast, db: Database
) -> None:
    def put_in() -> int:
        station = session().scalars(select(Station).where(Station.name == "暖心驿站")).one()
        station.caretaker_id = known.sun.id
        medicine.put_in(station, "创可贴", 20, date(2026, 12, 10), By.staff(known.sun.id))
        medicine.put_in(station, "碘伏", 2, date(2027, 12, 1), By.staff(known.sun.id))
        return station.id

    def told() -> int:
        while db.write(medicine.tell_of_some):
            pass
        with db.read():
            return len(letters_to(known.sun, medicine.KIND))

    with time_machine.travel("2026-11-01T08:00:00+08:00") as clock:
        station = db.write(put_in)
        assert told() == 0
        clock.move_to("2026-11-21T08:00:00+08:00")
        assert [told(), told()] == [1, 1]
        with db.read():
            (letter,) = letters_to(known.sun, medicine.KIND)
            assert [(one["name"], one["days"]) for one in letter.facts["medicines"]] == [("创可贴", 19)]
        clock.move_to("2026-12-11T08:00:00+08:00")
        assert [told(), told()] == [2, 2]
        shown = Mini(app).get("/stations?lat=46.63&lng=126.99")["items"]
        assert [one["name"] for one in shown[0]["medicines"]] == ["碘伏"]
        with unit_of_work(db):
            batch = session().scalars(select(StationMedicine.id).order_by(StationMedicine.id)).first()
            held = session().get_one(Station, station)
            assert batch is not None
            assert [medicine.take_out(held, batch, By.staff(known.sun.id)) for _ in range(2)] == [True, False]
        with db.read():
            assert [one.name for one in medicine.there([station])[station]] == ["碘伏"]


def test_an_approved_answer_with_its_source_or_a_person(mini: Phone, known: Cast, db: Database) -> None:
    wang = mini(known.wang)
    with time_machine.travel("2026-11-21T12:00:00+08:00"):
        said = wang.post("/questions", {"text": "明天几点停水"}, key="ask-00001")
        assert (said["source"], said["valid_until"], said["kept"]) == ("供水公司通知", "2026-11-30", False)
        assert said["answer"].startswith("明天8点到12点")
    with time_machine.travel("2026-12-01T12:00:00+08:00"):
        late = mini(known.wang).post("/questions", {"text": "明天几点停水"})
    assert (late["answer"], late["kept"]) == (None, True)  # past its day it is never said
    assert "赵主任" in late["words"]
    with db.read():
        assert len(letters_to(known.zhao, "enquiry_kept")) == 1


def test_a_riders_own_record(mini: Phone, town: Cast, db: Database) -> None:
    with unit_of_work(db):
        first = a_case(reporter=town.rider, text="3号楼飞线充电", urgency="urgent")
        a_case(reporter=town.rider, text="电梯不动了", urgency="urgent", category="elevator")
        a_case(reporter=town.rider, text="灯不亮")
        a_case(reporter=town.wang, text="井盖没了", urgency="urgent", category="road")
        first.accept(town.li.id)
        first.finish(town.li.id, "拆了", no_photo_reason="没带手机")
        first.nod(By.person(town.rider.id))
    said = mini(town.rider).get("/hazards")
    assert (said["found"], said["mended"], len(said["items"])) == (2, 1, 2)
    part = mini(town.rider).get("/hazards?limit=1")
    assert (part["found"], len(part["items"])) == (2, 1)
    assert mini(town.sun_xiaoyu).get("/hazards")["found"] == 0


def test_a_station_without_anything_written_down(app: Flask, known: Cast, db: Database) -> None:
    def made() -> None:
        a_station(1, "老站", [], None, None, None)
        raise_version()

    db.write(made)
    old = next(one for one in Mini(app).get("/stations")["items"] if one["name"] == "老站")
    assert (old["open"], old["metres"], old["lat"], old["items"]) == (None, None, None, [])
