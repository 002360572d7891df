"""Homes that owe: each with somebody who lives there beyond doubt, and a bill of its own sum."""

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select

from handlers.pages.fees import payer as login
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import session
from models.fee import billing
from models.fee.period import Period
from models.fee.tables import Bill
from models.fee.tariffs import set_price
from models.ledger.accounts import Account
from models.ledger.balances import balances
from models.outbox.address import Address
from models.pay.tables import Order, Refund
from models.person.tables import Home, Person
from models.place.tables import Building, Estate, Household
from server.database import Database

PERIOD = Period.of("2026-Q4")
ROOMS = 40  # in a building
AREA = 4_000  # 0.01 m² of the first home; the next one has a hundredth more, so that each sum is another
_ORDER = re.compile(r'data-order="([^"]*)" data-progress="([^"]*)"')


class Sheet(NamedTuple):
    """What a phone was given to pay, and where it looks how far that is."""

    prepay_id: str
    progress: str

    @classmethod
    def of(cls, page: str) -> "Sheet | None":
        """None for a page that gives nothing to pay."""
        found = _ORDER.search(page)
        if found is None:
            return None
        parameters = json.loads(html.unescape(found[1]))
        return cls(parameters["package"].removeprefix("prepay_id="), html.unescape(found[2]))


@dataclass
class Owing:
    """A home, who pays for it, and by which address of hemei."""

    household: int
    bill: int
    fen: int
    person: int
    openid: str
    path: str  # of the page with the button

    def cookies(self) -> dict[str, str]:
        """As they are after WeChat has said who holds the phone."""
        return {login.PAYER: str(login._signer().dumps(self.openid))}

    def as_another(self, number: int) -> "Owing":
        """The same bill by its own link, which was handed on to somebody else."""
        path = "/" + personal_path("pay", self.person, self.bill)
        return Owing(self.household, self.bill, self.fen, self.person, f"{self.openid}-{number}", path)


@dataclass
class Homes:
    """`count` homes of the town; `owing` once they have moved in."""

    database: Database
    count: int
    owing: list[Owing] = field(default_factory=list)

    def move_in(self, *, billed: bool = True) -> "Homes":
        self.database.write(self._move_in)
        if billed:
            run = self.database.write(billing.begin, PERIOD, 30)
            while self.database.write(billing.bill_some, run):
                pass
            self.owing = self._owing()
        return self

    def _move_in(self) -> None:
        at = now()
        buildings = session().scalars(select(Building).order_by(Building.id)).all()
        for estate in session().scalars(select(Estate.id)):
            set_price(estate, 3000, date(2026, 1, 1))
        connection = session().connection()
        rooms = [
            {
                "building_id": buildings[n // ROOMS % len(buildings)].id,
                "unit_name": "1",
                "room": f"{n // ROOMS // len(buildings)}{n % ROOMS:03}",
                "area": AREA + n,
                "active": True,
            }
            for n in range(self.count)
        ]
        connection.execute(insert(Household), rooms)
        people = [{"public_id": f"h{n}", "is_rider": False, "created_at": at} for n in range(self.count)]
        persons = sorted(connection.execute(insert(Person).returning(Person.id), people).scalars())
        homes = [
            {
                "person_id": person,
                "building_id": room["building_id"],
                "unit_name": "1",
                "room": room["room"],
                "proof": "staff",
                "since": at,
            }
            for person, room in zip(persons, rooms, strict=True)
        ]
        connection.execute(insert(Home), homes)
        addresses = [
            {"owner_kind": "person", "owner_id": one, "channel": "official", "value": f"oHome-{n:08}"}
            for n, one in enumerate(persons)
        ]
        connection.execute(insert(Address), addresses)

    def _owing(self) -> list[Owing]:
        lives_there = (Home.building_id == Household.building_id) & (Home.room == Household.room)
        query = (
            select(Household.id, Bill.id, Bill.amount_fen, Home.person_id, Address.value)
            .join(Home, lives_there)
            .join(Bill, Bill.household_id == Household.id)
            .join(Address, (Address.owner_id == Home.person_id) & (Address.owner_kind == "person"))
            .order_by(Household.id)
        )
        with self.database.read():
            rows = session().execute(query).all()
        return [
            Owing(*row, f"/{personal_path('fees', row.person_id)}/pay/{row[0]}")  # type: ignore[call-arg]
            for row in rows
        ]


@dataclass
class Books:
    """What hemei's books say of money, held against what the platform knows."""

    orders: dict[str, Any]
    refunds: dict[str, Any]
    bills: dict[int, Any]
    balances: dict[Account, int]

    @classmethod
    def open(cls, database: Database) -> "Books":
        with database.read():
            of_orders = select(
                Order.number, Order.state, Order.paid_fen, Order.transaction_id, Order.payment_id,
                Order.household_id, Order.trouble, Order.paid_at, Order.prepay_id,
            )  # fmt: skip
            of_refunds = select(
                Refund.number, Refund.state, Refund.fen, Refund.order_id, Refund.done_at, Refund.made_at
            )
            of_bills = select(Bill.id, Bill.amount_fen, Bill.paid_fen, Bill.state, Bill.household_id)
            return cls(
                {row.number: row for row in session().execute(of_orders)},
                {row.number: row for row in session().execute(of_refunds)},
                {row.id: row for row in session().execute(of_bills)},
                dict(balances()),
            )


def unsettled(database: Database) -> int:
    """Orders and refunds that nobody has heard the end of."""
    with database.read():
        orders = select(func.count()).where(Order.state.in_(("making", "open", "closing")))
        refunds = select(func.count()).where(Refund.state.in_(("wanted", "sent")))
        return int(session().scalar(orders) or 0) + int(session().scalar(refunds) or 0)


def paid_there(known: dict[str, Any]) -> dict[str, Any]:
    """Of what the platform knows the orders that were paid, by number."""
    return {
        one["out_trade_no"]: one for one in known["orders"] if one["trade_state"] in ("SUCCESS", "REFUND")
    }


def total(orders: Sequence[dict[str, Any]]) -> int:
    return sum(one["amount"]["total"] for one in orders)
