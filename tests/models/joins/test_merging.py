"""Two records turn out to be one person."""

from collections.abc import Iterator

import pytest
from cast import Cast
from factories import a_case, a_town, finish, letters_to, told, unit_of_work
from notices import a_notice, handed_in, letters_of, tell_all
from own_bills import a_home, a_price, billed, bills_of
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import ago, now
from models.base.orm import session
from models.base.privacy import unseal
from models.case import reach
from models.case.tables import Fellow, Rating
from models.client import settings
from models.dialogue.question import Asked, ask, open_question
from models.joins.coming_in import phone_proved, settle
from models.joins.merging import merge
from models.notice import call, reading
from models.notice.tables import CallAnswer, Notice, Receipt
from models.outbox.address import owner_of
from models.pay import hearing, ordering
from models.pay.receipts import has_paid
from models.pay.said import Trade, TradeState
from models.person.arriving import home_of, move_in, rides
from models.person.living import homes_said
from models.person.tables import Home, Person
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Iterator[Cast]:
    with unit_of_work(db):
        yield a_town()


def test_everything_of_the_younger_record_goes_to_the_other(cast: Cast) -> None:
    from datetime import timedelta

    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    ask(cast.wang.id, "official", Asked.PLACE, lasts=timedelta(minutes=5), case_id=case.id)
    merge(cast.wang.id, into=cast.rider.id)
    session().flush()
    session().expire_all()
    assert owner_of("official", "o-wang") == owner_of("official", "o-rider") == cast.rider.id
    assert reach.hold(case.id).reporter_id == cast.rider.id
    assert home_of(cast.rider.id) is not None
    assert told(cast.rider) == ["case_accepted"]
    assert open_question(cast.wang.id, "official") is None


def test_what_the_younger_record_paid_is_the_others_to_open(cast: Cast) -> None:
    a_price()
    home = a_home("501")
    billed("2026-Q1")
    begun = ordering.begin(home, cast.wang.id, "o-wang", "wx", mch_id="m", bills=bills_of(home)).order
    assert begun is not None
    ordering.opened(begun.number, "wx-1")
    said = Trade(begun.number, TradeState.SUCCESS, "m", "wx", begun.fen, "CNY", "42", "o-wang", now())
    hearing.answered(begun.number, said)
    merge(cast.wang.id, into=cast.rider.id)
    session().expire_all()
    assert begun.payment_id is not None
    assert has_paid(cast.rider.id, begun.payment_id)
    assert not has_paid(cast.wang.id, begun.payment_id)


def test_letters_that_went_out_already_stay_where_they_went(cast: Cast) -> None:
    a_case(reporter=cast.wang, accepted_by=cast.li)
    letters_to(cast.wang)[0].state = "sent"
    session().flush()
    merge(cast.wang.id, into=cast.rider.id)
    assert told(cast.wang) == ["case_accepted"]


def test_who_joined_and_rated_twice_has_one_voice(cast: Cast) -> None:
    case = a_case(reporter=cast.sun_xiaoyu)
    for who in (cast.wang, cast.rider):
        case.join(who.id)
    case.accept(cast.li.id)
    finish(case, cast.li)
    for who, grade in ((cast.wang, 5), (cast.rider, 3)):
        case.rate(By.person(who.id), grade)
    merge(cast.rider.id, into=cast.wang.id)
    session().flush()
    assert [one.person_id for one in session().scalars(select(Fellow))] == [cast.wang.id]
    assert [(one.person_id, one.grade) for one in session().scalars(select(Rating))] == [(cast.wang.id, 5)]


def test_merging_somebody_with_oneself_changes_nothing(cast: Cast) -> None:
    merge(cast.wang.id, into=cast.wang.id)
    assert owner_of("official", "o-wang") == cast.wang.id


def test_a_notice_that_both_opened_was_read_by_one(cast: Cast) -> None:
    first, second = (a_notice(cast.zhao.id).id for _ in range(2))
    for notice, who in ((first, cast.wang), (first, cast.rider), (second, cast.rider)):
        reading.opened(notice, "person", who.id)
    reading.opened(first, "group", cast.rider.id)  # a group that happens to have the same number
    merge(cast.rider.id, into=cast.wang.id)
    session().flush()
    read = session().scalars(select(Receipt).order_by(Receipt.notice_id, Receipt.reader_kind))
    assert [(one.notice_id, one.reader_kind, one.reader_id) for one in read] == [
        (first, "group", cast.rider.id),
        (first, "person", cast.wang.id),
        (second, "person", cast.wang.id),
    ]


@pytest.mark.parametrize("last", [True, False])
def test_of_two_answers_to_a_call_the_last_word_counts(cast: Cast, last: bool) -> None:
    both, one = (a_notice(cast.zhao.id, is_call=True).id for _ in range(2))
    for notice, who, minutes, coming in (
        (both, cast.wang, 2, not last), (both, cast.rider, 1, last), (one, cast.rider, 1, True),
    ):  # fmt: skip
        session().add(
            CallAnswer(notice_id=notice, person_id=who.id, coming=coming, answered_at=ago(minutes=minutes))
        )
    session().flush()
    merge(cast.rider.id, into=cast.wang.id)
    session().flush()
    answers = session().scalars(select(CallAnswer).order_by(CallAnswer.notice_id))
    assert [(row.notice_id, row.person_id, row.coming) for row in answers] == [
        (both, cast.wang.id, last),
        (one, cast.wang.id, True),
    ]


@pytest.mark.parametrize(
    ("mine", "others", "left"),
    [
        ("waiting", "waiting", ["waiting", "withdrawn"]),
        ("sent", "waiting", ["sent", "withdrawn"]),
        ("by_hand", "sent", ["withdrawn", "sent"]),
        ("failed", "waiting", ["failed", "waiting"]),
        ("sent", "taken", ["sent", "taken"]),
    ],
)
def test_one_person_is_told_of_a_notice_once(db: Database, mine: str, others: str, left: list[str]) -> None:
    with unit_of_work(db):
        cast = a_town()
        move_in(
            cast.rider.id, building_id=home_of(cast.wang.id).building_id, unit="1", room=None, proof="said"
        )
        called = handed_in(cast.zhao.id, is_call=True).id
    tell_all(db)
    with unit_of_work(db):
        letters = [one for one in letters_of(called) if one.to_kind == "person"]
        for letter in letters:
            letter.state = mine if letter.to_id == cast.wang.id else others
        call.answer(session().get_one(Notice, called), cast.rider.id, True)
        merge(cast.rider.id, into=cast.wang.id)
    with unit_of_work(db):
        letters = [one for one in letters_of(called) if one.to_kind == "person"]
        assert [one.to_id for one in letters] == [cast.wang.id] * 2
        first, second = sorted(letters, key=lambda one: f"person{cast.wang.id}" not in one.key)
        assert [first.state, second.state] == left
        assert second.reason == ("called_back" if others == "taken" else second.reason)  # not tried again
        (roll,) = call.rolls(called).values()
        assert roll == call.Roll(coming=1, not_coming=0, silent=0)


def test_what_is_known_of_the_person_goes_along(cast: Cast) -> None:
    old = settle("mini", "m-1", "u-1")
    assert phone_proved(old, "13800000077") == old
    settings.set_elder(old, True)
    rides(old, True)
    merge(old, into=cast.sun_xiaoyu.id)
    session().expire_all()
    person = session().get_one(Person, cast.sun_xiaoyu.id)
    assert (person.unionid, person.is_rider, settings.is_elder(person.id)) == ("u-1", True, True)
    assert unseal(person.phone_sealed or "", f"people.phone/{person.public_id}") == "13800000077"
    former = session().get_one(Person, old)
    assert (former.unionid, former.phone_sealed, former.phone_hash) == (None, None, None)
    # whichever way comes next, the unionid leads to the record that stayed
    assert settle("official", "o-1", "u-1") == person.id


def test_the_older_records_own_word_stands(cast: Cast) -> None:
    old = settle("mini", "m-1", "u-1")
    phone_proved(old, "13800000077")
    settings.set_elder(old, True)
    settings.set_elder(cast.sun_xiaoyu.id, False)
    phone_proved(cast.sun_xiaoyu.id, "13800000078")
    merge(old, into=cast.sun_xiaoyu.id)
    session().expire_all()
    person = session().get_one(Person, cast.sun_xiaoyu.id)
    assert unseal(person.phone_sealed or "", f"people.phone/{person.public_id}") == "13800000078"
    assert not settings.is_elder(person.id)


def test_a_home_that_both_records_said_is_one_and_the_proved_one(cast: Cast) -> None:
    said = home_of(cast.wang.id)
    assert said is not None
    proved = move_in(
        cast.rider.id, building_id=said.building_id, unit=said.unit_name, room=said.room, proof="staff"
    )
    merge(cast.rider.id, into=cast.wang.id)
    session().expire_all()
    open_now = select(Home.id).where(Home.person_id == cast.wang.id, Home.until.is_(None))
    assert session().scalars(open_now).all() == [proved.id]


def test_who_says_in_the_chat_again_where_home_is_keeps_the_proof(cast: Cast) -> None:
    said = home_of(cast.wang.id)
    assert said is not None
    place = {"building_id": said.building_id, "unit": said.unit_name, "room": said.room}
    proved = move_in(cast.wang.id, **place, proof="staff")
    assert proved.id != said.id
    assert move_in(cast.wang.id, **place, proof="said").id == proved.id
    assert homes_said(cast.wang.id)[-1].is_proven
