"""Paying over WeChat: a home's open bills by its own link, or one bill by a link that may be handed on.

Whoever pays for another reads a period and a sum, and nothing of whose it is (P6). The sum is counted from
the bills when the order is made; nothing that the browser sends has a say in it. What the phone says
afterwards proves nothing: the page waits until the platform's own word is booked (P1).
"""

from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, redirect
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.case_facts import arriving
from handlers.pages.desk_facts import picture_of
from handlers.pages.fees import payer
from handlers.pages.fees.counters import counters
from handlers.pages.fees.payer import Cashier
from handlers.pages.fees.receipts import receipt_facts
from handlers.pages.forms import from_our_own_page
from handlers.pages.front import Front, show
from handlers.pages.links import link_of, once_key
from handlers.wording.filters import link as full_link
from handlers.words import refusal
from models.base.orm import session
from models.base.refusals import NotAllowed, NotFound
from models.fee import own
from models.fee.own import Dwelling
from models.fee.payments import Payment
from models.fee.tables import Bill, State
from models.outbox.address import Channel
from models.pay import receipts
from models.person.arriving import meet
from models.person.proving import homes_of


@dataclass(frozen=True, slots=True)
class Till:
    """What is to be paid behind a link. `bills` are the open ones; `home` is None where the link may have
    been handed on; `only` is that link's one bill."""

    path: str
    back: str | None
    household_id: int
    bills: list[Bill]
    home: Dwelling | None
    only: Bill | None

    @property
    def fen(self) -> int:
        return sum(one.amount_fen - one.paid_fen for one in self.bills)


def shown(front: Front, cashier: Cashier, access: Access, household: int | None = None) -> AnyResponse:
    """What is to be paid and the one button; before it, in WeChat, who holds the phone."""
    with front.database.read():
        till = _till(access, household)
        facts = _facts(till)
    error = None
    if till.bills and cashier.is_open() and payer.in_wechat(cashier):
        try:
            if payer.has_come_back():
                return payer.remember(cashier, till.path)
            if payer.payer() is None:
                return payer.ask(cashier, till.path)
        except NotAllowed as refused:
            error = refusal(refused)
    return _page(cashier, till, facts, error=error)


def pay(front: Front, cashier: Cashier, access: Access, household: int | None = None) -> AnyResponse:
    """Makes the order and hands it to the phone."""
    from_our_own_page()
    with front.database.read():
        till = _till(access, household)
        facts = _facts(till)
        bills = [one.id for one in till.bills]
    once_key(access.base)
    openid = payer.payer()
    if not cashier.is_open():
        raise NotFound("page_not_found")
    if openid is None:
        return redirect(till.path, 303)  # which asks who it is: a form may not lead to another site
    if not bills:
        return _page(cashier, till, facts)
    try:
        who = front.database.write(_who, openid)
        started = cashier.pay(till.household_id, who, openid, bills)
    except NotAllowed as refused:
        return _page(cashier, till, facts, refused.status, error=refusal(refused))
    order = {"number": started.number, "fen": started.fen, "parameters": started.parameters}
    return show("fees/paying.html", order=order, till=facts, bridge=cashier.bridge)


def progress(front: Front, access: Access, number: str, household: int | None = None) -> Response:
    """How far the order has come, for the page that waits: {"state", "go"}."""
    with front.database.read():
        till, found = _order(access, number, household)
    go = f"{till.path}/{number}/receipt" if found.state == "paid" else None
    response = jsonify({"state": found.state, "go": go})
    response.headers["Cache-Control"] = "no-store"
    return response


def receipt(front: Front, access: Access, number: str, household: int | None = None) -> Response:
    """What was paid by this order, for whoever paid it; with the home only under the home's own link."""
    with front.database.read():
        till, found = _order(access, number, household)
        payment = session().get(Payment, found.payment_id) if found.payment_id is not None else None
        if payment is None:
            raise NotFound("receipt_not_found")
        facts = receipt_facts(payment, till.home)
    return show("fees/receipt.html", receipt=facts, base=access.base, back=till.back, desk=None)


def _till(access: Access, household: int | None) -> Till:
    """Raises NotFound for what is not behind this link."""
    link = link_of(access, "pay" if household is None else "fees")
    if household is None:
        bill = session().get(Bill, link.key)
        if bill is None or bill.state == State.VOID:
            raise NotFound("page_not_found")
        # whoever handed it on lives there: once they have moved out, that money is nothing of theirs to show
        if bill.household_id not in homes_of(arriving(link.person_id).person_id):
            raise NotFound("page_not_found")
        path = access.base
        return Till(path, None, bill.household_id, [bill] if bill.state == State.OPEN else [], None, bill)
    homes = {home.id: home for home in own.own_dwellings(arriving(link.person_id).person_id)}
    if household not in homes:
        raise NotFound("page_not_found")
    bills = [one for one in own.bills_of(household) if one.state == State.OPEN]
    bills.sort(key=lambda one: (one.due_on, one.id))
    path = f"{access.base}/pay/{household}"
    return Till(path, access.base, household, bills, homes[household], None)


def _order(access: Access, number: str, household: int | None) -> tuple[Till, receipts.Progress]:
    till = _till(access, household)
    found = receipts.progress(number, till.household_id, till.only.id if till.only else None)
    if found is None:
        raise NotFound("page_not_found")
    return till, found


def _facts(till: Till) -> dict[str, Any]:
    shown_bills = till.bills or ([till.only] if till.only else [])
    return {
        "path": till.path,
        "back": till.back,
        "place": till.home.place() if till.home else None,
        "counters": counters(till.home.community_id) if till.home else [],
        "fen": till.fen,
        "bills": [
            {"period": one.period, "service": own.service_name(one), "fen": one.amount_fen - one.paid_fen}
            for one in shown_bills
        ],
    }


def _page(
    cashier: Cashier, till: Till, facts: dict[str, Any], status: int = 200, *, error: str | None = None
) -> Response:
    is_open, here = cashier.is_open(), payer.in_wechat(cashier)
    return show(
        "fees/pay.html",
        status,
        till=facts,
        is_open=is_open,
        here=here,
        known=payer.payer() is not None,
        picture=picture_of(full_link(till.path)) if is_open and not here and till.bills else None,
        error=error,
    )


def _who(openid: str) -> int:
    return meet(Channel.OFFICIAL, openid).person_id
