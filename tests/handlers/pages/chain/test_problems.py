"""The pages of problems: proposed, confirmed, owned, put right; each sees what is theirs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from cast import Cast, Someone
from exported import exported
from factories import a_case, spot
from page_phone import Phone

from handlers.pages.chain.problems import VERBS
from models.base.clock import ago, local, now
from models.base.orm import session
from models.case.case import Case
from models.problem import keeping
from models.problem.tables import Problem
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]


def a_problem(db: Database, cast: Cast, *, days: int | None = 30) -> str:
    """Its number; confirmed with 孙 as its owner, unless `days` is None."""

    def work() -> str:
        made = keeping.propose(cast.zhao.id, "common", "3号楼下水总堵", "", spot(), "drainage")
        if days is not None:
            next_on = local(now()).date() + timedelta(days=days)
            keeping.confirm(made, cast.zhao.id, owner_id=cast.sun.id, next_on=next_on)
        return keeping.number_of(made)

    return db.write(work)


def problem_of(db: Database, number: str) -> Problem:
    with db.read():
        return session().get_one(Problem, int(number[:-1]))


def test_from_the_proposal_to_the_nod(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    page = f"{desk(town.zhao)}/chain/problems"
    estate = db.write(spot).estate_id
    said = phone.sent_and_shown(
        page,
        kind="common",
        title="下水总堵",
        words="晚上返水",
        estate=str(estate),
        building="3",
        category="drainage",
    )
    assert "等人确认" in said
    with db.read():
        number = keeping.number_of(session().query(Problem).one())
    one = f"{page}/{number}"
    day = (local(now()).date() + timedelta(days=9)).isoformat()
    wrong = phone.send(
        f"{one}/confirm", kind="common", title="下水总堵", owner="没有这个人", next_on=day, verb="confirm"
    )
    assert wrong.status_code == 422
    assert "没有这个人" in wrong.text
    said = phone.sent_and_shown(f"{one}/confirm", kind="common", title="下水总堵", owner="G001", next_on=day)
    assert "孙网格员负责" in said
    later = phone.sent_and_shown(
        f"{one}/confirm", kind="single", title="另一个名字", owner="C001", next_on=day
    )
    assert "您填的没有记" in later  # whoever was late is not told that it was written down
    assert "孙网格员负责" in later
    key = db.write(lambda: a_case(reporter=town.wang, text="下水堵了", category="drainage").id)
    with db.read():
        case_number = session().get_one(Case, key).number
    assert "挂上了" in phone.sent_and_shown(f"{one}/hang", case=case_number)
    assert "0/1 = 0.0%" in phone.open(page).text
    owners = f"{desk(town.sun)}/chain/problems/{number}"
    assert "正在请居民看" in phone.sent_and_shown(f"{owners}/right", words="换了总管")
    with db.read():
        assert session().get_one(Case, key).state == "finished"
    assert "1/1 = 100.0%" in phone.open(page).text


def test_past_its_day_the_page_asks_for_the_yearly_work(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    number = a_problem(db, town, days=3)
    with time_machine.travel(ago(days=-4)):
        page = f"{desk(town.sun)}/chain/problems"
        assert "到日子了，还没整改" in phone.open(page).text
        day, year = local(now()).date() + timedelta(days=30), local(now()).year
        answer = phone.send(f"{page}/{number}/keep", owner="G001", next_on=day.isoformat(), year=str(year))
        assert answer.status_code == 422
        assert "专项工程" in answer.text
        phone.sent_and_shown(
            f"{page}/{number}/keep", owner="G001", next_on=day.isoformat(), work="下水专项", year=str(year)
        )
    assert problem_of(db, number).yearly_work == "下水专项"


def test_who_sees_problems(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    number = a_problem(db, town)
    for one, sees in (("zhao", True), ("leader", True), ("sun", True), ("li", False), ("qian", False)):
        page = f"{desk(getattr(town, one))}/chain/problems"
        assert ("3号楼下水总堵" in phone.open(page).text) is sees, one
        assert (phone.open(f"{page}/{number}").status_code == 200) is sees, one
        if not sees:
            for verb in VERBS:
                answer = phone.send(f"{page}/{number}/{verb}", words="x", owner="G001", next_on="2099-01-01")
                assert answer.status_code == 404, (one, verb)
    assert phone.open(f"{desk(town.wang)}/chain/problems").status_code == 404
    assert problem_of(db, number).state == "open"


def test_the_ledger_is_a_file_with_its_cases_and_rates(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    number = a_problem(db, town)
    answer = phone.open(f"{desk(town.zhao)}/chain/problems.xlsx")
    book = exported(answer)
    assert book.sheetnames == ["问题台账", "挂着的诉求", "整改率"]
    (row,) = list(book["问题台账"].iter_rows(min_row=2, values_only=True))
    assert row[:4] == (number, "共性问题", "整改中", "3号楼下水总堵")
    rates = list(book["整改率"].iter_rows(min_row=2, values_only=True))
    assert rates == [("共性问题", 0, 1, "0.0%", 1), ("个性问题", 0, 0, "—", 0)]


def test_what_hemei_proposes_says_why(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    from models.problem.suggesting import suggest_some

    def work() -> None:
        for who in (town.wang, town.sun_xiaoyu, town.rider, town.wang):
            a_case(reporter=who, text="下水堵了", category="drainage")
        suggest_some()

    db.write(work)
    page = phone.open(f"{desk(town.zhao)}/chain/problems")
    assert "育英小区3号楼排水，4件" in page.text
    with db.read():
        number = keeping.number_of(session().query(Problem).one())
    said = phone.open(f"{desk(town.zhao)}/chain/problems/{number}").text
    assert "60天里，3个人报了4件同一类的事，都在这一栋" in said
    assert "不算问题" in phone.sent_and_shown(
        f"{desk(town.zhao)}/chain/problems/{number}/refuse", words="四家各堵各的"
    )


def test_an_owner_of_another_desk_reads_no_words_of_the_cases(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    """钱 decides in another community, to which the post has moved since."""

    def work() -> str:
        made = keeping.propose(town.zhao.id, "common", "3号楼下水总堵", "", spot(), "drainage")
        next_on = local(now()).date() + timedelta(days=9)
        keeping.confirm(made, town.zhao.id, owner_id=town.sun.id, next_on=next_on)
        made.owner_id = town.qian.id
        case = a_case(reporter=town.wang, text="下水堵了，打13800138000", category="drainage")
        keeping.hang(made, case, town.zhao.id)
        return keeping.number_of(made)

    number = db.write(work)
    theirs = phone.open(f"{desk(town.qian)}/chain/problems/{number}").text
    assert "下水堵了" not in theirs
    ours = phone.open(f"{desk(town.zhao)}/chain/problems/{number}").text
    assert "下水堵了" in ours
    assert "13800138000" not in ours
