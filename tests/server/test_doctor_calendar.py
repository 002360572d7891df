"""From November on next year's working days are asked for; what waits for a year is counted."""

from datetime import datetime

import pytest
import time_machine
from factories import a_case, a_town, unit_of_work

from models.workdays.entering import enter_year
from server.database import Database
from server.doctor.calendar import examine

NEXT = {"source": "国办发明电〔2026〕8号", "off": ["2027-01-01..2027-01-03"], "worked": []}


def found(db: Database, day: str) -> dict[str, str]:
    with time_machine.travel(datetime.fromisoformat(f"{day}T10:00:00+08:00")), db.read():
        return {finding.code: finding.level for finding in examine()}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_next_year_is_an_error_from_the_first_of_november_on(db: Database) -> None:
    assert found(db, "2026-11-01") == {}  # no town yet
    db.write(a_town)
    assert found(db, "2026-10-31") == {"calendar_known": "ok"}
    assert found(db, "2026-11-01") == {"calendar_missing": "bad"}
    assert found(db, "2027-01-01") == {"calendar_missing": "bad"}
    db.write(enter_year, 2027, NEXT, None)
    assert found(db, "2026-11-01") == found(db, "2027-01-01") == {"calendar_known": "ok"}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_waits_for_it_is_counted(db: Database) -> None:
    with time_machine.travel(datetime.fromisoformat("2026-12-30T10:00:00+08:00")), unit_of_work(db):
        a_case(reporter=a_town().wang)
    assert found(db, "2026-12-30") == {"calendar_missing": "bad", "limits_wait": "bad"}
