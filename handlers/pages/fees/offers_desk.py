"""/console/fees/offers: an offer is entered, a second person agrees, it is ended (row 53)."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from handlers.pages.access import Access
from handlers.pages.case_facts import estates
from handlers.pages.fees.desk_facts import may_decide
from handlers.pages.fees.desk_forms import Page, Task, overseer
from handlers.pages.fees.terms_facts import with_who
from handlers.pages.forms import typed
from handlers.pages.front import Front, show
from handlers.pages.links import Done, link_of
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.contract import offers
from models.contract.tables import Charging, Offer
from models.person.arriving import Visitor

FIELDS = {
    "item": 20, "estate": 20, "charging": 20, "name": offers.NAME + 1, "months_paid": 3, "months_term": 3,
    "open_from": 10, "open_until": 10, "starts_on": 7, "gift": 40, "gift_stock": 6, "yuan": 16, "ground": 100,
}  # fmt: skip
OVER = 20  # of those that ended, the latest
KINDS = (Charging.YEAR, Charging.TRIAL, Charging.SERVICE_FIRST)


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    """What waits for a second person stands first."""
    link = link_of(access, "desk")
    with front.database.read():
        facts = _facts(overseer(link))
    said = typed() if request.method == "POST" else {}
    return show("fees/offers.html", status, access=access, desk=facts, typed=said, error=error)


def _facts(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/fees/offers.html."""
    theirs = estates(visitor)
    known = with_who(offers.listed(Offer.estate_id.in_([one["id"] for one in theirs])), visitor)
    by_state: dict[str, list[dict[str, Any]]] = {}
    for one in known:
        by_state.setdefault(one["state"], []).append(one)
    ended = [one for one in known if one["state"] in ("over", "withdrawn")]
    return {
        "name": visitor.staff_name,
        "deciding": may_decide(visitor),
        "estates": theirs,
        "today": local(now()).date(),
        "kinds": [kind.value for kind in KINDS],
        "waiting": by_state.get("waiting", []),
        "running": by_state.get("open", []) + by_state.get("coming", []),
        "over": ended[::-1][:OVER],
    }


def make(task: Task) -> Done:
    """Nobody is offered it before somebody else agrees."""
    form = task.form
    if form["charging"] not in set(KINDS):
        raise Invalid("offer_months")
    has_gift = bool(form["gift"])
    offers.make(
        task.estate(task.number("estate")),
        Charging(form["charging"]),
        form["name"],
        task.day("open_from"),
        task.day("open_until"),
        task.by,
        months_paid=task.number("months_paid"),
        months_term=task.number("months_term"),
        starts_on=task.month("starts_on") if form["starts_on"] else None,
        gift=form["gift"] or None,
        gift_stock=task.number("gift_stock"),
        gift_fen=task.fen if has_gift and form["yuan"] else 0,
        ground=form["ground"] or None,
    )
    return Done("offer_made", {})


def agree(task: Task) -> Done:
    """The second person: homes may buy it between its days."""
    offers.agree(_offer(task).id, task.by)
    return Done("offer_agreed", {})


def withdraw(task: Task) -> Done:
    """Nobody is offered it any more; who bought it keeps it."""
    offers.withdraw(_offer(task).id)
    return Done("offer_withdrawn", {})


def _offer(task: Task) -> Offer:
    offer = session().get(Offer, task.number("item"))
    if offer is None:
        raise NotFound("offer_not_found")
    task.estate(offer.estate_id)
    return offer


TASKS: Mapping[str, Callable[[Task], Done]] = {"make": make, "agree": agree, "withdraw": withdraw}
PAGE = Page("offers", "/offers", FIELDS, TASKS, shown)
