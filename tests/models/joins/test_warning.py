"""A danger of which a building is warned, until somebody has cleared it (row 102)."""

from datetime import timedelta

import pytest
import time_machine
from cast import Cast
from factories import a_case, a_photo, a_town, finish, group_letters, letters_to, steps, unit_of_work
from notices import AT_ONCE, letters_of, tell_all
from sqlalchemy import select, update

from handlers.wording.warnings import warning_words
from models.base.actor import By
from models.base.clock import after, ago, now
from models.base.orm import session
from models.base.private_words import private_in
from models.base.refusals import Invalid, NotAllowed
from models.base.resources import table
from models.case.case import Case
from models.case.telling import whole
from models.history import steps_about
from models.joins import warning
from models.media.keeping import want
from models.notice.notice import Rules
from models.notice.tables import Kind, Notice, State
from models.notice.warning import is_cleared, say_again_one, standing
from models.outbox.letter import Lane, Letter
from models.outbox.letter import State as Fate
from models.person.arriving import visitor_of
from server.database import Database

ICE = "房檐有冰溜子，王桂兰家门口，13912345678"


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def icy(cast: Cast, **said: object) -> Case:
    return a_case(reporter=cast.wang, text=ICE, category="snow_ice", accepted_by=cast.li, **said)  # type: ignore[arg-type]


def warned(case: Case, person: int, rules: Rules = AT_ONCE) -> Notice:
    return warning.warn(case, warning_words(case), person, rules)


def moves(case: Case, person: int) -> frozenset[str]:
    visitor = visitor_of(person, "page")
    assert visitor is not None
    return warning.moves(case, visitor)


def arrived(notice: int) -> None:
    session().execute(
        update(Letter)
        .where(Letter.about_kind == "notice", Letter.about_id == notice, Letter.state == Fate.WAITING)
        .values(state=Fate.SENT, sent_at=now())
    )


def safe_photo(case: Case, by: int) -> None:
    want(case.about, purpose="safe", kind="image", channel="work", media_id="m", by=by)


def told(db: Database, cast: Cast) -> tuple[int, int]:
    """Number of the notice and of the case, when building and group have heard it."""
    with unit_of_work(db):
        case = icy(cast)
        notice = warned(case, cast.li.id)
        key = notice.id
    tell_all(db)
    with unit_of_work(db):
        arrived(key)
    return key, case.id


def the_case(key: int) -> Case:
    return session().get_one(Case, key)


# the warning


def test_its_holder_warns_the_building_in_words_that_are_nobodys_own(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        case = icy(cast)
        assert moves(case, cast.li.id) == {"warn"}
        notice = warned(case, cast.li.id)
        assert (notice.kind, notice.state) == (Kind.URGENT, State.WAITING)
        assert notice.audience == {"buildings": [["育英小区", "3"]]}
        assert case.urgency == "urgent"
        assert "warned" in steps(case)
        key = notice.id
    tell_all(db)
    with unit_of_work(db):
        assert {(one.kind, one.lane) for one in letters_of(key)} == {
            ("notice", Lane.URGENT),
            ("notice_group", Lane.URGENT),
        }
        for letter in letters_of(key):
            assert "育英小区3号楼2单元：当心房檐的冰和雪" in letter.facts["title"]
            for own in ("王桂兰", "1391234", ICE[:6]):
                assert own not in str(letter.facts)


@pytest.mark.parametrize("category", sorted(table("rules/warnings.toml")))
def test_the_words_of_every_category_are_for_everybody(db: Database, cast: Cast, category: str) -> None:
    with unit_of_work(db):
        case = a_case(reporter=cast.wang, category=category)
        words = warning_words(case).checked()
        assert category in table("labels/categories.toml")
        assert private_in(words.title + words.body) == []
        assert "{" not in words.title + words.body
        assert words.signed == "育英社区居委会"


def test_nobody_else_warns_and_nobody_of_what_is_no_danger(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        case = icy(cast)
        for other in (cast.ma, cast.wu, cast.qian, cast.wang):
            assert moves(case, other.id) == frozenset()
            with pytest.raises(NotAllowed, match="not_yours"):
                warned(case, other.id)
        assert moves(case, cast.zhao.id) == {"warn"}  # the desk of the community decides
        light = a_case(reporter=cast.wang, accepted_by=cast.li)
        assert moves(light, cast.li.id) == frozenset()
        warned(case, cast.zhao.id)
        with pytest.raises(NotAllowed, match="no_longer_open"):
            warned(case, cast.li.id)


def test_many_are_warned_only_when_a_second_person_agrees(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = warned(icy(cast), cast.li.id, Rules(second_above=1, delay=timedelta()))
        assert notice.state == State.HELD
        assert [one.kind for one in letters_to(cast.zhao, "notice_second")] == ["notice_second"]


# until it is cleared


def test_it_is_said_again_to_the_groups_each_morning(db: Database, cast: Cast) -> None:
    key, _ = told(db, cast)
    said = []
    for day in range(10):
        with time_machine.travel(after(days=day)), unit_of_work(db):
            while say_again_one(days=7):
                pass
            said.append(len([one for one in letters_of(key) if one.kind == "warning_again"]))
            assert not say_again_one(days=7)
    assert said == [0, 1, 2, 3, 4, 5, 6, 6, 6, 6]
    with unit_of_work(db):
        again = [one for one in letters_of(key) if one.kind == "warning_again"]
        assert {(one.to_kind, one.lane, one.data_class) for one in again} == {("group", Lane.NEWS, "public")}


def test_when_it_is_made_safe_those_who_were_told_hear_it_once(db: Database, cast: Cast) -> None:
    key, number = told(db, cast)
    with unit_of_work(db):
        case = the_case(number)
        assert moves(case, cast.li.id) == {"safe"}
        with pytest.raises(Invalid, match="safe_photo_needed"):
            warning.made_safe(case, cast.li.id)
        safe_photo(case, cast.li.id)
        assert warning.made_safe(case, cast.li.id)
        assert not warning.made_safe(case, cast.li.id)
        assert case.state == "handling"  # the mend may come later
        notice = session().get_one(Notice, key)
        assert is_cleared(notice)
        assert standing(number) is None
        cleared = [one for one in letters_of(key) if one.kind.startswith("warning_cleared")]
        assert sorted((one.kind, one.to_id) for one in cleared if one.to_kind == "person") == [
            ("warning_cleared", cast.wang.id)
        ]
        (group,) = [one for one in cleared if one.to_kind == "group"]
        assert (group.kind, group.data_class) == ("warning_cleared_group", "public")
        assert set(group.facts) == {"number", "estate", "building", "unit", "category", "minutes"}
        assert not warning.follow_one()


def test_who_had_not_heard_it_yet_hears_nothing(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        case = icy(cast)
        key = warned(case, cast.li.id).id
    tell_all(db)
    with unit_of_work(db):
        case = the_case(case.id)
        safe_photo(case, cast.li.id)
        warning.made_safe(case, cast.li.id)
        assert {(one.kind, one.state, one.reason) for one in letters_of(key)} == {
            ("notice", "withdrawn", "cleared"),
            ("notice_group", "withdrawn", "cleared"),
        }


@pytest.mark.parametrize("how", ["finish", "void", "made_safe in the chat"])
def test_the_clock_ends_it_however_the_danger_ended(db: Database, cast: Cast, how: str) -> None:
    key, number = told(db, cast)
    with unit_of_work(db):
        assert not warning.follow_one()
        case = the_case(number)
        if how == "finish":
            finish(case, cast.li)
        elif how == "void":
            case.void(By.staff(cast.zhao.id), "看错了", agreed_by=cast.leader.id)
        else:
            safe_photo(case, cast.li.id)
            case.make_safe(cast.li.id)
    with unit_of_work(db):
        assert warning.follow_one()
        assert not warning.follow_one()
        assert is_cleared(session().get_one(Notice, key))
        kinds = [one.kind for one in letters_of(key) if one.kind.startswith("warning_cleared")]
        assert sorted(kinds) == ["warning_cleared", "warning_cleared_group"]


def test_put_together_with_another_case_it_stands_until_that_one_is_safe(db: Database, cast: Cast) -> None:
    key, number = told(db, cast)
    with unit_of_work(db):
        case = the_case(number)
        other = a_case(reporter=cast.sun_xiaoyu, category="snow_ice", accepted_by=cast.li)
        case.merge_into(other, By.staff(cast.zhao.id))
    with unit_of_work(db):
        assert warning.follow_one()
        assert not warning.follow_one()
        assert session().get_one(Notice, key).warns_of_case == other.id
        finish(the_case(other.id), cast.li)
    with unit_of_work(db):
        assert warning.follow_one()
        assert is_cleared(session().get_one(Notice, key))


def test_a_danger_that_comes_back_is_warned_of_again(db: Database, cast: Cast) -> None:
    _, number = told(db, cast)
    with unit_of_work(db):
        case = the_case(number)
        safe_photo(case, cast.li.id)
        warning.made_safe(case, cast.li.id)
        assert moves(case, cast.li.id) == {"warn"}
        with time_machine.travel(after(minutes=1)):
            second = warned(case, cast.li.id)
            assert not case.is_made_safe()
        assert standing(number) is second


def test_time_to_safe_is_told_apart_from_time_to_mend(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        case = icy(cast, when=ago(minutes=90))
        assert (whole(case)["minutes_to_safe"], whole(case)["minutes_to_mend"]) == (None, None)
        with time_machine.travel(ago(minutes=70)):
            safe_photo(case, cast.li.id)
            case.make_safe(cast.li.id)
        assert (whole(case)["minutes_to_safe"], whole(case)["minutes_to_mend"]) == (20, None)
        a_photo(case, cast.li)
        case.finish(cast.li.id, "修好了")
        assert (whole(case)["minutes_to_safe"], whole(case)["minutes_to_mend"]) == (20, 90)
        assert [one.what for one in steps_about("case", case.id)][-2:] == ["made_safe", "finished"]


def test_a_warning_does_not_count_among_the_notices_of_a_day(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        warned(icy(cast), cast.li.id, Rules(delay=timedelta(), a_day=0))
        assert group_letters() == []
        assert session().scalars(select(Notice)).one().state == State.WAITING
