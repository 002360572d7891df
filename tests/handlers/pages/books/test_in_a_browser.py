"""The open books in a real browser: on a small phone, wide, on paper, and black boxes drawn with a finger."""

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from browsers import CHROMIUM, SIZES, assert_fits, open_all, pictured
from cast import Someone
from open_books import Books
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from models.base.actor import By
from models.base.checkdigit import with_check
from models.base.links import personal_path
from models.base.orm import put, session
from models.books import vouchers
from models.books.tables import Outlay
from models.fee import billing, payments
from models.fee.payments import Way
from models.fee.period import Period
from models.fee.tables import Bill
from models.fee.tariffs import set_price
from models.joins.questioning import ask
from models.media.files import Files
from models.media.keeping import item_of
from models.place.tables import Building, Household
from server.config import Config
from server.database import Database

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium"),
    pytest.mark.parametrize("db", ["sqlite"], indirect=True),
]

OCTOBER = date(2026, 10, 1)


def a_receipt() -> bytes:
    paper = Image.new("RGB", (900, 640), "#fdfbf3")
    pen = ImageDraw.Draw(paper)
    pen.rectangle((20, 20, 880, 620), outline="#a33", width=4)
    for row in range(8):
        pen.line((60, 120 + row * 60, 840, 120 + row * 60), fill="#888", width=2)
    pen.text((80, 60), "FAPIAO 0001  TEL 138 0000 0000", fill="#222", font_size=30)
    written = io.BytesIO()
    paper.save(written, "JPEG")
    return written.getvalue()


def homes(books: Books) -> list[int]:
    """Twenty-four in the first building, of which fifteen pay for the third quarter and eighteen for the
    second."""
    building = session().scalars(select(Building.id).where(Building.estate_id == books.estate)).first()
    assert building is not None
    set_price(books.estate, 3000, date(2026, 1, 1))
    made = [
        put(Household, building_id=building, unit_name="1", room=str(100 + n), area=5000, active=True)
        for n in range(24)
    ]
    for label, many in (("2026-Q2", 18), ("2026-Q3", 15)):
        period = Period.of(label)
        run = billing.begin(period, 30)
        while billing.bill_some(run):
            pass
        for home in made[:many]:
            bill = (
                session().scalars(select(Bill).where(Bill.household_id == home, Bill.period == label)).one()
            )
            key = f"{label}/{home}"
            payments.receive(home, bill.amount_fen, Way.TRANSFER, key, period.last, books.zhao)
    return made


def a_year(books: Books, files: Files) -> dict[str, str]:
    """Months with everything in them; gives the paths of the pages by name."""
    plain = {"unit_price_fen": None, "brand": None, "model": None, "quantity": 1000, "unit": "项"}
    spent = [
        (date(2026, 10, 5), "labour", 6_800_00, "保洁、门卫工资", {"payee_kind": "staff", "payee": "李师傅"}),
        (
            date(2026, 10, 8),
            "utilities",
            1_246_50,
            "公共照明电费",
            {"payee_kind": "utility", "payee": "绥化电业局"},
        ),
        (date(2026, 10, 20), "cleaning", 380_00, "垃圾清运", {"payee_kind": "person", "payee": "张某"}),
    ]
    for day, what, fen, item, more in spent:
        books.booked(**plain, **more, day=day, spent_for=what, fen=fen, item=item)
    lamps = books.booked(day=date(2026, 10, 12))
    lock = books.booked(day=date(2026, 10, 14), item="单元门锁", brand="盼盼", model="PP-301", fen=320_00,
                        quantity=2000, unit="把", unit_price_fen=160_00)  # fmt: skip
    books.earned(day=date(2026, 10, 2))
    books.earned(day=date(2026, 10, 9), kind="wall_rent", fund="common", fen=600_00, words="电梯广告位租金")
    for outlay in (lamps, lock):
        file = files.keep(a_receipt(), "image/jpeg")
        vouchers.attach(outlay, file, books.zhao)
    vouchers.show_blackened(lamps, files.keep(a_receipt(), "image/jpeg"), books.zhao)
    vouchers.clear(lamps, lamps.voucher_public or "", books.zheng)
    ask(lamps, "装在哪几个单元了？", By.person(books.cast.wang.id))
    from models.books import spending

    spending.take_back(lock, books.zheng, "买重了，退回商店")
    books.booked(day=date(2026, 11, 3), spent_for="snow", fund="government", fen=900_00, item="清雪车租用",
                 **plain)  # fmt: skip
    waits = books.waiting(day=date(2026, 11, 18), item="灭火器", brand="淮海", model="MFZ/ABC4", fen=780_00,
                          quantity=10_000, unit="具", unit_price_fen=78_00,
                          spender_id=books.cast.zhao.id)  # fmt: skip
    vouchers.attach(waits, files.keep(a_receipt(), "image/jpeg"), books.zhao)
    books.entered(day=date(2026, 11, 19), item="扫帚", spent_for="cleaning", **plain, fen=60_00)
    books.put_up(OCTOBER, bank_fen=None)
    number = with_check(books.estate)
    zheng, zhao = (
        "/" + personal_path("desk", books.cast.leader.id),
        "/" + personal_path("desk", books.cast.zhao.id),
    )
    return {
        "books-month": f"/books/{number}/2026-10",
        "books-now": f"/books/{number}",
        "books-ask": "/" + personal_path("books", books.cast.wang.id, books.estate),
        "books-desk": f"{zheng}/books",
        "books-desk-enters": f"{zhao}/books",
        "books-supervisor": "/" + personal_path("desk", books.feng.id) + "/books",
        "books-outlay": f"{zheng}/books/outlay/{waits.id}",
        "books-blacken": f"{zhao}/books/outlay/{lock.id}",
        "books-cleared": f"{zhao}/books/outlay/{lamps.id}",
        "books-income": f"{zhao}/books/income/1",
        "books-preview": f"{zhao}/books/month/{number}/2026-11",
    }


@pytest.fixture
def paying(db: Database, books: Books) -> None:
    """For those who look at what is paid; before the month is put up."""
    db.write(homes, books)


@pytest.fixture
def pages(db: Database, books: Books, config: Config) -> dict[str, str]:
    return db.write(a_year, books, Files(config.storage.dir))


@pytest.mark.usefixtures("paying")
def test_every_page_fits_a_small_phone_and_a_wide_screen(
    address: str, pages: dict[str, str], chromium: Callable[..., BrowserContext]
) -> None:
    complaints: list[str] = []
    page = chromium(*SIZES[0]).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda trouble: complaints.append(str(trouble)))
    for name, path in pages.items():
        page.goto(address + path)
        open_all(page)
        assert_fits(page, name)
    assert complaints == []


@pytest.mark.usefixtures("paying")
def test_the_public_page_prints_on_a4(
    address: str, pages: dict[str, str], chromium: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = chromium(1200, 900).new_page()
    page.goto(address + pages["books-month"])
    assert "15 / 24" in page.inner_text("main")
    assert "675.00 / 1080.00" in page.inner_text("main")
    assert re.search(rb"/MediaBox \[0 0 59[45]", page.pdf(prefer_css_page_size=True))
    page.emulate_media(media="print")
    pictured(page, "books-month-print.png")
    assert page.locator("form:visible").count() == 0
    assert page.locator(".printed:visible").count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_what_is_private_is_blackened_by_finger_or_by_figures(
    address: str,
    pages: dict[str, str],
    chromium: Callable[..., BrowserContext],
    db: Database,
    config: Config,
    script: bool,
) -> None:
    page = chromium(360, 800, script=script).new_page()
    page.goto(address + pages["books-blacken"])
    if script:
        picture = page.locator("[data-blacken] img")
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        assert box is not None
        for left, top, right, bottom in ((0.05, 0.05, 0.9, 0.2), (0.1, 0.5, 0.3, 0.6)):
            page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
            page.mouse.down()
            page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=4)
            page.mouse.up()
        pictured(page, "books-blackened-360.png")
        page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + 0.55 * box["height"])
    else:
        page.fill("#boxes", "50,50,900,200")
    page.get_by_role("button", name="涂好了，请别人看一眼").click()
    assert "涂好了" in page.inner_text("main")
    with db.read():
        row = session().scalars(select(Outlay).where(Outlay.item == "单元门锁")).one()
        item = item_of(row.voucher_public or "")
        assert item is not None
        file = Files(config.storage.dir).path(item.file or "")
    assert file is not None
    black = Image.open(file).convert("L")
    width, height = black.size
    assert black.crop((width // 10, height // 10, width * 8 // 10, height * 18 // 100)).getextrema()[1] < 20
    assert black.getpixel((width * 2 // 10, height * 56 // 100)) > 100


def test_a_resident_asks_with_one_thumb(
    address: str,
    pages: dict[str, str],
    chromium: Callable[..., BrowserContext],
    asks: Callable[[Someone], str],
) -> None:
    page = chromium(360, 800, script=False).new_page()
    page.goto(address + pages["books-ask"])
    page.get_by_text("对这一笔有疑问").first.click()
    page.locator("textarea").first.fill("为什么要租车？")
    page.get_by_role("button", name="问一问").first.click()
    assert "问出去了" in page.inner_text("main")
