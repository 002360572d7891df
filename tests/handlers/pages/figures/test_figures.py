"""/console/figures: each part of a drawing counts exactly the cases that its link opens."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from board_town import planted_cases
from cast import Cast, Someone
from factories import a_case, spot
from page_phone import Phone

from handlers.pages.cases.asked import read
from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.case.listing import numbers
from models.person.arriving import visitor_of
from server.database import Database

Desk = Callable[[Someone], str]
LINK = re.compile(r'href="(/console/cases\?[^"]*)"')
ROW = re.compile(
    r'class="part-link" href="(/console/cases\?[^"]*)"><span class="words">.*?<strong>(\d+)</strong>',
    re.DOTALL,
)
LATE = re.compile(r'class="late" href="(/console/cases\?[^"]*)">超时(\d+)<')
FIGURE = re.compile(r'<dd><a href="(/console/cases\?[^"]*)">(\d+)</a></dd>')


@pytest.fixture
def busy(db: Database) -> Cast:
    def made() -> Cast:
        cast = planted_cases(300)
        for place, case in enumerate(session().query(Case).order_by(Case.id).limit(120)):
            case.rung = place % 4
            case.finish_due = now() + timedelta(hours=place - 60)
        a_case(reporter=cast.wang, when=now() - timedelta(minutes=1))
        a_case(reporter=cast.wang, at=spot(building="5", unit="1"))
        return cast

    return db.write(made)


def counted(page: str) -> list[tuple[str, int]]:
    found = [*ROW.findall(page), *LATE.findall(page), *FIGURE.findall(page)]
    return [(unescape(link), int(count)) for link, count in found]


def listed(link: str, someone: Someone) -> int:
    """How many the list of the desk has behind this address."""
    visitor = visitor_of(someone.id, "page")
    assert visitor is not None
    return len(numbers(visitor, read(dict(parse_qsl(urlsplit(link).query))), 10_000))


@pytest.mark.parametrize("who", ["zhao", "leader", "sun"])
def test_each_number_is_that_of_the_list_behind_it(
    db: Database, busy: Cast, phone: Phone, desk: Desk, who: str
):
    someone = getattr(busy, who)
    page = phone.open(f"{desk(someone)}/figures").text
    told = counted(page)
    assert len(told) > 10
    with db.read():
        assert [(link, listed(link, someone)) for link, _ in told] == told
    assert any(count for _, count in told)


def test_one_community_of_several_is_looked_at(db: Database, busy: Cast, phone: Phone, desk: Desk):
    page = phone.open(f"{desk(busy.leader)}/figures?community=2").text
    told = counted(page)
    assert all("community=2" in link for link, _ in told)
    assert {count for _, count in told} == {0}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_town_without_a_case_has_empty_drawings(db: Database, town: Cast, phone: Phone, desk: Desk):
    page = phone.open(f"{desk(town.zhao)}/figures")
    assert page.status_code == 200
    assert "今天还没有" in page.text
    assert {count for _, count in counted(page.text)} == {0}
    assert "还没有账单" in phone.open(f"{desk(town.zhao)}/figures/money").text


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_whoever_oversees_nothing_has_no_drawings(db: Database, busy: Cast, phone: Phone, desk: Desk):
    assert phone.open(f"{desk(busy.li)}/figures").status_code == 404
    assert phone.open(f"{desk(busy.sun)}/figures/money").status_code == 404


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_every_drawing_has_its_numbers_as_a_table_too(busy: Cast, phone: Phone, desk: Desk):
    page = phone.open(f"{desk(busy.zhao)}/figures").text
    for name, rows in (("办到哪一步", 5), ("放了多久", 6), ("升到过哪一级", 3)):
        part = page[page.index(f"<h2>{name}") :]
        part = part[: part.index("</section>")]
        assert part.count('<th scope="row">') == rows
    assert "照明" in page[page.index("一年里") :]


def test_a_longer_list_is_counted_in_as_many_statements(db: Database, busy: Cast, phone: Phone, desk: Desk):
    from sqlalchemy import event

    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    path = f"{desk(busy.zhao)}/figures"
    phone.open(path)
    event.listen(db.engine, "before_cursor_execute", note)
    phone.open(path)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) < 60, len(asked)
