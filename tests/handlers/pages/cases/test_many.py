"""Many at once on the pages: looked at, begun once, and each told what became of it."""

import re
from typing import Any

import pytest
from cast import Cast
from factories import a_case
from page_phone import Phone
from werkzeug.datastructures import MultiDict

from models.base.orm import session
from models.case.case import Case
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_from_the_list_to_the_last_case(db: Database, town: Cast, phone: Phone, desk: Any):
    numbers = db.write(lambda: [a_case(reporter=town.wang).number for _ in range(24)])
    other = db.write(lambda: a_case(reporter=town.wang, accepted_by=town.li).number)
    form = {"verb": "transfer", "to": "马师傅", "reason": "都归您", "which": "all", "once": "one"}
    address = desk(town.zhao) + "/cases/many/look?state=open"
    page = phone.sent_and_shown(address, **form)
    assert "确认，25件一起办" in page
    again = phone.send(address, **form)  # a copy leads to the same page
    assert again.status_code == 303
    where = again.headers["Location"]
    assert phone.open(where).text.count("data-row") == 25
    page = phone.sent_and_shown(where)
    assert "20件办好，还有5件" in page
    assert 'http-equiv="refresh"' in page
    from models.case import bulk

    while db.write(bulk.do_one):
        pass
    page = phone.open(where).text
    assert "25件办好。" in page
    assert 'http-equiv="refresh"' not in page
    assert phone.send(where).status_code == 303  # begun twice is done once
    with db.read():
        states = [(one.state, one.taker_id) for one in session().query(Case)]
    assert states == [("dispatched", None)] * 25
    assert phone.open(where.replace("/console", desk(town.leader))).status_code == 404
    assert {*numbers, other} == set(re.findall(r"(\d+)号 · ", page))


def test_what_is_picked_and_what_is_not(db: Database, town: Cast, phone: Phone, desk: Any):
    first, second = db.write(lambda: [a_case(reporter=town.wang).number for _ in range(2)])
    address = desk(town.zhao) + "/cases/many/look"
    form = MultiDict([("verb", "supervise"), ("reason", "快办"), ("which", "picked"), ("case", first)])
    page = phone.sent_and_shown(address, **form.to_dict(flat=False))
    assert first in page
    assert second not in page
    for missing in ({"reason": ""}, {"case": ["x"]}, {"verb": "void"}):
        answer = phone.send(address, **(form.to_dict(flat=False) | missing))
        assert answer.status_code == 422
        assert "一件也没有动" in answer.text
    assert phone.send(address, headers={"Origin": "http://evil.example"}, **form.to_dict()).status_code == 403
