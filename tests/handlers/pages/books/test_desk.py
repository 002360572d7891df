"""The desk of the books: entered with a picture, agreed to by another, blackened, cleared, put up."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from cast import Someone
from open_books import Books
from page_phone import Phone
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from models.base.checkdigit import with_check
from models.base.orm import session
from models.books import publishing, vouchers
from models.books.money import of_accounts
from models.books.tables import Income, Outlay
from models.joins.publishing import publish
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def form(books: Books, **other: Any) -> dict[str, Any]:
    return {
        "estate": str(books.estate), "day": "2026-11-10", "fen": "147.00", "item": "楼道声控灯",
        "for": "repair", "brand": "欧普", "model": "MX350", "quantity": "6", "unit": "只", "price": "24.50",
        "payee_kind": "firm", "payee": "光明五金商店", "fund": "fees", "from": "bank", "next": "hand_in",
        "spender": books.cast.li.number, **other,
    }  # fmt: skip


def a_file() -> FileStorage:
    paper = io.BytesIO()
    Image.new("RGB", (1200, 900), "white").save(paper, "JPEG")
    paper.seek(0)
    return FileStorage(paper, "fapiao.jpg", content_type="image/jpeg")


def only(db: Database, table: type[Any]) -> Any:
    with db.read():
        row = session().scalars(select(table)).one()
        session().expunge(row)
        return row


@pytest.mark.parametrize("wrong", [{"fen": "14,7"}, {"fen": "147，00"}, {"quantity": "0,6"}])
def test_a_comma_is_no_point(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str], wrong: dict[str, str]
) -> None:
    sent = phone.send(f"{desk(books.cast.zhao)}/books/enter", **form(books, price="", **wrong))
    assert sent.status_code == 422
    with db.read():
        assert session().scalars(select(Outlay)).all() == []


def test_a_line_goes_from_its_form_to_the_public_page(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str]
) -> None:
    zhao, zheng = desk(books.cast.zhao), desk(books.cast.leader)
    assert "记一笔支出" in phone.open(f"{zhao}/books").text
    said = phone.sent_and_shown(f"{zhao}/books/enter", **form(books), photos=a_file(), once="1")
    assert "交上去了，等另一个人批" in said
    outlay = only(db, Outlay)
    line = f"/books/outlay/{outlay.id}"
    assert "等您批" in phone.open(f"{zheng}/books").text
    assert '支出、收入等您批<span class="count">1</span>' in phone.open(zheng).text
    assert "得由另一个人来批" in phone.open(zhao + line).text
    assert phone.send(f"{zhao}{line}/approve").status_code == 409
    assert "入账了" in phone.sent_and_shown(
        f"{zheng}{line}/approve", seen=read(phone, zheng + line), once="2"
    )
    public = f"/books/{with_check(books.estate)}"
    assert "楼道声控灯" in phone.open(public).text
    assert "看凭证" not in phone.open(public).text
    # what is private is burnt black by one and looked at by another
    assert "涂好了" in phone.sent_and_shown(f"{zhao}{line}/black", boxes="100,100,500,300", once="3")
    copy = only(db, Outlay).voucher_public
    assert phone.send(f"{zhao}{line}/clear", seen=copy).status_code == 409
    assert "看凭证" not in phone.open(public).text
    assert "请您再看一眼" in phone.open(f"{zheng}/books").text
    assert "这张凭证公开了" in phone.sent_and_shown(f"{zheng}{line}/clear", seen=copy, once="4")
    found = re.search(rf'"({public}/voucher/[^"]+)"', phone.open(public).text)
    assert found is not None
    picture = Image.open(io.BytesIO(phone.open(found[1]).data))
    assert picture.convert("L").crop((130, 100, 580, 260)).getextrema()[1] < 16
    assert picture.convert("L").crop((700, 500, 1100, 800)).getextrema()[0] > 240
    assert not picture.getexif()
    original = only(db, Outlay).voucher
    assert phone.open(f"{public}/voucher/{original}").status_code == 404
    assert phone.open(f"{zheng}/books/picture/{original}").status_code == 200
    assert "收回了" in phone.sent_and_shown(f"{zheng}{line}/hide", once="5")
    assert phone.open(found[1]).status_code == 404


def read(phone: Phone, page: str) -> str:
    """What the form for agreeing says was read."""
    found = re.search(r'name="seen" value="([0-9]+)"', phone.open(page).text)
    assert found is not None
    return found[1]


def test_nobody_agrees_to_what_was_changed_after_the_look(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str]
) -> None:
    zhao, zheng = desk(books.cast.zhao), desk(books.cast.leader)
    phone.send(f"{zhao}/books/enter", **form(books), photos=a_file(), once="1")
    line = f"/books/outlay/{only(db, Outlay).id}"
    phone.send(f"{zhao}{line}/hand_in", once="2")
    seen = read(phone, zheng + line)
    phone.send(f"{zheng}{line}/refuse", why="型号不对", once="3")
    phone.send(f"{zhao}{line}/change", **form(books), once="4")
    phone.send(f"{zhao}{line}/hand_in", once="5")
    assert only(db, Outlay).state == "waiting"
    refused = phone.send(f"{zheng}{line}/approve", seen=seen, once="6")
    assert refused.status_code == 409
    assert "又改过" in refused.text
    assert phone.send(f"{zheng}{line}/approve", once="7").status_code == 409
    assert only(db, Outlay).entry_id is None
    assert "入账了" in phone.sent_and_shown(
        f"{zheng}{line}/approve", seen=read(phone, zheng + line), once="8"
    )


def test_nobody_clears_a_copy_that_was_made_after_the_look(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str]
) -> None:
    zhao, zheng = desk(books.cast.zhao), desk(books.cast.leader)
    phone.send(f"{zhao}/books/enter", **form(books), photos=a_file(), once="1")
    line = f"/books/outlay/{only(db, Outlay).id}"
    phone.send(f"{zhao}{line}/black", boxes="100,100,500,300", once="2")
    seen = re.search(r'name="seen" value="([^"]+)"', phone.open(zheng + line).text)
    assert seen is not None
    phone.send(f"{zhao}{line}/black", boxes="0,0,10,10", once="3")
    refused = phone.send(f"{zheng}{line}/clear", seen=seen[1], once="4")
    assert refused.status_code == 409
    assert "刚才又重新涂了一张" in refused.text
    assert phone.send(f"{zheng}{line}/clear", once="5").status_code == 409
    assert only(db, Outlay).cleared_by is None


def test_the_same_form_twice_is_one_line(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str], config: Config
) -> None:
    for _ in range(2):
        sent = phone.send(f"{desk(books.cast.zhao)}/books/enter", **form(books), photos=a_file(), once="same")
        assert sent.status_code == 303
    assert only(db, Outlay).fen == 147_00
    assert len(list(config.storage.dir.glob("??/*.jpg"))) == 1


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"fen": "148"}, "对不上"),
        ({"fen": "一百"}, "不是能记的数"),
        ({"fen": "1e3"}, "不是能记的数"),
        ({"day": "2026-02-30"}, "日期不对"),
        ({"day": ""}, "日期不对"),
        ({"item": "王师傅的灯"}, "像是某个人"),
        ({"spender": "X"}, "没有查到这个工号"),
        ({"estate": "999"}, "哪个小区"),
        ({"case": "123"}, "没有查到这个单号"),
        ({"brand": ""}, "品牌、型号"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    db: Database,
    phone: Phone,
    books: Books,
    desk: Callable[[Someone], str],
    config: Config,
    other: dict[str, str],
    says: str,
) -> None:
    answer = phone.send(f"{desk(books.cast.zhao)}/books/enter", **form(books, **other), photos=a_file())
    assert 400 <= answer.status_code < 500
    assert says in answer.text
    assert 'value="光明五金商店"' in answer.text
    assert list(config.storage.dir.glob("??/*.jpg")) == []
    with db.read():
        assert session().scalars(select(Outlay)).all() == []


def test_a_refused_line_is_changed_on_its_page_and_handed_in_again(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str]
) -> None:
    zhao, zheng = desk(books.cast.zhao), desk(books.cast.leader)
    phone.send(f"{zhao}/books/enter", **form(books), once="1")
    line = f"/books/outlay/{only(db, Outlay).id}"
    assert "退回去了" in phone.sent_and_shown(f"{zheng}{line}/refuse", why="单价不对", once="2")
    assert "单价不对" in phone.open(f"{zhao}/books").text
    changed = form(books, fen="141", price="23.5")
    assert "交上去了" in phone.sent_and_shown(f"{zhao}{line}/change", **changed, once="3")
    phone.send(f"{zheng}{line}/approve", seen=read(phone, zheng + line), once="4")
    assert "冲正了" in phone.sent_and_shown(f"{zheng}{line}/back", why="买重了", once="5")
    with db.read():
        assert of_accounts(books.estate)["bank"] == 10_000_00


def test_money_that_came_in_waits_for_another_person_too(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str]
) -> None:
    zhao, zheng = desk(books.cast.zhao), desk(books.cast.leader)
    income = {
        "estate": str(books.estate), "day": "2026-11-02", "fen": "5,000", "what": "老旧小区改造补助",
        "kind": "grant", "fund": "government", "to": "bank", "once": "1",
    }  # fmt: skip
    assert "等另一个人批" in phone.sent_and_shown(f"{zhao}/books/earn", **income, photos=a_file())
    page = f"/books/income/{only(db, Income).id}"
    assert phone.send(f"{zhao}{page}/approve").status_code == 409
    assert "入账了" in phone.sent_and_shown(f"{zheng}{page}/approve", once="2")
    with db.read():
        assert of_accounts(books.estate)["bank"] == 15_000_00
    assert "冲正了" in phone.sent_and_shown(f"{zheng}{page}/back", why="打错了", once="3")


def test_a_month_is_put_up_once_and_shows_the_banks_figure(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str]
) -> None:
    db.write(lambda: books.booked(day=date(2026, 10, 8)))
    zhao = desk(books.cast.zhao)
    assert "2026年10月" in phone.open(f"{zhao}/books").text
    month = f"{zhao}/books/month/{with_check(books.estate)}/2026-10"
    assert "前面还有1个月没封，从2026-09起" in phone.send(f"{month}/publish", once="0").text
    db.write(lambda: publish(books.estate, date(2026, 9, 1), books.zheng))
    assert "封账并公示" in phone.open(month).text
    assert "大家能看到" in phone.sent_and_shown(f"{month}/publish", bank="9853", once="1")
    assert "早就公示过" in phone.sent_and_shown(f"{month}/publish", bank="1", once="2")
    with db.read():
        up = publishing.published(books.estate, date(2026, 10, 1))
        assert up is not None
        assert up.bank_fen == 9853_00
    running = f"{zhao}/books/month/{with_check(books.estate)}/2026-11/publish"
    assert "还没过完" in phone.send(running).text


def test_a_supervisor_sees_conflicts_and_changes_nothing(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str]
) -> None:
    number = db.write(
        lambda: books.waiting(payee_kind="staff", payee="李师傅", spent_for="labour", item="夜班补贴").id
    )
    feng = desk(books.feng)
    assert "收款的是经手人本人" in phone.open(f"{feng}/books").text
    for verb in ("approve", "refuse", "hide", "change"):
        assert phone.send(f"{feng}/books/outlay/{number}/{verb}", **form(books), why="x").status_code == 404
    assert phone.send(f"{feng}/books/enter", **form(books)).status_code == 404
    assert phone.send(f"{feng}/books/earn", estate=str(books.estate)).status_code in (404, 422)


@pytest.mark.parametrize(
    "boxes", ["x", "1,2,3", "0,0,0,0", "5,5,4,4", "0,0,1001,5", ";".join(["0,0,9,9"] * 41)]
)
def test_boxes_that_are_none_are_refused(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str], config: Config, boxes: str
) -> None:
    zhao = desk(books.cast.zhao)
    phone.send(f"{zhao}/books/enter", **form(books), photos=a_file(), once="1")
    line = f"{zhao}/books/outlay/{only(db, Outlay).id}"
    assert phone.send(f"{line}/black", boxes=boxes).status_code == 422
    assert only(db, Outlay).voucher_public is None
    assert len(list(config.storage.dir.glob("??/*.jpg"))) == 1


def test_a_voucher_that_was_agreed_to_is_not_exchanged(
    db: Database, phone: Phone, books: Books, desk: Callable[[Someone], str]
) -> None:
    zhao = desk(books.cast.zhao)
    phone.send(f"{zhao}/books/enter", **form(books), photos=a_file(), once="1")
    line = f"{zhao}/books/outlay/{only(db, Outlay).id}"
    before = only(db, Outlay).voucher
    assert phone.send(f"{line}/voucher", photos=a_file()).status_code == 409
    assert phone.send(f"{line}/voucher").status_code == 422
    assert only(db, Outlay).voucher == before
    assert vouchers.VOUCHER == "voucher"
