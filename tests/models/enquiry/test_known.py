"""Answers known in advance: the community's own first, never past their day, better none than a wrong one."""

from datetime import date

import pytest
from factories import a_town
from known_town import tell_what_is_known
from sqlalchemy import select

from models.base.orm import put, session
from models.base.resources import table
from models.enquiry.known import SHIPPED, known_answer
from models.enquiry.tables import KnownAnswer
from models.place.tables import Community
from models.place.version import raise_version
from server.database import Database

TODAY = date(2026, 11, 21)


@pytest.fixture
def town(db: Database) -> Database:
    db.write(a_town)
    db.write(tell_what_is_known)
    return db


def community(name: str) -> int:
    return session().scalars(select(Community.id).where(Community.name == name)).one()


def told(db: Database, text: str, *, where: str | None = "育英社区", today: date = TODAY) -> str | None:
    with db.read():
        found = known_answer(text, community_id=community(where) if where else None, today=today)
        return found.question if found else None


def test_an_entry_is_told_where_it_holds(town: Database) -> None:
    assert told(town, "明天停水不") == "停水"
    assert told(town, "明天停水不", where="建设社区") is None
    assert told(town, "明天停水不", where=None) is None
    assert told(town, "停水了吗") is None  # not all parts are said


def test_past_its_day_it_is_never_told(town: Database) -> None:
    assert told(town, "明天停水不", today=date(2026, 11, 30)) == "停水"
    assert told(town, "明天停水不", today=date(2026, 12, 1)) is None


def test_a_slip_of_the_pen_still_finds_it(town: Database) -> None:
    assert told(town, "明天停水不？？") == "停水"
    assert told(town, "不交物业非能停水吗") == "不交物业费能停水停电吗"


def test_the_community_s_own_comes_before_everybody_s(town: Database) -> None:
    def add() -> None:
        put(
            KnownAnswer, community_id=community("育英社区"), question="自己的", words=["物业费+停水"],
            answer="不会停。", source="社区", as_of=TODAY, valid_until=None, active=True,
        )  # fmt: skip
        raise_version()

    assert told(town, "不交物业费会停水吗") == "不交物业费能停水停电吗"
    town.write(add)
    assert told(town, "不交物业费会停水吗") == "自己的"
    assert told(town, "不交物业费会停水吗", where="建设社区") == "不交物业费能停水停电吗"


@pytest.mark.parametrize(
    "text",
    [
        "物业费能分期吗",
        "高龄津贴多少钱",
        "停水了咋还收物业费",
        "物业费多少钱一平",
        "换物业电话",
        "电梯广告真吵",
        "改建啥时候开工",
        "谁家高空抛物砸我车了快来人",
        "维修基金还剩多少",
    ],
)
def test_what_is_not_asked_for_is_not_answered(town: Database, text: str) -> None:
    assert told(town, text, where=None) is None


def test_every_shipped_answer_names_its_law_and_day_and_is_found_by_its_own_name() -> None:
    for entry in table(SHIPPED)["entry"]:
        assert "第" in entry["source"]
        assert isinstance(entry["as_of"], date)
        assert len(entry["answer"]) <= 150
