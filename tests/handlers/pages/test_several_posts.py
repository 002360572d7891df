"""Somebody with posts on several communities: each thing goes by what is held where the thing lies."""

from collections.abc import Callable
from typing import Any

import pytest
from cast import Cast
from factories import a_case, spot
from page_phone import Phone, body_of
from sqlalchemy import select

from handlers.pages.audit.noting import form_done
from models.audit.tables import Act
from models.base.clock import now
from models.base.orm import put, session
from models.person.arriving import visitor_of
from models.person.tables import Grant
from models.place.tables import Community
from models.place.version import raise_version
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def community(name: str) -> int:
    return session().scalars(select(Community.id).where(Community.name == name)).one()


@pytest.fixture
def there(db: Database, town: Cast) -> int:
    """赵 of 育英社区 looks after 建设社区 as well."""

    def work() -> int:
        key = community("建设社区")
        put(
            Grant,
            person_id=town.zhao.id,
            role="community",
            community_id=key,
            since=now(),
            reason="r",
            at=now(),
        )
        raise_version()
        return key

    return db.write(work)


def far_case(town: Cast) -> int:
    return a_case(reporter=town.wang, at=spot("建设小区", "1", "1")).id


def test_a_case_shows_the_places_of_where_it_lies(
    db: Database, phone: Phone, town: Cast, there: int, link: Callable[..., str]
) -> None:
    key = db.write(far_case, town)
    text = body_of(phone.open(link(town.zhao, key)).text)
    chooser = text.partition('name="estate"')[2].partition("</select>")[0]
    assert "建设小区" in chooser
    assert "育英小区" not in chooser


def test_a_look_is_written_down_where_its_case_lies(
    db: Database, phone: Phone, town: Cast, there: int, link: Callable[..., str]
) -> None:
    key = db.write(far_case, town)
    phone.send(f"{link(town.zhao, key)}/call", purpose="call_back")
    with db.read():
        noted = session().scalars(select(Act).where(Act.act == "reveal")).one()
    assert noted.community_id == there


def test_a_form_is_written_down_with_the_part_that_was_looked_at(
    db: Database, town: Cast, there: int
) -> None:
    db.write(form_done, "goals", str(town.zhao.id), None, there, "said")
    db.write(form_done, "goals", str(town.zhao.id), None, None, "said")
    with db.read():
        noted = session().scalars(select(Act).where(Act.about_kind == "form").order_by(Act.id)).all()
        assert [one.community_id for one in noted] == [there, community("育英社区")]


@pytest.mark.parametrize(("where", "roles"), [("建设社区", ("supervisor",)), ("育英社区", ("community",))])
def test_a_visitor_stands_where_the_thing_lies(db: Database, town: Cast, where: str, roles: Any) -> None:
    def work() -> tuple[str, ...]:
        put(
            Grant, person_id=town.zhao.id, role="supervisor", community_id=community("建设社区"), since=now(),
            reason="r", at=now(),
        )  # fmt: skip
        raise_version()
        visitor = visitor_of(town.zhao.id, "page")
        assert visitor is not None
        return visitor.standing_at(community(where)).roles

    assert db.write(work) == roles
