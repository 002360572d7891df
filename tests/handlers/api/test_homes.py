"""Where somebody lives: nothing without proof, whoever lives there hears of it, and it ends at once (A9)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from api_client import Mini
from cast import Cast, Someone
from factories import spot, told
from sqlalchemy import func, select, update

from models.base.clock import now
from models.base.orm import put, session
from models.base.privacy import blind
from models.base.refusals import Invalid
from models.joins import home_sharing
from models.person import proving
from models.person.proving import homes_of
from models.person.tables import Home, Person
from models.place.tables import Household
from server.database import Database

Phone = Callable[[Someone], Mini]
DOOR, NUMBER = "door-3-2", "13800000001"


@pytest.fixture
def household(db: Database, town: Cast) -> int:
    """育英3号楼2单元501 of the register, with a telephone; 王阿姨 lives there beyond doubt."""

    def work() -> int:
        building = session().scalars(select(Home.building_id).where(Home.person_id == town.wang.id)).one()
        session().execute(update(Home).where(Home.person_id == town.wang.id).values(proof="staff"))
        return put(
            Household,
            building_id=building,
            unit_name="2",
            room="501",
            phone_hash=blind(NUMBER, "phone"),
            active=True,
        )

    return db.write(work)


def phone_of(db: Database, who: Someone, number: str = NUMBER) -> None:
    db.write(
        lambda: session().execute(
            update(Person).where(Person.id == who.id).values(phone_hash=blind(number, "phone"))
        )
    )


def asked(mini: Mini, proof: str, room: str = "501室", **more: str) -> dict[str, str]:
    return mini.post("/homes", {"room": room, "proof": proof, "door": DOOR} | more)


def test_the_registers_telephone_proves_it_and_who_lives_there_hears_of_it(
    mini: Phone, town: Cast, db: Database, household: int
) -> None:
    xiaoyu = mini(town.sun_xiaoyu)
    body = {"room": "501", "proof": "phone", "door": DOOR}
    assert xiaoyu.refused("POST", "/homes", body) == (403, "phone_needed", None)
    phone_of(db, town.sun_xiaoyu, "13800009999")
    assert xiaoyu.refused("POST", "/homes", body) == (422, "home_phone", "proof")
    there = xiaoyu.refused("POST", "/homes", body | {"room": "502"})
    assert there == (422, "home_phone", "proof")  # as for a room that the register does not have
    phone_of(db, town.sun_xiaoyu)
    home = asked(xiaoyu, "phone")
    assert (home["state"], home["label"]) == ("bound", "育英小区3号楼2单元501室")
    assert xiaoyu.get("/me")["homes"] == [home] == xiaoyu.get("/homes")["items"]
    with db.read():
        assert list(homes_of(town.sun_xiaoyu.id)) == [household]
        assert told(town.wang)[-1] == "home_shared"
    assert xiaoyu("DELETE", f"/homes/{home['id']}").status_code == 200
    assert xiaoyu.get("/homes") == {"items": []}
    with db.read():
        assert list(homes_of(town.sun_xiaoyu.id)) == []


def test_a_doors_code_waits_for_staff(mini: Phone, town: Cast, db: Database, household: int) -> None:
    xiaoyu = mini(town.sun_xiaoyu)
    home = asked(xiaoyu, "door")
    assert home["state"] == "waiting"
    assert asked(xiaoyu, "door")["id"] == home["id"]
    with db.read():
        assert list(homes_of(town.sun_xiaoyu.id)) == []
        claims = proving.claims(Home.person_id == town.sun_xiaoyu.id)
        assert told(town.wang)[-1] == "home_asked"
    assert [one.household_id for one in claims] == [household]
    place = xiaoyu.get("/places?q=育英3号楼")["items"][0]["place_id"]
    at_home = {"room": "501", "proof": "door", "building_id": place, "unit": "2"}
    assert xiaoyu.refused("POST", "/homes", at_home) == (422, "door_needed", "door")


def test_a_member_agrees_or_not(mini: Phone, town: Cast, db: Database, household: int) -> None:
    wang, xiaoyu, rider = mini(town.wang), mini(town.sun_xiaoyu), mini(town.rider)
    place = xiaoyu.get("/places?q=育英3号楼")["items"][0]["place_id"]
    by_list = {"room": "501", "proof": "member", "building_id": place, "unit": "2单元"}
    assert xiaoyu.post("/homes", by_list)["state"] == "waiting"
    asked(rider, "member")
    first, second = wang.get("/homes/requests")["items"]
    assert first["label"] == "育英小区3号楼2单元501室"
    assert len(first["mark"]) == 7
    # whoever asks has the same before them, because it is what they are asked to read out
    assert xiaoyu.get("/homes")["items"][0]["mark"] == first["mark"] != second["mark"]
    assert wang.get("/homes")["items"][0]["mark"] is None
    for nobody in (xiaoyu, rider):
        assert nobody.get("/homes/requests") == {"items": []}
        assert nobody.refused("POST", f"/homes/requests/{second['id']}", {"agree": True})[0] == 404
    wang.post(f"/homes/requests/{first['id']}", {"agree": True})
    assert xiaoyu.get("/homes")["items"][0]["state"] == "bound"
    assert wang.refused("POST", f"/homes/requests/{first['id']}", {"agree": True})[0] == 404
    xiaoyu.post(f"/homes/requests/{second['id']}", {"agree": False})
    assert rider.get("/homes") == {"items": []}
    with db.read():
        assert list(homes_of(town.sun_xiaoyu.id)) == [household]
        assert told(town.rider)[-1] == "home_refused"


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_who_keeps_asking_is_told_of_once_a_day(
    mini: Phone, town: Cast, db: Database, household: int
) -> None:
    xiaoyu, wang = mini(town.sun_xiaoyu), mini(town.wang)

    def letters() -> int:
        with db.read():
            return told(town.wang).count("home_asked")

    first = asked(xiaoyu, "member")
    assert asked(xiaoyu, "door")["id"] == first["id"]  # tried in another way
    assert asked(xiaoyu, "member")["id"] == first["id"]
    wang.post(f"/homes/requests/{first['id']}", {"agree": False})
    again = asked(xiaoyu, "member")
    assert (again["id"] != first["id"], letters()) == (True, 1)
    assert len(wang.get("/homes/requests")["items"]) == 1  # it stands there all the same
    wang.post(f"/homes/requests/{again['id']}", {"agree": False})
    earlier = now() - timedelta(days=2)
    db.write(lambda: session().execute(update(Home).values(since=earlier)))
    asked(xiaoyu, "member")
    assert letters() == 2


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_whoever_tries_rooms_gets_nowhere(mini: Phone, town: Cast, db: Database, household: int) -> None:
    phone_of(db, town.sun_xiaoyu, "13800009999")
    xiaoyu, said = mini(town.sun_xiaoyu), []
    for number in range(40):
        proof = ("phone", "door", "member")[number % 3]
        answer = xiaoyu("POST", "/homes", {"room": str(495 + number), "proof": proof, "door": DOOR})
        said.append(answer.status_code)
    assert said.count(429) >= 34
    with db.read():
        kept = select(func.count(Home.id)).where(Home.person_id == town.sun_xiaoyu.id, proving.is_proven())
        assert session().execute(kept).scalar_one() == 0
        assert list(homes_of(town.sun_xiaoyu.id)) == []


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_thousand_rooms_without_a_proof(town: Cast, db: Database, household: int) -> None:
    """A9, beneath the limit that a caller meets first."""
    phone_of(db, town.sun_xiaoyu, "13800009999")

    def tried() -> int:
        here = spot(unit="2")
        refused = 0
        for number in range(1_000):
            try:
                home_sharing.claim(town.sun_xiaoyu.id, replace(here, room=str(number)), home_sharing.PHONE)
            except Invalid:
                refused += 1
        return refused

    assert db.write(tried) == 1_000
    with db.read():
        assert session().scalars(select(Home.id).where(Home.person_id == town.sun_xiaoyu.id)).all() == []


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_home_of_somebody_else_is_not_there(mini: Phone, town: Cast, db: Database, household: int) -> None:
    theirs = mini(town.wang).get("/homes")["items"][0]["id"]
    almost = theirs[:-1] + ("A" if theirs[-1] != "A" else "B")
    for path in (theirs, almost, theirs + "=", "1", theirs.lower()):
        assert mini(town.sun_xiaoyu).refused("DELETE", f"/homes/{path}")[0] == 404
    with db.read():
        assert list(homes_of(town.wang.id)) == [household]
