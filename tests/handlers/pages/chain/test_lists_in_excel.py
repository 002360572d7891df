"""Every list of the chain is a file too, and has in it what its page shows to the same person and no more."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from appraised import stands_above
from calendars import known_years
from cast import Cast, Someone
from exported import exported
from factories import a_case
from page_phone import Phone
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import SHANGHAI, local, now
from models.base.orm import put, session
from models.duty import rota
from models.duty.tables import Department
from models.duty.weeks import Planned
from models.mediation.mediating import open_one
from models.place.tables import Community
from models.whistle import blowing
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def rows(phone: Phone, path: str, sheet: int = 0) -> list[tuple[object, ...]]:
    """Below the headings."""
    answer = phone.open(path)
    assert answer.status_code == 200, path
    return list(exported(answer).worksheets[sheet].values)[1:]


def test_who_holds_which_rung(phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database) -> None:
    db.write(lambda: stands_above(town.ma))
    found = {(row[1], row[2], row[3]) for row in rows(phone, f"{desk(town.zhao)}/chain.xlsx")}
    assert ("育英一网格", "网格员", "孙网格员") in found
    assert ("育英一网格", "网格长", "马师傅") in found
    assert ("育英一网格", "网格总长", None) in found  # a gap is a line as well
    assert rows(phone, f"{desk(town.qian)}/chain.xlsx") == []


def test_mediations_are_counted_and_nothing_else_is_said_of_them(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database
) -> None:
    at, zhao = local(now()).date(), By.staff(town.zhao.id)
    db.write(lambda: open_one(1, "noise", "金丝雀", "打鼓", at, town.li.id, zhao).id)
    (line,) = rows(phone, f"{desk(town.zhao)}/mediations.xlsx")[:1]
    assert line[0] == "育英社区"
    assert (line[3], line[5], line[13], line[15], line[16]) == (1, 0, "—", 1, 1)
    assert "金丝雀" not in str(rows(phone, f"{desk(town.zhao)}/mediations.xlsx"))
    assert phone.open(f"{desk(town.li)}/mediations.xlsx").status_code == 404


def test_who_is_on_duty_and_when_nobody_is(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database
) -> None:
    monday, tuesday = datetime(2026, 11, 23, 8, tzinfo=SHANGHAI), datetime(2026, 11, 24, 8, tzinfo=SHANGHAI)

    def work() -> None:
        community = session().scalars(select(Community.id).order_by(Community.id)).first()
        rota.enter(community, 0, [Planned(town.ma.id, monday, tuesday)], By.staff(town.zhao.id))

    with time_machine.travel(monday - timedelta(hours=20), tick=False):
        db.write(work)
        path = f"{desk(town.zhao)}/rota.xlsx"
        shift = rows(phone, path)[0]
        assert shift[2:6] == ("周一", "2026-11-23 08:00", "2026-11-24 08:00", "马师傅")
        assert rows(phone, path, 1)  # the hours before and after
        assert phone.open(f"{desk(town.zhao)}/rota").text.count("rota.xlsx") == 1


def test_what_is_late_and_whose_people_hear_nothing(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database
) -> None:
    db.write(known_years)
    number = db.write(lambda: a_case(reporter=town.wang, when=now() - timedelta(days=40)).number)
    assert [row[0] for row in rows(phone, f"{desk(town.zhao)}/chain/limits.xlsx")] == [number]
    assert [row[0] for row in rows(phone, f"{desk(town.zhao)}/chain/limits.xlsx", 1)] == [number]
    assert rows(phone, f"{desk(town.qian)}/chain/limits.xlsx") == []


def test_whistles_with_whom_they_called(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], db: Database
) -> None:
    def work() -> str:
        known_years()
        lead = put(Department, name="供热公司", categories=[], contact_id=town.zhou.id, active=True)
        case = a_case(reporter=town.wang)
        blowing.blow(case, town.zhao.id, lead, [], "请来看暖气", "normal")
        return case.number

    number = db.write(work)
    (row,) = rows(phone, f"{desk(town.zhao)}/whistles.xlsx")
    assert (row[0], row[2], row[3], row[4]) == (number, "请来看暖气", "赵主任", "供热公司")
    assert rows(phone, f"{desk(town.qian)}/whistles.xlsx") == []
