"""Whole working days in a real browser: a grid worker, a community's clerk, a leader, and somebody from
outside. Each step is looked at twice: what the person sees, and what the database says."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from browsers import CHROMIUM, too_small
from openpyxl import load_workbook
from pictures import photo
from sqlalchemy import Select, func, select
from working_days import (
    A_DAY,
    a_voice,
    an_appeal,
    an_ask,
    building,
    case_of,
    personal,
    prepared,
    reported,
    resident,
    who_owes,
)
from working_town import Town, Window, working_town

from models.account.tables import LoginSession
from models.appraisal import weekly
from models.appraisal.tables import Appeal, StaffWarning
from models.audit.tables import Act, ExportAsk
from models.base.checkdigit import without_check
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import session
from models.case import offering, search_index
from models.case.case import Case
from models.case.lifecycle import OPEN
from models.duty.tables import Absence
from models.fee.payments import Payment
from models.fee.tables import FeeVisit
from models.history import steps_about
from models.media.item import Item
from models.notice.audience import Audience
from models.notice.tables import Notice
from models.notice.tables import State as NoticeState
from models.outbox.letter import Letter
from models.place.tables import DoorCode
from models.whistle.tables import Called, Whistle

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium")]
STAFF = ("G01", "C01", "G31")
CALLER = "13900000038"  # of the register, 育英小区3号楼2单元501


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with working_town(sqlite_template, tmp_path_factory.mktemp("days"), STAFF, prepared) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_breaks(town: Town) -> Iterator[None]:
    """No script stumbles and nothing is kept out by the policy, in any window of the day."""
    yield
    complaints = [one for window in town.windows for one in window.complaints]
    for window in town.windows:
        window.context.close()
    town.windows.clear()
    assert complaints == []


def _steps(number: str) -> list[str]:
    return [step.what for step in steps_about("case", case_of(number).id)]


def _count(query: object) -> int:
    return session().scalar(query) or 0  # type: ignore[call-overload, no-any-return]


def _open_sessions(person: int) -> int:
    mine = (LoginSession.person_id == person, LoginSession.ended_at.is_(None))
    return _count(select(func.count()).select_from(LoginSession).where(*mine))


def _photo(window: Window, field: str, folder: Path) -> None:
    shot = folder / "after.jpg"
    shot.write_bytes(photo())
    window.page.set_input_files(field, str(shot))


@pytest.mark.parametrize("width", [1200, 360])
def test_a_grid_worker_goes_from_the_first_case_to_the_last_door(
    town: Town, width: int, tmp_path: Path
) -> None:
    words = f"5号楼2单元三楼的灯不亮，{width}"
    number, me = town.write(lambda: reported(words, "5")), town.people["G01"]
    path = f"/console/cases/{number}"
    window = town.logged_in("G01", width)
    assert words in window.text
    assert town.read(lambda: _open_sessions(me)) == 1
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width
    assert width > 360 or too_small(window.page) == []

    assert "等您接单" in window.open("/console/today")
    assert town.read(lambda: case_of(number).state) == "dispatched"
    window.tap("到工作台接单、办结", role="link")
    hand = window.page.locator(f"li.hand:has(a[href^='{path}'])")
    hand.get_by_role("button", name="接单").click()
    assert f"接单成功，{number}号归您了" in window.text
    assert town.read(lambda: (case_of(number).state, case_of(number).taker_id)) == ("handling", me)

    window.open(path)
    window.tap("告诉居民进展", role="summary")
    window.write("办到哪了", "灯泡买来了，下午换")
    window.tap("发给居民")
    assert "灯泡买来了，下午换" in window.text
    assert "told" in town.read(lambda: _steps(number))

    _photo(window, "#finish-album", tmp_path)
    window.write("办了什么", "换了灯泡，试过了")
    window.tap("办结，请居民看")
    assert "已报办结，正请居民来看" in window.text
    assert window.page.locator("img[alt^='办好后的照片']").count() == 1
    assert town.read(lambda: case_of(number).state) == "finished"
    photos = select(func.count()).select_from(Item).where(Item.about_id == without_check(number))
    assert town.read(lambda: _count(photos.where(Item.purpose == "finish", Item.state == "kept"))) == 1

    assert "先问问近况，再说账单" in window.open("/console/fees/visits")
    before = town.read(lambda: _visits_done(me))
    assert "去过的" in window.tap("没人在")
    assert town.read(lambda: _visits_done(me)) == before + 1

    window.open("/console/duties")
    window.tap("我要请假、离岗", role="summary")
    window.write("谁替您", "赵强")
    window.write("写一句为什么", "孩子家长会")
    window.tap("请假")
    assert "由赵强代理" in window.text
    away = select(Absence).where(Absence.person_id == me, Absence.until.is_(None))
    assert town.read(lambda: session().scalars(away).one().deputy_id) == town.people["G02"]
    window.tap("我回来了")
    assert town.read(lambda: session().scalars(away).all()) == []

    window.open("/console/account")
    window.tap("退出登录")
    assert town.read(lambda: _open_sessions(me)) == 0
    window.open(path)
    assert window.path.startswith("/console/login")
    assert words not in window.page.content()


def test_a_clerk_takes_the_calls_and_gives_the_list_out_by_two(town: Town) -> None:
    me = town.people["C01"]
    window = town.logged_in("C01")

    # the telephone rings
    window.from_now_on()
    window.open("/console/enter")
    window.write("电话", CALLER)
    window.write("什么事", "3号楼2单元厨房漏水，滴到楼下了")
    look = window.tap("下一步：看看是谁、在哪儿、报过没有")
    assert "登记册里有这个号码" in look
    assert "会派给" in look
    assert town.read(lambda: _count(_cases_with("厨房漏水"))) == 0  # nothing is kept yet
    window.tap("登记，马上派单")
    assert window.acts == 4
    assert window.seconds < 60
    number = re.findall(r"cases/(\d+)", window.path)[0]
    assert f"记下了：{number}号" in window.text
    assert CALLER not in window.page.content()  # masked until somebody says what for
    leak = town.read(lambda: case_of(number))
    assert (leak.category, leak.source, leak.entered_by, leak.state) == ("water", "phone", me, "dispatched")

    # somebody spoke instead of writing
    voice = town.write(a_voice)
    assert "等人听的语音" in window.open("/console/voices")
    for words in ("还是灯的事，催一催", "育英小区5号楼1单元门锁坏了，关不上"):  # first come, first heard
        window.write("他说了什么", words)
        window.tap("记下来，听下一条")
    heard = town.read(lambda: session().get_one(Item, voice))
    assert heard.heard_by == me
    assert town.read(lambda: _case_of(heard).state) == "dispatched"
    assert "都听完了" in window.text

    # who calls again is found, by words and by room
    while town.write(search_index.follow):
        pass
    window.write("找诉求", "漏水", within="header")
    window.tap("找", within="header")
    assert f"{number}号" in window.text
    window.write("找什么", "3-2-501")
    window.tap("找")
    assert f"{number}号" in window.text
    assert town.read(lambda: _count(_acts(me, "search"))) >= 2

    # to whom better, and back again
    window.tap(f"{number}号", role="link")
    window.tap("转派给同事", role="summary")
    assert "部门受理这一类" in window.text
    window.tap("派给冯静")
    assert "已转派，等他接单" in window.text
    assert town.read(lambda: offering.holders(leak.id)) == [town.people["D02"]]
    window.tap("撤回")
    assert town.read(lambda: offering.holders(leak.id)) != [town.people["D02"]]

    # two at once, looked at before
    two = [town.write(lambda words=words: reported(words, "5")) for words in ("灯罩掉了", "灯一闪一闪")]
    window.open("/console/cases?state=open")
    for one in two:
        window.tick(f"{one}号，一起办")
    window.tap("几件一起办", role="summary")
    window.choose("办什么", "督办，催一催")
    window.write("为什么，或者要说的话", "今天办好")
    window.tap("先看一遍")
    assert not any("supervised" in town.read(lambda one=one: _steps(one)) for one in two)
    assert "2件办好" in window.tap("确认，2件一起办")
    assert all("supervised" in town.read(lambda one=one: _steps(one)) for one in two)

    # a notice to one building
    window.open("/console/notices")
    window.tap("发一条通知", role="summary")
    window.write("标题", "周四换水管")
    window.write("正文", "周四上午九点到下午四点停水，请提前存水。")
    window.write("落款", "育才社区居委会")
    window.tap("按小区、楼栋、单元", role="summary")
    window.write("育英小区只给几号楼", "3")
    assert "会收到" in window.tap("先看看")
    notice = int(re.findall(r"notices/(\d+)", window.path)[0])
    assert town.read(lambda: session().get_one(Notice, notice).state) == NoticeState.DRAFT
    window.tap("交上去发")
    assert "交上去了" in window.text
    handed_in = town.read(lambda: session().get_one(Notice, notice))
    assert handed_in.state == NoticeState.WAITING
    assert Audience.of(handed_in.audience) == Audience.of({"buildings": [["育英小区", "3"]]})

    # somebody pays at the window
    home, room, owed = town.read(who_owes)
    window.open("/console/fees")
    window.choose("小区", "育英小区")
    for label, words in (("楼号", "4"), ("单元", room[0]), ("室号", room[1])):
        window.write(label, words)
    assert f"{owed / 100:.2f}" in window.tap("找这一家")
    window.write("票据号", "DAY-1")
    window.tap("记下，开收据")
    assert "没有欠的" in window.text or "物业费收据" in window.text
    paid = select(Payment.fen).where(Payment.household_id == home, Payment.key == "cash/DAY-1")
    assert town.read(lambda: session().scalars(paid).all()) == [owed]

    # the list of those whose data were looked at: with a reason, and by two
    window.open("/console/audit?act=reveal")
    window.tap("下载表格", role="link")
    assert "人多的名单要两个人同意" in window.text
    window.write("做什么用", "核对一件投诉")
    window.tap("请另一位负责人同意")
    assert "等另一位同意" in window.text
    ask = town.read(lambda: session().scalars(select(ExportAsk)).one())
    assert (ask.by_id, ask.agreed, ask.reason) == (me, None, "核对一件投诉")
    other = town.logged_in("G31")
    assert "核对一件投诉" in other.open("/console/exports")
    other.tap("同意")
    assert town.read(lambda: session().get_one(ExportAsk, ask.id).settled_by) == town.people["G31"]
    window.open("/console/exports")
    with window.page.expect_download() as coming:
        window.tap("现在导出", role="link")
    sheet = load_workbook(BytesIO(coming.value.path().read_bytes())).active
    assert str(sheet.cell(sheet.max_row, 1).value).startswith("导出：林红（C01）")
    assert town.read(lambda: session().get_one(ExportAsk, ask.id).taken_at) is not None
    assert "导出了" in window.open("/console/exports")


def test_a_leader_goes_from_a_figure_to_the_cases_and_rules(town: Town) -> None:
    me = town.people["G31"]
    number = town.write(lambda: reported("路灯杆歪了，孩子上学从下面走", "3"))
    colour, ask = town.write(an_appeal), town.write(an_ask)
    window = town.logged_in("G31")

    # a figure opens to its cases, and both are what the database counts
    window.open("/console/figures")
    figure = window.page.locator("dl.figures dd a").first
    said = figure.inner_text()
    assert int(said) == town.read(lambda: _count(_open_cases()))
    figure.click()
    assert f"{said}件" in window.text
    assert window.page.locator("li.case").count() == min(int(said), 50)
    window.tap(f"{number}号", role="link")
    assert "路灯杆歪了" in window.text

    # two departments are called
    window.tap("吹哨、现场办公、转部门", role="link")
    window.choose("谁主办", "市政维修所")
    window.tick("综合执法队")
    window.write("要他们来做什么", "先围起来，再扶正")
    window.tap("吹哨")
    assert "哨吹出去了" in window.text
    case = without_check(number)
    blown = town.read(lambda: session().scalars(select(Whistle).where(Whistle.case_id == case)).one())
    called = select(Called.is_lead).where(Called.whistle_id == blown.id).order_by(Called.is_lead)
    assert (blown.by_id, town.read(lambda: list(session().scalars(called)))) == (me, [False, True])

    # somebody asks for more time
    assert "等负责人审" in window.open("/console/chain/limits")
    window.page.locator("section:has(h2:text('等负责人审')) a.entry").first.click()
    proposed = re.findall(r"cases/(\d+)", window.path)[0]
    assert town.read(lambda: case_of(proposed).proposal) == "defer"
    window.tap("同意，告诉居民")
    assert town.read(lambda: (case_of(proposed).proposal, case_of(proposed).pause)) == (None, "deferred")

    # a colour that was appealed against
    assert "居民不在家，约了三次" in window.open("/console/colours")
    window.tap("裁定", role="summary")
    window.write("理由", "三次都有照片")
    window.tap("申诉成立")
    assert "居民不在家，约了三次" not in window.text
    ruled = town.read(lambda: session().scalars(select(Appeal).where(Appeal.warning_id == colour)).one())
    assert (ruled.ruling, ruled.ruled_by, ruled.ruling_reason) == ("upheld", me, "三次都有照片")
    assert town.read(lambda: session().get_one(StaffWarning, colour).stands) == "taken_out"

    # the letter of the week leads to its page
    town.write(lambda: weekly.tell_some(weekly.last_week(local(now()).date()), weekly.leaders()))
    told = select(Letter.facts).where(Letter.to_id == me, Letter.kind == "week")
    window.open("/" + town.read(lambda: session().scalars(told).one())["path"])
    assert window.path == "/console/week"
    assert f"{town.read(lambda: _count(_open_cases()))}\n现在还在办" in window.text

    # the clerk's list waits for a second person
    assert "给街道看欠费走访" in window.open("/console/exports")
    window.tap("同意")
    settled = town.read(lambda: session().scalars(select(ExportAsk).where(ExportAsk.public_id == ask)).one())
    assert (settled.settled_by, settled.agreed) == (me, True)


def _open_cases() -> Select[tuple[int]]:
    return select(func.count()).select_from(Case).where(Case.state.in_(OPEN))


def test_somebody_from_outside_reads_what_is_public_and_nothing_else(town: Town) -> None:
    words = "门口摔了一跤，麻烦快点修"
    theirs = town.write(lambda: reported(words, "3", "road"))
    names = town.read(personal)
    names.add(words)
    window = town.window(360)

    def nobody_named() -> str:
        content = window.page.content()
        assert [one for one in names if one in content] == []
        return window.text

    window.open("/")
    assert "社区公示栏" in nobody_named()
    window.tap("育才社区", role="link")
    assert "育才社区公示栏" in nobody_named()
    tiles = dict(re.findall(r"(近30天报来|正在办)\n(\d+)", window.text))
    assert int(tiles["近30天报来"]) == town.read(lambda: _count(_lately(1)))
    board = window.path
    window.tap("一栋一栋看", role="link")
    assert "李卫东" in nobody_named()  # who answers is for everybody
    window.open(board)
    to_print = window.page.get_by_role("link", name="打印张贴").get_attribute("href")
    assert window.page.request.get(f"{town.base}{to_print}").body().startswith(b"%PDF")

    wide = town.window(1920)
    wide.open(f"{board}/screen")
    assert "近30天" in wide.page.inner_text("main")
    assert [one for one in names if one in wide.page.content()] == []

    # the console is a door, wherever one tries it
    for path in ("", "/cases", "/cases/100014", "/fees/homes/1", "/staff", "/audit", "/exports", "/nothing"):
        window.open(f"/console{path}")
        assert window.path.startswith("/console/login")
        nobody_named()

    # the link of somebody else, as far as one can make it up
    link = town.read(lambda: "/" + personal_path("case", resident(), case_of(theirs).id))
    assert words in window.open(link)  # whoever holds all of it, and
    answer = window.page.goto(town.base + link[:-3] + ("AAA" if not link.endswith("AAA") else "BBB"))
    assert answer is not None
    assert answer.status == 404
    nobody_named()

    # a rider at a door
    code = town.read(lambda: session().scalars(_code_of(building("育英小区", "2"))).first())
    window.open(f"/q/{code}")
    assert "管您这栋楼的人" in nobody_named()
    before = town.read(lambda: _count(_cases_with("单元门口有冰")))
    window.write("说一句就行", "单元门口有冰，送餐差点滑倒")
    window.tap("报上去")
    assert window.path.startswith("/p/")
    number = re.findall(r"收到，(\d+)号", nobody_named())[0]
    assert town.read(lambda: _count(_cases_with("单元门口有冰"))) == before + 1
    assert town.read(lambda: (case_of(number).source, case_of(number).reporter_id is not None)) == (
        "door",
        True,
    )
    own = window.path
    stranger = town.window(360)
    stranger.open(board)
    assert "送餐差点滑倒" not in stranger.page.content()
    assert "送餐差点滑倒" in stranger.open(own)  # the address is what proves whose it is


def _cases_with(words: str) -> Select[tuple[int]]:
    return select(func.count()).select_from(Case).where(Case.text.contains(words))


def _acts(person: int, act: str) -> Select[tuple[int]]:
    return select(func.count()).select_from(Act).where(Act.by_id == person, Act.act == act)


def _case_of(item: Item) -> Case:
    return session().get_one(Case, item.about_id)


def _lately(community: int) -> Select[tuple[int]]:
    since = Case.reported_at > now() - 30 * A_DAY
    return select(func.count()).select_from(Case).where(Case.community_id == community, since)


def _code_of(building: int) -> Select[tuple[str]]:
    return select(DoorCode.code).where(DoorCode.building_id == building)


def _visits_done(person: int) -> int:
    done = (FeeVisit.done_by == person, FeeVisit.outcome == "not_in")
    return _count(select(func.count()).select_from(FeeVisit).where(*done))
