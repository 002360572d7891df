"""封账: what was sealed stays, whatever becomes of the cases; and two persons take a case out of a figure."""

from datetime import datetime

import pytest
import time_machine
from cast import Cast
from factories import a_case, finish
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.case.case import Case
from models.indicator import changing, removing, sealing
from models.indicator.asking import Scope, figures
from models.indicator.period import Period, named
from models.indicator.settings import settings
from models.indicator.tables import SealedPeriod
from server.database import Database

NOVEMBER = named("2026-11")


def on(day: int, month: int = 12) -> time_machine.travel:
    return time_machine.travel(datetime(2026, month, day, 10, tzinfo=SHANGHAI), tick=False)


@pytest.fixture
def two(cast: Cast) -> list[Case]:
    """One mended and nodded in November, one that nobody took."""
    with on(3, 11):
        cases = [
            a_case(reporter=cast.wang, finished_by=cast.li, nodded_by=cast.wang),
            a_case(reporter=cast.wang),
        ]
        session().flush()
    return cases


def desk(cast: Cast) -> By:
    return By.staff(cast.zhao.id)


def seal(cast: Cast, period: Period = NOVEMBER, by: By | None = None) -> tuple[SealedPeriod, bool]:
    place = cast_community()
    sealing.may_seal(period, place, by or desk(cast))
    return sealing.seal(period, place, by or desk(cast), sealing.counted(period, place))


def cast_community() -> int:
    return int(session().scalar(text("SELECT id FROM communities WHERE name = '育英社区'")))


def test_a_sealed_month_stays_though_its_cases_go_on(two: list[Case], cast: Cast) -> None:
    with on(1):
        row, is_new = seal(cast)
        assert is_new
        assert sealing.whole_of(row.figures).rates["done_rate"].written() == "1/2 = 50.0%"
    with on(5):
        # everything that may happen to it: taken back, mended, said to be of another grid
        two[0].object(By.person(cast.wang.id), "又坏了")
        two[1].accept(cast.li.id)
        finish(two[1], cast.li)
        two[1].grid_id = None
        two[1].category = "water"
        session().flush()
        again, is_new = seal(cast)
        assert (again.id, is_new) == (row.id, False)
        assert again.figures == row.figures
        assert sealing.is_whole(again)


def test_what_it_opens_to_is_sealed_with_it(two: list[Case], cast: Cast) -> None:
    with on(1):
        row, _ = seal(cast)
    found = {key: (mark.over, mark.under) for key, mark in sealing.marks_of(row.cases, "done_rate")}
    assert found == {two[0].id: (1, 1), two[1].id: (0, 1)}
    assert sealing.whole_of(row.figures) == figures_then(row)
    by_person = sealing.groups_of(row.figures, "person")
    assert by_person[cast.li.id].rates["done_rate"].written() == "1/1 = 100.0%"
    with pytest.raises(NotFound):
        list(sealing.marks_of(row.cases, "best_rate"))


def figures_then(row: SealedPeriod) -> object:
    with on(1):
        found = figures(NOVEMBER, Scope(row.community_id))[None]
    left_out = {code: reasons for code, reasons in found.left_out.items() if reasons}
    return type(found)(found.rates, found.minutes, found.composites, left_out)


def test_one_letter_changed_and_its_sum_is_wrong(two: list[Case], cast: Cast) -> None:
    with on(1):
        row, _ = seal(cast)
    assert sealing.is_whole(row)
    changed = dict(row.figures) | {"until": "2026-11-30T00:00:00+08:00"}
    assert sealing.Counted(changed, row.cases).sha256 != row.sha256
    assert sealing.Counted(row.figures, row.cases[:-1]).sha256 != row.sha256


@pytest.mark.parametrize(
    "statement", ["UPDATE sealed_periods SET period = 'x'", "DELETE FROM sealed_periods"]
)
def test_the_database_itself_refuses_to_change_it(two: list[Case], cast: Cast, statement: str) -> None:
    with on(1):
        seal(cast)
    with pytest.raises(DBAPIError), session().begin_nested():
        session().execute(text(statement))


def test_the_town_is_sealed_once_too(two: list[Case], cast: Cast, db: Database) -> None:
    with on(1):
        session().execute(text("UPDATE staff SET community_id = NULL WHERE name = '赵主任'"))
        session().expire_all()
        figures_of_all = sealing.counted(NOVEMBER, None)
        row, is_new = sealing.seal(NOVEMBER, None, desk(cast), figures_of_all)
        again, is_newer = sealing.seal(NOVEMBER, None, desk(cast), figures_of_all)
        assert (is_new, is_newer, again.id) == (True, False, row.id)
        assert [one.id for one in sealing.all_sealed(None)] == [row.id]
        with pytest.raises(DBAPIError), session().begin_nested():
            put(
                SealedPeriod,
                community_id=None,
                period="2026-11",
                formulas="1",
                figures={},
                cases="",
                sha256="x",
            )


def test_nobody_seals_what_runs_what_is_no_period_or_what_is_not_theirs(two: list[Case], cast: Cast) -> None:
    with on(30, 11), pytest.raises(NotAllowed, match="period_runs"):
        seal(cast)
    with on(1):
        with pytest.raises(Invalid, match="period_not_sealable"):
            seal(cast, named("2026-11-01..2026-11-30"))
        for person in (cast.li, cast.qian):
            with pytest.raises(NotAllowed, match="not_yours_to_seal"):
                seal(cast, by=By.staff(person.id))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-11-03..2026-11-17", "2026-11-03", "2026-11-17"),
    ],
)
def test_a_period_is_named_as_people_write_it(name: str, first: str, last: str) -> None:
    period = named(name)
    assert (period.first.isoformat(), period.last.isoformat(), period.name) == (first, last, name)
    assert period.start.isoformat() == f"{first}T00:00:00+08:00"


@pytest.mark.parametrize(
    "name",
    ["", "2026-13", "2026-Q5", "26-11", "2026-11-17..2026-11-03", "2026-02-30..2026-03-01", "２０２６"],
)
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="period_unknown"):
        named(name)


# 剔除


def test_a_case_is_left_out_only_when_a_second_person_agrees(two: list[Case], cast: Cast) -> None:
    with on(2):
        kept = removing.propose(two[1], "done_rate", "disaster", "暴雪封路", desk(cast))
        assert figures(NOVEMBER)[None].rates["done_rate"].counted == "1/2"
        with pytest.raises(NotAllowed, match="removal_by_two"):
            removing.settle(kept.id, desk(cast), agrees=True)
        assert removing.settle(kept.id, By.staff(cast.leader.id), agrees=True)
        found = figures(NOVEMBER)[None]
        assert found.rates["done_rate"].counted == "1/1"
        assert found.left_out["done_rate"] == {"removed": 1}
        assert found.rates["filing_rate"].counted == "2/2"
        assert not removing.settle(kept.id, By.staff(cast.leader.id), agrees=False)


def test_what_the_second_person_refuses_counts_on(two: list[Case], cast: Cast) -> None:
    with on(2):
        kept = removing.propose(two[1], "all", "in_court", "已起诉", desk(cast))
        assert [one.id for one in removing.waiting(cast_community())] == [kept.id]
        removing.settle(kept.id, By.staff(cast.leader.id), agrees=False)
        assert figures(NOVEMBER)[None].rates["done_rate"].counted == "1/2"
        assert not removing.waiting(cast_community())


def test_a_removal_wants_a_rule_a_reason_and_somebody_who_decides_and_has_no_part(
    two: list[Case], cast: Cast
) -> None:
    with pytest.raises(Invalid, match="removal_unknown"):
        removing.propose(two[1], "done_rate", "because", "不好看", desk(cast))
    with pytest.raises(Invalid, match="removal_unknown"):
        removing.propose(two[1], "best_rate", "disaster", "不好看", desk(cast))
    with pytest.raises(Invalid, match="reason_needed"):
        removing.propose(two[1], "done_rate", "disaster", "  ", desk(cast))
    for person in (cast.li, cast.qian):
        with pytest.raises(NotAllowed, match="not_yours_to_remove"):
            removing.propose(two[0], "done_rate", "disaster", "封路", By.staff(person.id))
    two[1].taker_id = cast.zhao.id
    with pytest.raises(NotAllowed, match="not_yours_to_remove"):
        removing.propose(two[1], "done_rate", "disaster", "封路", desk(cast))


def test_the_three_rates_are_left_out_together(two: list[Case], cast: Cast) -> None:
    with on(2):
        kept = removing.propose(two[0], "three_rates", "malicious", "查实", desk(cast))
        removing.settle(kept.id, By.staff(cast.leader.id), agrees=True)
        found = figures(NOVEMBER)[None].rates
        assert [found[code].under for code in removing.THREE] == [0, 0, 0]
        assert found["closing_rate"].under == 2


# how a place counts


def test_a_place_counts_otherwise_from_its_day_on_and_its_version_says_so(cast: Cast) -> None:
    town, mine = settings(), cast_community()
    with on(1):
        day = named("2027-01").first
        changing.change("fair_weight", 80, community_id=mine, since=day, source="街道文件", by=desk(cast))
        parts = [["response_rate", 30], ["solution_rate", 35], ["content_rate", 35]]
        changing.change(
            "composite.three_rates", parts, community_id=mine, since=day, source="同上", by=desk(cast)
        )
        assert settings(mine, NOVEMBER.last) == town
        later = settings(mine, day)
        assert later.fair_weight == 80
        assert [weight for _, weight, _ in later.composites["three_rates"].parts] == [30, 35, 35]
        assert later.version != town.version
        assert settings(None, day) == town


def test_a_setting_that_cannot_be_is_refused(cast: Cast) -> None:
    with on(1):
        day = named("2027-01").first
        for name, value in (
            ("fair_weight", 101), ("fair_weight", True), ("early", "sometimes"), ("moon", 1),
            ("composite.mine", [["done_rate", 60]]), ("composite.mine", [["moon", 100]]),
            ("collectors", "chat"),
        ):  # fmt: skip
            with pytest.raises(Invalid, match="setting_unknown"):
                changing.change(name, value, community_id=None, since=day, source="文件", by=everywhere(cast))
        with pytest.raises(Invalid, match="from_tomorrow"):
            changing.change(
                "least",
                5,
                community_id=None,
                since=named("2026-12").first,
                source="文件",
                by=everywhere(cast),
            )
        with pytest.raises(Invalid, match="setting_source_needed"):
            changing.change("least", 5, community_id=None, since=day, source=" ", by=everywhere(cast))
        with pytest.raises(NotAllowed, match="not_yours_to_count"):
            changing.change("least", 5, community_id=None, since=day, source="文件", by=desk(cast))


def everywhere(cast: Cast) -> By:
    return By.staff(cast.leader.id)


def test_who_once_said_that_it_is_done_says_nothing_about_its_removal(cast: Cast) -> None:
    """赵 finished it, and after a no it went to 李: the figure of the first round is still 赵's."""
    with on(3, 11):
        case = a_case(reporter=cast.wang)
        case.transfer(cast.zhao.id, cast.zhao.id, "")
        case.accept(cast.zhao.id)
        finish(case, cast.zhao)
        case.object(By.person(cast.wang.id), "没好")
        case.transfer(cast.zhao.id, cast.li.id, "您近")
        case.accept(cast.li.id)
    with on(1):
        with pytest.raises(NotAllowed, match="not_yours_to_remove"):
            removing.propose(case, "done_rate", "disaster", "暴雪", desk(cast))
        kept = removing.propose(case, "done_rate", "disaster", "暴雪", By.staff(cast.leader.id))
        with pytest.raises(NotAllowed, match="not_yours_to_remove"):
            removing.settle(kept.id, desk(cast), agrees=True)
