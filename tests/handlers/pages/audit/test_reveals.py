"""A masked value is shown for one page view, to who may and says what for; each time is a row (X06)."""

from collections.abc import Callable

import pytest
from cast import Cast
from factories import a_case
from page_phone import Phone
from sqlalchemy import select, text

from models.audit.tables import Act
from models.base.checkdigit import with_check
from models.base.orm import session
from models.case.caller import keep_caller
from models.history import steps_about
from server.database import Database

Link = Callable[..., str]
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
WHOLE, MASKED = "13812345678", "138****5678"


@pytest.fixture
def key(db: Database, town: Cast) -> int:
    def work() -> int:
        case = a_case(
            reporter=town.wang, entered_by=town.zhao, accepted_by=town.li, text=f"灯不亮，打{WHOLE}找我"
        )
        keep_caller(case, "张桂兰", WHOLE)
        return case.id

    return db.write(work)


def acts(db: Database) -> list[Act]:
    with db.read():
        return list(session().scalars(select(Act).order_by(Act.id)))


def test_each_view_of_the_number_is_one_row_with_who_whose_what_for_and_from_where(
    db: Database, phone: Phone, town: Cast, link: Link, key: int
) -> None:
    page = link(town.li, key)
    shown = phone.open(page).text
    assert WHOLE not in shown
    assert "张桂兰" not in shown
    assert MASKED in shown
    assert acts(db) == []
    shown = phone.send(f"{page}/call", purpose="call_back").text
    assert f'href="tel:{WHOLE}"' in shown
    assert "张桂兰" in shown
    (act,) = acts(db)
    assert (act.act, act.by_id, act.post, act.community_id) == ("reveal", town.li.id, "keeper", 1)
    assert (act.about_kind, act.about_id) == ("case", with_check(key))
    assert (act.whom_kind, act.whom_id, act.purpose) == ("person", town.wang.id, "call_back")
    assert (act.origin, act.result) == ("127.0.0.0/24", "ok")
    assert WHOLE not in str(vars(act))
    assert WHOLE not in phone.open(page).text  # for that one view
    phone.send(f"{page}/call", purpose="visit")
    assert [one.purpose for one in acts(db)] == ["call_back", "visit"]


def test_without_a_purpose_or_with_one_of_ones_own_nothing_is_shown(
    db: Database, phone: Phone, town: Cast, link: Link, key: int
) -> None:
    for purpose in ("", "curious", "call_back' OR 1=1"):
        answer = phone.send(f"{link(town.li, key)}/call", purpose=purpose)
        assert answer.status_code == 422
        assert WHOLE not in answer.text
    assert acts(db) == []


def test_what_cannot_be_written_down_is_not_shown(
    db: Database, phone: Phone, town: Cast, link: Link, key: int
) -> None:
    """The log's disk is full."""
    full = "CREATE TRIGGER full_up BEFORE INSERT ON audit_acts BEGIN SELECT RAISE(ABORT, 'no room'); END"
    db.write(lambda: session().execute(text(full)))
    answer = phone.send(f"{link(town.li, key)}/call", purpose="call_back")
    assert answer.status_code >= 500
    assert WHOLE not in answer.text
    with db.read():
        assert "number_shown" not in [step.what for step in steps_about("case", key)]


def test_who_may_not_call_reveals_nothing(
    db: Database, phone: Phone, town: Cast, link: Link, key: int
) -> None:
    answer = phone.send(f"{link(town.ma, key)}/call", purpose="call_back")
    assert answer.status_code in (404, 409)
    assert WHOLE not in answer.text
    assert acts(db) == []
