"""Cases that end otherwise than mended, and problems on which several hang."""

from datetime import timedelta

import time_machine
from cast import Cast
from factories import a_case, finish, spot

from models.base.actor import By
from models.base.clock import ago, local, now
from models.base.orm import session
from models.case.sampling import draw_last_week, settle, waiting_for
from models.case.seconding import LOWER
from models.joins.turning import agree_as_second, ask_whether_it_was, is_case_again
from models.person.tables import Staff
from models.place.version import raise_version
from models.problem import deferring, keeping, putting_right
from models.problem.reminding import remind_some
from models.problem.suggesting import suggest_some

RULE = "物业管理条例第四十条"


def ends_otherwise(cast: Cast) -> None:
    """One that is explained and objected to, one on which nobody agrees, one that silence ends."""
    explained = a_case(reporter=cast.wang, accepted_by=cast.li)
    explained.propose_end(cast.li.id, "explained", "是业主自己家里的管子", RULE)
    explained.agree_to_end(cast.zhao.id)
    explained.object(By.person(cast.wang.id), "总管也漏")
    explained.accept(cast.zhao.id)
    explained.propose_end(cast.zhao.id, "explained", "是业主自己家里的管子", RULE)
    explained.refuse_end(cast.leader.id, "再找专业的人看一次")
    untrue = a_case(reporter=cast.wang, accepted_by=cast.li)
    untrue.propose_end(cast.zhao.id, "untrue", "路灯亮着")
    untrue.agree_to_end(cast.leader.id)
    untrue.close_by_default()
    chat = a_case(reporter=cast.wang, text="今天真冷")
    ask_whether_it_was(chat, "chat", cast.zhao.id, "闲聊")
    agree_as_second(chat, cast.leader.id)
    is_case_again(chat, cast.zhao.id, "真有事")
    lower = a_case(reporter=cast.wang, urgency="urgent", accepted_by=cast.li)
    lower.ask_second(cast.li.id, LOWER, "只是闪", "normal")
    lower.refuse_second(cast.zhao.id, "老人多")
    _hang_on_problems(cast)
    _are_sampled(cast)


def _are_sampled(cast: Cast) -> None:
    staff = session().query(Staff).filter_by(person_id=cast.sun.id).one()
    staff.roles = [*staff.roles, "supervisor"]
    raise_version()
    case = a_case(reporter=cast.wang, at=spot(building="7"), category="noise", accepted_by=cast.zhao)
    finish(case, cast.zhao)
    case.close_by_default()
    with time_machine.travel(ago(days=-7)):
        assert draw_last_week(percent=100)
        (sample, _) = next(one for one in waiting_for(cast.sun.id) if one[1].id == case.id)
        settle(sample.id, cast.sun.id, "not_mended", "半夜还响")


def _hang_on_problems(cast: Cast) -> None:
    """One that hemei proposes; one that comes due, holds a deferred case, and is put right."""
    for who in (cast.wang, cast.sun_xiaoyu, cast.rider, cast.wang):
        a_case(reporter=who, text="下水堵了", category="drainage")
    assert suggest_some()
    case = a_case(reporter=cast.wang, text="墙皮掉了", category="roof_wall", accepted_by=cast.li)
    problem = keeping.propose(cast.zhao.id, "common", "外墙掉皮", "", spot(), "roof_wall")
    today = local(now()).date()
    held = {"owner_id": cast.sun.id, "next_on": today + timedelta(days=9)}
    keeping.confirm(problem, cast.zhao.id, **held, yearly_work="外墙专项", yearly_on=today.year)
    keeping.hang(problem, case, cast.zhao.id)
    with time_machine.travel(ago(days=-9)):
        assert remind_some()
    deferring.propose_end(case, cast.li.id, "yearly_work", "整面墙都要做")
    deferring.agree_to_end(case, cast.zhao.id)
    case.nod(By.person(cast.wang.id))
    putting_right.put_right(problem, cast.sun.id, "整面墙重新抹了")
