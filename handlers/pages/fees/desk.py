"""/console/fees: what waits for two persons, what came in at the counter, how a home stands.

Whoever decides for the community acts; supervisors see all of it and act on nothing. Each look at a home's
money is a step in its history, each look at a list of such homes one of the desk.
"""

from typing import Any

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.audit.noting import here, looked, who
from handlers.pages.fees.bills import bill_facts, line_of_bill
from handlers.pages.fees.desk_facts import desk_facts
from handlers.pages.fees.desk_forms import Page, overseer
from handlers.pages.fees.desk_tasks import FIELDS, TASKS
from handlers.pages.fees.looking import list_looked_at
from handlers.pages.fees.receipts import line_of_payment, receipt_facts
from handlers.pages.forms import from_our_own_page, place_said, typed, words
from handlers.pages.front import Front, show
from handlers.pages.links import link_of
from handlers.words import refusal
from models.audit.noting import note, sought
from models.base.actor import By
from models.base.clock import local, now
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.duty.overseeing import decides, oversees
from models.fee import own
from models.fee.own import Dwelling
from models.fee.payments import Payment, Way
from models.history import record
from models.person.arriving import Visitor
from models.person.proving import residents


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    link = link_of(access, "desk")
    chosen = request.args.get("estate", "")
    with front.database.read():
        visitor = overseer(link)
        estate = int(chosen) if chosen.isdecimal() and len(chosen) < 12 else None
        facts = desk_facts(visitor, estate)
    list_looked_at(
        front,
        visitor,
        payments=[one["id"] for one in facts["doubted"]],
        orders=[one["number"] for one in facts["orders"]],
        refunds=[one["number"] for one in facts["refunds"]],
    )
    said = typed() if request.method == "POST" else {}
    return show("fees/desk.html", status, access=access, desk=facts, typed=said, error=error)


def shown_again(front: Front, access: Access, status: int, *, error: str) -> Response:
    """With what was wrong: the home's account where the form was one of it."""
    home = words("home", FIELDS["home"])
    if home.isdecimal() and len(home) < 16:
        return account(front, access, int(home), status, error=error)
    return shown(front, access, status, error=error)


def find(front: Front, access: Access) -> AnyResponse:
    """A home by its door, for whoever oversees its community."""
    from_our_own_page()
    link = link_of(access, "desk")
    try:
        with front.database.read():
            visitor = overseer(link)
            spot = place_said().spot("staff")
            if spot.building_id is None or not spot.room:
                raise Invalid("home_door")
            home = own.dwelling_at(spot.building_id, spot.unit or "", spot.room)
            if not oversees(visitor.person_id, home.community_id):
                raise NotFound("household_not_found")
    except Refused as refused:
        return shown(front, access, refused.status, error=refusal(refused))
    door = sought("/".join(home.place().values()))
    looked(front.database, visitor, "search", ("page", "fee_find"), facts={"door": door})
    return redirect(f"{access.base}/fees/homes/{home.id}", 303)


def account(
    front: Front, access: Access, household: int, status: int = 200, *, error: str | None = None
) -> Response:
    """How a home stands; the look is written down."""
    link, origin = link_of(access, "desk"), here()

    def work() -> dict[str, Any]:
        visitor, home = _looked(link, household, origin)
        bills, people = own.bills_of(home.id), residents(home.id)
        return {
            "id": home.id,
            "place": home.place(),
            "sums": own.sums_of(home.id),
            "bills": [line_of_bill(one) for one in bills],
            "receipts": [line_of_payment(one) for one in own.payments_of(home.id)],
            "claims": [one for one in people if not one.is_proven],
            "residents": [one for one in people if one.is_proven],
            "deciding": decides(visitor.person_id, home.community_id),
            "today": local(now()).date(),
            "staff": visitor.staff_name,
        }

    facts = front.database.write(work)
    said, staff = typed() if request.method == "POST" else {}, facts["staff"]
    return show("fees/account.html", status, access=access, home=facts, staff=staff, typed=said, error=error)


def bill(front: Front, access: Access, household: int, bill: int) -> Response:
    """A home's bill line by line, as the home reads it."""
    link, origin = link_of(access, "desk"), here()

    def work() -> tuple[dict[str, Any], str | None]:
        visitor, home = _looked(link, household, origin)
        facts = bill_facts(own.bill_at(bill, [home.id]), home) | {"pay_path": None}
        return facts, visitor.staff_name

    facts, staff = front.database.write(work)
    there = f"{access.base}/fees/homes/{household}"
    return show("fees/bill.html", bill=facts, staff=staff, base=there, back=there)


def receipt(front: Front, access: Access, household: int, payment: int) -> Response:
    """One payment, and what may be said about it."""
    link, origin = link_of(access, "desk"), here()

    def work() -> tuple[dict[str, Any], dict[str, Any]]:
        visitor, home = _looked(link, household, origin)
        found = session().get(Payment, payment)
        if found is None or found.household_id != home.id:
            raise NotFound("receipt_not_found")
        may = {
            "item": found.id,
            "home": home.id,
            "wrong": found.way != Way.WECHAT and found.wrong_by is None,
            "refund": found.way == Way.WECHAT,
            "deciding": decides(visitor.person_id, home.community_id),
            "staff": visitor.staff_name,
            "why": found.wrong_why,  # for staff alone: it often says whose home was meant (X05)
        }
        return receipt_facts(found, home), may

    facts, may = front.database.write(work)
    there = f"{access.base}/fees/homes/{household}"
    staff = may["staff"]
    return show(
        "fees/receipt.html", access=access, receipt=facts, staff=staff, base=there, back=there, desk=may
    )


def _looked(link: Link, household: int, origin: str | None) -> tuple[Visitor, Dwelling]:
    visitor, home = overseer(link), own.dwelling(household)
    if not oversees(visitor.person_id, home.community_id):
        raise NotFound("household_not_found")
    record(("household", home.id), "looked", by=By.staff(visitor.person_id), at=now())
    whom = ("household", home.id)
    note("home_money", who(visitor, origin), ("household", home.id), whom=whom)
    return visitor, home


PAGE = Page("fees", "", FIELDS, TASKS, shown_again)
