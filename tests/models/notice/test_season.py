"""四季接力: the same notice every year, drafted on its day or when the first snow comes, once a season."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from cast import Cast
from factories import a_town, letters_to, told, unit_of_work
from notices import AT_ONCE, a_notice, handed_in, words
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound, Refused
from models.notice import notice as verbs
from models.notice import season
from models.notice.audience import Audience
from models.notice.notice import Rules
from models.notice.season import Day, SeasonCall
from models.notice.tables import Notice
from models.person.tables import Staff
from server.database import Database

ESTATE = Audience(estates=("育英小区",))


def morning(year: int, month: int, day: int) -> datetime:
    """Half past eight in Shanghai."""
    return datetime(year, month, day, 0, 30, tzinfo=UTC)


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def kept(db: Database, cast: Cast, day: Day, at: datetime, **more: Any) -> int:
    with time_machine.travel(at, tick=False), unit_of_work(db):
        return season.keep(words(title="清雪"), ESTATE, day, By.staff(cast.zhao.id), 1, **more)


def called(db: Database, at: datetime) -> int:
    """What the clock does on that morning; gives the drafts that it made."""
    with time_machine.travel(at, tick=False), unit_of_work(db):
        made = 0
        while season.call_one():
            made += 1
        return made


def drafts(db: Database) -> list[Notice]:
    with db.read():
        return list(session().scalars(select(Notice).order_by(Notice.id)))


def test_on_its_day_a_draft_lies_ready_and_the_desk_is_told(db: Database, cast: Cast) -> None:
    key = kept(db, cast, Day(12, 1), morning(2026, 11, 20))
    assert called(db, morning(2026, 11, 30)) == 0
    assert called(db, morning(2026, 12, 1)) == 1
    (draft,) = drafts(db)
    assert (draft.title, draft.state, draft.season_call_id) == ("清雪", "draft", key)
    assert draft.audience == {"estates": ["育英小区"]}
    with db.read():
        assert told(cast.zhao) == ["season_due"]
        assert letters_to(cast.zhao)[0].about_id == draft.id
        assert told(cast.leader) == []  # the community has a desk of its own


def test_each_season_has_one_whatever_the_clock_does(db: Database, cast: Cast) -> None:
    kept(db, cast, Day(12, 1), morning(2026, 11, 20))
    assert [called(db, morning(2026, 12, day)) for day in (1, 1, 2, 5, 7)] == [1, 0, 0, 0, 0]
    assert called(db, morning(2027, 6, 1)) == 0
    assert called(db, morning(2027, 12, 1)) == 1


@pytest.mark.parametrize(("days", "made"), [(0, 1), (1, 1), (6, 1), (7, 0), (30, 0)])
def test_a_day_that_nobody_was_there_for_is_made_up_for_within_a_week(
    db: Database, cast: Cast, days: int, made: int
) -> None:
    kept(db, cast, Day(12, 28), morning(2026, 12, 1))
    back = morning(2026, 12, 28) + timedelta(days=days)  # the year may have changed meanwhile
    assert called(db, back) == made
    assert called(db, back + timedelta(days=1)) == 0
    assert called(db, morning(2027, 12, 28)) == 1


def test_what_was_made_up_for_in_january_belongs_to_december(db: Database, cast: Cast) -> None:
    key = kept(db, cast, Day(12, 28), morning(2026, 12, 1))
    assert called(db, morning(2027, 1, 2)) == 1
    with db.read():
        assert session().get_one(SeasonCall, key).season == 2026


@pytest.mark.parametrize(
    ("year", "day", "made"), [(2027, 27, 0), (2027, 28, 1), (2028, 28, 0), (2028, 29, 1)]
)
def test_the_twenty_ninth_of_february_is_the_last_day_of_february(
    db: Database, cast: Cast, year: int, day: int, made: int
) -> None:
    kept(db, cast, Day(2, 29), morning(year - 1, 6, 1))
    assert called(db, morning(year, 2, day)) == made


def test_a_leap_day_is_said_once_in_every_year(db: Database, cast: Cast) -> None:
    kept(db, cast, Day(2, 29), morning(2026, 6, 1))
    days = ((2, 28), (3, 1), (3, 2)), ((2, 28), (2, 29), (3, 1)), ((2, 28), (3, 1), (3, 2))
    mornings = [morning(2027 + n, *day) for n, year in enumerate(days) for day in year]
    assert [called(db, one) for one in mornings] == [1, 0, 0, 0, 1, 0, 1, 0, 0]


def test_the_first_snow_brings_it_forward_for_this_season(db: Database, cast: Cast) -> None:
    key = kept(db, cast, Day(12, 1), morning(2026, 8, 20))
    by = By.staff(cast.zhao.id)
    with time_machine.travel(morning(2026, 11, 5)), unit_of_work(db):
        season.bring_forward(season.found(key, by), by)
        with pytest.raises(NotAllowed, match="season_said"):
            season.bring_forward(season.found(key, by), by)
    assert [one.author_id for one in drafts(db)] == [cast.zhao.id]
    assert called(db, morning(2026, 12, 1)) == 0
    still_winter = time_machine.travel(morning(2027, 1, 10))
    with still_winter, unit_of_work(db), pytest.raises(NotAllowed, match="season_said"):
        season.bring_forward(season.found(key, by), by)
    assert called(db, morning(2027, 12, 1)) == 1


def test_it_is_kept_from_a_notice_that_was_just_told(db: Database, cast: Cast) -> None:
    by = By.staff(cast.zhao.id)
    with time_machine.travel(morning(2026, 11, 20), tick=False), unit_of_work(db):
        notice = handed_in(cast.zhao.id, {"estates": ["育英小区"]}, title="清雪", is_call=True)
        key = season.keep_notice(notice, by)
    with db.read():
        call = session().get_one(SeasonCall, key)
        assert (call.month, call.day, call.is_call, call.audience) == (
            11,
            20,
            True,
            {"estates": ["育英小区"]},
        )
    assert called(db, morning(2026, 11, 21)) == 0  # it was said this year
    assert called(db, morning(2027, 11, 20)) == 1


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (Day(12, 1), date(2027, 12, 1)),  # this winter's was just told
        (Day(11, 1), date(2027, 11, 1)),
        (Day(3, 15), date(2027, 3, 15)),  # another time of the year: the next one
        (Day(6, 1), date(2027, 6, 1)),
    ],
)
def test_a_notice_near_the_day_was_this_seasons(db: Database, cast: Cast, day: Day, first: date) -> None:
    with time_machine.travel(morning(2026, 11, 20), tick=False), unit_of_work(db):
        key = season.keep_notice(
            handed_in(cast.zhao.id, {"estates": ["育英小区"]}), By.staff(cast.zhao.id), day
        )
        assert session().get_one(SeasonCall, key).next_on == first


def test_one_that_ended_is_quiet_and_may_begin_again(db: Database, cast: Cast) -> None:
    key = kept(db, cast, Day(12, 1), morning(2026, 11, 20))
    by = By.staff(cast.zhao.id)
    with pytest.raises(NotAllowed, match="season_kept"):
        kept(db, cast, Day(12, 2), morning(2026, 11, 20))
    with unit_of_work(db):
        season.end(season.found(key, by), by)
    assert called(db, morning(2026, 12, 1)) == 0
    with unit_of_work(db):
        assert not season.of_desk(1)
        with pytest.raises(NotFound, match="season_not_found"):
            season.found(key, by)
    kept(db, cast, Day(12, 3), morning(2026, 12, 1))
    assert called(db, morning(2026, 12, 3)) == 1


def test_whoever_hands_the_clocks_draft_in_cannot_be_the_second_person(db: Database, cast: Cast) -> None:
    """The words were written by somebody a year ago."""
    kept(db, cast, Day(12, 1), morning(2026, 11, 20))
    with unit_of_work(db):
        session().scalars(select(Staff).where(Staff.person_id == cast.ma.id)).one().roles = ["community"]
    called(db, morning(2026, 12, 1))
    number = drafts(db)[0].id
    with time_machine.travel(morning(2026, 12, 1)), unit_of_work(db):
        notice = verbs.found(number, By.staff(cast.ma.id))
        verbs.hand_in(notice, By.staff(cast.ma.id), Rules(second_above=0))
        with pytest.raises(NotAllowed, match="notice_second_is_first"):
            verbs.agree(notice, By.staff(cast.ma.id), AT_ONCE)
        verbs.agree(notice, By.staff(cast.zhao.id), AT_ONCE)


def test_a_place_that_was_renamed_does_not_hold_up_the_others(db: Database, cast: Cast) -> None:
    key = kept(db, cast, Day(12, 1), morning(2026, 11, 20))
    with time_machine.travel(morning(2026, 11, 20)), unit_of_work(db):
        season.keep(words(title="防火"), ESTATE, Day(12, 1), By.staff(cast.zhao.id), 1)
        session().get_one(SeasonCall, key).audience = {"estates": ["改了名的小区"]}
    assert called(db, morning(2026, 12, 1)) == 2
    with time_machine.travel(morning(2026, 12, 1)), unit_of_work(db):
        notice = verbs.found(drafts(db)[0].id, By.staff(cast.zhao.id))
        with pytest.raises(Invalid, match="audience_place"):
            verbs.hand_in(notice, By.staff(cast.zhao.id), AT_ONCE)


def test_the_towns_call_is_the_towns_desks(db: Database, cast: Cast) -> None:
    with time_machine.travel(morning(2026, 11, 20)), unit_of_work(db):
        streets = Audience(streets=("东兴街道",))
        season.keep(words(title="全区清雪"), streets, Day(12, 1), By.staff(cast.leader.id), None)
    assert called(db, morning(2026, 12, 1)) == 1
    with db.read():
        assert told(cast.leader) == ["season_due"]
        assert told(cast.zhao) == []


def _of(another: dict[str, Any]) -> Callable[[Cast], int]:
    said = {"words": words(), "to": {"estates": ["育英小区"]}, "day": Day(12, 1), "who": "zhao", **another}
    return lambda cast: season.keep(
        said["words"], Audience.of(said["to"]), said["day"], By.staff(getattr(cast, said["who"]).id), 1
    )


@pytest.mark.parametrize(
    ("another", "code"),
    [
        ({"words": words(body="有事打13812345678")}, "private_mobile"),
        ({"to": {"estates": ["没有的小区"]}}, "audience_place"),
        ({"to": {"estates": ["建设小区"]}}, "notice_not_yours"),
        ({"day": Day(2, 30)}, "season_day"),
        ({"day": Day(13, 1)}, "season_day"),
        ({"day": Day(0, 0)}, "season_day"),
        ({"who": "qian"}, "notice_not_yours"),
        ({"who": "wang"}, "notice_not_yours"),
    ],
)
def test_what_cannot_be_said_every_year(db: Database, cast: Cast, another: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code), unit_of_work(db):
        _of(another)(cast)


def test_a_second_round_is_not_said_every_year(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        first = handed_in(cast.zhao.id)
        second = a_notice(cast.zhao.id, {"unread_of": first.id})
        with pytest.raises(Invalid, match="season_unread"):
            season.keep_notice(second, By.staff(cast.zhao.id))


@pytest.mark.parametrize("who", ["qian", "li", "wang"])
def test_nobody_else_ends_it_or_brings_it_forward(db: Database, cast: Cast, who: str) -> None:
    key = kept(db, cast, Day(12, 1), morning(2026, 11, 20))
    with unit_of_work(db), pytest.raises(NotFound, match="season_not_found"):
        season.found(key, By.staff(getattr(cast, who).id))


def test_several_clocks_make_one_draft(db: Database, cast: Cast) -> None:
    today = local(now())
    with unit_of_work(db):
        season.keep(words(title="清雪"), ESTATE, Day(today.month, today.day), By.staff(cast.zhao.id), 1)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: db.write(season.call_one), range(12)))
    assert (sum(made), len(drafts(db))) == (1, 1)
