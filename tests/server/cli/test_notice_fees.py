"""hemei notice send with a book of fees: rehearsed, refused row by row, handed in."""

from datetime import date
from pathlib import Path

import pytest
from commands import hemei
from factories import a_town, unit_of_work
from fee_books import homes, living_in
from notices import letters_of, tell_all
from openpyxl import Workbook
from settings_files import configuration, plain_url
from sqlalchemy import func, select

from models.base.actor import SYSTEM
from models.base.orm import put, session
from models.contract.tables import Service, ServiceOrder
from models.fee.billing import begin, bill_some
from models.fee.payments import Way, receive
from models.fee.period import Period
from models.fee.tables import Basis, Bill
from models.fee.tariffs import set_price
from models.notice.fees import FeeLine
from models.notice.tables import Notice
from models.place.tables import Estate, Household
from server.database import Database

FILE = """
title = "物业费催缴"
body = "请到社区服务站缴。"
signed = "育英社区居委会"
by = "C001"
fees = "缴费.csv"
[audience]
buildings = [["育英小区", "3"]]
"""
BY_BILLS = FILE.replace('fees = "缴费.csv"', 'bills = "2026-Q4"')
HEAD = "小区,楼号,单元,室号,应缴,已缴,姓名"


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db), rules={"notice_delay_seconds": 0, "second_person_above": 100})
    db.write(a_town)
    with unit_of_work(db):
        living_in(homes(20)[19])
    (tmp_path / "notice.toml").write_text(FILE, encoding="utf-8")
    rows = [f"育英小区,3,1,{101 + one},180.00,{'180.00' if one < 12 else ''},某某" for one in range(20)]
    (tmp_path / "缴费.csv").write_text("\ufeff" + "\r\n".join([HEAD, *rows]), encoding="utf-8")
    return tmp_path


def lines(db: Database) -> int:
    with db.read():
        return session().execute(select(func.count(FeeLine.id))).scalar_one()


def test_a_rehearsal_counts_by_building_and_keeps_nothing(db: Database, home: Path) -> None:
    done = hemei("notice", "send", "notice.toml", "--dry-run", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "people 1, groups 1\n" in done.stdout
    assert "\n育英小区 3: paid 12/20, said" in done.stdout
    assert "育英小区3号楼已缴12/20户" in done.stdout
    assert "您家有一笔物业费账单" in done.stdout
    assert "180" not in done.stdout
    with db.read():
        assert session().scalars(select(Notice)).all() == []
    assert lines(db) == 0


def test_it_is_handed_in_and_told(db: Database, home: Path) -> None:
    done = hemei("notice", "send", "notice.toml", cwd=home)
    assert done.returncode == 0, done.stderr
    assert lines(db) == 20
    tell_all(db)
    with db.read():
        number = session().scalars(select(Notice.id)).one()
        assert sorted(one.kind for one in letters_of(number)) == ["notice_fee", "notice_group"]


def test_the_same_from_excel(db: Database, home: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(HEAD.split(","))
    for one in range(20):
        sheet.append(["育英小区", 3, 1, 101 + one, 180.1 + 0.27, 180.37 if one < 12 else None, "某某"])
    book.save(home / "缴费.xlsx")
    (home / "notice.toml").write_text(FILE.replace("缴费.csv", "缴费.xlsx"), encoding="utf-8")
    done = hemei("notice", "send", "notice.toml", cwd=home)
    assert done.returncode == 0, done.stderr
    with db.read():
        found = session().execute(select(FeeLine.due_fen, FeeLine.paid_fen).order_by(FeeLine.id)).all()
    assert [tuple(one) for one in (found[0], found[-1])] == [(18037, 18037), (18037, 0)]


def test_a_book_with_errors_is_refused_whole(db: Database, home: Path) -> None:
    rows = [
        "育英小区,3,1,101,180.00,0",
        "育英小区,3,1,101,180.00,0",
        "育英小区,5,1,101,1,0",
        "育英小区,3,1,102,abc,0",
    ]
    (home / "缴费.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    done = hemei("notice", "send", "notice.toml", cwd=home)
    assert done.returncode == 1
    assert "第 3 行 “室号”列：“3-1-101”与第 2 行重复。请只留一行。" in done.stderr
    assert "第 4 行 “室号”列：没有查到“5-1-101”这一户" in done.stderr
    assert "第 5 行 “应缴”列：“abc”不是钱数" in done.stderr
    assert "3 problems, nothing was taken" in done.stderr
    with db.read():
        assert session().scalars(select(Notice)).all() == []


@pytest.mark.parametrize(
    ("fees", "said"), [('fees = "none.csv"', "No such file"), ("fees = 3", "fees is the name of a file")]
)
def test_a_book_that_is_not_there_is_said(home: Path, fees: str, said: str) -> None:
    (home / "notice.toml").write_text(FILE.replace('fees = "缴费.csv"', fees), encoding="utf-8")
    done = hemei("notice", "send", "notice.toml", cwd=home)
    assert done.returncode == 1
    assert said in done.stderr


def test_the_bills_of_a_period_are_as_good_as_a_book(db: Database, home: Path) -> None:
    def billed() -> None:
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        set_price(estate, 3000, date(2026, 1, 1))
        for area, one in enumerate(session().scalars(select(Household).order_by(Household.id)), 5000):
            one.area = area
        # what somebody ordered beside the fee is billed apart, and no group hears of it
        service = put(
            Service, estate_id=estate, name="停车", service_class="optional", unit="place", active=True
        )
        set_price(estate, 600_000, date(2026, 1, 1), service_id=service, basis=Basis.UNIT)
        home = session().scalars(select(Household.id).order_by(Household.id)).first()
        put(ServiceOrder, household_id=home, service_id=service, quantity=1, since=date(2026, 10, 1), by_id=1)
        run = begin(Period.of("2026-Q4"), 30)
        while bill_some(run):
            pass
        for one in (
            session().scalars(select(Bill).where(Bill.service_id == 0).order_by(Bill.id).limit(12)).all()
        ):
            receive(one.household_id, one.amount_fen, Way.CASH, str(one.id), date(2026, 10, 1), SYSTEM)

    db.write(billed)
    (home / "notice.toml").write_text(BY_BILLS, encoding="utf-8")
    done = hemei("notice", "send", "notice.toml", "--dry-run", cwd=home)
    assert "育英小区 3: paid 12/20, said" in done.stdout, done.stderr
    assert hemei("notice", "send", "notice.toml", cwd=home).returncode == 0
    assert lines(db) == 20


def test_a_period_without_bills_is_refused_in_words(home: Path) -> None:
    (home / "notice.toml").write_text(BY_BILLS, encoding="utf-8")
    done = hemei("notice", "send", "notice.toml", "--dry-run", cwd=home)
    assert done.returncode == 1
    assert "还没有出账单" in done.stderr
