"""Figures of a period out of the books, and what each opens to."""

from datetime import datetime

import pytest
import time_machine
from cast import Cast
from factories import a_case, finish, spot
from sqlalchemy import update

from handlers.wording.indicators import figure_lines
from models.appraisal.own import own_figures
from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.orm import session
from models.base.refusals import Invalid
from models.case.case import Case
from models.indicator.asking import Scope, figures, opened
from models.indicator.period import named
from models.person.arriving import visitor_of
from models.person.tables import Staff
from models.place.version import raise_version

NOVEMBER = named("2026-11")


def on(day: int, hour: int = 10, month: int = 11) -> time_machine.travel:
    return time_machine.travel(datetime(2026, month, day, hour, tzinfo=SHANGHAI), tick=False)


def by(person: object) -> By:
    return By.person(person.id)  # type: ignore[attr-defined]


@pytest.fixture
def three(cast: Cast) -> list[Case]:
    """Reported on the 2nd, 3rd and 4th: the first mended and nodded in time, the second late and by default,
    the third not at all."""
    cases = []
    for day in (2, 3, 4):
        with on(day):
            cases.append(a_case(reporter=cast.wang))
            session().flush()
    with on(2, 11):
        cases[0].accept(cast.li.id)
    with on(2, 15):
        finish(cases[0], cast.li)
    with on(2, 20):
        cases[0].rate(by(cast.wang), 5)
    with on(3, 12):
        cases[1].accept(cast.li.id)
    with on(20):
        finish(cases[1], cast.li)
    with on(28):
        cases[1].close_by_default()
        session().flush()
    return cases


def written(code: str, period: str = "2026-11", scope: Scope = Scope(), **more: object) -> str:
    with on(1, month=12):
        return figures(named(period), scope, **more)[None].rates[code].written()  # type: ignore[arg-type]


def test_the_rates_of_a_month_are_those_of_its_steps(three: list[Case]) -> None:
    assert written("filing_rate") == "3/3 = 100.0%"
    assert written("done_rate") == "2/3 = 66.7%"
    assert written("handling_rate") == "2/3 = 66.7%"
    assert written("prompt_handling_rate") == "1/3 = 33.3%"
    assert written("closing_rate") == "2/3 = 66.7%"
    assert written("prompt_closing_rate") == "1/3 = 33.3%"
    assert written("late_closing_rate") == "1/3 = 33.3%"
    assert written("default_rate") == "1/2 = 50.0%"
    assert written("satisfaction_rate") == "1/1 = 100.0%"
    assert written("valid_report_rate") == "—"


def test_what_is_not_done_is_due_again_in_the_next_month_and_what_was_closed_is_not(
    three: list[Case],
) -> None:
    with on(1, month=12):
        december = figures(named("2026-12"))[None]
    assert december.rates["closing_rate"].written() == "0/1 = 0.0%"
    assert december.rates["filing_rate"].written() == "—"


def test_a_past_month_stays_as_it_was_whatever_happens_later(three: list[Case], cast: Cast) -> None:
    with on(1, month=12):
        before = figures(NOVEMBER)
    with on(5, month=12):
        finish_late(three[2], cast)
        three[1].object(by(cast.wang), "又坏了")
        session().flush()
        assert figures(NOVEMBER) == before


def finish_late(case: Case, cast: Cast) -> None:
    case.accept(cast.li.id)
    finish(case, cast.li)
    case.nod(by(cast.wang))


def test_minutes_are_counted_from_the_first_message(three: list[Case]) -> None:
    with on(1, month=12):
        found = figures(NOVEMBER)[None].minutes
    assert found["minutes_to_accept"] == ("minutes_to_accept", 2, 60, 120)
    assert found["minutes_to_mend"] == ("minutes_to_mend", 2, 300, 17 * 24 * 60)


def test_figures_by_person_are_those_of_who_worked_on_it(three: list[Case], cast: Cast) -> None:
    with on(1, month=12):
        by_person = figures(NOVEMBER, by="person")
    assert set(by_person) == {cast.li.id, None}
    assert by_person[cast.li.id].rates["closing_rate"].written() == "2/2 = 100.0%"
    assert by_person[None].rates["closing_rate"].written() == "0/1 = 0.0%"


def test_a_number_opens_to_its_cases_and_what_each_counted_as(three: list[Case]) -> None:
    with on(1, month=12):
        found = {one.number: (one.over, one.under) for one in opened("prompt_closing_rate", NOVEMBER)}
        minutes = {one.number: one.minutes for one in opened("minutes_to_accept", NOVEMBER)}
    assert found == {three[0].number: (1, 1), three[1].number: (0, 1), three[2].number: (0, 1)}
    assert minutes == {three[0].number: 60, three[1].number: 120}


def test_only_what_the_reader_may_see_is_in_the_list(three: list[Case], cast: Cast) -> None:
    with on(1, month=12):
        for who, count in ((cast.li, 3), (cast.qian, 0), (cast.zhao, 3)):
            reader = visitor_of(who.id, "page")
            assert len(list(opened("closing_rate", NOVEMBER, reader=reader))) == count


def test_while_the_month_runs_nobody_reads_what_was_said_of_whom(three: list[Case], cast: Cast) -> None:
    with on(29):
        told = {(one.over, one.under) for one in opened("satisfaction_rate", NOVEMBER)}
        assert told == {(None, None)}
        found = figures(NOVEMBER)[None]
        assert {"satisfaction_rate", "solution_rate", "three_rates"} <= found.withheld
        said = {line["indicator"]: line["said"] for line in figure_lines(found, 10)}
        assert said["satisfaction_rate"] == said["three_rates"] == "月底以后才看得到"
        one_day = named("2026-11-02..2026-11-02")  # over, but its month is not
        assert {(one.over, one.under) for one in opened("satisfaction_rate", one_day)} == {(None, None)}
        assert "satisfaction_rate" in figures(one_day)[None].withheld
    with on(1, month=12):
        assert {(one.over, one.under) for one in opened("satisfaction_rate", NOVEMBER)} == {(1, 1)}
        assert not figures(NOVEMBER)[None].withheld


def test_however_many_said_something_the_running_month_shows_no_sum_of_it(cast: Cast) -> None:
    """Whoever looked before and after the eleventh word would know what it was."""
    with on(3):
        for _ in range(12):
            a_case(reporter=cast.wang, finished_by=cast.li).rate(By.person(cast.wang.id), 5)
        session().flush()
    with on(29):
        assert figures(NOVEMBER)[None].rates["satisfaction_rate"].under == 12
        for by in (None, "person", "grid", "category"):
            for found in figures(NOVEMBER, by=by).values():
                assert "satisfaction_rate" in found.withheld or not found.rates["satisfaction_rate"].under, by
        assert "satisfaction_rate" in own_figures(cast.li.id, NOVEMBER).withheld


def test_what_nobody_knows_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid, match="indicator_unknown"):
        list(opened("best_rate", NOVEMBER))
    with pytest.raises(Invalid, match="grouping_unknown"):
        figures(NOVEMBER, by="moon")


def test_figures_by_department_are_those_of_its_contact_or_of_whoever_employs_the_taker(cast: Cast) -> None:
    with on(5):
        elsewhere = a_case(reporter=cast.wang, category="road", at=spot(building="7", unit=None))
        elsewhere.accept(cast.zhou.id)
        a_case(reporter=cast.wang, accepted_by=cast.li)
        session().execute(update(Staff).where(Staff.person_id == cast.li.id).values(employer="区住建局"))
        raise_version()
        session().flush()
    with on(1, month=12):
        by_department = figures(NOVEMBER, by="department")
        assert {key: one.rates["filing_rate"].under for key, one in by_department.items()} == {
            "城管局": 1,
            "区住建局": 1,
        }
        opened_there = [one.number for one in opened("filing_rate", NOVEMBER, by="department", key="城管局")]
        assert opened_there == [elsewhere.number]
