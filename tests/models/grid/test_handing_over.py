"""A building changes its keeper when both sides have said yes, and not before."""

from datetime import UTC, datetime

import pytest
from grid_town import a_place, keeps, someone
from sqlalchemy import select, update

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.grid import handing_over
from models.history import Step
from models.outbox.letter import Letter
from models.person.tables import Staff
from models.place.tables import Building

SINCE = datetime(2026, 9, 1, tzinfo=UTC)


class Cast:
    def __init__(self):
        place = a_place(2, "甲", since=SINCE)
        self.house, self.other = place.houses
        self.li = someone("李", "keeper", employer="住建局")
        self.ma = someone("马", "keeper", employer="住建局")
        self.gao = someone("高", "keeper", employer="民政局")
        self.desk = someone("赵", "community", community=place.community)
        self.far = someone("钱", "community", community=a_place(1, "乙", since=SINCE, name="别的").community)
        keeps(self.li, self.house, since=SINCE)
        keeps(self.ma, self.house, since=SINCE)
        session().get_one(Building, self.house).keeper_unit = "住建局"


@pytest.fixture
def cast(db):
    return db.write(Cast)


def holds(db, house):
    with db.read():
        return handing_over.keepers_of(house), session().get_one(Building, house).keeper_unit


def letters(db):
    with db.read():
        rows = session().execute(select(Letter.kind, Letter.to_id, Letter.state).order_by(Letter.id))
        return [tuple(row) for row in rows]


def ask(db, cast, by, to=None, house=None):
    return db.write(lambda: handing_over.ask(house or cast.house, to or cast.gao, By.staff(by)).id)


def yes(db, number, by):
    return db.write(lambda: handing_over.agree(number, By.staff(by)).ended_how)


def test_from_unit_to_unit_the_whole_building_goes_when_both_have_said_yes(db, cast):
    number = ask(db, cast, cast.desk)
    assert letters(db) == [("hand_over_asked", cast.li, "waiting")]
    assert yes(db, number, cast.li) is None
    assert holds(db, cast.house) == ([cast.li, cast.ma], "住建局")
    assert letters(db)[1:] == [("hand_over_asked", cast.gao, "waiting")]
    assert yes(db, number, cast.gao) == "done"
    assert holds(db, cast.house) == ([cast.gao], "民政局")
    with db.read():
        steps = session().scalars(select(Step).where(Step.about_kind == "hand_over").order_by(Step.id)).all()
    assert [(one.what, one.by_id) for one in steps] == [
        ("hand_over_asked", cast.desk), ("hand_over_given", cast.li), ("hand_over_taken", cast.gao),
        ("hand_over_done", cast.gao),
    ]  # fmt: skip
    assert [one for one in letters(db) if one[2] == "waiting"] == [
        ("hand_over_ended", cast.li, "waiting"), ("hand_over_ended", cast.desk, "waiting"),
    ]  # fmt: skip


def test_within_a_unit_only_who_gives_leaves(db, cast):
    other = db.write(lambda: someone("刘", "keeper", employer="住建局"))
    number = ask(db, cast, cast.ma, to=other)
    assert yes(db, number, other) == "done"
    assert holds(db, cast.house) == ([cast.li, other], "住建局")


def test_who_asks_has_said_yes_for_the_own_side_alone(db, cast):
    number = ask(db, cast, cast.gao)
    assert yes(db, number, cast.gao) is None  # once more is nothing
    assert holds(db, cast.house)[0] == [cast.li, cast.ma]
    assert yes(db, number, cast.li) == "done"


def test_a_building_that_nobody_keeps_needs_the_takers_yes_alone(db, cast):
    assert letters(db) == []
    number = ask(db, cast, cast.desk, house=cast.other)
    assert yes(db, number, cast.gao) == "done"
    assert holds(db, cast.other) == ([cast.gao], "民政局")


@pytest.mark.parametrize("side", ["li", "gao"])
def test_either_side_may_refuse_with_a_reason(db, cast, side):
    number = ask(db, cast, cast.desk)
    by = By.staff(getattr(cast, side))
    with pytest.raises(Invalid, match="reason_needed"):
        db.write(lambda: handing_over.refuse(number, by, " ").id)
    assert db.write(lambda: handing_over.refuse(number, by, "没谈好").ended_how) == "refused"
    assert holds(db, cast.house) == ([cast.li, cast.ma], "住建局")
    with pytest.raises(NotAllowed, match="hand_over_over"):
        yes(db, number, cast.gao)


def test_only_who_asked_or_the_desk_withdraws(db, cast):
    number = ask(db, cast, cast.gao)
    with pytest.raises(NotAllowed, match="hand_over_not_yours"):
        db.write(lambda: handing_over.withdraw_one(number, By.staff(cast.far), "不对").id)
    assert (
        db.write(lambda: handing_over.withdraw_one(number, By.staff(cast.desk), "不对").ended_how)
        == "withdrawn"
    )
    assert [state for kind, _, state in letters(db) if kind == "hand_over_asked"] == ["withdrawn"]


def test_strangers_may_neither_ask_nor_agree(db, cast):
    stranger = db.write(lambda: someone("生", "keeper"))
    for by in (stranger, cast.far):
        with pytest.raises(NotAllowed, match="hand_over_not_yours"):
            ask(db, cast, by)
    number = ask(db, cast, cast.desk)
    for by in (stranger, cast.far, cast.ma, cast.desk):
        with pytest.raises(NotAllowed, match="hand_over_not_yours"):
            yes(db, number, by)


def test_for_a_giver_who_has_left_the_desk_says_yes(db, cast):
    number = ask(db, cast, cast.gao)
    with pytest.raises(NotAllowed):
        yes(db, number, cast.desk)
    db.write(lambda: session().execute(update(Staff).where(Staff.person_id == cast.li).values(active=False)))
    assert yes(db, number, cast.desk) == "done"


def test_what_makes_no_sense_is_refused(db, cast):
    with pytest.raises(Invalid, match="keeps_it_already"):
        ask(db, cast, cast.desk, to=cast.ma)
    with pytest.raises(Invalid, match="keeper_not_there"):
        ask(db, cast, cast.desk, to=cast.far)
    with pytest.raises(NotFound, match="no_such_building"):
        ask(db, cast, cast.desk, house=999_999)
    with pytest.raises(NotFound, match="hand_over_not_found"):
        yes(db, 999_999, cast.li)
    ask(db, cast, cast.desk)
    with pytest.raises(NotAllowed, match="hand_over_open"):
        ask(db, cast, cast.li)


def test_what_waits_for_somebody_is_listed(db, cast):
    number = ask(db, cast, cast.desk)
    with db.read():
        assert [one.id for one in handing_over.waiting_for(cast.li)] == [number]
        assert [one.id for one in handing_over.waiting_for(cast.gao)] == [number]
        assert handing_over.waiting_for(cast.ma) == []
        assert [one.id for one in handing_over.listed([cast.house], only_open=True)] == [number]
        assert handing_over.listed([cast.other]) == []


def test_nobody_takes_over_who_has_left_the_post_meanwhile(db, cast):
    number = ask(db, cast, cast.gao)
    db.write(lambda: session().execute(update(Staff).where(Staff.person_id == cast.gao).values(active=False)))
    with pytest.raises(Invalid, match="keeper_not_there"):
        yes(db, number, cast.li)
    assert holds(db, cast.house) == ([cast.li, cast.ma], "住建局")
