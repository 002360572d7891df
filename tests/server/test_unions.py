"""Who writes in the chat and opens the mini-program is one person, by the unionid of both accounts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cast import Cast
from factories import a_town
from pay_desk import PayDesk, pay_desk
from settings_files import plain_url
from sqlalchemy import select, update

from models.base.clock import now
from models.base.orm import session
from models.joins.coming_in import settle
from models.outbox.address import Address, owner_of
from models.person.tables import Person
from server import unions
from server.config import Config
from server.database import Database
from server.sandbox.world import Phone

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
ASKED = "/cgi-bin/user/info/batchget"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    with pay_desk(tmp_path) as made:
        made.simulator.add(
            Phone("wang", "wang", "resident", openid="o-wang", mini_openid="m-wang", unionid="u-1")
        )
        made.simulator.add(Phone("none", "none", "resident", openid="o-xiaoyu"))
        yield made


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


@pytest.fixture
def config(desk: PayDesk, db: Database) -> Config:
    return desk.config(plain_url(db))


def heard(db: Database, *openids: str, ago: timedelta = timedelta(0)) -> None:
    lately = update(Address).where(Address.value.in_(openids)).values(last_heard_at=now() - ago)
    db.write(lambda: session().execute(lately))


def union_of(db: Database, person: int) -> str | None:
    with db.read():
        return session().scalars(select(Person.unionid).where(Person.id == person)).one()


def calls(desk: PayDesk) -> int:
    return sum(line.path == ASKED for line in desk.simulator.ledger)


def test_whoever_wrote_is_known_when_the_mini_program_is_opened(
    desk: PayDesk, db: Database, config: Config, town: Cast
) -> None:
    heard(db, "o-wang", "o-xiaoyu")
    unions.learn(config, db)
    assert union_of(db, town.wang.id) == "u-1"
    assert union_of(db, town.sun_xiaoyu.id) is None
    assert db.write(settle, "mini", "m-wang", "u-1") == town.wang.id


def test_whoever_opened_the_mini_program_first_is_joined_when_writing(
    desk: PayDesk, db: Database, config: Config, town: Cast
) -> None:
    before = db.write(settle, "mini", "m-wang", "u-1")
    assert before != town.wang.id
    heard(db, "o-wang")
    unions.learn(config, db)
    with db.read():
        assert owner_of("mini", "m-wang") == owner_of("official", "o-wang") == town.wang.id
        assert session().get_one(Person, town.wang.id).unionid == "u-1"


def test_nobody_is_asked_about_who_is_known_or_was_not_heard_lately(
    desk: PayDesk, db: Database, config: Config, town: Cast
) -> None:
    unions.learn(config, db)
    heard(db, "o-wang", ago=timedelta(minutes=10))
    unions.learn(config, db)
    heard(db, "o-wang")
    db.write(lambda: session().execute(update(Person).values(unionid=None)))
    db.write(lambda: session().execute(update(Person).where(Person.id == town.wang.id).values(unionid="u-1")))
    unions.learn(config, db)
    assert calls(desk) == 0


@pytest.mark.parametrize("kind", ["cut", "garbage"])
def test_a_platform_that_is_away_is_asked_again(
    desk: PayDesk, db: Database, config: Config, town: Cast, kind: str
) -> None:
    heard(db, "o-wang")
    desk.simulator.fault(kind, platform="official", path=ASKED, times=1)
    unions.learn(config, db)
    assert union_of(db, town.wang.id) is None
    unions.learn(config, db)
    assert union_of(db, town.wang.id) == "u-1"
