"""213 people answer a call in the same second, through the very door of the platform."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cast import Cast
from factories import a_town
from notices import handed_in, tell_all
from platform_pushes import TOKEN, Push, plain_push, xml
from settings_files import configuration, plain_url
from sqlalchemy import func, select

from models.base.clock import now
from models.base.orm import put, session
from models.notice import call
from models.notice.tables import CallAnswer
from models.outbox.address import add_address
from models.person.tables import Person, Staff
from models.place.version import raise_version
from server.app import create_app
from server.database import Database

PEOPLE = 213
VOLUNTEERS = {"roles": ["property"], "communities": ["育英社区"]}


@pytest.fixture
def app(db: Database, tmp_path: Path) -> Any:
    official = {"app_id": "wx0000000000000001", "app_secret": "s" * 32, "token": TOKEN}
    return create_app(configuration(tmp_path, plain_url(db), wechat_official=official), db)


@pytest.fixture
def number(db: Database) -> int:
    def town() -> Cast:
        cast = a_town()
        for one in range(PEOPLE):
            person = put(Person, public_id=f"v{one}", is_rider=False)
            put(
                Staff,
                number=f"V{one}",
                person_id=person,
                name=f"志愿者{one}",
                roles=["property"],
                active=True,
            )
            add_address("person", person, "official", f"o-{one}")
        raise_version()
        return cast

    cast = db.write(town)
    key = db.write(lambda: handed_in(cast.zhao.id, VOLUNTEERS, is_call=True, title="今晚清雪").id)
    tell_all(db)
    return key


def push(one: int, message: int, words: str) -> Push:
    at = int(now().timestamp())
    body = xml(FromUserName=f"o-{one}", CreateTime=at, Content=words, MsgId=message)
    return plain_push(body, at, nonce=str(message))


def test_every_answer_counts_and_counts_once(app: Any, db: Database, number: int) -> None:
    """A third of them comes twice, as the platform repeats what it believes unanswered; a fifth changes
    its mind in a second message."""
    pushes = [push(one, 10_000 + one, "到" if one % 3 else "不能") for one in range(PEOPLE)]
    pushes += pushes[::3]

    def sent(one: Push) -> tuple[int, str]:
        with app.test_client() as client:
            answer = client.post(f"/wechat/official?{one.query_string}", data=one.body)
            return answer.status_code, answer.text

    with ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(sent, pushes))
    assert {status for status, _ in answers} == {200}
    assert all("今晚清雪" in words for _, words in answers)
    with db.read():
        assert session().scalar(select(func.count(CallAnswer.id))) == PEOPLE
        (roll,) = call.rolls(number).values()
        assert roll == call.Roll(coming=142, not_coming=71, silent=0)
    minds = [push(one, 20_000 + one, "不能" if one % 3 else "到") for one in range(0, PEOPLE, 5)]
    with ThreadPoolExecutor(24) as threads:
        assert {status for status, _ in threads.map(sent, minds)} == {200}
    with db.read():
        (roll,) = call.rolls(number).values()
        came = [one % 3 > 0 if one % 5 else one % 3 == 0 for one in range(PEOPLE)]
        assert roll == call.Roll(sum(came), PEOPLE - sum(came), 0)
