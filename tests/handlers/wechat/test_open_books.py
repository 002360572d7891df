"""查账: the link to the estate's open books, whoever asks."""

import re
from datetime import date

import pytest
from chat import Chat
from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.links import opened
from models.base.orm import session
from models.enquiry.asking import open_books_asked
from models.ledger import Account, Posting, post
from models.place.tables import Estate


def _begun() -> None:
    estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
    lines = [Posting(Account.BANK, 5), Posting(Account.OPENING, -5)]
    post("opening", estate, date(2026, 1, 1), lines, key="opening", by=SYSTEM)


@pytest.mark.parametrize("words", ["查账", "我要查账", "看看小区的账", "收支公示", "小区的钱都花哪了"])
def test_a_resident_has_a_link_of_the_own_estate(chat: Chat, words: str) -> None:
    chat.database.write(_begun)
    reply = chat.says(chat.cast.wang, words)
    assert "育英小区收支公示" in reply
    found = re.search(r"/p/([\w-]{30,})", reply)
    assert found is not None
    link = opened(found[1])
    assert link is not None
    assert (link.kind, link.person_id) == ("books", chat.cast.wang.id)
    assert "/books/" in reply


def test_whoever_lives_nowhere_we_know_is_asked_for_the_estate(chat: Chat) -> None:
    assert "带上小区名" in chat.says(chat.cast.rider, "查账")
    assert "建设小区还没有开始记收支" in chat.says(chat.cast.rider, "建设小区查账")


@pytest.mark.parametrize(
    "words",
    ["物业费多少钱一平", "3号楼灯不亮", "都花哪了", "我家欠费吗", "账单", "小区的灯坏了", "停车费涨了"],
)
def test_what_asks_for_something_else(words: str) -> None:
    assert not open_books_asked(words)
