"""A notice about fees on its pages: the book of its desk, the sum of a group, one's own bill."""

from io import BytesIO

import pytest
from cast import Cast
from factories import unit_of_work
from fee_books import book, homes, living_in, moves_to
from notices import AT_ONCE, a_notice, letters_of, tell_all
from page_phone import Phone, body_of
from sqlalchemy import select
from standing import standing

from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import session
from models.notice import notice as verbs
from models.notice.fees import FeeLine
from models.notice.tables import Notice, NoticeDoor
from models.place.tables import Household
from server.database import Database

HEAD = "小区,楼号,单元,室号,应缴,已缴\n"


def a_draft(db: Database, cast: Cast) -> str:
    with unit_of_work(db):
        key = a_notice(cast.zhao.id, title="物业费催缴", body="请到社区服务站缴。").id
        homes(20)
    return "/" + personal_path("notice", cast.zhao.id, key)


def file(rows: str) -> tuple[BytesIO, str]:
    return BytesIO((HEAD + rows).encode("gb18030")), "缴费.csv"


def lines(db: Database) -> list[tuple[int, int]]:
    with db.read():
        return [
            (one.due_fen, one.paid_fen) for one in session().scalars(select(FeeLine).order_by(FeeLine.id))
        ]


def test_a_desk_adds_its_book_and_sees_what_will_be_said(db: Database, phone: Phone, town: Cast) -> None:
    page = a_draft(db, town)
    assert "附上缴费表" in phone.open(page).text
    paid = "".join(f"育英小区,3号楼,1单元,{101 + one}室,180.00,180.00\n" for one in range(12))
    owing = "".join(f"育英,3,1,{101 + one},180.37,\n" for one in range(12, 20)).replace("育英,", "育英小区,")
    shown = phone.sent_and_shown(f"{page}/fees", book=file(paid + owing))
    assert "缴费表附上了，20户" in shown
    assert "已缴12/20户" in shown
    assert "育英小区3号楼已缴12/20户。" in shown  # as the group will read it
    assert "0人、1个群" in shown
    assert lines(db)[0] == (18000, 18000)
    assert lines(db)[-1] == (18037, 0)


def test_what_is_wrong_with_a_book_is_said_row_by_row_and_nothing_is_taken(
    db: Database, phone: Phone, town: Cast
) -> None:
    page = a_draft(db, town)
    rows = (
        "育英小区,3,1,101,180.00,0\n"
        "育英小区,3,1,101,180.00,0\n"
        "育英小区,3,1,999,180.00,0\n"
        "育英小区,3,1,102,-1,0\n"
        "育英小区,3,1,103,180.001,0\n"
        "育英小区,3,1,104,180,360\n"
        "育英小区,30,1,104,180,0\n"
        "月亮小区,3,1,104,180,0\n"
        "育英小区,3,1,105,,0\n"
        ",3,1,105,180,0\n"
    )
    answer = phone.send(f"{page}/fees", book=file(rows))
    assert answer.status_code == 422
    for said in (
        "第 3 行 “室号”列：“3-1-101”与第 2 行重复",
        "第 4 行 “室号”列：没有查到“3-1-999”这一户",
        "第 5 行 “应缴”列：“-1”超出范围",
        "第 6 行 “应缴”列：“180.001”不是钱数",
        "第 7 行 “已缴”列：已缴比应缴多",
        "第 8 行 “楼号”列：“育英小区”没有“30”号楼",
        "第 9 行 “小区”列：没有名叫“月亮小区”的小区",
        "第 10 行 “应缴”列：这一格必填",
        "第 11 行 “小区”列：这一格必填",
    ):
        assert said in answer.text
    assert body_of(answer.text).count("<li>") == 9
    assert lines(db) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01\x02", b"PK\x03\x04 no zip", "小区,楼号\n".encode(), b"\xff\xfe\x00", HEAD.encode()],
)
def test_a_file_that_is_no_book_is_refused_in_words(
    db: Database, phone: Phone, town: Cast, data: bytes
) -> None:
    answer = phone.send(f"{a_draft(db, town)}/fees", book=(BytesIO(data), "x.csv"))
    assert answer.status_code == 422
    assert "缴费表没有附上" in answer.text
    assert "请" in answer.text
    assert lines(db) == []


def test_only_the_desk_of_the_community_may_add_a_book(db: Database, phone: Phone, town: Cast) -> None:
    a_draft(db, town)
    with db.read():
        key = session().scalars(select(Notice.id)).one()
    for someone in (town.qian, town.li, town.wang):
        theirs = "/" + personal_path("notice", someone.id, key)
        assert phone.send(f"{theirs}/fees", book=file("育英小区,3,1,101,180.00,0\n")).status_code == 404
        assert phone.send(f"{theirs}/fees/home", item="1").status_code == 404
    assert lines(db) == []


def test_each_sees_the_own_bill_the_group_its_sum_and_the_neighbour_nothing(
    db: Database, phone: Phone, town: Cast
) -> None:
    with unit_of_work(db):
        all_homes = homes(20)
        mine, elsewhere = living_in(all_homes[19]), living_in(all_homes[18])
        notice = book(a_notice(town.zhao.id, body="请到社区服务站缴。"), all_homes[:12], all_homes[12:])
        verbs.hand_in(notice, By.staff(town.zhao.id), AT_ONCE)
        key = notice.id
    tell_all(db)
    own = phone.open("/" + personal_path("notice", mine, key)).text
    assert "1单元120室" in own
    assert "180.00元" in own
    assert standing("119", own) == []
    with db.read():
        code = session().scalars(select(NoticeDoor.code)).one()
    group = phone.open(f"/q/{code}").text
    assert "已缴 12/20 户" in group
    assert "180.00" not in group
    assert "120室" not in group
    for stranger in (town.wang, town.rider):  # who holds a link but lives in no home that the book names
        assert "180.00" not in phone.open("/" + personal_path("notice", stranger.id, key)).text
    with unit_of_work(db):
        moves_to(mine, session().get_one(Household, all_homes[0]))
    moved = phone.open("/" + personal_path("notice", mine, key)).text
    assert "120室" not in moved
    assert "101室" in moved
    assert "119室" in phone.open("/" + personal_path("notice", elsewhere, key)).text


def test_a_desk_confirms_who_only_said_to_live_there(db: Database, phone: Phone, town: Cast) -> None:
    with unit_of_work(db):
        (owes,) = homes(1)
        living_in(owes, proof="said")
        key = book(a_notice(town.zhao.id), [], [owes]).id
    page = "/" + personal_path("notice", town.zhao.id, key)
    shown = phone.open(page).text
    assert "还没核实的1家" in shown
    assert "0人、1个群" in shown
    item = shown.split('name="item" value="')[1].split('"')[0]
    assert phone.send(f"{page}/fees/home", item="999999").status_code == 404
    shown = phone.sent_and_shown(f"{page}/fees/home", item=item)
    assert "核实过了" in shown
    assert "1人、1个群" in shown


def test_told_again_to_the_unread_it_shows_the_same_bill(db: Database, phone: Phone, town: Cast) -> None:
    with unit_of_work(db):
        (owes,) = homes(1)
        me = living_in(owes)
        first = book(a_notice(town.zhao.id), [], [owes])
        verbs.hand_in(first, By.staff(town.zhao.id), AT_ONCE)
        key = first.id
    tell_all(db)
    with unit_of_work(db):
        for letter in letters_of(key):
            letter.state = "sent"
        second = a_notice(town.zhao.id, {"unread_of": key})
        verbs.hand_in(second, By.staff(town.zhao.id), AT_ONCE)
        again = second.id
    tell_all(db)
    assert "180.00元" in phone.open("/" + personal_path("notice", me, again)).text
    assert "180.00元" not in phone.open("/" + personal_path("notice", town.wang.id, again)).text
