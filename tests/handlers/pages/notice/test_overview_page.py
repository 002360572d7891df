"""The page of a desk's notices: what to do first, the form and whom it means, progress, what is kept."""

import html
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from cast import Cast, Someone
from notices import THIRD, a_notice, handed_in, tell_all, words
from page_phone import Phone
from sqlalchemy import select, update

from models.base.actor import By
from models.base.clock import SHANGHAI, after, local, now
from models.base.links import personal_path
from models.base.orm import session
from models.notice import checking, saved, season
from models.notice import notice as verbs
from models.notice.audience import Audience
from models.notice.notice import Rules
from models.notice.saved import SavedAudience
from models.notice.season import Day, SeasonCall
from models.notice.tables import Notice
from models.outbox.letter import Letter
from models.person.tables import Staff
from models.place.tables import Building
from models.place.version import raise_version
from server.database import Database

FORM = {
    "title": "周二停水",
    "body": "周二早八点到下午五点换水管。",
    "signed": "育英社区居委会",
    "kind": "ordinary",
}


def notices_of(someone: Someone) -> str:
    return "/" + personal_path("desk", someone.id) + "/notices"


def page_of(someone: Someone, number: int) -> str:
    return "/" + personal_path("notice", someone.id, number)


def the_notice(db: Database) -> Notice:
    with db.read():
        return session().scalars(select(Notice).order_by(Notice.id.desc())).first()


@pytest.fixture
def tagged(db: Database, town: Cast) -> Cast:
    def work() -> None:
        session().execute(update(Building).where(Building.name == "3").values(tags=["无电梯"]))
        session().execute(update(Staff).where(Staff.number == "K001").values(teams=["清雪队"]))
        saved.keep("北区三栋", Audience.of(THIRD), By.staff(town.zhao.id), 1)
        raise_version()

    db.write(work)
    return town


@pytest.mark.parametrize(
    ("said", "audience"),
    [
        ({}, {"communities": ["育英社区"]}),
        ({"estate": "1"}, {"estates": ["育英小区"]}),
        ({"buildings-1": "3、5"}, {"buildings": [["育英小区", "3"], ["育英小区", "5"]]}),
        (
            {"estate": "1", "buildings-1": "3-2 5"},
            {"buildings": [["育英小区", "5"]], "units": [["育英小区", "3", "2"]]},
        ),
        (
            {"buildings-1": "3号楼2单元，5号楼"},
            {"buildings": [["育英小区", "5"]], "units": [["育英小区", "3", "2"]]},
        ),
        (
            {"role": ["keeper", "grid_worker"]},
            {"communities": ["育英社区"], "roles": ["keeper", "grid_worker"]},
        ),
        ({"team": "清雪队"}, {"communities": ["育英社区"], "teams": ["清雪队"]}),
        ({"tag": "无电梯"}, {"communities": ["育英社区"], "tags": ["无电梯"]}),
        ({"tag": "无电梯", "estate": "1"}, {"estates": ["育英小区"], "tags": ["无电梯"]}),
        ({"saved": "1"}, THIRD),
    ],
)
def test_the_form_says_for_whom(
    db: Database, phone: Phone, tagged: Cast, said: dict[str, Any], audience: dict[str, object]
) -> None:
    with db.read():
        if "saved" in said:
            said = {"saved": str(session().scalars(select(SavedAudience.id)).one())}
    phone.sent_and_shown(f"{notices_of(tagged.zhao)}/write", **(FORM | said))
    assert the_notice(db).audience == audience


@pytest.mark.parametrize(
    ("said", "audience"),
    [
        ({"everywhere": "yes"}, {"communities": ["建设社区", "育英社区"]}),
        ({"district": "北林区"}, {"districts": ["北林区"]}),
        ({"street": "东兴街道", "role": "keeper"}, {"streets": ["东兴街道"], "roles": ["keeper"]}),
        ({"community": "建设社区"}, {"communities": ["建设社区"]}),
        ({"estate": ["1", "2"], "buildings-2": "1"},
         {"estates": ["育英小区"], "buildings": [["建设小区", "1"]]}),
        ({"tag": "无电梯"}, {"tags": ["无电梯"]}),
        ({"team": "清雪队"}, {"teams": ["清雪队"]}),
    ],
)  # fmt: skip
def test_the_towns_desk_says_it_for_more(
    db: Database, phone: Phone, tagged: Cast, said: dict[str, Any], audience: dict[str, object]
) -> None:
    assert "所有社区" in phone.open(notices_of(tagged.leader)).text
    phone.sent_and_shown(f"{notices_of(tagged.leader)}/write", **(FORM | said))
    assert the_notice(db).audience == audience
    assert the_notice(db).community_id is None


def test_the_towns_desk_does_not_mean_everybody_by_saying_nothing(
    db: Database, phone: Phone, town: Cast
) -> None:
    answer = phone.send(f"{notices_of(town.leader)}/write", **FORM)
    assert answer.status_code == 422
    assert "还没说发给谁" in answer.text


def ahead(**units: float) -> str:
    return f"{local(after(**units)):%Y-%m-%dT%H:%M}"


def test_hours_are_those_of_the_wall_clock(db: Database, phone: Phone, town: Cast) -> None:
    hours = {"send_at": ahead(days=1), "valid_from": ahead(days=2), "valid_until": ahead(days=3)}
    page = phone.sent_and_shown(f"{notices_of(town.zhao)}/write", **(FORM | hours))
    notice = the_notice(db)
    assert {name: f"{local(getattr(notice, name)):%Y-%m-%dT%H:%M}" for name in hours} == hours
    assert "定在" in page
    phone.send(f"{page_of(town.zhao, notice.id)}/notice/hand_in")
    assert the_notice(db).starts_at == datetime.fromisoformat(hours["send_at"]).replace(tzinfo=SHANGHAI)
    assert tell_all(db) == 0


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"send_at": "2020-01-01T08:00"}, "定的时间已经过了"),
        ({"send_at": "周二早上"}, "时间看不明白"),
        ({"send_at": "275760-09-13T00:00"}, "时间看不明白"),
        (
            {"valid_from": "2027-01-02T08:00", "valid_until": "2027-01-01T08:00"},
            "结束的时间得在",
        ),
        ({"valid_from": "0001-01-01T00:00"}, "年份不对"),
        ({"body": "有事打13812345678"}, "“13812345678”是手机号"),
        ({"title": ""}, "得有个标题"),
        ({"estate": "99999999999999999999"}, "哪个小区"),
        ({"tag": "没有的"}, "带“没有的”这个标签"),
        ({"team": "没有的"}, "没有“没有的”这支队伍"),
        ({"role": "x\x00"}, "看不懂的一项"),
    ],
)
def test_what_is_refused_is_said_in_words_and_what_was_typed_is_kept(
    db: Database, phone: Phone, tagged: Cast, said: dict[str, str], reason: str
) -> None:
    typed = FORM | {"tag": ["无电梯"], "buildings-1": "3-2", "call": "yes", "kind": "urgent"} | said
    answer = phone.send(f"{notices_of(tagged.zhao)}/write", **typed)
    assert answer.status_code == 422
    assert reason in answer.text
    assert "data-progress" not in answer.text  # because loading this address again would send the form again
    for kept in (
        "育英社区居委会",
        'value="3-2"',
        'value="urgent" checked',
        'name="call" value="yes" checked',
    ):
        assert kept in answer.text
    if "tag" not in said:
        assert 'value="无电梯" checked' in answer.text
    with db.read():
        assert session().scalars(select(Notice)).all() == []


def test_an_audience_that_was_kept_does_not_go_with_others(db: Database, phone: Phone, tagged: Cast) -> None:
    answer = phone.send(f"{notices_of(tagged.zhao)}/write", **(FORM | {"saved": "1", "estate": "1"}))
    assert answer.status_code == 422
    assert "选了存好的名单" in answer.text
    answer = phone.send(f"{notices_of(tagged.zhao)}/write", **(FORM | {"saved": "77"}))
    assert "没有这份名单" in answer.text


@pytest.mark.parametrize(
    "audience",
    [
        {"communities": ["育英社区"]},
        {"estates": ["育英小区"], "tags": ["无电梯"]},
        {"buildings": [["育英小区", "3"], ["育英小区", "5"]], "units": [["育英小区", "7", "1"]]},
        {"communities": ["育英社区"], "roles": ["keeper"], "teams": ["清雪队"]},
    ],
)
def test_a_draft_is_changed_and_means_the_same_people(
    db: Database, phone: Phone, tagged: Cast, audience: dict[str, Any]
) -> None:
    number = db.write(lambda: a_notice(tagged.zhao.id, audience).id)
    page = phone.open(page_of(tagged.zhao, number)).text
    assert f"/notices?draft={number}#write" in page
    form = fields(phone.open(f"{notices_of(tagged.zhao)}?draft={number}").text)
    assert form["title"] == "周二停水"
    phone.sent_and_shown(f"{notices_of(tagged.zhao)}/write", **(form | {"title": "周三停水"}))
    notice = the_notice(db)
    assert (notice.id, notice.title) == (number, "周三停水")
    assert Audience.of(notice.audience) == Audience.of(audience)


def fields(page: str) -> dict[str, Any]:
    """What a browser would send of the form of a notice, untouched."""
    form = re.search(r'<form method="post" action="[^"]*/notices/write"[^>]*>.*?</form>', page, re.DOTALL)[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        about = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        is_box = about.get("type") in ("checkbox", "radio")
        if about.get("type") == "file" or (is_box and not tag.endswith("checked>")):
            continue
        found.setdefault(about["name"], []).append(html.unescape(about.get("value", "")))
    found["body"] = [html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)[1])]
    return {name: several if len(several) > 1 else several[0] for name, several in found.items()}


def test_a_notice_that_was_told_is_put_right_by_another(db: Database, phone: Phone, town: Cast) -> None:
    first = db.write(lambda: handed_in(town.zhao.id).id)
    assert f"?corrects={first}" not in phone.open(page_of(town.zhao, first)).text
    tell_all(db)
    assert f"?corrects={first}#write" in phone.open(page_of(town.zhao, first)).text
    form = fields(phone.open(f"{notices_of(town.zhao)}?corrects={first}").text)
    phone.sent_and_shown(f"{notices_of(town.zhao)}/write", **(form | {"title": "改到周三停水"}))
    second = the_notice(db)
    assert (second.corrects_id, second.state, second.audience) == (first, "draft", THIRD)


@pytest.mark.parametrize(
    "asked", ["?draft=1", "?corrects=1", "?draft=x", "?corrects=9999999999", "?before=x"]
)
def test_what_is_not_there_or_not_theirs_fills_no_form(
    db: Database, phone: Phone, town: Cast, asked: str
) -> None:
    db.write(lambda: a_notice(town.zhao.id, title="别人看不见"))
    page = phone.open(notices_of(town.qian) + asked)
    assert page.status_code == (404 if asked.endswith("=1") else 200)
    assert "别人看不见" not in page.text


def test_what_waits_for_me_comes_first(db: Database, phone: Phone, town: Cast) -> None:
    def work() -> None:
        handed_in(town.zhao.id, rules=Rules(second_above=0), title="等复核的")
        a_notice(town.zhao.id, title="没交的")
        handed_in(town.zhao.id, title="在发的")

    db.write(work)
    page = phone.open(notices_of(town.leader)).text
    assert "等您复核" in page
    assert page.index("等复核的") < page.index("发一条通知") < page.index("在发的")
    page = phone.open(notices_of(town.zhao)).text
    assert "等您复核" not in page
    assert page.index("没交的") < page.index("发一条通知")
    card = phone.open("/" + personal_path("desk", town.zhao.id)).text
    assert "没交的" in card
    assert 'href="/console/notices"' in card
    assert '通知正在路上<span class="count">2</span>' in card


def test_what_came_back_says_so(db: Database, phone: Phone, town: Cast) -> None:
    def work() -> None:
        notice = handed_in(town.zhao.id, rules=Rules(delay=timedelta(), content_check=True))
        checking.send_back(notice, By.staff(town.leader.id))

    db.write(work)
    assert "退回来了" in phone.open(notices_of(town.zhao)).text


def test_progress_is_asked_for_by_the_page_and_ends(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: handed_in(town.zhao.id).id)
    of_all, of_one = f"{notices_of(town.zhao)}/progress", f"{page_of(town.zhao, number)}/notice/progress"
    page = phone.open(page_of(town.zhao, number)).text
    assert f'data-progress="/console/notices/{number}/notice/progress"' in page
    for path in (of_all, of_one):
        facts = phone.open(path).get_json()
        assert facts["live"]
        assert facts["says"][f"{number}:state"] == "等时间"
        page = phone.open(path.removesuffix("/progress").removesuffix("/notice")).text
        assert f'data-stamp="{facts["stamp"]}"' in page
    tell_all(db)
    facts = phone.open(of_one).get_json()
    assert (facts["live"], facts["says"][f"{number}:gone"]) == (True, 0)

    def arrive() -> None:
        session().execute(update(Letter).values(state="sent"))

    db.write(arrive)
    facts = phone.open(of_one).get_json()
    assert (facts["live"], facts["says"][f"{number}:gone"]) == (False, 2)
    assert phone.open(of_all).get_json() == {"live": False, "stamp": "", "says": {}}
    assert phone.open(of_one).headers["Cache-Control"] == "no-store"
    assert "connect-src 'self'" in phone.open(page_of(town.zhao, number)).headers["Content-Security-Policy"]


@pytest.mark.parametrize("who", ["qian", "li", "wang"])
def test_progress_is_for_those_who_watch_over_it(db: Database, phone: Phone, town: Cast, who: str) -> None:
    number = db.write(lambda: handed_in(town.zhao.id, title="看不见的").id)
    tell_all(db)
    someone = getattr(town, who)
    assert phone.open(f"{page_of(someone, number)}/notice/progress").status_code == 404
    page = phone.open(notices_of(someone))
    assert page.status_code == (200 if who == "qian" else 404)
    assert "看不见的" not in page.text
    moving = phone.open(f"{notices_of(someone)}/progress")
    assert moving.status_code == page.status_code
    if who == "qian":
        assert moving.get_json()["says"] == {}


def test_older_ones_are_a_tap_away(db: Database, phone: Phone, town: Cast) -> None:
    def work() -> None:
        for one in range(13):
            handed_in(town.zhao.id, title=f"第{one}条")
        session().execute(update(Notice).values(state="told", told_at=now() - timedelta(days=9)))

    db.write(work)
    page = phone.open(notices_of(town.zhao)).text
    assert ("第3条" in page, "第2条" in page) == (True, False)
    with db.read():
        fourth = session().scalars(select(Notice.id).where(Notice.title == "第3条")).one()
    older = phone.open(f"{notices_of(town.zhao)}?before={fourth}").text
    assert ("第2条" in older, "第3条" in older) == (True, False)


def test_a_name_for_those_who_heard_it_and_how_it_is_kept_in_order(
    db: Database, phone: Phone, town: Cast
) -> None:
    number = db.write(lambda: handed_in(town.zhao.id).id)
    tell_all(db)
    keep = f"{page_of(town.zhao, number)}/notice/keep/audience"
    assert "存好了" in phone.sent_and_shown(keep, name="北区三栋")
    refused = phone.send(keep, name="北区三栋")
    assert refused.status_code == 409
    assert "已经有一份名单叫“北区三栋”了" in refused.text
    here = notices_of(town.zhao)
    assert "发给：<strong>育英小区3号楼</strong>的居民和楼栋群" in phone.open(here).text
    with db.read():
        key = session().scalars(select(SavedAudience.id)).one()
    assert "名字改好了" in phone.sent_and_shown(f"{here}/rename", item=str(key), name="北区")
    with db.read():
        key = session().scalars(select(SavedAudience.id).where(SavedAudience.name == "北区")).one()
    assert phone.send(f"{notices_of(town.qian)}/forget", item=str(key)).status_code == 404
    assert "名单删掉了" in phone.sent_and_shown(f"{here}/forget", item=str(key))
    assert "北区" not in phone.open(here).text


def test_it_is_said_every_year_from_its_own_page(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: handed_in(town.zhao.id).id)
    tell_all(db)
    yearly = f"{page_of(town.zhao, number)}/notice/keep/every_year"
    assert "没有这一天" in phone.send(yearly, month="2", day="30").text
    assert "没有这一天" in phone.send(yearly, month="冬", day="").text
    assert "每年12月1日" in phone.sent_and_shown(yearly, month="12", day="1")
    page = phone.open(notices_of(town.zhao)).text
    assert "每年12月1日" in page


def test_the_first_snow(db: Database, phone: Phone, town: Cast) -> None:
    def work() -> int:
        return season.keep(words(title="清雪"), Audience.of(THIRD), Day(12, 1), By.staff(town.zhao.id), 1)

    with time_machine.travel(datetime(2026, 8, 1, tzinfo=SHANGHAI)):
        key = db.write(work)
    with time_machine.travel(datetime(2026, 11, 5, tzinfo=SHANGHAI)):
        here = notices_of(town.zhao)
        assert "写好了，还没发" in phone.sent_and_shown(f"{here}/begin", item=str(key))
        assert the_notice(db).title == "清雪"
        again = phone.send(f"{here}/begin", item=str(key))
        assert again.status_code == 409
        assert "这一季已经写好过一条" in again.text
        assert phone.send(f"{notices_of(town.qian)}/end", item=str(key)).status_code == 404
        assert "以后不再备这一条" in phone.sent_and_shown(f"{here}/end", item=str(key))
    with db.read():
        assert session().get_one(SeasonCall, key).ended_at is not None


@pytest.mark.parametrize("task", ["write", "rename", "forget", "begin", "end", "nothing"])
def test_forms_are_for_those_who_decide(db: Database, phone: Phone, town: Cast, task: str) -> None:
    def appoint() -> None:
        staff = session().scalars(select(Staff).where(Staff.person_id == town.leader.id)).one()
        staff.roles = ["supervisor"]

    db.write(appoint)
    page = phone.open(notices_of(town.leader))
    assert page.status_code == 200
    assert "发一条通知" not in page.text
    for someone in (town.leader, town.li, town.wang):
        assert phone.send(f"{notices_of(someone)}/{task}", **FORM, item="1").status_code == 404
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert phone.send(f"{notices_of(town.zhao)}/write", headers=elsewhere, **FORM).status_code == 403


def test_a_form_that_is_sent_twice_writes_one_draft(db: Database, phone: Phone, town: Cast) -> None:
    for _ in range(2):
        phone.sent_and_shown(f"{notices_of(town.zhao)}/write", **FORM, once="w" * 16)
    with db.read():
        assert len(session().scalars(select(Notice)).all()) == 1


def test_a_draft_that_was_handed_in_meanwhile_is_not_changed(db: Database, phone: Phone, town: Cast) -> None:
    number = db.write(lambda: a_notice(town.zhao.id).id)
    db.write(lambda: verbs.hand_in(session().get_one(Notice, number), By.staff(town.zhao.id), Rules()))
    answer = phone.send(f"{notices_of(town.zhao)}/write", **(FORM | {"draft": str(number), "title": "别的"}))
    assert answer.status_code == 409
    assert the_notice(db).title == "周二停水"


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        ({"communities": ["育英社区"]}, "发给：育英社区的居民和楼栋群。"),
        (
            {"buildings": [["育英小区", "3"]], "units": [["育英小区", "5", "1"]]},
            "发给：育英小区3号楼、育英小区5号楼1单元的居民和楼栋群。",
        ),
        ({"tags": ["无电梯"]}, "发给：全部里带“无电梯”的楼的居民和楼栋群。"),
        (
            {"communities": ["育英社区"], "roles": ["keeper", "community"], "teams": ["清雪队"]},
            "发给：育英社区，只给包保干部、社区、清雪队。",
        ),
    ],
)
def test_whoever_agrees_sees_for_whom_it_is(
    db: Database, phone: Phone, tagged: Cast, audience: dict[str, Any], words: str
) -> None:
    number = db.write(lambda: a_notice(tagged.zhao.id, audience).id)
    page = re.sub(r"<[^>]*>", "", phone.open(page_of(tagged.leader, number)).text)
    assert words in page


def test_who_said_the_last_one_stands_in_the_next_form(db: Database, phone: Phone, town: Cast) -> None:
    assert fields(phone.open(notices_of(town.zhao)).text)["signed"] == ""
    db.write(lambda: a_notice(town.zhao.id, signed="育英社区居委会"))
    assert fields(phone.open(notices_of(town.zhao)).text)["signed"] == "育英社区居委会"
    assert fields(phone.open(notices_of(town.qian)).text)["signed"] == ""
