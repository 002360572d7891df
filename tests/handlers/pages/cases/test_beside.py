"""From case to case in the list that one came from; whom to hand one to, in one tap."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cast import Cast
from factories import a_case, spot
from page_phone import Phone

from models.base.actor import By
from models.base.clock import ago
from models.base.orm import session
from models.case import suggesting
from models.case.case import Case
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_one_goes_through_a_list_case_by_case(db: Database, town: Cast, phone: Phone, desk: Any):
    def work() -> list[str]:
        return [a_case(reporter=town.wang, category=one).number for one in ("road", "gas", "road", "road")]

    first, _, second, third = db.write(work)
    page = phone.open(desk(town.zhao) + "/cases?category=road").text
    address = re.search(rf'href="(/console/cases/{third}[^"]*)"', page)
    assert address is not None
    seen, path = [], address[1].replace("&amp;", "&")
    while path:
        page = phone.open(path).text
        seen.append(urlsplit(path).path[-6:])
        assert 'href="/console/cases?category=road" data-key="list"' in page
        found = re.search(r'data-key="next" href="([^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == [third, second, first]
    assert f'data-key="before" href="/console/cases/{second}' in page
    assert "data-key" not in phone.open(f"/console/cases/{first}").text


def test_after_a_form_one_is_still_in_the_list(db, town, phone, desk):
    number = db.write(lambda: a_case(reporter=town.wang).number)
    here = phone.led(desk(town.li)) + f"/cases/{number}"
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    for referrer, kept in (
        (f"http://localhost{here}?list=q%3Da%26b", ["q=a"]),
        ("http://evil.example/?list=x", None),
    ):
        answer = phone.send(f"{here}/accept", headers=own | {"Referer": referrer})
        where = urlsplit(answer.headers["Location"])
        assert where.path == here
        assert parse_qs(where.query).get("list") == kept


def test_staff_open_what_ended_long_ago(db, town, phone, desk):
    def work() -> str:
        case = a_case(reporter=town.wang, finished_by=town.li, nodded_by=town.wang)
        case.closed_at = ago(days=400)
        return case.number

    number = db.write(work)
    phone.led(desk(town.zhao))
    assert phone.open(f"/console/cases/{number}").status_code == 200
    phone.led(desk(town.wu))
    assert phone.open(f"/console/cases/{number}").status_code == 404


def test_who_could_take_it_is_named_with_the_reasons(db, town):
    def work() -> dict[str, Any]:
        a_case(reporter=town.wang, category="lighting", finished_by=town.ma, nodded_by=town.wang)
        a_case(reporter=town.wang, accepted_by=town.li)
        case = a_case(reporter=town.wang, at=spot(building="5", unit="1"))
        case.give_back(town.sun.id, "不在家")
        found = suggesting.suggested(case)
        here = suggesting.suggested_for(spot(), "lighting")
        return {
            "returned": [(one.name, one.reasons) for one in found],
            "here": [(one.name, one.reasons, one.has) for one in here],
        }

    found = db.write(work)
    assert "孙网格员" not in [name for name, _ in found["returned"]]  # gave it back
    assert found["here"][:2] == [("李师傅", ("keeper",), 1), ("马师傅", ("keeper", "mended_here"), 0)]
    assert ("孙网格员", ("grid_worker",), 1) not in found["here"]
    assert ("周科长", ("department",), 1) in found["here"]


def test_one_tap_hands_it_to_whoever_was_named(db, town, phone, desk):
    def work() -> str:
        case = a_case(reporter=town.wang, at=spot(building="7", unit="1"), category="road")
        case.relocate(spot(building="3"), By.staff(town.zhao.id))
        case.transfer(town.zhao.id, town.sun.id, "看看")
        return case.number

    number = db.write(work)
    phone.led(desk(town.zhao))
    page = phone.open(f"/console/cases/{number}").text
    assert "派给李师傅" in page
    form = re.search(r'name="to" value="K001"><input type="hidden" name="reason" value="([^"]+)"', page)
    assert form is not None
    assert "包保这栋楼" in form[1]
    page = phone.sent_and_shown(f"/console/cases/{number}/transfer", to="K001", reason=form[1])
    assert "李师傅" in page
    with db.read():
        case = session().get_one(Case, int(number[:-1]))
        assert case.may_be_accepted_by(town.li.id)
