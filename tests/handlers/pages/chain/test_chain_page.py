"""The chain on pages: who is put on a rung, the rota, and what one answers for oneself."""

from collections.abc import Callable
from datetime import timedelta
from secrets import token_urlsafe

import pytest
from cast import Cast, Someone
from page_phone import Phone, body_of
from sqlalchemy import select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.duty import ladder, rota, swaps
from models.duty.leave import leaves_of
from models.duty.tables import Shift, Swap
from models.duty.weeks import Planned
from models.place.tables import Grid
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desk = Callable[[Someone], str]


@pytest.fixture
def grid(db: Database, town: Cast) -> int:
    with db.read():
        return session().scalars(select(Grid.id)).one()


def sent(phone: Phone, path: str, **form: object) -> str:
    return phone.sent_and_shown(path, once=token_urlsafe(9), **form)


def refused(phone: Phone, path: str, **form: object) -> tuple[int, str]:
    answer = phone.send(path, once=token_urlsafe(9), **form)
    return answer.status_code, answer.text


# 责任链


def test_the_desk_puts_somebody_on_a_rung_with_a_deputy(
    db: Database, phone: Phone, town: Cast, desk: Desk, grid: int
) -> None:
    page = f"{desk(town.zhao)}/chain"
    assert "3个位置今天没有人" in phone.open(page).text
    until = (local(now()) + timedelta(days=30)).date().isoformat()
    text = sent(phone, f"{page}/do/hold", grid=grid, rung=1, to="马师傅", deputy="K001", until=until)
    assert "从现在起由这位同事管" in text
    assert "2个位置今天没有人" in text
    assert "代理人李师傅" in text
    with db.read():
        standing = ladder.standing(grid, 1, 1)
        assert standing is not None
        assert standing.person_id == town.ma.id
    text = sent(phone, f"{page}/do/depute", grid=grid, rung=1, to="K002")
    assert "代理人李师傅" not in text
    assert "3个位置今天没有人" in sent(phone, f"{page}/do/give_up", grid=grid, rung=1, to="K002")


def test_a_mistake_stays_in_the_form(phone: Phone, town: Cast, desk: Desk, grid: int) -> None:
    page = f"{desk(town.zhao)}/chain/do/hold"
    status, text = refused(phone, page, grid=grid, rung=0, to="没有这个人", deputy="K001")
    assert (status, 'value="没有这个人"' in text, 'value="K001"' in text) == (422, True, True)
    assert refused(phone, page, grid=grid, rung=9, to="K002")[0] == 422
    assert refused(phone, page, grid=999, rung=0, to="K002")[0] == 404
    assert refused(phone, page, grid="x", rung=0, to="K002")[0] == 404


def test_nobody_else_changes_a_chain(db: Database, phone: Phone, town: Cast, desk: Desk, grid: int) -> None:
    for one in (town.sun, town.li, town.qian, town.wang, town.zhou):
        assert refused(phone, f"{desk(one)}/chain/do/hold", grid=grid, rung=0, to="K002")[0] in (404, 409)
    with db.read():
        standing = ladder.standing(grid, 1, 0)
        assert standing is not None
        assert standing.person_id == town.sun.id


def test_who_only_looks_on_finds_no_form(phone: Phone, town: Cast, desk: Desk, grid: int) -> None:
    assert "<form" not in body_of(phone.open(f"{desk(town.sun)}/chain").text)


# 值班表


def test_a_pattern_becomes_a_rota_and_its_gaps_stand_first(phone: Phone, town: Cast, desk: Desk) -> None:
    page = f"{desk(town.zhao)}/rota"
    assert "还没有排过班" in phone.open(page).text
    since = local(now()).date().isoformat()
    form = {"community": 1, "rung": 0, "since": since, "weeks": 3}
    text = sent(phone, f"{page}/set", pattern="1-7 08:00-08:00 G001/K001", **form)
    assert "孙网格员" in text
    assert "李师傅" in text
    night = sent(phone, f"{page}/set", pattern="1-7 08:00-20:00 G001", replace="1", **form)
    assert "14天内有" in night
    assert "没有人值班" in night
    assert "值班表" in phone.open(desk(town.zhao)).text


def test_what_is_typed_wrong_is_said_and_kept(phone: Phone, town: Cast, desk: Desk) -> None:
    page, since = f"{desk(town.zhao)}/rota/set", local(now()).date().isoformat()
    for pattern, said in [("每天 8点 G001", "第1行看不懂"), ("1 08:00-20:00 G999", "没有这位同事")]:
        status, text = refused(phone, page, community=1, rung=0, since=since, weeks=1, pattern=pattern)
        assert (status, said in text, pattern in text) == (422, True, True)
    for wrong in ({"weeks": 0}, {"since": ""}, {"weeks": 99}):
        form = {"community": 1, "rung": 0, "since": since, "weeks": 1, "pattern": "1 08:00-20:00 G001"}
        assert refused(phone, page, **(form | wrong))[0] == 422
    assert refused(phone, page, community=2, rung=0, since=since, weeks=1, pattern="x")[0] == 404


def a_shift(db: Database, town: Cast, someone: Someone, hours: float = 5) -> int:
    def work() -> int:
        start = now() + timedelta(hours=hours)
        one = Planned(someone.id, start, start + timedelta(hours=8))
        rota.enter(1, 0, [one], By.staff(town.zhao.id))
        return session().scalars(select(Shift.id).order_by(Shift.id.desc())).first() or 0

    return db.write(work)


def test_one_shift_is_struck_out_by_the_desk_alone(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    number = a_shift(db, town, town.sun)
    for one in (town.sun, town.qian, town.li):
        assert refused(phone, f"{desk(one)}/rota/strike", shift=number)[0] in (404, 409)
    assert "取消了这一班" in sent(phone, f"{desk(town.zhao)}/rota/strike", shift=number)
    assert refused(phone, f"{desk(town.zhao)}/rota/strike", shift=999)[0] == 404


def test_colleagues_read_the_rota_and_others_find_none(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    assert phone.open(f"{desk(town.sun)}/rota").status_code == 404  # none yet
    a_shift(db, town, town.sun)
    assert "孙网格员" in phone.open(f"{desk(town.li)}/rota").text
    assert "<form" not in body_of(phone.open(f"{desk(town.li)}/rota").text)
    for one in (town.wang, town.sun_xiaoyu):
        assert phone.open(f"{desk(one)}/rota").status_code == 404
    assert "孙网格员" not in phone.open(f"{desk(town.qian)}/rota").text


# 我的职责


def test_what_one_answers_for_stands_on_one_page(
    db: Database, phone: Phone, town: Cast, desk: Desk, grid: int
) -> None:
    a_shift(db, town, town.sun)
    text = phone.open(f"{desk(town.sun)}/duties").text
    for said in ("网格员", "育英一网格", "找人换", "我要请假"):
        assert said in text
    assert "育英小区3号楼" in phone.open(f"{desk(town.li)}/duties").text
    for one in (town.wang, town.sun_xiaoyu):
        assert phone.open(f"{desk(one)}/duties").status_code == 404


def test_leave_is_taken_and_ended_and_says_who_stands_in(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    page = f"{desk(town.sun)}/duties"
    text = sent(phone, f"{page}/leave", deputy="K001", reason="年假", until="2099-01-01T08:00")
    assert "由李师傅代理" in text
    assert "替孙网格员代理" in phone.open(f"{desk(town.li)}/duties").text
    with db.read():
        (one,) = leaves_of(town.sun.id)
    assert refused(phone, f"{desk(town.li)}/duties/back", item=one.id)[0] == 409
    assert "记下您回来了" in sent(phone, f"{page}/back", item=one.id)
    assert "替孙网格员" not in phone.open(f"{desk(town.li)}/duties").text
    for wrong in ({"reason": ""}, {"deputy": "没有"}, {"until": "x"}, {"until": "2001-01-01T00:00"}):
        assert refused(phone, f"{page}/leave", **({"reason": "年假"} | wrong))[0] == 422


def test_a_swap_goes_from_page_to_page(db: Database, phone: Phone, town: Cast, desk: Desk) -> None:
    number = a_shift(db, town, town.sun)
    text = sent(phone, f"{desk(town.sun)}/duties/ask", item=number, to="马师傅")
    assert "在等马师傅回话" in text
    with db.read():
        swap = session().scalars(select(Swap.id)).one()
        assert len(swaps.waiting_for(town.ma.id)) == 1
    assert "孙网格员想和您换班" in phone.open(f"{desk(town.ma)}/duties").text
    for one in (town.li, town.sun, town.zhao, town.wang):
        assert refused(phone, f"{desk(one)}/duties/agree", item=swap)[0] == 404
    assert "换好了" in sent(phone, f"{desk(town.ma)}/duties/agree", item=swap)
    with db.read():
        (open_one,) = session().scalars(select(Shift).where(Shift.ended_at.is_(None)))
        assert open_one.person_id == town.ma.id
    assert refused(phone, f"{desk(town.ma)}/duties/refuse", item="x")[0] == 404
    assert refused(phone, f"{desk(town.ma)}/duties/nothing", item=swap)[0] == 404


def test_a_shift_is_given_for_another_by_picking_it(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    mine, theirs = a_shift(db, town, town.sun), a_shift(db, town, town.li, 30)
    assert f'value="{theirs}"' in phone.open(f"{desk(town.sun)}/duties").text
    sent(phone, f"{desk(town.sun)}/duties/ask", item=mine, given=theirs)
    assert "换走您的" in phone.open(f"{desk(town.li)}/duties").text


# forms


@pytest.mark.parametrize("path", ["chain/do/hold", "rota/set", "rota/strike", "duties/leave", "duties/agree"])
@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://else.example"}], ids=["cross", "origin"]
)
def test_no_other_site_sends_a_form_in_somebodys_name(
    phone: Phone, town: Cast, desk: Desk, path: str, headers: dict[str, str]
) -> None:
    assert phone.send(f"{desk(town.leader)}/{path}", headers=headers, once="a").status_code == 403
