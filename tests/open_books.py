"""Books of 育英小区 with money in them, and lines entered by real verbs."""

from dataclasses import replace
from datetime import date
from typing import Any

from cast import Cast, Someone
from factories import a_town
from sqlalchemy import select

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.months import month_on
from models.base.orm import put, session
from models.books import earning, spending
from models.books.bought import Bought
from models.books.earning import Received
from models.books.publishing import first_month
from models.books.tables import Income, Outlay
from models.joins.publishing import publish
from models.ledger import Account, Posting, post
from models.person.tables import Person, Staff
from models.place.tables import Estate

TODAY = date(2026, 11, 21)
LAMPS = Bought(
    day=date(2026, 11, 10),
    fen=147_00,
    fund="fees",
    spent_for="repair",
    paid_from="bank",
    payee_kind="firm",
    payee="北林区光明五金商店",
    item="楼道声控灯",
    brand="欧普",
    model="MX350 12W",
    quantity=6_000,
    unit="只",
    unit_price_fen=24_50,
    spender_id=0,
)
GRANT = Received(date(2026, 11, 2), 5000_00, "government", "grant", "bank", "老旧小区改造启动资金")


class Books:
    """`estate` is 育英小区. 李 spends, 赵 enters, 郑 agrees; 冯 is its supervisor."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        self.other = session().scalars(select(Estate.id).where(Estate.name == "建设小区")).one()
        self.community = session().get_one(Estate, self.estate).community_id
        self.feng = a_colleague("冯监事", "J001", "supervisor", community=self.community)
        self.zhao, self.li, self.zheng = (
            By.staff(cast.zhao.id),
            By.staff(cast.li.id),
            By.staff(cast.leader.id),
        )

    def bought(self, **other: Any) -> Bought:
        return replace(LAMPS, **{"spender_id": self.cast.li.id, **other})

    def entered(self, **other: Any) -> Outlay:
        return spending.enter(self.estate, self.bought(**other), self.zhao, again=True)

    def waiting(self, **other: Any) -> Outlay:
        outlay = self.entered(**other)
        spending.hand_in(outlay, self.zhao)
        session().flush()
        return outlay

    def booked(self, **other: Any) -> Outlay:
        outlay = self.waiting(**other)
        assert spending.approve(outlay, self.zheng)
        session().flush()
        return outlay

    def earned(self, **other: Any) -> Income:
        income = earning.enter(self.estate, replace(GRANT, **other), self.zhao, again=True)
        assert earning.approve(income, self.zheng)
        session().flush()
        return income

    def put_up(self, month: date, bank_fen: int | None = None) -> None:
        """And the months before it, without the bank's figure."""
        first = first_month(self.estate) or month
        while first < month:
            publish(self.estate, first, self.zheng)
            first = month_on(first, 1)
        assert publish(self.estate, month, self.zheng, bank_fen=bank_fen)

    def paid_fees(self, fen: int, day: date, key: str) -> None:
        """A home pays beforehand."""
        lines = [Posting(Account.BANK, fen), Posting(Account.PREPAID, -fen, 1)]
        post("paid", self.estate, day, lines, key=key, by=SYSTEM)


def a_colleague(
    name: str, number: str, *roles: str, community: int | None, unit: str | None = None
) -> Someone:
    person = put(Person, public_id=f"p-{number}", is_rider=False, created_at=now())
    put(
        Staff, number=number, person_id=person, name=name, roles=list(roles), employer=unit,
        community_id=community, active=True,
    )  # fmt: skip
    return Someone(name, number=number, roles=roles, id=person)


BEGAN = date(2026, 9, 1)


def begun(day: date = BEGAN) -> Books:
    """A town whose first estate has 10 000 yuan in the bank and 500 in cash from that day on."""
    books = Books(a_town())
    lines = [
        Posting(Account.BANK, 10_000_00),
        Posting(Account.CASH, 500_00),
        Posting(Account.OPENING, -10_500_00),
    ]
    post("opening", books.estate, day, lines, key="opening/1", by=SYSTEM)
    return books
