"""An audience under a name: kept by a desk, found by it alone, frozen into what is drafted with it."""

from typing import Any

import pytest
from cast import Cast
from factories import a_town, unit_of_work
from notices import words

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound, Refused
from models.history import steps_about
from models.notice import notice, saved
from models.notice.audience import Audience
from models.notice.tables import Notice
from server.database import Database

THIRD = Audience(buildings=(("育英小区", "3"),))


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def kept(db: Database, cast: Cast, name: str = "北区三栋", audience: Audience = THIRD) -> int:
    with unit_of_work(db):
        return saved.keep(name, audience, By.staff(cast.zhao.id), 1)


def test_it_is_found_by_its_name_and_by_its_desk_alone(db: Database, cast: Cast) -> None:
    kept(db, cast, " 北区三栋 ")
    with unit_of_work(db):
        assert saved.resolved({"saved": "北区三栋"}, 1) == THIRD
        assert [one.name for one in saved.of_desk(1)] == ["北区三栋"]
        assert not saved.of_desk(2)
        assert not saved.of_desk(None)
        with pytest.raises(Invalid, match="audience_unknown"):
            saved.resolved({"saved": "北区三栋"}, 2)


def test_what_is_no_name_stays_an_audience(db: Database, cast: Cast) -> None:
    assert saved.resolved({"estates": ["育英小区"]}, 1) == Audience(estates=("育英小区",))
    for said in ({"saved": "北区三栋", "estates": ["育英小区"]}, {"saved": 3}):
        with pytest.raises(Invalid, match="audience_word"):
            saved.resolved(said, 1)


def test_a_notice_keeps_what_the_name_meant_when_it_was_drafted(db: Database, cast: Cast) -> None:
    key = kept(db, cast)
    by = By.staff(cast.zhao.id)
    with unit_of_work(db):
        number = notice.draft(words(), saved.resolved({"saved": "北区三栋"}, 1), by, 1)
    with unit_of_work(db):
        saved.forget(saved.found(key, by), by)
    with unit_of_work(db):
        assert Audience.of(session().get_one(Notice, number).audience) == THIRD
        assert not saved.of_desk(1)


def test_a_name_is_given_once_by_a_desk(db: Database, cast: Cast) -> None:
    kept(db, cast)
    with pytest.raises(NotAllowed, match="audience_name_taken"):
        kept(db, cast)
    with unit_of_work(db):
        saved.keep("北区三栋", Audience(estates=("建设小区",)), By.staff(cast.qian.id), 2)
        saved.keep("北区三栋", THIRD, By.staff(cast.leader.id), None)


def test_it_gets_another_name(db: Database, cast: Cast) -> None:
    by = By.staff(cast.zhao.id)
    key = kept(db, cast)
    kept(db, cast, "南区")
    with unit_of_work(db), pytest.raises(NotAllowed, match="audience_name_taken"):
        saved.rename(saved.found(key, by), "南区", by)
    with unit_of_work(db):
        assert saved.rename(saved.found(key, by), "北区三栋", by) == key
    with unit_of_work(db):
        moved = saved.rename(saved.found(key, by), "北区 3栋", by)
    with unit_of_work(db):
        assert {one.name for one in saved.of_desk(1)} == {"北区 3栋", "南区"}
        assert saved.resolved({"saved": "北区 3栋"}, 1) == THIRD
        assert steps_about("audience", moved)[-1].facts == {"before": "北区三栋"}


@pytest.mark.parametrize("who", ["qian", "li", "wang"])
def test_nobody_else_keeps_renames_or_forgets(db: Database, cast: Cast, who: str) -> None:
    key = kept(db, cast)
    by = By.staff(getattr(cast, who).id)
    with unit_of_work(db):
        with pytest.raises(NotAllowed, match="notice_not_yours"):
            saved.keep("别人的", THIRD, by, 1)
        with pytest.raises(NotFound, match="audience_not_found"):
            saved.found(key, by)


@pytest.mark.parametrize(
    ("name", "audience", "code"),
    [
        ("", {"estates": ["育英小区"]}, "audience_name_missing"),
        ("长" * 21, {"estates": ["育英小区"]}, "audience_name_long"),
        ("北区", {"estates": ["没有的小区"]}, "audience_place"),
        ("北区", {"estates": ["建设小区"]}, "notice_not_yours"),
        ("北区", {}, "audience_empty"),
        ("北区", {"unread_of": 1}, "audience_unread_kept"),
    ],
)
def test_what_cannot_be_kept(
    db: Database, cast: Cast, name: str, audience: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused, match=code), unit_of_work(db):
        saved.keep(name, Audience.of(audience), By.staff(cast.zhao.id), 1)
    with db.read():
        assert not saved.of_desk(1)
