"""A call on its page: counted while one looks, and who says that the silent are being called."""

import re
from datetime import timedelta

import pytest
import time_machine
from cast import Cast, Someone
from notices import handed_in, letters_of, tell_all
from page_phone import Phone

from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import session
from models.notice import call, climbing
from models.notice.tables import Notice
from server.database import Database

KEEPERS = {"roles": ["keeper"], "communities": ["育英社区"]}


def page_of(someone: Someone, number: int) -> str:
    return "/" + personal_path("notice", someone.id, number)


def plain(page: str) -> str:
    return re.sub("<[^>]+>", "", page)


@pytest.fixture
def number(db: Database, town: Cast) -> int:
    key = db.write(lambda: handed_in(town.zhao.id, KEEPERS, title="今晚清雪", is_call=True).id)
    tell_all(db)
    return key


def answers(db: Database, number: int, person: int, coming: bool) -> None:
    db.write(lambda: call.answer(session().get_one(Notice, number), person, coming))


def climbed(db: Database) -> None:
    with time_machine.travel(now() + timedelta(minutes=31)):
        assert db.write(lambda: climbing.climb_one(after_minutes=30))


def test_its_counts_move_while_one_looks(db: Database, phone: Phone, town: Cast, number: int) -> None:
    page = page_of(town.zhao, number)
    assert "育英一网格到0，不能0，没回2" in re.sub(r"\s+", "", plain(phone.open(page).text))
    answers(db, number, town.li.id, True)
    answers(db, number, town.ma.id, False)
    told = phone.open(f"{page}/notice/progress").json
    assert told["live"]
    shown = phone.open(page).text
    (grid,) = set(re.findall(rf'data-live="{number}:roll(\d+):coming"', shown))
    says = {name: told["says"][f"{number}:roll{grid}:{name}"] for name in ("coming", "not_coming", "silent")}
    assert says == {"coming": 1, "not_coming": 1, "silent": 0}


def test_a_call_that_is_over_is_not_asked_about_any_more(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    def all_sent() -> None:
        for letter in letters_of(number):
            letter.state = "sent"

    db.write(all_sent)
    with time_machine.travel(now() + timedelta(days=3)):
        assert not phone.open(f"{page_of(town.zhao, number)}/notice/progress").json["live"]


def test_who_is_asked_to_call_the_silent_says_so_with_one_tap(
    db: Database, phone: Phone, town: Cast, number: int
) -> None:
    page = page_of(town.sun, number)
    assert "人还没回" not in phone.open(page).text
    answers(db, number, town.li.id, True)
    climbed(db)
    shown = phone.open(page).text
    assert "1人还没回" in shown
    assert "马师傅" in shown
    assert "好，您去叫，不再往上报。" in phone.sent_and_shown(f"{page}/notice/calling")
    shown = phone.open(page).text
    assert "您说了您去叫" in shown
    assert "知道了，我去叫" not in shown
    assert "孙网格员去叫没回的人了" in phone.open(page_of(town.zhao, number)).text


@pytest.mark.parametrize("who", ["ma", "wang", "qian"])
def test_nobody_else_is_shown_who_is_silent(
    db: Database, phone: Phone, town: Cast, number: int, who: str
) -> None:
    climbed(db)
    page = page_of(getattr(town, who), number)
    assert "人还没回" not in phone.open(page).text
    assert phone.send(f"{page}/notice/calling").status_code == 409
