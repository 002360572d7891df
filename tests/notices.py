"""Notices of the small town (tests/factories.py), handed in and told."""

from datetime import timedelta
from typing import Any

from factories import unit_of_work
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.notice import notice as verbs
from models.notice.audience import Audience
from models.notice.notice import Rules, Words
from models.notice.tables import Kind, Notice
from models.notice.telling import tell_some
from models.outbox.letter import Letter, State
from server.database import Database

AT_ONCE = Rules(second_above=1000, delay=timedelta())
THIRD = {"buildings": [["育英小区", "3"]]}


def words(**said: Any) -> Words:
    given = {
        "title": "周二停水",
        "body": "周二早八点到下午五点换水管，请提前存水。",
        "signed": "育英社区居委会",
        **said,
    }
    return Words(**given)


def a_notice(author: int, to: dict[str, Any] = THIRD, community: int | None = 1, **said: Any) -> Notice:
    """A draft, inside a unit of work."""
    send_at = said.pop("send_at", None)
    key = verbs.draft(words(**said), Audience.of(to), By.staff(author), community, send_at=send_at)
    return session().get_one(Notice, key)


def handed_in(author: int, to: dict[str, Any] = THIRD, rules: Rules = AT_ONCE, **said: Any) -> Notice:
    notice = a_notice(author, to, kind=Kind(said.pop("kind", Kind.ORDINARY)), **said)
    verbs.hand_in(notice, By.staff(author), rules)
    return notice


def tell_all(database: Database) -> int:
    """Lets the notices that are due become letters; returns the transactions that it took."""
    count = 0
    while True:
        with unit_of_work(database):
            if not tell_some():
                return count
            count += 1


def all_sent(database: Database, notice: int) -> None:
    """As senders leave them: everything that waited has been accepted."""
    with unit_of_work(database):
        for one in letters_of(notice):
            if one.state == State.WAITING:
                one.state = State.SENT


def letters_of(notice: int) -> list[Letter]:
    query = select(Letter).where(Letter.about_kind == "notice", Letter.about_id == notice).order_by(Letter.id)
    return list(session().scalars(query))
