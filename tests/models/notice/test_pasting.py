"""Groups that only hands reach: what waits to be pasted, for whom, and whose owner is asked."""

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_town, letters_to, unit_of_work
from notices import handed_in, letters_of, tell_all
from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import after, now
from models.base.orm import put, session
from models.base.refusals import NotAllowed
from models.joins.carrying import carried, not_carried
from models.notice import notice as verbs
from models.notice import pasting
from models.notice.notice import PASTE_KIND
from models.notice.pasting import Share
from models.notice.tables import Notice
from models.outbox.letter import Letter
from models.person.tables import Staff
from models.place.tables import BuildingGroup, Estate
from server.database import Database

TOWN = {"districts": ["北林区"]}


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def a_group(name: str, owner: Someone | None = None, estate: str = "育英小区") -> int:
    home = session().scalars(select(Estate).where(Estate.name == estate)).one()
    return put(BuildingGroup, name=name, estate_id=home.id, owner_id=owner.id if owner else None, active=True)


def by_hand(db: Database, author: int, to: dict[str, object] = TOWN, **said: object) -> int:
    """A notice whose groups all wait for hands."""
    with unit_of_work(db):
        number = handed_in(author, to, community=None, **said).id
    tell_all(db)
    with unit_of_work(db):
        for letter in letters_of(number):
            letter.state = "by_hand" if letter.to_kind == "group" else "sent"
            letter.reason = "by_hand" if letter.to_kind == "group" else None
            letter.settled_at = now()
    return number


def asked(db: Database) -> int:
    """How many owners are."""

    def letters() -> int:
        query = select(func.count()).select_from(Letter).where(Letter.kind == PASTE_KIND)
        return session().execute(query).scalar_one()

    before = db.write(letters)
    with time_machine.travel(after(minutes=2)):
        while db.write(pasting.ask_owners):
            pass
    return db.write(letters) - before


def test_an_owner_is_asked_once_with_the_groups_own_words(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        a_group("育英大群", cast.li)
        a_group("没有群主的群")
    number = by_hand(db, cast.leader.id)
    assert asked(db) == 1
    assert asked(db) == 0
    with unit_of_work(db):
        (letter,) = letters_to(cast.li, PASTE_KIND)
        own = next(one for one in letters_of(number) if one.id == letter.id - 1 or one.to_kind == "group")
        assert (letter.facts["chats"], letter.facts["count"]) == (["育英大群"], 1)
        assert letter.facts["own"]["title"] == own.facts["title"]
        assert letter.facts["own"]["path"].startswith("q/")
        assert letter.facts["path"].endswith("/groups")


def test_of_several_groups_the_page_has_the_words(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        for number in range(7):
            a_group(f"大群{number}", cast.li)
        a_group("另一个群", cast.ma)
    by_hand(db, cast.leader.id)
    assert asked(db) == 2
    with unit_of_work(db):
        (letter,) = letters_to(cast.li, PASTE_KIND)
        assert (letter.facts["count"], len(letter.facts["chats"])) == (7, pasting.NAMED)
        assert letter.facts["own"] is None


def test_an_owner_is_not_asked_for_what_was_pasted_or_is_over(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        a_group("育英大群", cast.li)
    first, second = by_hand(db, cast.leader.id), by_hand(db, cast.leader.id)
    with unit_of_work(db):
        letter = next(one for one in pasting.to_paste(first, Share(owner_id=cast.li.id)))
        carried(letter.letter_id, By.staff(cast.zhao.id))
        verbs.stop(session().get_one(Notice, second), By.staff(cast.leader.id))
    assert asked(db) == 0


def test_when_a_notice_is_stopped_the_question_to_its_owner_is_taken_back(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        a_group("育英大群", cast.li)
    number = by_hand(db, cast.leader.id)
    assert asked(db) == 1
    with unit_of_work(db):
        verbs.stop(session().get_one(Notice, number), By.staff(cast.leader.id))
    with unit_of_work(db):
        assert letters_to(cast.li, PASTE_KIND)[0].state == "withdrawn"


def test_what_waits_comes_before_what_is_done_and_each_desk_has_its_own(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        a_group("建设大群", estate="建设小区")
        a_group("育英大群", cast.li)
    number = by_hand(db, cast.leader.id)
    with unit_of_work(db):
        first = pasting.to_paste(number, Share(community_id=1))[0]
        carried(first.letter_id, By.staff(cast.zhao.id))
    with unit_of_work(db):
        found = pasting.to_paste(number, Share(community_id=1))
        assert [(one.group, one.is_pasted, one.carried_by) for one in found] == [
            ("育英大群", False, None),
            ("育英3号楼群", True, cast.zhao.id),
        ]
        assert pasting.count(number, Share(community_id=1)) == (1, 1)
        assert pasting.count(number, Share()) == (2, 1)
        assert pasting.count(number, Share(owner_id=cast.li.id)) == (1, 0)
        assert pasting.count(number, Share(owner_id=cast.ma.id)) == (0, 0)
        assert len(pasting.to_paste(number, Share(), start=1, limit=1)) == 1


def test_the_owner_and_nobody_else_beside_the_desk_says_that_it_is_pasted(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        a_group("育英大群", cast.li)
    number = by_hand(db, cast.leader.id)
    with unit_of_work(db):
        (mine,) = pasting.to_paste(number, Share(owner_id=cast.li.id))
        for other in (cast.ma, cast.sun, cast.qian, cast.wang):
            with pytest.raises(NotAllowed):
                carried(mine.letter_id, By.staff(other.id))
        assert carried(mine.letter_id, By.staff(cast.li.id))
        assert not carried(mine.letter_id, By.staff(cast.zhao.id))
        assert not_carried(mine.letter_id, By.staff(cast.li.id))


def test_an_owner_who_has_left_the_staff_says_nothing_any_more(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        a_group("育英大群", cast.li)
    number = by_hand(db, cast.leader.id)
    with unit_of_work(db):
        session().scalars(select(Staff).where(Staff.person_id == cast.li.id)).one().active = False
    with unit_of_work(db):
        (mine,) = pasting.to_paste(number, Share(owner_id=cast.li.id))
        with pytest.raises(NotAllowed):
            carried(mine.letter_id, By.staff(cast.li.id))


def test_a_group_whose_owner_never_confirmed_can_be_pasted_and_unpasted(db: Database, cast: Cast) -> None:
    number = by_hand(db, cast.leader.id)
    with unit_of_work(db):
        letter = next(one for one in letters_of(number) if one.to_kind == "group")
        letter.state, letter.reason, letter.channel = "failed", "owner_never", "customer_group"
    by = By.staff(cast.zhao.id)
    with unit_of_work(db):
        assert carried(letter.id, by)
    with unit_of_work(db):
        assert not_carried(letter.id, by)
    with unit_of_work(db):
        (one,) = pasting.to_paste(number, Share(community_id=1))
        assert (one.state, one.reason, one.channel) == ("failed", "owner_never", "customer_group")


def test_of_many_owners_none_is_asked_in_two_halves(
    db: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pasting, "AT_ONCE", 5)
    with unit_of_work(db):
        for owner in (cast.li, cast.ma, cast.sun):
            for number in range(3):
                a_group(f"{owner.name}的群{number}", owner)
    by_hand(db, cast.leader.id)
    assert asked(db) == 3
    with unit_of_work(db):
        for owner in (cast.li, cast.ma, cast.sun):
            assert [one.facts["count"] for one in letters_to(owner, PASTE_KIND)] == [3]


def test_of_a_group_that_has_to_be_pasted_later_its_owner_hears_then(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        late = a_group("建设大群", cast.li, estate="建设小区")
        a_group("育英大群", cast.li)
    number = by_hand(db, cast.leader.id)
    with unit_of_work(db):
        letter = next(one for one in letters_of(number) if one.to_kind == "group" and one.to_id == late)
        letter.state = "sent"
    assert asked(db) == 1
    with unit_of_work(db):
        session().get_one(Letter, letter.id).state = "by_hand"
    assert asked(db) == 1
    with unit_of_work(db):
        assert [one.facts["chats"] for one in letters_to(cast.li, PASTE_KIND)] == [["育英大群"], ["建设大群"]]
