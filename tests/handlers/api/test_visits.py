"""What is said with a visit of who was met."""

from collections.abc import Callable
from typing import Any

import pytest
from api_client import Mini
from cast import Cast, Someone
from own_bills import a_home
from sqlalchemy import select

from models.base.orm import session
from models.case.caller import caller_of
from models.case.case import Case
from models.visit.tables import HomeVisit
from server.database import Database

Phone = Callable[[Someone], Mini]


def visit(home: str, **opinion: Any) -> dict[str, Any]:
    said = {"class": "repair", "text": "灯不亮", "make_case": True} | opinion
    return {"sync_id": "visit-0001", "home_id": home, "result": "met", "opinions": [said]}


def test_whom_to_call_is_kept_sealed_with_the_case(mini: Phone, town: Cast, db: Database) -> None:
    db.write(a_home, "301")
    sun = mini(town.sun)
    home = sun.get("/work/visits")["items"][0]["id"]
    sun.post("/work/visits", visit(home, name="张大爷", phone="138 1234 5678"))
    with db.read():
        case = session().scalars(select(Case)).one()
        assert caller_of(case) == ("张大爷", "13812345678")
        assert "13812345678" not in str(vars(case))


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"phone": "abc"}, "phone_wrong", "phone"),
        ({"phone": "13812345678", "make_case": False}, "phone_wrong", "phone"),
        ({"name": "张大爷", "make_case": False}, "bad_field", "name"),
    ],
)
def test_what_nothing_would_come_of_is_refused(
    mini: Phone, town: Cast, db: Database, more: dict[str, Any], code: str, field: str
) -> None:
    db.write(a_home, "301")
    sun = mini(town.sun)
    home = sun.get("/work/visits")["items"][0]["id"]
    refused = sun.refused("POST", "/work/visits", visit(home, **more))
    assert refused == (422, code, f"opinions.0.{field}")
    with db.read():
        assert session().scalars(select(HomeVisit.id)).all() == []
