"""One action for many cases does to each what its verb does alone, once, and says what it leaves out."""

import pytest
from cast import Cast, Someone
from factories import a_case, letters_to, spot, steps
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotFound
from models.case import bulk
from models.case.bulk_tables import Bulk, BulkCase
from models.case.case import Case
from models.case.lifecycle import State
from models.person.arriving import Visitor, visitor_of
from models.person.colleagues import colleague, colleagues
from models.person.tables import Grant, Staff
from models.place.version import raise_version


def looking(someone: Someone) -> Visitor:
    visitor = visitor_of(someone.id, "page")
    assert visitor is not None
    return visitor


def looked(someone: Someone, cases: list[Case], verb: str = "transfer", to: str = "K001") -> Bulk:
    visitor = looking(someone)
    wish = bulk.wish(verb, to, "今天办", visitor.community_id)
    bulk.keep("key", visitor, bulk.look(visitor, [one.id for one in cases], wish), wish)
    return bulk.of("key", someone.id)


def what_became(one: Bulk) -> dict[int, tuple[str, str | None]]:
    session().flush()
    return {line.case_id: (line.state, line.why) for line, _ in bulk.cases_of(one)}


def done(one: Bulk) -> None:
    while bulk.do_one():
        pass
    session().refresh(one)


def test_each_is_transferred_as_if_alone(cast: Cast):
    alone = a_case(reporter=cast.wang, at=spot(building="5", unit="1"))
    several = [a_case(reporter=cast.wang, at=spot(building="5", unit="1")) for _ in range(3)]
    alone.transfer(cast.zhao.id, cast.li.id, "今天办")
    one = looked(cast.zhao, several)
    assert [steps(case) for case in several] == [["reported", "dispatched"]] * 3
    assert bulk.begin(one)
    assert not bulk.begin(one)
    done(one)
    assert set(map(tuple, map(steps, several))) == {tuple(steps(alone))}
    assert set(what_became(one).values()) == {("done", None)}
    assert one.ended_at is not None
    assert len(letters_to(cast.li, "case_dispatched")) == 4
    assert not bulk.do_one()


def test_what_cannot_be_done_is_left_out_and_why(cast: Cast):
    mine, his = a_case(reporter=cast.wang), a_case(reporter=cast.wang, accepted_by=cast.li)
    over = a_case(reporter=cast.wang, finished_by=cast.li, nodded_by=cast.wang)
    elsewhere = a_case(reporter=cast.rider, at=spot("建设小区", "1", "1"))
    one = looked(cast.zhao, [mine, his, over, elsewhere])
    assert what_became(one) == {
        mine.id: ("waits", None),
        his.id: ("left_out", "no_such_colleague"),  # he has it already
        over.id: ("left_out", "not_yours"),
    }
    with pytest.raises(Invalid, match="nothing_picked"):
        looked(cast.zhao, [elsewhere])


def test_what_has_changed_meanwhile_is_refused_and_the_rest_goes_on(cast: Cast):
    first, second = a_case(reporter=cast.wang), a_case(reporter=cast.wang)
    one = looked(cast.li, [first, second], "accept", "")
    first.accept(cast.ma.id)
    bulk.begin(one)
    done(one)
    assert what_became(one) == {first.id: ("refused", "taken_by_other"), second.id: ("done", None)}
    assert second.taker_id == cast.li.id
    assert steps(first) == ["reported", "dispatched", "accepted"]


def test_a_verb_that_is_refused_half_way_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    case = a_case(reporter=cast.wang)
    one = looked(cast.zhao, [case], "supervise", "")
    bulk.begin(one)

    def half(self: Case, person_id: int, text: str) -> None:
        self._clocked("supervised", bulk_by(person_id), text=text)
        raise Invalid("reason_needed", number=self.number)

    from models.base.actor import By

    bulk_by = By.staff
    monkeypatch.setattr(Case, "supervise", half)
    done(one)
    assert steps(case) == ["reported", "dispatched"]
    assert what_became(one) == {case.id: ("refused", "reason_needed")}


def test_who_has_left_the_post_does_nothing_more(cast: Cast):
    case = a_case(reporter=cast.wang)
    one = looked(cast.zhao, [case], "supervise", "")
    bulk.begin(one)
    session().scalars(select(Staff).where(Staff.person_id == cast.zhao.id)).one().active = False
    session().flush()
    done(one)
    assert what_became(one) == {case.id: ("refused", "page_not_found")}
    assert case.state == State.DISPATCHED


def test_nothing_is_done_before_somebody_says_so_and_by_nobody_else(cast: Cast):
    case = a_case(reporter=cast.wang)
    looked(cast.zhao, [case])
    assert not bulk.do_one()
    assert session().scalars(select(BulkCase.state)).all() == ["waits"]
    with pytest.raises(NotFound):
        bulk.of("key", cast.leader.id)


def test_what_is_asked_for_is_checked(cast: Cast):
    for verb, to, reason, code in (
        ("void", "", "x", "not_possible"), ("transfer", "nobody", "x", "no_such_colleague"),
        ("transfer", "", "x", "no_such_colleague"), ("supervise", "", " ", "reason_needed"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=code):
            bulk.wish(verb, to, reason, None)


def test_nobodys_work_is_taken_away_by_who_did_not_see_that_it_is_theirs(cast: Cast):
    seen, taken = a_case(reporter=cast.wang), a_case(reporter=cast.wang)
    one = looked(cast.zhao, [seen, taken], to="G001")
    taken.accept(cast.ma.id)
    bulk.begin(one)
    done(one)
    assert what_became(one) == {taken.id: ("refused", "changed_meanwhile"), seen.id: ("done", None)}
    assert taken.taker_id == cast.ma.id


def test_a_colleague_is_also_who_was_granted_a_post_there(cast: Cast):
    case = a_case(reporter=cast.wang)
    with pytest.raises(Invalid, match="no_such_colleague"):
        looked(cast.zhao, [case], to="C002")
    with pytest.raises(Invalid, match="no_such_colleague"):
        case.transfer(cast.zhao.id, cast.qian.id, "顶班")
    post = {"person_id": cast.qian.id, "role": "community", "estate_id": case.estate_id}
    put(Grant, since=now(), reason="r", at=now(), **post)
    raise_version()
    one = looked(cast.zhao, [case], to="C002")
    bulk.begin(one)
    done(one)
    assert what_became(one) == {case.id: ("done", None)}
    assert [one.number for one in colleagues(case.community_id) if one.number == "C002"] == ["C002"]
    assert colleague("C002", case.community_id) is not None
