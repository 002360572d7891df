"""Who says to live where: confirmed with what was seen, refused with a letter, by the place's own desk."""

from collections.abc import Callable

import pytest
from cast import Cast, Someone
from factories import told
from page_phone import Phone
from sqlalchemy import select
from standing import standing

from models.base.orm import put, session
from models.history import steps_about
from models.person.tables import Home
from models.place.tables import Household
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]


def claimed(db: Database, who: Someone) -> Home:
    with db.read():
        query = select(Home).where(Home.person_id == who.id).order_by(Home.id.desc())
        return session().scalars(query).first() or pytest.fail("no home")


@pytest.fixture
def registered(db: Database, town: Cast) -> None:
    home = claimed(db, town.wang)

    def work() -> None:
        here = {"building_id": home.building_id, "unit_name": home.unit_name, "room": home.room}
        known = select(Household.id).filter_by(**here)
        if session().execute(known).first() is None:
            put(Household, **here, active=True)

    db.write(work)


def test_it_is_confirmed_with_what_was_seen(
    db: Database, phone: Phone, town: Cast, desk: Desk, registered: None
) -> None:
    path, home = f"{desk(town.zhao)}/homes", claimed(db, town.wang)
    page = phone.open(path).text
    assert "501" in page
    assert "自己说的" in page
    assert phone.send(f"{path}/confirm", item=str(home.id), seen="moon").status_code == 422
    assert "核实过了" in phone.sent_and_shown(f"{path}/confirm", item=str(home.id), seen="deed")
    assert claimed(db, town.wang).proof == "staff"
    with db.read():
        (step,) = [one for one in steps_about("person", town.wang.id) if one.what == "home_confirmed"]
        assert (step.facts["seen"], step.by_id) == ("deed", town.zhao.id)
    assert phone.send(f"{path}/confirm", item=str(home.id), seen="deed").status_code == 404


def test_what_could_not_be_confirmed_is_over_and_its_person_hears_why(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    path, home = f"{desk(town.zhao)}/homes", claimed(db, town.wang)
    assert phone.send(f"{path}/refuse", item=str(home.id), why=" ").status_code == 422
    assert "已经告诉本人" in phone.sent_and_shown(f"{path}/refuse", item=str(home.id), why="册上不是您")
    assert claimed(db, town.wang).until is not None
    with db.read():
        assert told(town.wang)[-1] == "home_refused"


def test_what_the_register_does_not_have_is_not_confirmed(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    def gone() -> None:
        for one in session().scalars(select(Household)):
            one.active = False

    db.write(gone)
    path, home = f"{desk(town.zhao)}/homes", claimed(db, town.wang)
    assert "册里没有这一户" in phone.open(path).text
    assert phone.send(f"{path}/confirm", item=str(home.id), seen="deed").status_code == 409


def test_only_the_places_own_desk_sees_and_settles_it(
    db: Database, phone: Phone, town: Cast, desk: Desk, registered: None
) -> None:
    home = claimed(db, town.wang)
    for who in ("li", "sun", "zhou"):
        assert phone.open(f"{desk(getattr(town, who))}/homes").status_code == 404
    theirs = f"{desk(town.qian)}/homes"
    assert standing("501", phone.open(theirs).text) == []
    for verb, more in (("confirm", {"seen": "deed"}), ("refuse", {"why": "x"})):
        assert phone.send(f"{theirs}/{verb}", item=str(home.id), **more).status_code == 404
    assert claimed(db, town.wang).proof == "said"


@pytest.mark.parametrize(("proof", "said"), [("scanned", "扫单元门的码"), ("asked", "请同住的人点头")])
def test_how_it_was_said_stands_there(
    db: Database, phone: Phone, town: Cast, desk: Desk, proof: str, said: str
) -> None:
    home = claimed(db, town.wang)

    def by_the_program() -> None:
        session().get_one(Home, home.id).proof = proof

    db.write(by_the_program)
    assert said in phone.open(f"{desk(town.zhao)}/homes").text
