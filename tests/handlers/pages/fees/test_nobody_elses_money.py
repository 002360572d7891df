"""Every address under a personal link, with another home's numbers in it and in its forms: not one byte of
that home's money comes back, and nothing of it changes (A2, X05)."""

import io
import re
import zipfile
from itertools import product
from typing import Any

import pytest
from cast import Cast
from fee_books import living_in
from own_bills import a_home, a_price, billed, bills_of, paid
from page_phone import Phone
from pay_till import APP, MCH
from sqlalchemy import func, select
from standing import standing
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import session
from models.fee.payments import Payment
from models.fee.tables import Bill, FeeVisit
from models.ledger.tables import EntryLine
from models.pay import hearing, ordering
from models.pay.said import Trade, TradeState
from models.pay.tables import Order, Refund
from models.place.tables import Building, Estate, Household
from server.app import create_app
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

# 68.51 m² at 0.30 for a quarter are 61.66 yuan; the two in cash and over WeChat are nobody else's either.
ROOM, SECRETS = "8891", r"8891|61\.66|6166|68\.51|10\.01|112\.31|CASH-77|4200000077"
VERBS = (
    "enter",
    "wrong",
    "agree",
    "refund",
    "agree_refund",
    "settle_order",
    "settle_refund",
    "find",
    "home",
    "confirm",
)


class Victim:
    """A home of 建设小区, and every number by which its money could be asked for."""

    def __init__(self, town: Cast) -> None:
        a_price("建设小区")
        a_price()
        self.home = a_home(ROOM, estate="建设小区", building="1", area=6851)
        self.mine = a_home("501")
        billed("2026-Q1", "2026-Q2")
        self.person = living_in(self.home)
        self.payment = paid(self.home, 10_01, "CASH-77", town.qian.id)
        self.bills = bills_of(self.home)
        begun = ordering.begin(self.home, self.person, "o-victim", APP, mch_id=MCH, bills=self.bills).order
        assert begun is not None
        ordering.opened(begun.number, "wx-1")
        trade = Trade(
            begun.number, TradeState.SUCCESS, MCH, APP, begun.fen, "CNY", "4200000077", "o-victim", now()
        )
        hearing.answered(begun.number, trade)
        self.order = begun.number
        building = session().get_one(Household, self.home).building_id
        estate = session().get_one(Estate, session().get_one(Building, building).estate_id)
        over_wechat = session().scalars(select(Payment.id).where(Payment.id != self.payment)).one()
        self.numbers: dict[str, list[Any]] = {
            "household": [self.home],
            "bill": self.bills,
            "payment": [self.payment, over_wechat],
            "building": [building],
            "number": [self.order, str(self.home), str(self.payment), str(self.bills[0]), str(estate.id)],
            "estate": [estate.id],
            "month": ["2026-03"],
            "task": list(VERBS),
            "verb": ["done", *VERBS],
            "public": ["x"],
        }


@pytest.fixture
def victim(db: Database, town: Cast) -> Victim:
    return db.write(Victim, town)


@pytest.fixture
def links(db: Database, town: Cast, victim: Victim) -> dict[str, str]:
    """What others hold: their own money, one bill of theirs, the desk of another community, a keeper's."""
    neighbour = db.write(lambda: living_in(victim.mine))
    with db.read():
        own_bill = bills_of(victim.mine)[0]
    made = {
        "fees": personal_path("fees", neighbour),
        "pay": personal_path("pay", neighbour, own_bill),
        "books": personal_path("books", neighbour, 1),
        "desk": personal_path("desk", town.zhao.id),
        "keeper": personal_path("desk", town.li.id),
        "nobody": personal_path("fees", town.rider.id),
        "resident at a desk": personal_path("desk", neighbour),
    }
    return {name: f"/{path}" for name, path in made.items()}


def rules(db: Database, config: Config, method: str) -> list[Rule]:
    found = create_app(config, db).url_map.iter_rules()
    return [
        one
        for one in found
        if one.rule.startswith(("/p/<token>", "/console")) and method in (one.methods or ())
    ]


def paths(rule: Rule, link: str, numbers: dict[str, list[Any]]) -> list[str]:
    names = sorted(rule.arguments - {"token"})
    plain = re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"<\1>", rule.rule)
    made = []
    for values in product(*(numbers.get(name, ["1"]) for name in names)):
        path = plain.replace("/p/<token>", link).replace("/console", link)
        for name, value in zip(names, values, strict=True):
            path = path.replace(f"<{name}>", str(value))
        made.append(path)
    return made


def told_apart(phone: Phone, several: list[str], method: str) -> list[str]:
    """Without all but the first that no route below a link takes, because whatever they say, one view that
    reads nothing of it answers them all."""
    routes = phone.client.application.url_map.bind("localhost")

    def is_taken(path: str) -> bool:
        try:
            return bool(routes.match(phone.led(path), method)[0] != "pages.led_on")
        except HTTPException:
            return True

    untaken = [path for path in several if not is_taken(path)]
    return [path for path in several if path not in untaken[1:]]


def read(page: bytes) -> str:
    """What somebody reads there, in the cells of a workbook too."""
    if not zipfile.is_zipfile(io.BytesIO(page)):
        return page.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(page)) as book:
        return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())


def money(db: Database) -> tuple[Any, ...]:
    with db.read():
        return (
            session().execute(select(Bill.id, Bill.paid_fen, Bill.state).order_by(Bill.id)).all(),
            session().execute(select(Payment.id, Payment.wrong_by, Payment.reversed_at)).all(),
            session().execute(select(Order.id, Order.state, Order.settled_at)).all(),
            session().execute(select(Refund.id, Refund.state)).all(),
            session().execute(select(FeeVisit.id, FeeVisit.outcome)).all(),
            session().execute(select(func.count(EntryLine.id))).scalar(),
        )


def test_its_own_pages_do_hold_what_is_looked_for(phone: Phone, victim: Victim) -> None:
    """Or else the sweep below would find nothing whatever happens."""
    link = "/" + personal_path("fees", victim.person)
    bill = standing(SECRETS, phone.open(f"{link}/bills/{victim.bills[0]}").text)
    receipt = standing(SECRETS, phone.open(f"{link}/receipts/{victim.payment}").text)
    assert {*bill} >= {"8891", "61.66", "68.51"}
    assert {*receipt} >= {"8891", "10.01", "CASH-77"}


def test_no_address_shows_another_homes_money(
    db: Database, config: Config, phone: Phone, victim: Victim, links: dict[str, str]
) -> None:
    asked = 0
    for rule in rules(db, config, "GET"):
        for who, link in links.items():
            for path in told_apart(phone, paths(rule, link, victim.numbers), "GET"):
                answer = phone.open(path)
                asked += 1
                assert answer.status_code < 500, path
                assert standing(SECRETS, read(answer.data)) == [], (who, path)
    assert asked > 300


def test_no_form_changes_another_homes_money(
    db: Database, config: Config, phone: Phone, victim: Victim, links: dict[str, str]
) -> None:
    before = money(db)
    form = {
        "item": str(victim.payment),
        "home": str(victim.home),
        "household": str(victim.home),
        "bill": str(victim.bills[0]),
        "order": victim.order,
        "yuan": "61.66",
        "way": "cash",
        "receipt": "CASH-78",
        "day": "2026-03-23",
        "why": "x",
        "how": "prepaid",
        "outcome": "paid",
        "agree": "yes",
    }
    for rule in rules(db, config, "POST"):
        for who, link in links.items():
            for path in told_apart(phone, paths(rule, link, victim.numbers), "POST"):
                answer = phone.send(path, **form)
                assert answer.status_code < 500, (who, path)
                shown = re.sub(r'value="[^"]*"', "", answer.text)  # what was typed is shown again
                assert standing(SECRETS, shown) == [], (who, path)
    assert money(db) == before
