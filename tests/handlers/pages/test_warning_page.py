"""提醒这栋楼 and 已排险 on the page of a case, and what the building reads of it."""

import io
from collections.abc import Callable
from pathlib import Path

from cast import Cast
from factories import a_case, unit_of_work
from notices import tell_all
from page_phone import Phone
from pictures import photo
from settings_files import configuration, plain_url
from sqlalchemy import select, update

from models.base.links import personal_path
from models.base.orm import session
from models.notice.tables import Notice, NoticeDoor
from models.outbox.letter import Letter, State
from server.app import create_app
from server.config import Config
from server.database import Database

Link = Callable[..., str]


def a_danger(db: Database, town: Cast) -> int:
    with unit_of_work(db):
        return a_case(
            reporter=town.wang,
            text="房檐有冰溜子要掉了",
            category="snow_ice",
            urgency="urgent",
            accepted_by=town.li,
        ).id


def the_notice(db: Database) -> Notice:
    with db.read():
        return session().scalars(select(Notice)).one()


def heard(db: Database) -> str:
    """The warning has gone out; gives the group's own address of it."""
    with unit_of_work(db):
        session().scalars(select(Notice)).one().starts_at = session().scalars(select(Notice)).one().created_at
    tell_all(db)
    with unit_of_work(db):
        session().execute(update(Letter).where(Letter.about_kind == "notice").values(state=State.SENT))
        return "/q/" + session().scalars(select(NoticeDoor.code)).one()


def test_the_keeper_warns_and_clears_and_everybody_reads_it(
    db: Database, phone: Phone, town: Cast, link: Link, config: Config
) -> None:
    key = a_danger(db, town)
    keeper = link(town.li, key)
    assert "提醒这栋楼</button>" in phone.open(keeper).text
    assert "提醒交上去了" in phone.sent_and_shown(f"{keeper}/warn", once="a" * 16)
    assert phone.send(f"{keeper}/warn", once="b" * 16).status_code == 409
    page = phone.open(keeper).text
    assert "提醒这栋楼</button>" not in page
    assert "已排险</button>" in page
    group = heard(db)
    read = phone.open(group).text
    assert "还没排除" in read
    assert "育英小区3号楼2单元：当心房檐的冰和雪" in read
    assert "育英社区居委会" in read
    assert "要掉了" not in read
    assert "还差一张排险后的照片" in phone.send(f"{keeper}/safe", once="c" * 16).text
    picture = (io.BytesIO(photo(400, 300)), "IMG.jpg")
    assert "记下了：已排险" in phone.sent_and_shown(f"{keeper}/safe", once="d" * 16, photos=[picture])
    assert "险情已排除" in phone.open(group).text
    resident = phone.open(link(town.wang, key)).text
    assert "提醒了这栋楼" in resident
    assert "已排险，可以放心走" in resident
    assert "排险后的照片" in resident
    page = phone.open(keeper).text
    assert "办结，请居民看" in page  # the mend is still to come
    assert ">提醒这栋楼</button>" not in page
    assert "已经排险了。又有危险？</summary>" in page
    assert the_notice(db).state == "withdrawn"


def test_nobody_else_is_offered_it_or_gets_through(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    key = a_danger(db, town)
    for someone in (town.wang, town.ma):
        page = link(someone, key)
        assert "提醒这栋楼</button>" not in phone.open(page).text
        assert phone.send(f"{page}/warn").status_code in (404, 409)
        assert phone.send(f"{page}/safe").status_code in (404, 409)
    desk = link(town.zhao, key)
    assert "提醒这栋楼</button>" in phone.open(desk).text
    assert phone.open("/" + personal_path("case", town.qian.id, key)).status_code == 404


def test_a_warning_that_was_taken_back_says_so_and_not_that_it_is_safe(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    keeper = link(town.li, a_danger(db, town))
    phone.sent_and_shown(f"{keeper}/warn")
    group = heard(db)
    desk = "/" + personal_path("notice", town.zhao.id, the_notice(db).id)
    phone.sent_and_shown(f"{desk}/notice/withdraw")
    page = phone.open(group).text
    assert "已经撤回，不作数了" in page
    assert "险情已排除" not in page


def test_where_the_platform_reads_first_the_keeper_hears_so(
    db: Database, town: Cast, link: Link, tmp_path: Path
) -> None:
    mini = {"app_id": "wxm", "app_secret": "s", "token": "t"}
    config = configuration(
        tmp_path,
        plain_url(db),
        server={"base_url": "http://localhost"},
        rules={"content_check": True},
        wechat_mini=mini,
    )
    phone = Phone(create_app(config, db).test_client())
    keeper = link(town.li, a_danger(db, town))
    assert "平台先看一遍" in phone.sent_and_shown(f"{keeper}/warn", once="a" * 16)
    assert the_notice(db).state == "checking"


def test_every_way_on_from_the_warning_leads_somewhere(
    db: Database, phone: Phone, town: Cast, link: Link
) -> None:
    keeper = link(town.li, a_danger(db, town))
    phone.sent_and_shown(f"{keeper}/warn", once="a" * 16)
    page = phone.open("/" + personal_path("notice", town.li.id, the_notice(db).id)).text
    assert "当心房檐" in page
    assert '/notices"' not in page  # a keeper has no desk of notices
    assert '/notices"' in phone.open("/" + personal_path("notice", town.zhao.id, the_notice(db).id)).text
