"""From the draft to the last letter: who may, who must agree, what can be stopped."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from cast import Cast
from factories import a_town, letters_to, unit_of_work
from notices import AT_ONCE, a_notice, all_sent, handed_in, letters_of, tell_all, words
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import after, now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.history import steps_about
from models.notice import notice as verbs
from models.notice import telling
from models.notice.audience import Audience
from models.notice.notice import LEAD, Rules
from models.notice.tables import Kind, Notice, State
from models.outbox import settling
from models.outbox.claiming import Errand
from models.outbox.letter import Lane, Letter
from models.outbox.routing import Rules as Routes
from models.outbox.routing import Way
from models.person.arriving import move_in
from models.person.tables import Person
from models.place.tables import Building, Estate
from models.place.version import raise_version
from server.database import Database

ROUTES = Routes(frozenset(), lambda _kind: "resident", lambda _kind, _way: True)
MANY = Rules(second_above=1, delay=timedelta(minutes=2))


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def test_it_is_told_to_the_building_its_group_and_nobody_else(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id).id
    tell_all(db)
    with unit_of_work(db):
        person, group = sorted(letters_of(number), key=lambda letter: letter.kind)
        assert (person.kind, person.to_id, person.lane) == ("notice", cast.wang.id, Lane.NEWS)
        assert (group.kind, group.to_kind, group.data_class) == ("notice_group", "group", "public")
        assert group.facts["path"].startswith("q/")
        assert session().get_one(Notice, number).state == State.TOLD
        assert [step.what for step in steps_about("notice", number)] == [
            "drafted",
            "handed_in",
            "begun",
            "told",
        ]


def test_nobody_is_told_twice_however_often_it_is_gone_over(db: Database, cast: Cast) -> None:
    """As if the process had died after any of its transactions."""
    with unit_of_work(db):
        third = session().scalars(select(Building.id).where(Building.name == "3")).one()
        for number in range(25):
            person = put(Person, public_id=f"p{number}", is_rider=False)
            move_in(person, building_id=third, unit="1", room=None, proof="said")
        number = handed_in(cast.zhao.id).id
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telling, "AT_ONCE", 4)
        assert tell_all(db) == 1 + 7 + 1  # groups, 26 people by four, the end
    with unit_of_work(db):
        told = Counter((letter.to_kind, letter.to_id) for letter in letters_of(number))
        assert set(told.values()) == {1}
        assert len(told) == 27


def test_it_can_be_stopped_before_anybody_hears_it(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id, rules=Rules(delay=timedelta(minutes=2))).id
    assert tell_all(db) == 0
    with unit_of_work(db):
        assert verbs.stop(session().get_one(Notice, number), By.staff(cast.leader.id)) == 0
    with time_machine.travel(after(hours=1)):
        assert tell_all(db) == 0


def test_what_has_not_gone_out_is_kept_back(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id).id
    tell_all(db)
    with unit_of_work(db):
        assert verbs.withdraw(session().get_one(Notice, number), By.staff(cast.zhao.id)) == 2
    with unit_of_work(db):
        assert {(letter.state, letter.reason) for letter in letters_of(number)} == {
            ("withdrawn", "withdrawn")
        }
        with pytest.raises(NotAllowed):
            verbs.stop(session().get_one(Notice, number), By.staff(cast.zhao.id))


def test_what_a_sender_holds_stays_here_should_it_come_back(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id).id
    tell_all(db)
    with unit_of_work(db):
        for letter in letters_of(number):
            letter.state, letter.fence = "taken", 1
    with unit_of_work(db):
        assert verbs.stop(session().get_one(Notice, number), By.staff(cast.zhao.id)) == 0
        group, person = letters_of(number)
    with unit_of_work(db):
        at = now()
        missed = settling.missed(_errand(person, "chat"), at, ROUTES, "down", uncertain=False)
        went = settling.went(_errand(group, "customer_group"), at, words="停水", reason="owner_confirms")
        assert settling.settle([missed, went], at) == 0
    with unit_of_work(db):
        group, person = letters_of(number)
        assert (person.state, person.reason) == ("withdrawn", "called_back")
        assert person.settled_at is not None
        assert (group.state, group.reason) == ("sent", "cancelling")


def test_what_a_killed_sender_held_is_not_sent_after_the_stop(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id).id
    tell_all(db)
    with unit_of_work(db):
        for letter in letters_of(number):
            letter.state, letter.lease_until, letter.way = "taken", after(minutes=1), "chat"
    with unit_of_work(db):
        verbs.stop(session().get_one(Notice, number), By.staff(cast.zhao.id))
    with unit_of_work(db):
        assert settling.recover(ROUTES, after(minutes=2)) == 2
    with unit_of_work(db):
        assert {letter.state for letter in letters_of(number)} == {"unknown"}


def _errand(letter: Letter, way: str) -> Errand:
    return Errand(
        letter.id, letter.kind, letter.fence, Way(way), "", 1, None, {}, None, (letter.to_kind, letter.to_id),
        letter.lane, letter.created_at, 1, 0, None, (), "k", None, None, None,
    )  # fmt: skip


def test_what_was_stopped_can_still_be_withdrawn(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = handed_in(cast.zhao.id)
        verbs.stop(notice, By.staff(cast.zhao.id))
        verbs.withdraw(notice, By.staff(cast.zhao.id))
        assert notice.state == State.WITHDRAWN


def test_one_that_cannot_be_told_any_more_does_not_hold_up_the_others(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        gone = handed_in(cast.zhao.id, {"estates": ["育英小区"]}, kind="urgent").id
        over = handed_in(cast.zhao.id, kind="urgent", valid_until=after(minutes=10)).id
        fine = handed_in(cast.zhao.id).id
        session().get_one(Notice, gone).audience = {"estates": ["改了名的小区"]}
    with time_machine.travel(after(minutes=20)):
        tell_all(db)
    with unit_of_work(db):
        assert [session().get_one(Notice, one).state for one in (gone, over, fine)] == [
            State.STOPPED,
            State.STOPPED,
            State.TOLD,
        ]
        assert steps_about("notice", gone)[-1].facts["why"] == "audience_place"
        assert steps_about("notice", over)[-1].facts["why"] == "notice_past"


def test_what_would_be_over_before_it_begins_is_not_handed_in(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id, valid_until=after(hours=1))
        notice.send_at = after(hours=2)
        with pytest.raises(Invalid, match="notice_past"):
            verbs.hand_in(notice, By.staff(cast.zhao.id), AT_ONCE)


def test_a_number_that_is_cut_into_a_telephone_is_found_before_it_is_told(db: Database, cast: Cast) -> None:
    body = "水" * (LEAD - 12) + "1380000000012"
    with pytest.raises(Invalid, match="private_mobile"), unit_of_work(db):
        a_notice(cast.zhao.id, body=body)


@pytest.mark.parametrize(
    "audience", [{"communities": ["建设社区"]}, {"roles": ["keeper"]}, {"buildings": [["建设小区", "1"]]}]
)
def test_a_desk_speaks_to_its_own_community(db: Database, cast: Cast, audience: dict[str, list[str]]) -> None:
    with pytest.raises(NotAllowed, match="notice_not_yours"), unit_of_work(db):
        a_notice(cast.zhao.id, audience)
    with unit_of_work(db):
        a_notice(cast.leader.id, audience, community=None)


def test_of_two_estates_with_one_name_a_desk_means_its_own(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        theirs = session().scalars(select(Estate).where(Estate.name == "建设小区")).one()
        theirs.name = "育英小区"
        raise_version()
    with unit_of_work(db):
        assert handed_in(cast.zhao.id).people == 1


def test_the_unread_of_another_desk_are_none_of_ours(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        number = a_notice(cast.qian.id, {"estates": ["建设小区"]}, community=2).id
        with pytest.raises(NotFound):
            a_notice(cast.zhao.id, {"unread_of": number})


@pytest.mark.parametrize(
    ("kind", "lane"), [("ordinary", Lane.NEWS), ("urgent", Lane.URGENT), ("emergency", Lane.EMERGENCY)]
)
def test_what_is_urgent_goes_first(db: Database, cast: Cast, kind: str, lane: Lane) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id, kind=kind).id
    tell_all(db)
    with unit_of_work(db):
        assert {letter.lane for letter in letters_of(number)} == {lane}


def test_an_emergency_overtakes_a_notice_that_is_being_written(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        first = handed_in(cast.zhao.id).id
    with unit_of_work(db):
        assert telling.tell_some()
        second = handed_in(cast.zhao.id, kind="emergency", rules=Rules(delay=timedelta(hours=1))).id
    with unit_of_work(db):
        telling.tell_some()
        assert letters_of(second) != []
    tell_all(db)
    with unit_of_work(db):
        assert {session().get_one(Notice, one).state for one in (first, second)} == {State.TOLD}


def test_many_hear_it_only_when_a_second_person_agreed(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = handed_in(cast.zhao.id, rules=MANY)
        number = notice.id
        assert notice.state == State.HELD
        assert (notice.people, notice.groups) == (1, 1)
    with time_machine.travel(after(days=1)):
        assert tell_all(db) == 0
    with unit_of_work(db):
        assert len(letters_to(cast.leader, "notice_second")) == 1
        assert letters_to(cast.zhao, "notice_second") == []
        assert letters_to(cast.qian, "notice_second") == []  # another community's desk
        with pytest.raises(NotAllowed, match="notice_second_is_first"):
            verbs.agree(verbs.found(number, By.staff(cast.zhao.id)), By.staff(cast.zhao.id), MANY)
        with pytest.raises(NotFound):
            verbs.found(number, By.staff(cast.qian.id))
    with unit_of_work(db):
        verbs.agree(verbs.found(number, By.staff(cast.leader.id)), By.staff(cast.leader.id), MANY)
    with time_machine.travel(after(minutes=3)):
        assert tell_all(db) == 3
    with unit_of_work(db), pytest.raises(NotAllowed, match="notice_not_held"):
        verbs.agree(session().get_one(Notice, number), By.staff(cast.leader.id), MANY)


def test_it_waits_for_its_hour(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id)
        notice.send_at = after(hours=5)
        verbs.hand_in(notice, By.staff(cast.zhao.id), AT_ONCE)
    assert tell_all(db) == 0
    with time_machine.travel(after(hours=6)):
        assert tell_all(db) == 3


@pytest.mark.parametrize("who", ["qian", "li", "wang"])
def test_only_the_desk_of_the_community_speaks_for_it(db: Database, cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed, match="notice_not_yours"), unit_of_work(db):
        a_notice(getattr(cast, who).id)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"title": " "}, "notice_title_missing"),
        ({"body": ""}, "notice_body_missing"),
        ({"signed": ""}, "notice_signed_missing"),
        ({"title": "水" * 61}, "notice_title_long"),
        ({"body": "水" * 2001}, "notice_body_long"),
        ({"body": "停水请找王师傅，电话13812345678"}, "private_mobile"),
        ({"body": "3号楼2单元501张建国欠费320元"}, "private_home"),
        ({"valid_from": now(), "valid_until": now() - timedelta(days=1)}, "notice_valid"),
    ],
)
def test_words_that_cannot_be_told(db: Database, cast: Cast, said: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work(db):
        a_notice(cast.zhao.id, **said)
    assert refused.value.code == code


def test_nobody_at_all_is_no_audience(db: Database, cast: Cast) -> None:
    with pytest.raises(Invalid, match="audience_nobody"), unit_of_work(db):
        handed_in(cast.zhao.id, {"roles": ["grid_chief"], "communities": ["育英社区"]})


def test_it_is_handed_in_once(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = handed_in(cast.zhao.id)
        with pytest.raises(NotAllowed, match="notice_handed_in"):
            verbs.hand_in(notice, By.staff(cast.zhao.id), AT_ONCE)


def test_a_second_round_goes_by_another_way(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        first = handed_in(cast.zhao.id).id
    tell_all(db)
    with unit_of_work(db):
        letter = next(one for one in letters_of(first) if one.kind == "notice")
        letter.way = "template"
    all_sent(db, first)
    with unit_of_work(db):
        again = handed_in(cast.zhao.id, {"unread_of": first}, title="再说一遍：周二停水").id
    tell_all(db)
    with unit_of_work(db):
        (letter,) = letters_of(again)
        assert letter.tried == ["template"]


def test_words_are_trimmed(db: Database, cast: Cast) -> None:
    said = words(title="  周二\n停水 ", body="早八点。\r\n\r\n请存水。 ").checked()
    assert (said.title, said.body) == ("周二 停水", "早八点。\n\n请存水。")
    assert said.kind == Kind.ORDINARY


def test_whoever_changed_and_handed_it_in_is_not_its_second_person(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id)
        leader = By.staff(cast.leader.id)
        verbs.revise(notice, words(title="改过的"), Audience.of(notice.audience), leader)
        verbs.hand_in(notice, leader, MANY)
        assert notice.title == "改过的"
        with pytest.raises(NotAllowed, match="notice_second_is_first"):
            verbs.agree(notice, leader, MANY)
        verbs.agree(notice, By.staff(cast.zhao.id), MANY)
        with pytest.raises(NotAllowed, match="notice_handed_in"):
            verbs.revise(notice, words(), Audience.of(notice.audience), leader)


def test_signs_that_nobody_types_are_left_out(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id, title="停\x00水", body="周二\x07停水\r\n\r\n- 存水")
        assert (notice.title, notice.body) == ("停水", "周二停水\n\n- 存水")
