"""What everybody reads of an estate's money, and that nobody is read of there (X05)."""

import random
import re
from collections.abc import Callable
from datetime import date

import pytest
from cast import Someone
from open_books import Books
from page_phone import Phone
from sqlalchemy import select

from models.base.checkdigit import with_check
from models.base.orm import session
from models.base.refusals import Refused
from models.books.words import must_tell_of_nobody
from models.case.case import Case
from models.joins.publishing import publish
from models.place.owners import sealed_owner
from models.place.tables import Building, Household
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def page(phone: Phone, books: Books, month: str = "") -> str:
    answer = phone.open(f"/books/{with_check(books.estate)}" + (f"/{month}" if month else ""))
    assert answer.status_code == 200
    return answer.text


def seen(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def test_a_month_that_was_put_up_adds_up_and_every_line_is_there_to_brand_and_model(
    db: Database, phone: Phone, books: Books
) -> None:
    def work() -> None:
        books.booked(day=date(2026, 10, 10))
        books.booked(day=date(2026, 10, 31), spent_for="labour", fen=680_00, unit_price_fen=None, brand=None,
                     model=None, item="保洁工资", payee_kind="staff", payee="李师傅", quantity=1000,
                     unit="月")  # fmt: skip
        books.earned(day=date(2026, 10, 2))
        books.paid_fees(1234_00, date(2026, 10, 20), "x")
        books.put_up(date(2026, 10, 1))

    db.write(work)
    text = seen(page(phone, books, "2026-10"))
    for words in ("10500.00", "6234.00", "827.00", "15907.00", "收到物业费 1234.00", "老旧小区改造启动资金"):
        assert words in text
    assert "欧普 MX350 12W · 6只 × 24.50元 · 付给北林区光明五金商店" in text
    assert "付给本小区员工" in text
    assert "82.2%" in text
    assert "17.8%" in text


def test_who_names_no_month_sees_the_newest_with_something_in_it(
    db: Database, phone: Phone, books: Books
) -> None:
    assert "2026年11月" in page(phone, books)
    db.write(lambda: books.booked(day=date(2026, 10, 10)))
    db.write(books.put_up, date(2026, 10, 1))
    assert "2026年10月</strong>" in page(phone, books)
    db.write(lambda: books.booked(day=date(2026, 11, 2)))
    assert "2026年11月</strong>" in page(phone, books)


def test_before_that_it_says_what_was_bought_and_nothing_of_what_homes_paid(
    db: Database, phone: Phone, books: Books
) -> None:
    def work() -> None:
        books.booked()
        books.paid_fees(1234_00, date(2026, 11, 20), "x")

    db.write(work)
    text = seen(page(phone, books))
    assert "楼道声控灯" in text
    assert "这个月还没过完" in text
    for sum_ in ("1234.00", "10500.00", "11587.00"):
        assert sum_ not in text


def test_a_person_who_is_paid_stays_unnamed(db: Database, phone: Phone, books: Books) -> None:
    def work() -> None:
        common = {"spent_for": "labour", "unit_price_fen": None, "brand": None, "model": None}
        books.booked(item="夜班", payee_kind="staff", payee="李师傅", **common)
        books.booked(item="零工", payee_kind="person", payee="张桂兰", day=date(2026, 11, 11), **common)

    db.write(work)
    text = page(phone, books)
    for words in ("李师傅", "张桂兰", "赵主任", "郑书记", "冯监事"):
        assert words not in text


@pytest.mark.parametrize(("bank_fen", "says"), [(10_000_00, "一分不差"), (9_999_00, "差 -1.00 元")])
def test_a_published_month_says_whether_the_bank_agrees(
    db: Database, phone: Phone, books: Books, bank_fen: int, says: str
) -> None:
    def work() -> None:
        publish(books.estate, date(2026, 9, 1), books.zheng, bank_fen=bank_fen)
        books.put_up(date(2026, 10, 1))

    db.write(work)
    assert says in seen(page(phone, books, "2026-09"))
    assert "没有附银行对账单" in page(phone, books, "2026-10")
    assert "2026年11月21日公示" in page(phone, books, "2026-10")


@pytest.mark.parametrize(
    "path", ["/books/19", "/books/0", "/books/x", "/books/99999999999999999995", "/books/{}/2026-12",
             "/books/{}/2025-12", "/books/{}/2026-13", "/books/{}/x", "/books/{}/voucher/x"],
)  # fmt: skip
def test_what_is_not_there_is_not_there(phone: Phone, books: Books, path: str) -> None:
    assert phone.open(path.format(with_check(books.estate))).status_code == 404


def test_an_estate_without_books_has_an_empty_page(phone: Phone, books: Books) -> None:
    answer = phone.open(f"/books/{with_check(books.other)}")
    assert answer.status_code == 200
    assert "这个月没有支出" in answer.text


def test_what_was_taken_back_stays_and_says_so(db: Database, phone: Phone, books: Books) -> None:
    from models.books import spending

    db.write(lambda: spending.take_back(books.booked(), books.zheng, "买重了"))
    text = seen(page(phone, books))
    assert "这一笔后来冲正了" in text
    assert "冲正原因：买重了" in text
    assert "-147.00" in text


def test_only_through_an_own_link_a_line_can_be_asked_about(
    db: Database, phone: Phone, books: Books, asks: Callable[[Someone], str]
) -> None:
    public = db.write(lambda: books.booked().public_id)
    assert "对这一笔有疑问" not in page(phone, books)
    assert "查账" in page(phone, books)
    wang = asks(books.cast.wang)
    assert "对这一笔有疑问" in phone.open(wang).text
    form = {"line": public, "words": "装在哪儿了？", "month": "2026-11", "once": "1"}
    said = phone.sent_and_shown(f"{wang}/lines/ask", **form)
    assert "问出去了" in said
    assert "有1个人问过这一笔，还没有答复" in said
    assert phone.sent_and_shown(f"{wang}/lines/ask", **form).count("问出去了") == 1
    with db.read():
        case = session().scalars(select(Case)).one()
        assert case.text == "对收支公示有疑问：2026年11月10日“楼道声控灯”147.00元。\n装在哪儿了？"
        assert case.reporter_id == books.cast.wang.id
    assert "有1个人问过这一笔" in page(phone, books)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"line": "x", "words": "?", "month": "2026-11"}, 404),
        ({"line": None, "words": "?", "month": "2026-1"}, 404),
        ({"line": None, "words": " ", "month": "2026-11"}, 422),
    ],
)
def test_a_question_that_cannot_be_changes_nothing(
    db: Database,
    phone: Phone,
    books: Books,
    asks: Callable[[Someone], str],
    form: dict[str, str],
    status: int,
) -> None:
    public = db.write(lambda: books.booked().public_id)
    sent = {name: public if value is None else value for name, value in form.items()}
    assert phone.send(f"{asks(books.cast.wang)}/lines/ask", **sent).status_code == status
    with db.read():
        assert session().scalars(select(Case)).all() == []


def test_a_line_of_another_estate_is_not_asked_about_here(db: Database, phone: Phone, books: Books) -> None:
    from models.base.links import personal_path

    public = db.write(lambda: books.booked().public_id)
    other = "/" + personal_path("books", books.cast.wang.id, books.other)
    sent = {"line": public, "words": "?", "month": "2026-11"}
    assert phone.send(f"{other}/lines/ask", **sent).status_code == 404


NAMES = ["张桂兰", "王建国", "李淑华", "欧阳春雨", "赵大勇"]


def planted(rng: random.Random) -> tuple[str, str]:
    """Words in which something of somebody is hidden, and what it is."""
    phone, dash = f"1{rng.choice('3578')}{rng.randrange(10**9):09}", rng.choice("-－")
    room = (
        f"{rng.randrange(1, 40)}号楼{rng.randrange(1, 6)}单元{rng.randrange(1, 18)}{rng.randrange(1, 5):02}"
    )
    secret = rng.choice(
        [
            rng.choice(NAMES),
            rng.choice([" ", "·", "*", "_", "\u200b", "-"]).join(rng.choice(NAMES)),
            phone,
            f"{phone[:3]} {phone[3:7]} {phone[7:]}",
            phone.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
            room,
            f"{rng.randrange(1, 30)}{dash}{rng.randrange(1, 6)}{dash}{rng.randrange(1, 18)}02",
            f"{rng.choice('张王李刘')}{rng.choice(['师傅', '阿姨', '大爷', '女士'])}",
            "23230119560708123X",
        ]
    )
    return rng.choice(["修水管 {}", "{}家换灯", "给{}买的灯", "{}", "闸阀（{}）"]).format(secret), secret


def test_of_two_thousand_planted_secrets_none_comes_through(db: Database, books: Books) -> None:
    def homes() -> None:
        building = session().scalars(select(Building.id).where(Building.estate_id == books.estate)).first()
        assert building is not None
        for room, owner in enumerate(NAMES, 101):
            key = (building, "1", str(room))
            session().add(
                Household(
                    building_id=building, unit_name="1", room=str(room), **sealed_owner(key, owner=owner)
                )
            )

    db.write(homes)
    rng, through = random.Random(5), []
    with db.read():
        for _ in range(2000):
            words, secret = planted(rng)
            try:
                must_tell_of_nobody(books.estate, words)
            except Refused:
                continue
            through.append((words, secret))
    assert through == []


@pytest.mark.parametrize(
    "words",
    ["楼道声控灯", "LED灯管 T8-1200 18W", "3号楼2单元灯具", "水泥 425 号 20 袋", "康泰水管件 DN25",
     "电费 2026年10月", "保洁工资 3 人", "灭火器 MFZ/ABC4", "清雪 12 车", "5号楼门禁 XK-3101",
     "公共照明 1032 度"],
)  # fmt: skip
def test_what_is_bought_can_be_said(db: Database, books: Books, words: str) -> None:
    with db.read():
        must_tell_of_nobody(books.estate, words)
