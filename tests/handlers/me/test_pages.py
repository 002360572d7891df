"""What stands on a resident's own pages, and that nobody finds there what is somebody else's."""

import json
import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from cast import Cast
from factories import a_case, finish
from fee_books import moves_to
from markupsafe import escape
from notices import handed_in, tell_all
from own_bills import a_home, a_price, billed, bills_of
from pocket import Pocket
from sqlalchemy import select
from standing import standing

from handlers.api.limits import Buckets
from models.base.actor import By
from models.base.orm import session
from models.base.signed_ids import signed_id
from models.fee.payments import Way, receive
from models.person.proving import mark_of
from models.person.tables import Home
from models.place.tables import Household
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Pockets = Callable[[str], Pocket]
AGREED = ("wang", "rider")


@pytest.fixture
def two(pocket: Pockets) -> tuple[Pocket, Pocket]:
    """王阿姨, and somebody who lives elsewhere, both logged in."""
    made = [pocket(name) for name in AGREED]
    for one in made:
        one.come_in()
        one.agree()
    return made[0], made[1]


@pytest.fixture
def mended(db: Database, town: Cast) -> str:
    """A case of 王阿姨's that waits for her nod."""

    def work() -> str:
        case = a_case(reporter=town.wang, text="单元门关不上", category="door", accepted_by=town.li)
        finish(case, town.li, "换了闭门器")
        return case.public_id

    return db.write(work)


def acts(page: str) -> dict[str, str]:
    """Address → method of the forms on a page."""
    found = re.findall(r'data-act="([^"]+)" data-method="(\w+)"', page)
    return {unescape(path): method for path, method in found}


def test_what_waits_for_my_nod_stands_first_and_is_nodded_to(two: tuple[Pocket, Pocket], mended: str) -> None:
    mine, _ = two
    home = mine.get("/me").text
    assert home.index("等您点头") < home.index("单元门关不上") < home.index("有事报一下")
    page = mine.get(f"/me/cases/{mended}").text
    assert "李师傅说办好了：“换了闭门器”" in page
    assert acts(page).keys() >= {f"/cases/{mended}/nod", f"/cases/{mended}/no", f"/cases/{mended}/more"}
    assert mine.say("POST", f"/cases/{mended}/nod").status_code == 200
    page = mine.get(f"/me/cases/{mended}").text
    assert "您点头，办完了" in page
    assert f"/cases/{mended}/rate" in acts(page)
    assert "等您点头" not in mine.get("/me").text


def test_each_form_speaks_to_a_route_of_the_api(two: tuple[Pocket, Pocket], mended: str) -> None:
    mine, _ = two
    routes = mine.client.application.url_map.bind("localhost")
    looked = 0
    for path in ("/me/report", f"/me/cases/{mended}"):
        for act, method in acts(mine.get(path).text).items():
            routes.match(f"/api/v1{act}", method=method)
            looked += 1
    assert looked >= 4


def test_no_other_site_writes_with_the_cookie(two: tuple[Pocket, Pocket], mended: str) -> None:
    mine, _ = two
    foreign = {"X-Hemei": "", "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for name, value in foreign.items():
        assert mine.say("POST", f"/cases/{mended}/nod", **{name: value}).status_code == 401, name
    assert "等您点头" in mine.get("/me").text


@pytest.fixture
def things(db: Database, town: Cast, mended: str) -> dict[str, str]:
    """Paths of what is 王阿姨's: a case, a bill that is open, one with its receipt, a notice."""

    def money() -> tuple[list[int], int]:
        a_price()
        home = a_home("777")
        moves_to(town.wang.id, session().get_one(Household, home))
        billed("2026-Q1", "2026-Q2")
        paid, _ = receive(home, 45_00, Way.CASH, "A-1", date(2026, 4, 1), By.staff(town.zhao.id))
        return bills_of(home), paid

    bills, paid = db.write(money)
    notice = db.write(lambda: handed_in(town.zhao.id, title="停水通知", body="明天停水。\n\n- 先接好水").id)
    tell_all(db)
    return {
        "case": f"/me/cases/{mended}",
        "paid": f"/me/bills/{signed_id('bills', bills[0])}",
        "open": f"/me/bills/{signed_id('bills', bills[1])}",
        "receipt": f"/me/receipts/{signed_id('payments', paid)}",
        "notice": f"/me/notices/{signed_id('notices', notice)}",
    }


def test_money_is_read_line_by_line(two: tuple[Pocket, Pocket], things: dict[str, str]) -> None:
    mine, other = two
    assert "要交 45.00 元" in mine.get("/me").text
    page = mine.get("/me/bills").text
    assert things["receipt"] in page
    assert "777室" in page
    (pays,) = re.findall(r'data-pay="([^"]+)"', page)
    assert json.loads(unescape(pays)) == [things["open"].rpartition("/")[2]]
    page = mine.get(things["open"]).text
    assert "50.00 ㎡ × 0.30 元 × 3 个月 = 45.00 元" in page
    assert "data-pay" in page
    assert "data-pay" not in mine.get(things["paid"]).text
    assert "现金" in mine.get(things["receipt"]).text
    assert standing("777", other.get("/me/bills").text) == []


def test_whoever_only_says_where_they_live_reads_what_to_read_out(
    two: tuple[Pocket, Pocket], db: Database, town: Cast
) -> None:
    def said() -> str:
        home = session().get_one(Household, a_home("888"))
        moves_to(town.rider.id, home, "said")
        return mark_of(session().scalars(select(Home.id).where(Home.room == "888")).one())

    mark = db.write(said)
    mine, other = two
    assert f'核实号是 <strong class="number">{mark}</strong>' in other.get("/me/bills").text
    assert mark not in mine.get("/me/bills").text


def test_a_notice_is_read_and_that_is_its_receipt(two: tuple[Pocket, Pocket], things: dict[str, str]) -> None:
    mine, _ = two
    assert "没看" in mine.get("/me/notices").text
    assert "<li>先接好水</li>" in mine.get(things["notice"]).text
    assert "没看" not in mine.get("/me/notices").text


def test_what_is_somebody_elses_is_as_what_is_not_there(
    two: tuple[Pocket, Pocket], things: dict[str, str]
) -> None:
    mine, other = two
    for name, path in things.items():
        assert mine.get(path).status_code == 200, name
        theirs = other.get(path)
        nothing = other.get(path.rpartition("/")[0] + "/" + "B" * 22)
        assert (theirs.status_code, nothing.status_code) == (404, 404), name
        assert _said(theirs.text) == _said(nothing.text), name


def test_a_page_weighs_little(two: tuple[Pocket, Pocket], things: dict[str, str]) -> None:
    """On the way, with its sheets and scripts and nothing kept from the page before: 100 kB is the bound."""
    mine, _ = two
    for path in ("/me", "/me/report", "/me/cases", "/me/notices", "/me/bills", *things.values()):
        page = mine.get(path).text
        loaded = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
        sheets = [mine.client.get(one, headers={"Accept-Encoding": "gzip"}).data for one in loaded]
        assert len(loaded) >= 4, "the sheets were not counted"
        assert len(page.encode()) + sum(map(len, sheets)) < 40_000, path


def test_a_list_goes_on_where_it_ended(two: tuple[Pocket, Pocket], db: Database, town: Cast) -> None:
    mine, _ = two
    db.write(lambda: [a_case(reporter=town.wang, text=f"第{place}件事").id for place in range(21)])
    first = mine.get("/me/cases").text
    (more,) = re.findall(r'href="(/me/cases\?cursor=[^"]+)"', first)
    assert "第0件事" not in first
    assert "第0件事" in mine.get(more).text
    assert mine.get("/me/cases?cursor=made-up").status_code == 422


def test_nothing_that_people_write_becomes_part_of_a_page(
    two: tuple[Pocket, Pocket], db: Database, town: Cast
) -> None:
    mine, _ = two
    for words in ("<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{7*7}}"):
        case = db.write(lambda said=words: a_case(reporter=town.wang, text=said).public_id)
        for path in ("/me", "/me/cases", f"/me/cases/{case}"):
            page = mine.get(path).text
            assert escape(words) in page, path
            assert "<script>alert" not in page
            assert "<img src=x" not in page


def test_what_was_agreed_to_can_be_taken_back(two: tuple[Pocket, Pocket]) -> None:
    mine, _ = two
    page = mine.get("/me/consents").text
    assert acts(page)["/consents/basic"] == "PUT"
    version = re.findall(r'data-act="/consents/basic".*?data-body="([^"]+)"', page)
    body = json.loads(unescape(version[0]))
    assert body["given"] is False
    assert mine.say("PUT", "/consents/basic", body).status_code == 200
    assert mine.get("/me").status_code == 302, "still known"


def test_too_many_looks_are_told_to_wait(two: tuple[Pocket, Pocket], monkeypatch: pytest.MonkeyPatch) -> None:
    mine, _ = two
    monkeypatch.setattr(Buckets, "pay", lambda *_: 7)
    answer = mine.get("/me")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_a_code_that_hangs_no_more_still_lets_one_report(two: tuple[Pocket, Pocket]) -> None:
    mine, _ = two
    page = mine.get("/me/report?door=no-such-door").text
    assert "这个码已经不用了" in page
    assert "我家：育英小区3号楼2单元501室" in page


def _said(page: str) -> str:
    return re.sub(r'nonce="[^"]*"', "", page)
