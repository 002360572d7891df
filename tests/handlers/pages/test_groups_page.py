"""A desk's groups: what must be done first, binding with one tap, codes for joining on the wall."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from cast import Cast, Someone
from notices import a_notice
from page_phone import Phone
from PIL import Image
from sqlalchemy import select, update

from models.base import ticks
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import put, session
from models.outbox.budget import GroupDay
from models.place import chats, join_ways
from models.place.chats import LISTED
from models.place.customer_groups import CustomerGroup, JoinWay
from models.place.tables import BuildingGroup, Estate
from server.database import Database

Desk = Callable[[Someone], str]


def a_chat(
    db: Database, chat: str = "wr-1", name: str = "育英5号楼群", owner: str = "zhao", **more: Any
) -> str:
    values = {"status": 0, "members": 12, "read_at": now(), "read_again": False, **more}
    db.write(lambda: put(CustomerGroup, chat_id=chat, name=name, owner_userid=owner, **values))
    return chat


def estate(db: Database, name: str = "育英小区") -> int:
    with db.read() as current:
        return current.scalars(select(Estate.id).where(Estate.name == name)).one()


def group_of(db: Database, chat: str = "wr-1") -> BuildingGroup:
    with db.read():
        found = chats.bound(chat)
        assert found is not None
        return found


@pytest.fixture
def page(town: Cast, desk: Desk) -> str:
    return f"{desk(town.zhao)}/groups"


def bind(db: Database, phone: Phone, page: str, chat: str = "wr-1", building: str = "5") -> str:
    return phone.sent_and_shown(f"{page}/bind", chat=chat, estate=estate(db), building=building)


def a_code(db: Database, group: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(written, "PNG")
    db.write(
        lambda: session().execute(
            update(JoinWay).where(JoinWay.group_id == group).values(picture=written.getvalue())
        )
    )
    return written.getvalue()


def test_a_found_chat_is_bound_with_one_tap(db: Database, phone: Phone, page: str) -> None:
    a_chat(db)
    before = phone.open(page).text
    assert "新发现的群" in before
    assert "看名字像育英小区5号楼" in before
    assert f'<option value="{estate(db)}" selected>' in before
    assert "群主赵主任" in before
    after = bind(db, phone, page)
    assert "“育英5号楼群”认下了" in after
    assert "新发现的群" not in after
    assert "今天还能收一条" in after
    assert group_of(db).building_id is not None


def test_what_was_typed_wrong_stands_there_again(db: Database, phone: Phone, page: str) -> None:
    a_chat(db)
    refused = phone.send(f"{page}/bind", chat="wr-1", estate=estate(db), building="99")
    assert refused.status_code == 422
    assert "没有查到这栋楼" in refused.text
    assert 'value="99"' in refused.text
    assert phone.send(f"{page}/bind", chat="wr-1", estate="", building="").status_code == 422
    assert phone.send(f"{page}/bind", chat="wr-0", estate=estate(db), building="5").status_code == 404


def test_the_desk_says_that_something_waits_there(
    db: Database, phone: Phone, town: Cast, desk: Desk, page: str
) -> None:
    a_chat(db)
    assert '楼栋群要看一眼<span class="count">1</span>' in phone.open(desk(town.zhao)).text
    assert "/groups" not in phone.open(desk(town.li)).text


def test_only_who_watches_over_the_community_may_look(
    db: Database, phone: Phone, town: Cast, desk: Desk
) -> None:
    a_chat(db)
    bind(db, phone, f"{desk(town.zhao)}/groups")
    for stranger in (town.li, town.wang):
        assert phone.open(f"{desk(stranger)}/groups").status_code == 404
        assert phone.send(f"{desk(stranger)}/groups/unbind", chat="wr-1").status_code == 404
    other = phone.open(f"{desk(town.qian)}/groups").text
    assert "育英5号楼群" not in other
    assert phone.send(f"{desk(town.qian)}/groups/unbind", chat="wr-1").status_code == 404
    assert phone.send(f"{desk(town.zhao)}/groups/sweep").status_code == 404
    assert group_of(db).active


def test_what_is_wrong_with_a_group_is_said_with_what_to_do(db: Database, phone: Phone, page: str) -> None:
    for number, more in enumerate(
        ({"members": 190}, {"status": 1}, {"gone_at": now()}, {"trouble": "48002 api forbidden"})
    ):
        bind(db, phone, page, a_chat(db, f"wr-{number}", f"育英{number}群", **more))
    shown = phone.open(page).text
    for words in ("快满了", "离职了", "没有了，消息发不进去", "应用没有这个接口的权限"):
        assert words in shown
    assert "群不用了" in shown
    assert "松开了" in phone.sent_and_shown(f"{page}/unbind", chat="wr-2")


def test_a_code_is_wanted_and_then_stands_there_to_be_printed(db: Database, phone: Phone, page: str) -> None:
    a_chat(db)
    bind(db, phone, page)
    key = group_of(db).id
    assert "正在向企业微信要" in phone.sent_and_shown(f"{page}/code", group=key)
    assert phone.open(f"{page}/code/{key}.png").status_code == 404
    db.write(join_ways.missed, _way(db, key).id, "48002 api forbidden", now())
    assert "没做成：应用没有这个接口的权限" in phone.open(page).text
    picture = a_code(db, key)
    assert f"/groups/code/{key}.png?inline=1" in phone.open(page).text
    png = phone.open(f"{page}/code/{key}.png")
    assert (png.data, png.content_type) == (picture, "image/png")
    assert "filename" in png.headers["Content-Disposition"]
    pdf = phone.open(f"{page}/code/{key}.pdf")
    assert (pdf.data[:5], pdf.content_type) == (b"%PDF-", "application/pdf")


def _way(db: Database, group: int) -> JoinWay:
    with db.read():
        way = join_ways.way_of(group)
        assert way is not None
        return way


def test_a_code_is_nobody_elses(db: Database, phone: Phone, town: Cast, desk: Desk, page: str) -> None:
    a_chat(db)
    bind(db, phone, page)
    key = group_of(db).id
    phone.send(f"{page}/code", group=key)
    a_code(db, key)
    assert phone.open(f"{desk(town.qian)}/groups/code/{key}.png").status_code == 404
    assert phone.send(f"{desk(town.qian)}/groups/code", group=key).status_code == 409
    assert phone.send(f"{page}/code", group="9" * 30).status_code == 404


def test_the_numbers_of_today_stand_on_top(db: Database, phone: Phone, page: str) -> None:
    for number in range(3):
        bind(db, phone, page, a_chat(db, f"wr-{number}", f"育英{number}群"))
    today = local(now()).date()
    db.write(lambda: put(GroupDay, chat_id="wr-0", day=today, used=1))
    shown = " ".join(phone.open(page).text.split())
    assert "客户群3个：今天还能发急事的<strong>2</strong>个，还能发平常通知的<strong>2</strong>个" in shown
    assert "今天收过了" in shown


def test_many_groups_are_on_several_pages_and_can_be_looked_for(
    db: Database, phone: Phone, town: Cast, page: str
) -> None:
    home = estate(db)

    def build() -> None:
        for number in range(60):
            put(BuildingGroup, name=f"第{number}群", estate_id=home)

    db.write(build)
    first = phone.open(page).text
    assert "from=50" in first
    second = phone.open(f"{page}?from=50").text
    assert "from=0" in second
    assert "第59群" in second
    assert "第59群" in phone.open(f"{page}?q=59").text
    assert "没有名字里带“&lt;b&gt;”的群" in phone.open(f"{page}?q=<b>").text
    for strange in ("from=-3", "from=x", "from=99999999999999999999", "q=%25", "q=%01%0a"):
        assert phone.open(f"{page}?{strange}").status_code == 200
    assert phone.open(f"{page}?q=%00%0a").status_code == 400


def test_the_platform_can_be_asked_again_at_once(db: Database, phone: Phone, page: str) -> None:
    db.write(ticks.take, LISTED, now())
    phone.sent_and_shown(f"{page}/read")
    with db.read():
        assert not ticks.taken(LISTED, now())


def test_a_form_sent_twice_is_done_once(db: Database, phone: Phone, page: str) -> None:
    a_chat(db)
    for _ in range(2):
        assert "认下了" in phone.sent_and_shown(
            f"{page}/bind", chat="wr-1", estate=estate(db), building="5", once="abc"
        )
    with db.read() as current:
        assert (
            len(current.scalars(select(BuildingGroup).where(BuildingGroup.name == "育英5号楼群")).all()) == 1
        )


@pytest.mark.parametrize(
    ("kind", "cost"),
    [
        (
            "urgent",
            ["用掉1个群今天的名额，要1位群主点一下", "1个群今天的已经用掉，要人去贴", "1个群只能由人去贴"],
        ),
        ("ordinary", ["1个客户群在群晚报里听到", "1个群今天的已经用掉，等明天的群晚报"]),
    ],
)
def test_a_notice_says_what_it_costs_in_groups_before_it_is_sent(
    db: Database, phone: Phone, town: Cast, page: str, kind: str, cost: list[str]
) -> None:
    for number in range(2):
        bind(db, phone, page, a_chat(db, f"wr-{number}", f"育英{number}群"), building="3")
    db.write(lambda: put(GroupDay, chat_id="wr-0", day=local(now()).date(), used=1))
    key = db.write(lambda: a_notice(town.zhao.id, kind=kind).id)
    shown = phone.open("/" + personal_path("notice", town.zhao.id, key)).text
    for words in cost:
        assert words in shown
