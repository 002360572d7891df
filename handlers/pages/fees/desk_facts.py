"""What the fee desk has to do now, and how much has come in."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import select

from handlers.pages.books.sight import books_waiting
from handlers.pages.case_facts import estates
from handlers.pages.fees.receipts import line_of_payment
from handlers.pages.fees.terms_waiting import terms_waiting
from handlers.pages.story import staff_name
from models.base.clock import local, now
from models.base.months import month_on
from models.base.orm import session
from models.duty.overseeing import DECIDING
from models.fee import own, rates, visiting
from models.fee.payments import Payment
from models.fee.period import Period
from models.fee.rates import Rate
from models.pay import reading
from models.pay.deciding import WAYS_OUT
from models.pay.differences import count_open
from models.pay.tables import Order
from models.person.arriving import Visitor
from models.place.gazetteer import town

SHOWN = 50
QUARTERS = 4


def desk_facts(visitor: Visitor, estate: int | None) -> dict[str, Any]:
    """For templates/pages/fees/desk.html. `estate`: of which one the rates are drawn."""
    theirs = estates(visitor)
    keys = [one["id"] for one in theirs]
    chosen = estate if estate in keys else keys[0] if keys else None
    return {
        "name": visitor.staff_name,
        "deciding": may_decide(visitor),
        "estates": theirs,
        "chosen": chosen,
        "doubted": _doubted(keys, visitor.person_id),
        "orders": [
            {**one, "ways": WAYS_OUT[one["trouble"]]}
            for one in reading.orders(reading.TROUBLED, Order.estate_id.in_(keys), limit=SHOWN)
        ],
        "refunds": [
            {**one, "who": staff_name(one["by"]), "is_mine": one["by"] == visitor.person_id}
            for one in reading.refunds(reading.WAITING, Order.estate_id.in_(keys), limit=SHOWN)
        ],
        "elsewhere": [
            {"what": what, "count": waiting, "path": path}
            for what, waiting, path in (
                ("books", books_waiting(visitor), "books"),
                ("terms", terms_waiting(visitor), "fees/terms"),
                ("compare", count_open(keys), "fees/compare"),
            )
            if waiting
        ],
        "visits": visiting.homes_to_visit(_buildings_of(keys)),
        "rates": [_drawn(one) for one in rates.rates(chosen, last_quarters())] if chosen is not None else [],
    }


def _buildings_of(estate_ids: Collection[int]) -> list[int]:
    return [one.id for one in town().buildings.values() if one.estate_id in estate_ids]


def may_decide(visitor: Visitor) -> bool:
    return not DECIDING.isdisjoint(visitor.roles)


def last_quarters() -> list[Period]:
    """The running one first."""
    today = local(now()).date()
    this = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    firsts = [month_on(this, -3 * back) for back in range(QUARTERS)]
    return [Period.of(f"{first.year}-Q{(first.month + 2) // 3}") for first in firsts]


def _doubted(estate_ids: Collection[int], me: int) -> list[dict[str, Any]]:
    """Payments that somebody says to be wrong, the oldest first; a colleague of theirs has to look."""
    query = (
        select(Payment)
        .where(
            Payment.wrong_by.is_not(None),
            Payment.reversed_at.is_(None),
            Payment.estate_id.in_(estate_ids),
        )
        .order_by(Payment.id)
        .limit(SHOWN)
    )
    return [
        {
            **line_of_payment(one),
            "home": own.dwelling(one.household_id).place(),
            "home_id": one.household_id,
            "why": one.wrong_why,
            "who": staff_name(one.wrong_by),
            "is_mine": one.wrong_by == me,
            "paper": one.key.partition("/")[2],
        }
        for one in session().scalars(query)
    ]


def _drawn(one: rates.Rates) -> dict[str, Any]:
    return {
        "period": one.households.period,
        "households": _bar(one.households),
        "money": _bar(one.money),
    }


def _bar(rate: Rate) -> dict[str, Any]:
    return {"over": rate.over, "under": rate.under, "permille": rate.permille}
