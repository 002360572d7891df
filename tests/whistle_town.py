"""The small town with two departments, a ladder above its grid, and every verb that writes a letter.

周 is the contact of the 城管局, 钱 of the 供电公司; 郑 is 网格总长, 马 一级网格长, 李 网格长; 赵 is the desk.
"""

from datetime import datetime

import time_machine
from calendars import known_years
from cast import Cast, Someone
from factories import a_case
from sqlalchemy import select

from models.base.clock import after, now
from models.base.orm import put, session
from models.case.case import Case
from models.duty.tables import Department, RungHolder
from models.place.tables import Grid
from models.place.version import raise_version
from models.whistle import answering, blowing, climbing, ending, meetings, outside, referring
from models.whistle.tables import Whistle


def departments(cast: Cast) -> tuple[int, int]:
    """The 城管局 (周) and the 供电公司 (钱), and who stands above the grid worker 孙."""
    known_years()
    lead = session().scalars(select(Department.id).where(Department.name == "城管局")).one()
    other = put(Department, name="供电公司", categories=["power"], contact_id=cast.qian.id, active=True)
    grid = session().scalars(select(Grid.id).where(Grid.name == "育英一网格")).one()
    for rung, one in enumerate((cast.li, cast.ma, cast.leader), start=1):
        put(RungHolder, grid_id=grid, rung=rung, person_id=one.id, since=now())
    raise_version()
    return lead, other


def a_whistle(
    cast: Cast,
    *called: int,
    by: Someone | None = None,
    case: Case | None = None,
    urgency: str = "emergency",
    answer_by: datetime | None = None,
    arrive_by: datetime | None = None,
) -> Whistle:
    """The first of `called` leads."""
    case = case or a_case(reporter=cast.wang)
    lead, *assist = called
    return blowing.blow(
        case,
        (by or cast.zhao).id,
        lead,
        assist,
        "灯杆要倒，请来人",
        urgency,
        answer_by=answer_by,
        arrive_by=arrive_by,
    )


def departments_are_called(cast: Cast) -> None:
    """One that comes, one that does not, one that is silent; a meeting; a hand-over that is disputed."""
    lead, other = departments(cast)
    whistle = a_whistle(cast, lead, other)
    case = session().get_one(Case, whistle.case_id)
    meetings.plan(case, cast.zhao.id, after(hours=2), "3号楼前", ["城管局", "供电公司"])
    answering.answer(whistle.id, lead, cast.zhou.id, True)
    answering.answer(whistle.id, other, cast.qian.id, False, "杆子不是我们的")
    ending.end(whistle.id, cast.zhou.id, "杆子扶正了")
    silent = a_whistle(cast, lead, case=case, by=cast.li)
    with time_machine.travel(after(minutes=20)):
        assert climbing.catch_up(silent, now()) == 1
        ending.call_off(silent.id, cast.li.id, "自己扶正了")
    outside.type_in(case, cast.zhao.id, "住建局张科长", "phone", now(), "下周来换杆子")
    for ruling in referring.RULINGS:
        handed = a_case(reporter=cast.wang)
        referral = referring.refer(handed, lead, cast.zhao.id, "归你们管")
        assert referring.dispute(referral.id, cast.zhou.id, "产权不在我们")
        assert referring.rule(referral.id, cast.leader.id, ruling, "按清单")
