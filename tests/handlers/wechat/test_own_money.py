"""我今年交多少，都花哪了: the own bills by their formula, the own part of each spending, to nobody else."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from chat import Chat
from own_bills import a_home, a_price, billed, paid
from sqlalchemy import select, update

from models.base.actor import SYSTEM
from models.base.orm import put, session
from models.books.tables import Publication
from models.enquiry.asking import own_money_asked
from models.ledger import Account, Posting, post
from models.person.tables import Home
from models.place.tables import Estate

NOW = datetime(2026, 5, 4, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def _two_quarters(proof: str) -> None:
    """王阿姨's home owes 90 yuan of this year and has paid 60."""
    a_price()
    home = a_home("501")
    billed("2026-Q1", "2026-Q2")
    paid(home, 60_00, "0001", 1)
    session().execute(update(Home).values(proof=proof))


def _spent() -> None:
    """March is published: cleaning 200 and repair 100 yuan; April is not: 999 on snow."""
    estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
    for number, (code, fen, day) in enumerate([("cleaning", 200_00, 5), ("repair", 100_00, 6)]):
        lines = [Posting(Account.EXPENSE, fen, detail=code), Posting(Account.BANK, -fen)]
        post("outlay", estate, date(2026, 3, day), lines, key=f"outlay/{number}", by=SYSTEM)
    lines = [Posting(Account.EXPENSE, 999_00, detail="snow"), Posting(Account.BANK, -999_00)]
    post("outlay", estate, date(2026, 4, 1), lines, key="outlay/9", by=SYSTEM)
    put(Publication, estate_id=estate, month=date(2026, 3, 1), statement={}, by_id=1)


def test_the_own_bills_with_their_formula(chat: Chat) -> None:
    chat.database.write(_two_quarters, "register_phone")
    reply = chat.says(chat.cast.wang, "我今年交多少")
    assert "2026年应交90.00元，已交60.00元，还差30.00元" in reply
    assert "50.00 ㎡ × 0.30 元 × 3 个月 = 45.00 元，交清了" in reply
    assert "/p/" in reply


def test_where_it_went_by_what_is_published_and_the_parts_are_the_whole(chat: Chat) -> None:
    chat.database.write(_two_quarters, "register_phone")
    chat.database.write(_spent)
    reply = chat.says(chat.cast.wang, "我今年交多少, 都花哪了")
    assert (
        "按育英小区公示的3月花掉的物业费300.00元分，您家这90.00元里，保洁和清运60.00元（66.7%），维修30.00元（33.3%）"
        in reply
    )
    assert "清雪" not in reply  # nobody has published that month


def test_before_anything_is_published_it_says_so(chat: Chat) -> None:
    chat.database.write(_two_quarters, "staff")
    assert "还没有公示" in chat.says(chat.cast.wang, "物业费都花哪了")


@pytest.mark.parametrize("words", ["我今年交多少", "账单", "收据", "缴费", "物业费都花哪了"])
def test_who_only_says_to_live_there_hears_no_sum_and_how_it_is_proved(chat: Chat, words: str) -> None:
    chat.database.write(_two_quarters, "said")
    for who in (chat.cast.wang, chat.cast.sun_xiaoyu, chat.cast.rider):
        reply = chat.says(who, words)
        assert "核实" in reply
        assert "90.00" not in reply
        assert "501，" not in reply


def test_who_says_to_live_there_reads_the_mark_by_which_staff_know_who_it_is(chat: Chat) -> None:
    chat.database.write(_two_quarters, "said")
    reply = chat.says(chat.cast.wang, "账单")
    assert re.search(r"您说住在育英小区3号楼2单元501室，您的核实号是 \d{3} \d{3}。", reply)
    assert "核实号" not in chat.says(chat.cast.sun_xiaoyu, "账单")  # of whom nothing was said


def test_where_nobody_was_ever_billed_the_price_is_told_as_before(chat: Chat) -> None:
    chat.database.write(a_price)
    assert "每平方米每月0.3元" in chat.says(chat.cast.wang, "交物业费")


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("我今年交多少", "bill"), ("账单", "bill"), ("我家还欠多少物业费", "bill"), ("我欠费吗", "bill"),
        ("我今年交多少, 都花哪了", "spent"), ("都花哪了", "spent"), ("钱都花到哪去了", "spent"),
        ("交物业费", "pay"), ("缴费", "pay"), ("物业费怎么交", "pay"), ("怎么交划算", "pay"),
        ("年付有优惠吗", "pay"), ("收据", "receipt"),
        ("缴费记录", "receipt"), ("物业费多少钱一平", None), ("交了物业费楼道灯还不亮", None),
        ("水费交哪", None), ("电费怎么交", None), ("3号楼2单元灯不亮", None),
    ],
)  # fmt: skip
def test_what_is_asked_for(words: str, topic: str | None) -> None:
    assert own_money_asked(words) == topic
