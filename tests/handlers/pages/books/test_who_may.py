"""Route by caller: whose books somebody gets to see, and that no other site sends a form (A2, A6)."""

from collections.abc import Callable

import pytest
from cast import Someone
from open_books import Books
from page_phone import Phone

from models.base.checkdigit import with_check
from models.base.links import personal_path
from server.app import create_app
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

# 赵 is the desk of 育英社区, 郑 of the street above all; 冯 looks on. 钱 is the desk of another community;
# 李, 马 and 吴 keep buildings; 王 and 孙小雨 live there.
ALL = ("zhao", "leader", "feng", "qian", "li", "ma", "wu", "sun", "wang", "sun_xiaoyu")
INSIDE = {"zhao", "leader", "feng"}


@pytest.fixture
def paths(db: Database, books: Books) -> dict[str, str]:
    def work() -> tuple[int, int]:
        return books.waiting().id, books.earned().id

    outlay, income = db.write(work)
    month = f"month/{with_check(books.estate)}/2026-10"
    return {
        "outlay": f"outlay/{outlay}",
        "income": f"income/{income}",
        "books_preview": month,
        "outlay_act": f"outlay/{outlay}/hand_in",
        "income_act": f"income/{income}/approve",
        "books_publish": f"{month}/publish",
    }


def who(books: Books, name: str) -> Someone:
    return books.feng if name == "feng" else getattr(books.cast, name)


@pytest.mark.parametrize("name", ["outlay", "income", "books_preview"])
def test_only_staff_of_its_community_look_into_an_estates_books(
    phone: Phone, books: Books, paths: dict[str, str], desk: Callable[[Someone], str], name: str
) -> None:
    for one in ALL:
        status = phone.open(f"{desk(who(books, one))}/books/{paths[name]}").status_code
        assert (status == 200) is (one in INSIDE), one


def test_the_overview_is_of_ones_own_estates(
    phone: Phone, books: Books, paths: dict[str, str], desk: Callable[[Someone], str]
) -> None:
    assert paths
    for one in ALL:
        answer = phone.open(f"{desk(who(books, one))}/books")
        assert (answer.status_code == 200) is (one in INSIDE | {"qian"}), one
        assert ("楼道声控灯" in answer.text) is (one in INSIDE - {"feng"}), one


@pytest.mark.parametrize("name", ["outlay_act", "income_act", "books_publish"])
def test_nobody_else_changes_anything(
    phone: Phone, books: Books, paths: dict[str, str], desk: Callable[[Someone], str], name: str
) -> None:
    for one in set(ALL) - {"zhao", "leader"}:
        assert phone.send(f"{desk(who(books, one))}/books/{paths[name]}").status_code == 404, one


@pytest.mark.parametrize("kind", ["case", "notice", "fees", "books"])
def test_a_link_of_another_kind_opens_no_books_of_staff(phone: Phone, books: Books, kind: str) -> None:
    token = "/" + personal_path(kind, books.cast.zhao.id, books.estate)
    assert phone.open(f"{token}/books").status_code in (404, 405)
    assert phone.send(f"{token}/books/enter").status_code in (404, 405)


@pytest.mark.parametrize("kind", ["case", "desk", "notice", "fees"])
def test_and_no_other_link_asks_about_a_line(phone: Phone, books: Books, kind: str) -> None:
    token = "/" + personal_path(kind, books.cast.wang.id, books.estate)
    assert phone.open(f"{token}/lines/2026-11").status_code == 404
    assert phone.send(f"{token}/lines/ask", line="x", words="x", month="2026-11").status_code == 404


FORMS = (
    "books/enter",
    "books/earn",
    "books/outlay/1/approve",
    "books/income/1/approve",
    "lines/ask",
    "books/month/13/2026-10/publish",
)


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://else.example"}],
    ids=["cross", "sister", "origin"],
)
def test_no_other_site_sends_a_form_in_somebodys_name(
    phone: Phone, books: Books, paths: dict[str, str], path: str, headers: dict[str, str]
) -> None:
    kind = "books" if path.startswith("lines") else "desk"
    token = "/" + personal_path(kind, books.cast.leader.id, books.estate)
    assert phone.send(f"{token}/{path}", headers=headers).status_code == 403


def test_every_form_is_sent_and_nothing_is_changed_by_looking(db: Database, config: Config) -> None:
    rules = [one for one in create_app(config, db).url_map.iter_rules() if "/books" in one.rule]
    for one in rules:
        assert {"GET", "POST"} & (one.methods or set()) in ({"GET"}, {"POST"}), one.rule
