"""上门告诉 on a phone: homes without names, a tick, a slip of the thumb."""

import pytest
import time_machine
from cast import Cast, Someone
from notices import handed_in, letters_of, tell_all
from page_phone import Phone, body_of
from sqlalchemy import select
from standing import standing

from models.base.actor import By
from models.base.clock import after, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.history import steps_about
from models.notice import notice as verbs
from models.notice.tables import Notice
from models.outbox.letter import Letter
from models.person.arriving import move_in
from models.person.tables import Person, Staff
from models.place.tables import Building, Household
from server.database import Database


def house(name: str = "3") -> int:
    return session().scalars(select(Building.id).where(Building.name == name)).one()


def house_of(db: Database) -> int:
    with db.read():
        return house()


def path_of(someone: Someone, number: int, more: str = "") -> str:
    return "/" + personal_path("notice", someone.id, number) + "/visits" + more


@pytest.fixture
def number(db: Database, town: Cast) -> int:
    """王 in 501 is reached by nothing; of 502 nobody is known."""

    def work() -> int:
        put(Household, building_id=house(), unit_name="2", room="502", active=True)
        return handed_in(town.zhao.id).id

    key = db.write(work)
    tell_all(db)

    def missed() -> None:
        letter = next(one for one in letters_of(key) if one.to_kind == "person")
        letter.state, letter.reason, letter.settled_at = "by_hand", "no_way", now()

    db.write(missed)
    return key


def the_letter(db: Database, number: int) -> Letter:
    with db.read():
        return next(one for one in letters_of(number) if one.to_kind == "person" and one.kind == "notice")


def tick(phone: Phone, db: Database, someone: Someone, number: int, verb: str = "told", **more: str) -> str:
    with db.read():
        path = path_of(someone, number, f"/{house()}/{verb}")
    return phone.sent_and_shown(path, **({"unit": "2", "room": "501"} | more))


@pytest.mark.parametrize("who", ["sun", "li", "zhao"])
def test_a_home_is_ticked_by_whoever_was_there(
    db: Database, phone: Phone, town: Cast, number: int, who: str
) -> None:
    someone = getattr(town, who)
    page = phone.open(path_of(someone, number)).text
    assert "育英小区3号楼" in page
    assert "2单元501室" in page
    assert "没有登记过的1户" in page
    assert "502" in page
    assert "王" not in body_of(page).replace("网", "")
    assert "记下了，这一家告诉到了" in tick(phone, db, someone, number, once="a" * 16)
    assert "记下了" in tick(phone, db, someone, number, once="a" * 16)  # the same form again
    assert "已经有人告诉过了" in tick(phone, db, town.ma, number)
    letter = the_letter(db, number)
    assert (letter.state, letter.channel, letter.carried_by) == ("sent", "hand", someone.id)
    assert f"{someone.name} " in phone.open(path_of(town.zhao, number)).text
    with db.read():
        assert [one.what for one in steps_about("notice", number)].count("told_by_hand") == 1


def test_a_slip_of_the_thumb(db: Database, phone: Phone, town: Cast, number: int) -> None:
    assert "点错了，还没去" in tick(phone, db, town.sun, number)
    page = tick(phone, db, town.sun, number, "not_told")
    assert "还算没告诉" in page
    assert "已上门告诉</button>" in page
    assert the_letter(db, number).state == "by_hand"
    tick(phone, db, town.sun, number)
    with time_machine.travel(after(minutes=11)):
        assert "点错了，还没去" not in phone.open(path_of(town.sun, number)).text
        assert "改不了了" in tick(phone, db, town.sun, number, "not_told")
    assert the_letter(db, number).state == "sent"


@pytest.mark.parametrize("who", ["qian", "wu", "wang", "rider", "zhou"])
def test_nobody_else_sees_or_ticks_homes(
    db: Database, phone: Phone, town: Cast, number: int, who: str
) -> None:
    someone = getattr(town, who)
    page = phone.open(path_of(someone, number))
    assert page.status_code == 404 or not standing("501", page.text)
    with db.read():
        path = path_of(someone, number, f"/{house()}")
    assert phone.open(path).status_code == 404
    assert phone.send(f"{path}/told", unit="2", room="501").status_code == 404
    assert the_letter(db, number).state == "by_hand"


def test_a_home_that_is_not_on_the_list_cannot_be_ticked(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    with db.read():
        path = path_of(town.sun, number, f"/{house()}/told")
    for home in ({"unit": "2", "room": "502"}, {"unit": "", "room": ""}, {}):
        assert phone.send(path, **home).status_code == 404
    assert phone.send(path.replace("/told", "/burn"), unit="2", room="501").status_code == 404
    assert phone.send(path, headers={"Origin": "https://elsewhere.example"}, unit="2").status_code == 403


def test_several_buildings_are_chosen_from_first(db: Database, phone: Phone, town: Cast) -> None:
    def work() -> int:
        person = put(Person, public_id="p-5", is_rider=False)
        move_in(person, building_id=house("5"), unit="1", room=None, proof="said")
        return handed_in(town.zhao.id, {"estates": ["育英小区"]}).id

    number = db.write(work)
    tell_all(db)

    def missed() -> None:
        for letter in letters_of(number):
            letter.state, letter.reason = "by_hand", "no_way"

    db.write(missed)
    page = phone.open(path_of(town.sun, number)).text
    assert "育英小区3号楼" in page
    assert "育英小区5号楼" in page
    assert standing("501", page) == []
    assert "室号没登记" in phone.open(path_of(town.sun, number, f"/{_fifth(db)}")).text
    assert "育英小区5号楼" not in phone.open(path_of(town.li, number)).text  # keeper of the third alone
    assert phone.open(path_of(town.li, number, f"/{_fifth(db)}")).status_code == 404
    page = phone.sent_and_shown(path_of(town.sun, number, f"/{_fifth(db)}/told"), unit="1", room="")
    assert "告诉到了" in page


def _fifth(db: Database) -> int:
    with db.read():
        return house("5")


def test_what_was_stopped_needs_no_visit(db: Database, phone: Phone, town: Cast, number: int) -> None:
    db.write(lambda: verbs.withdraw(session().get_one(Notice, number), By.staff(town.zhao.id)) and None)
    page = phone.open(path_of(town.sun, number))
    assert "不用再上门" in page.text
    assert "已上门告诉</button>" not in page.text
    with db.read():
        path = path_of(town.sun, number, f"/{house()}/told")
    assert phone.send(path, unit="2", room="501").status_code == 404


def test_who_only_looks_on_is_not_shown_which_homes_owe(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    def look_on() -> None:
        session().scalars(select(Staff).where(Staff.person_id == town.zhao.id)).one().roles = ["supervisor"]

    def fees() -> None:
        session().get_one(Notice, number).is_about_fees = True

    db.write(look_on)
    assert "2单元501室" in phone.open(path_of(town.zhao, number)).text
    db.write(fees)
    assert standing("501", phone.open(path_of(town.zhao, number)).text) == []
    assert phone.open(path_of(town.zhao, number, f"/{house_of(db)}")).status_code == 404
    assert "2单元501室" in phone.open(path_of(town.li, number)).text
