"""Dated rows make room for one another, and what people relied on stays."""

from datetime import date, timedelta

import pytest

from models.base.clock import local, now
from models.base.dated import makes_room
from models.base.orm import session
from models.base.refusals import Invalid
from models.whistle.tables import CommunityList

COLUMNS = {"categories": ["lighting"], "source": "x", "by_id": 1, "community_id": None}


def day(ahead: int) -> date:
    return local(now()).date() + timedelta(days=ahead)


def test_what_holds_ends_and_what_was_put_in_for_later_ends_the_new_one(db) -> None:
    def made() -> tuple[date | None, list[date | None]]:
        old = CommunityList(since=day(-9), until=None, at=now(), **COLUMNS)
        later = CommunityList(since=day(9), until=None, at=now(), **COLUMNS)
        session().add_all([old, later])
        session().flush()
        return makes_room(CommunityList, day(3), CommunityList.community_id.is_(None)), [
            old.until,
            later.until,
        ]

    assert db.write(made) == (day(9), [day(3), None])


def test_a_day_that_has_begun_is_refused(db) -> None:
    with pytest.raises(Invalid, match="from_tomorrow"):
        db.write(makes_room, CommunityList, day(0))
