"""The list of cases: what its address asks for is what it shows, to everybody as much as they may see."""

import io
import re
from typing import Any

import pytest
from calendars import known_years
from cast import Cast
from factories import a_case, spot
from openpyxl import load_workbook
from page_phone import Phone

from models.base.actor import By
from models.base.clock import ago
from models.case import search_index
from models.case.listing import PAGE
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def made(db: Database, *given: dict[str, Any]) -> list[str]:
    """Cases, the oldest first; gives their numbers."""

    def work() -> list[str]:
        known_years()
        numbers = [a_case(**(one | {"at": spot(*one["at"])} if "at" in one else one)).number for one in given]
        while search_index.follow():
            pass
        return numbers

    return db.write(work)


def listed(page: str) -> list[str]:
    return re.findall(r"(\d+)号，一起办", page)


@pytest.fixture
def opened(phone: Phone, desk: Any) -> Any:
    def open_list(someone: Any, query: str = "") -> str:
        answer = phone.open(f"{desk(someone)}/cases?{query}")
        assert answer.status_code == 200
        return answer.text

    return open_list


def test_what_the_address_asks_for(db, town: Cast, opened):
    numbers = made(
        db,
        {"reporter": town.wang, "text": "漏水了"},
        {"reporter": town.wang, "category": "drainage", "urgency": "urgent", "accepted_by": town.li},
        {"reporter": town.rider, "at": ("建设小区", "1", "1"), "entered_by": town.leader},
        {"reporter": town.wang, "at": ("育英小区", "5", "1"), "when": ago(days=40)},
    )
    first, second, third, fourth = numbers
    for query, found in {
        "": numbers[::-1],
        "order=oldest": numbers,
        "q=漏水": [first],
        f"q={second}": [second],
        "state=handling": [second],
        "state=working": numbers[::-1],
        "state=ended": [],
        "category=drainage": [second],
        "urgency=urgent": [second],
        "estate=1": [fourth, second, first],
        "estate=1&building=5": [fourth],
        "estate=1&building=99": [],
        "estate=2": [third],
        "grid=1": [fourth, second, first],
        "holder=K001": [second, first],
        "holder=李师傅&state=handling": [second],
        "holder=nobody": [],
        "source=phone": [third],
        "overdue=1": [fourth],
        "rung=1": [],
        "community=2": [third],
        "q=灯不亮&estate=1": [fourth, second],
        "since=2020-01-01&until=2020-02-01": [],
        f"until={ago(days=30):%Y-%m-%d}": [fourth],
        f"since={ago(days=2):%Y-%m-%d}&order=oldest": [first, second, third],
        "state=nonsense&estate=x&since=31-31-31&order=by&rung=-1&after=%27": numbers[::-1],
    }.items():
        assert listed(opened(town.leader, query)) == found, query
    assert listed(opened(town.leader, "order=due"))[0] == fourth


def test_everybody_sees_what_they_may(db, town, opened):
    theirs, others = made(db, {"reporter": town.wang}, {"reporter": town.rider, "at": ("建设小区", "1", "1")})
    for someone, found in (
        (town.leader, [others, theirs]), (town.zhao, [theirs]), (town.qian, [others]), (town.li, [theirs]),
        (town.wu, [others]), (town.zhou, []),
    ):  # fmt: skip
        assert listed(opened(someone)) == found
        assert listed(opened(someone, f"q={theirs}")) == ([theirs] if theirs in found else [])
    page = opened(town.zhou)
    assert "没有这样的诉求" in page


def test_pages_go_on_where_the_one_before_ended(db, town, opened):
    numbers = made(db, *({"reporter": town.wang} for _ in range(PAGE + 3)))
    for query in ("order=newest", "order=oldest", "order=due", "q=灯"):
        page = opened(town.zhao, query)
        seen = listed(page)
        assert len(seen) == PAGE
        assert (f"{PAGE}件以上" if "q=" in query else f"{PAGE + 3}件") in page
        after = re.search(r'rel="next" href="/console/cases\?([^"]+)"', page)
        assert after is not None
        page = opened(town.zhao, after[1].replace("&amp;", "&"))
        assert sorted(seen + listed(page)) == sorted(numbers)
        assert 'rel="next"' not in page


def test_words_of_a_case_are_shown_as_words(db, town, opened):
    made(db, {"reporter": town.wang, "text": "<script>alert(1)</script> 打 13912345678"})
    page = opened(town.zhao, "q=<b>\"'&amp;estate=<i>")
    assert "<script>alert" not in page
    assert "<b>" not in page
    page = opened(town.zhao)
    assert "13912345678" not in page
    assert "139****5678" in page


def test_the_list_as_a_file(db, town, phone, desk):
    numbers = made(
        db, *({"reporter": town.wang} for _ in range(3)), {"reporter": town.wang, "category": "road"}
    )
    answer = phone.open(f"{desk(town.zhao)}/cases.xlsx?category=lighting&order=oldest")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "单号"
    assert [row[0] for row in rows[1:4]] == numbers[:3]
    assert rows[1][2:5] == ("育英小区3号楼2单元", "照明", "一般")


def test_residents_and_strangers_find_no_list(db, town, phone):
    assert phone.open("/console/cases").status_code == 302
    assert phone.open("/p/x/cases").status_code == 404


def test_a_case_put_right_by_staff_is_in_the_list_of_its_new_place(db, town, opened):
    def work() -> str:
        case = a_case(reporter=town.wang)
        case.relocate(spot("建设小区", "1", "1"), By.staff(town.leader.id))
        return case.number

    number = db.write(work)
    assert listed(opened(town.qian)) == [number]
    assert listed(opened(town.zhao)) == []


def test_a_telephone_number_stands_in_no_address(db, town, phone, desk):
    number, _ = made(
        db, {"reporter": town.wang, "text": "漏水，打13912345678"}, {"reporter": town.wang, "text": "漏水"}
    )
    phone.led(desk(town.zhao))
    answer = phone.send("/console/cases/find", q="漏水 139 1234 5678", state="open")
    where = answer.headers["Location"]
    assert "12345678" not in where
    assert "1234+5678" not in where
    page = phone.open(where).text
    assert listed(page) == [number]
    assert "139****5678" in page
    assert "12345678" not in page
    assert listed(phone.open(where.replace("tel=", "tel=x")).text) != [number]
    assert phone.send("/console/cases/find").headers["Location"] == "/console/cases"
    assert phone.send("/console/cases/find", headers={"Origin": "http://evil.example"}).status_code == 403
