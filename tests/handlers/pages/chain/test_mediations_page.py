"""调解 on a phone: the desk hands a quarrel on, the mediator brings it to an end, others see counts."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from appraised import apart
from cast import Cast, Someone
from factories import a_case, a_town
from page_phone import Phone
from sqlalchemy import select

from models.base.clock import SHANGHAI, local, now
from models.base.orm import session
from models.case.case import Case
from models.history import Step
from models.mediation.tables import Mediation, MediationMeeting
from models.person.tables import Staff
from models.place.version import raise_version
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]
QUARREL = {
    "kind": "noise",
    "parties": "张三、李四",
    "matter": "半夜打鼓",
    "began": "2015-05-01",
    "mediator": "K001",
}


@pytest.fixture
def town(db: Database) -> Iterator[Cast]:
    # because the page counts the year's agreements, and one is asked about a month later
    with time_machine.travel(apart(datetime(2026, 9, 1, 10, tzinfo=SHANGHAI))):
        yield db.write(a_town)


@pytest.fixture
def key(db: Database, phone: Phone, town: Cast, desk: Desk) -> str:
    """Of a quarrel that 赵 gave to 李."""
    assert phone.send(f"{desk(town.zhao)}/mediations/open", **QUARREL).status_code == 303
    with db.read():
        return session().scalars(select(Mediation.public_id)).one()


@pytest.fixture
def case(db: Database, town: Cast) -> Case:
    return db.write(lambda: a_case(reporter=town.wang, text="楼上和楼下吵起来了", category="dispute"))


def test_the_desk_gives_one_and_the_mediator_brings_it_to_an_end(
    db: Database, phone: Phone, town: Cast, desk: Desk, key: str
) -> None:
    here = f"{desk(town.li)}/mediations/one/{key}"
    assert "调解" in phone.open(desk(town.li)).text
    page = phone.open(f"{desk(town.li)}/mediations").text
    assert "噪声" in page
    assert "张三" not in page
    read = phone.open(here).text
    assert "张三、李四" in read
    assert "半夜打鼓" in read
    at = (local(now()) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    assert "第1次" in phone.sent_and_shown(f"{here}/meet", at=at, note="都说想想")
    page = phone.sent_and_shown(f"{here}/agree", agreement="十点以后不打")
    assert "十点以后不打" in page
    assert "做到了”要等到" in page
    early = phone.send(f"{here}/check", kept="yes")
    assert early.status_code == 409
    assert "才能记" in early.text
    with time_machine.travel(now() + timedelta(days=30)):
        assert "有1件谈成满了日子" in phone.open(f"{desk(town.li)}/mediations").text
        assert "请回访双方" in phone.open(here).text
        assert "谈成了，说到做到" in phone.sent_and_shown(f"{here}/check", kept="yes")
        assert phone.send(f"{here}/check", kept="no").status_code == 409
        counts = phone.open(f"{desk(town.leader)}/mediations").text
    assert "1/1" in counts  # agreements kept; the quarrel began in 2015, so it is an old one cleared as well
    assert "张三" not in counts
    with db.read():
        assert session().scalars(select(Mediation.ended_how)).one() == "kept"
        reads = select(Step).where(Step.about_kind == "mediation", Step.what == "mediation_read")
        assert {one.by_id for one in session().scalars(reads)} == {town.li.id}


def test_what_was_agreed_in_december_and_kept_in_january_is_last_years(
    phone: Phone, town: Cast, desk: Desk, key: str
) -> None:
    here, counts = f"{desk(town.li)}/mediations/one/{key}", f"{desk(town.zhao)}/mediations"
    with time_machine.travel(datetime(2026, 12, 20, 10, tzinfo=SHANGHAI)):
        assert phone.send(f"{here}/agree", agreement="十点以后不打").status_code == 303
        assert "<td>0/1</td>" in phone.open(counts).text
    with time_machine.travel(datetime(2027, 1, 25, 10, tzinfo=SHANGHAI)):
        assert phone.send(f"{here}/check", kept="yes").status_code == 303
        page = phone.open(counts)
        assert "今年的数" in page.text
        assert "<td>1/1</td>" not in page.text
        assert "?year=2026" in page.text
        page = phone.open(f"{counts}?year=2026")
        assert "2026年的数" in page.text
        assert page.text.count("<td>1/1</td>") == 2  # kept, and an old quarrel cleared
        assert "mediations.xlsx?year=2026" in page.text
        assert "今年的数" in phone.open(f"{counts}?year=1999").text


def test_a_copy_of_a_form_does_it_once(db: Database, phone: Phone, town: Cast, desk: Desk, key: str) -> None:
    for _ in range(2):
        phone.send(f"{desk(town.zhao)}/mediations/open", once="the-same", **QUARREL)
        at = local(now()).strftime("%Y-%m-%dT00:00")
        phone.send(f"{desk(town.li)}/mediations/one/{key}/meet", once="another", at=at, note="谈了")
    with db.read():
        assert len(session().scalars(select(Mediation)).all()) == 2  # that of the fixture, and this one
        assert len(session().scalars(select(MediationMeeting)).all()) == 1


@pytest.mark.parametrize("who", ["ma", "qian", "leader", "sun", "wu", "zhou", "wang", "rider"])
def test_nobody_else_finds_it(db: Database, phone: Phone, town: Cast, desk: Desk, key: str, who: str) -> None:
    def posts() -> None:
        for one, role in ((town.ma, "supervisor"), (town.sun, "admin")):
            staff = session().scalars(select(Staff).where(Staff.person_id == one.id)).one()
            staff.roles, staff.community_id = [role], None

    db.write(posts)
    here = f"{desk(getattr(town, who))}/mediations/one/{key}"
    forms = {
        "meet": {"at": "2026-01-01T10:00", "note": "x"},
        "agree": {"agreement": "x"},
        "end": {"how": "to_court"},
        "check": {"kept": "no"},
        "hand_on": {"to": "K002"},
    }
    assert phone.open(here).status_code == 404
    for verb, form in forms.items():
        assert phone.send(f"{here}/{verb}", **form).status_code == 404, verb
    with db.read():
        assert session().scalars(select(Mediation.ended_at)).all() == [None]
        assert session().scalars(select(Step).where(Step.what == "mediation_read")).all() == []


def test_only_overseers_see_counts_and_only_the_two_a_list(
    phone: Phone, town: Cast, desk: Desk, key: str
) -> None:
    for one, status, counts in (
        (town.zhao, 200, True), (town.leader, 200, True), (town.qian, 200, True), (town.li, 200, False),
        (town.ma, 404, False), (town.wang, 404, False),
    ):  # fmt: skip
        answer = phone.open(f"{desk(one)}/mediations")
        assert (answer.status_code, "调解成功率" in answer.text) == (status, counts), one
        assert (key in answer.text) is (one in (town.zhao, town.li)), one


def test_a_case_that_looks_like_a_quarrel_offers_it_and_then_says_that_it_is_there(
    phone: Phone, town: Cast, desk: Desk, case: Case, link: Callable[..., str]
) -> None:
    offered = phone.open(link(town.zhao, case.id)).text
    assert "交给调解员" in offered
    assert "交给调解员" not in phone.open(link(town.wang, case.id)).text
    assert case.number in phone.open(f"{desk(town.zhao)}/mediations?case={case.number}").text
    assert phone.send(f"{desk(town.zhao)}/mediations/open", case=case.number, **QUARREL).status_code == 303
    for one in (town.zhao, town.wang, town.leader):
        page = phone.open(link(one, case.id)).text
        assert "在调解，内容保密" in page
        assert "张三" not in page
    again = phone.send(f"{desk(town.zhao)}/mediations/open", case=case.number, **QUARREL)
    assert again.status_code == 409
    assert "已经在调解员手上" in again.text


def test_who_has_the_case_in_hand_may_give_it_and_a_stranger_may_not(
    db: Database, phone: Phone, town: Cast, desk: Desk, case: Case
) -> None:
    db.write(lambda: session().get_one(Case, case.id).accept(town.li.id))
    assert phone.send(f"{desk(town.ma)}/mediations/open", case=case.number, **QUARREL).status_code in (
        404,
        409,
    )
    assert phone.send(f"{desk(town.ma)}/mediations/open", **QUARREL).status_code == 404
    assert phone.send(f"{desk(town.li)}/mediations/open", case=case.number, **QUARREL).status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"parties": ""}, {"matter": " "}, {"began": ""}, {"began": "2999-01-01"}, {"began": "x"},
        {"kind": "no_such"}, {"mediator": "没有这人"}, {"case": "12"}, {"case": "nonsense"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_written_stays(
    phone: Phone, town: Cast, desk: Desk, wrong: dict[str, str]
) -> None:
    answer = phone.send(f"{desk(town.zhao)}/mediations/open", **QUARREL | wrong)
    assert answer.status_code in (404, 409, 422)
    if "case" not in wrong and "matter" not in wrong:
        assert "半夜打鼓" in answer.text


def test_the_town_s_desk_says_which_community(phone: Phone, town: Cast, desk: Desk, db: Database) -> None:
    here = f"{desk(town.leader)}/mediations/open"
    assert phone.send(here, **QUARREL).status_code == 404
    assert phone.send(here, community="1", **QUARREL).status_code == 303
    with db.read():
        assert session().scalars(select(Mediation.community_id)).one() == 1


def test_what_both_have_left_the_desk_hands_on_without_a_word_of_it(
    db: Database, phone: Phone, town: Cast, desk: Desk, key: str
) -> None:
    here = f"{desk(town.leader)}/mediations"
    assert "另找调解员" not in phone.open(here).text

    def leave() -> None:
        for who in (town.li, town.zhao):
            session().scalars(select(Staff).where(Staff.person_id == who.id)).one().active = False
        raise_version()

    db.write(leave)
    page = phone.open(here).text
    assert "另找调解员" in page
    assert "张三" not in page
    assert "半夜打鼓" not in page
    assert phone.send(f"{here}/one/{key}/find_another", to="没有这个人").status_code == 422
    assert phone.send(f"{here}/one/{key}/find_another", to="S001").status_code == 409
    phone.sent_and_shown(f"{here}/one/{key}/find_another", to="K002")
    assert phone.open(f"{here}/one/{key}").status_code == 404
    assert "半夜打鼓" in phone.open(f"{desk(town.ma)}/mediations/one/{key}").text
