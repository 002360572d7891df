"""A case begins."""

import pytest
from cast import Cast
from factories import a_case, a_collected_case, spot, steps
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.base.actor import By
from models.base.checkdigit import without_check
from models.base.orm import session
from models.case import reach, reporting
from models.case.case import Case
from models.case.lifecycle import State
from models.case.tables import WHOLE_LIMIT
from models.person.arriving import meet
from models.place.spot import NOWHERE, Spot
from models.praise import keep


def test_a_number_has_six_digits_and_notices_a_slip(cast: Cast) -> None:
    case = a_case(reporter=cast.wang)
    assert len(case.number) == 6
    assert without_check(case.number) == case.id
    wrong = str((int(case.number[0]) + 1) % 10) + case.number[1:]
    assert without_check(wrong) is None


def test_the_place_is_kept_by_id_and_in_words(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, at=spot())
    assert case.spot == spot()
    assert {name: value for name, value in case.facts().items() if name in Spot().facts()} == {
        "estate": "育英小区", "building": "3", "unit": "2", "floor": None, "room": None,
    }  # fmt: skip


def test_what_staff_enter_for_a_caller_says_who_entered_it(cast: Cast) -> None:
    case_id, answers = reporting.report(
        text="三号楼灯不亮", category="lighting", urgency="normal", spot=spot(), source="phone",
        by=By.staff(cast.zhao.id), caller_sealed="sealed",
    )  # fmt: skip
    case = reach.hold(case_id)
    assert (case.entered_by, case.reporter_id, case.source) == (cast.zhao.id, None, "phone")
    assert answers.route == "keeper"
    assert case.concerned() == []


def test_what_a_patrol_finds_is_a_case_without_a_resident(cast: Cast) -> None:
    case_id, _ = reporting.report(
        text="井盖缺了", category="road", urgency="urgent", spot=spot(building=None, unit=None),
        source="patrol", by=By.staff(cast.sun.id),
    )  # fmt: skip
    case = reach.hold(case_id)
    assert (case.source, case.route) == ("patrol", "grid_worker")


def test_praise_is_no_case(cast: Cast) -> None:
    before = session().query(Case).count()
    keep("李师傅真好", by=cast.wang.id, for_id=cast.li.id, case_id=None)
    assert session().query(Case).count() == before


def test_a_very_long_report_is_cut_and_not_refused(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, text="漏" * 70_000)
    assert len(case.text) == WHOLE_LIMIT


def test_others_cannot_see_a_case_and_cannot_tell_that_it_is_there(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, at=spot())
    sees = {
        who.name: reach.maybe(case.number, meet(channel, value)) is not None
        for who, channel, value in (
            (cast.wang, "official", "o-wang"), (cast.rider, "official", "o-rider"), (cast.li, "work", "li"),
            (cast.wu, "work", "wu"), (cast.zhao, "work", "zhao"), (cast.qian, "work", "qian"),
            (cast.leader, "work", "zheng"), (cast.sun, "work", "sun"),
        )
    }  # fmt: skip
    assert [name for name, seen in sees.items() if seen] == ["王阿姨", "李师傅", "赵主任", "郑书记"]


def test_what_nobody_could_place_is_seen_by_every_desk(cast: Cast) -> None:
    case = a_case(reporter=cast.wang, at=NOWHERE)
    for desk in ("zhao", "qian"):
        assert reach.maybe(case.number, meet("work", desk)) is not None


def test_a_report_that_lacks_its_place_waits_and_is_told_to_nobody(cast: Cast) -> None:
    case = a_collected_case(cast.wang)
    assert case.state == State.COLLECTED
    assert steps(case) == ["reported"]


@pytest.mark.parametrize("change", ["UPDATE steps SET what = 'voided'", "DELETE FROM steps"])
def test_the_database_itself_refuses_to_edit_or_remove_a_step(cast: Cast, change: str) -> None:
    a_case(reporter=cast.wang)
    with pytest.raises(DBAPIError, match="steps are appended"), session().begin_nested():
        session().execute(text(change))
