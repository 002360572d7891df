"""A year is entered on the day its notice comes out; office hours change from tomorrow on."""

from datetime import date, datetime, timedelta

import pytest
from factories import a_town, unit_of_work
from sqlalchemy import select

from models.audit.tables import Act
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid
from models.place.tables import Community
from models.workdays import CalendarMissing, workdays
from models.workdays.entering import enter_year, set_hours
from models.workdays.known import years
from models.workdays.reading import said_of, spans_of
from server.database import Database

NEXT = {
    "source": "国办发明电〔2026〕8号",
    "off": ["2027-01-01..2027-01-03", "2027-02-06..2027-02-12"],
    "worked": ["2027-02-14"],
}


def test_a_year_that_is_entered_is_known_at_once_and_may_be_put_right(db: Database) -> None:
    late = datetime.fromisoformat("2026-12-31T10:00:00+08:00")
    with unit_of_work(db):
        with pytest.raises(CalendarMissing):
            workdays(None).add_working_days(late, 1)
        assert enter_year(2027, NEXT, None)
    with unit_of_work(db):
        assert workdays(None).add_working_days(late, 1).isoformat() == "2027-01-04T09:00:00+00:00"
        assert not enter_year(2027, NEXT, None)
        assert enter_year(2027, NEXT | {"off": ["2027-01-01"]}, None)
    with unit_of_work(db):
        assert years()[2027].off == {date(2027, 1, 1)}
        assert years()[2026].source == "国办发明电〔2025〕7号"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"off": ["2027-02-30"]}, "work_year_day"),
        ({"off": ["2026-11-30"]}, "work_year_day"),
        ({"off": ["2027-02-12..2027-02-06"]}, "work_year_day"),
        ({"off": ["2027-02-14"]}, "work_year_day"),  # worked as well
        ({"worked": ["2027-02-15"]}, "work_year_day"),  # a Monday
        ({"off": []}, "work_year_short"),
        ({"off": ["2027-01-01..2027-06-01"], "worked": []}, "work_year_short"),
        ({"source": " "}, "work_year_short"),
    ],
)
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_year_that_cannot_be_is_refused(db: Database, said: dict[str, object], code: str) -> None:
    with unit_of_work(db), pytest.raises(Invalid) as refused:
        enter_year(2027, NEXT | said, None)
    assert refused.value.code == code


def test_a_community_has_the_towns_hours_until_it_has_its_own(db: Database) -> None:
    today = local(now()).date()
    with unit_of_work(db):
        a_town()
        yuying = session().scalars(select(Community.id).where(Community.name == "育英社区")).one()
        set_hours(None, today + timedelta(days=1), ["9:00-17:00"], None)
        set_hours(yuying, today + timedelta(days=3), ["8:00-12:00", "14:00-18:00"], None)
        set_hours(None, today + timedelta(days=5), ["10:00-16:00"], None)
        with pytest.raises(Invalid) as refused:
            set_hours(yuying, today, ["8:00-12:00"], None)
        assert refused.value.code == "from_tomorrow"
    with unit_of_work(db):
        days = [today + timedelta(days=n) for n in (0, 1, 3, 5)]
        assert [said_of(workdays(yuying).spans(day))[0] for day in days] == [
            "8:30-11:30", "9:00-17:00", "8:00-12:00", "8:00-12:00",
        ]  # fmt: skip
        assert said_of(workdays(yuying + 1).spans(days[-1])) == ["10:00-16:00"]


@pytest.mark.parametrize("said", [["8:00"], ["8:60-9:00"], ["9:00-9:00"], ["13:00-17:00", "8:00-9:00"], []])
def test_hours_that_cannot_be_are_refused(said: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        spans_of(said)
    assert refused.value.code == "office_hours_wrong"


def test_who_enters_a_year_or_hours_stands_in_the_log(db: Database) -> None:
    with unit_of_work(db):
        enter_year(2027, NEXT, 7)
        set_hours(None, local(now()).date() + timedelta(days=1), ["8:00-12:00"], 7)
    with db.read():
        acts = session().scalars(select(Act).order_by(Act.id)).all()
        assert [(one.act, one.about_kind, one.by_id) for one in acts] == [
            ("settings", "year", 7),
            ("settings", "office_hours", 7),
        ]
