"""The addresses of the money pages. Under the personal link; who comes in is said beside each."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.fees import (
    compare,
    desk,
    exits_desk,
    mine,
    offers_desk,
    paying,
    receipts,
    standards_desk,
    terms_desk,
    visits,
    ways,
)
from handlers.pages.fees.desk_forms import act
from handlers.pages.fees.payer import Cashier
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]
OWN_PAGES = (compare.PAGE, terms_desk.PAGE, offers_desk.PAGE, standards_desk.PAGE, exits_desk.PAGE)
_NUMBER = "<int(max=9007199254740991):{}>"
_ACCOUNT = "/console/fees/homes/" + _NUMBER.format("household")
_HOUSE = "/console/fees/visits/" + _NUMBER.format("building")
_HOME = "/p/<token>/pay/" + _NUMBER.format("household")


def fee_routes(front: Front, cashier: Cashier) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    bill, payment = _NUMBER.format("bill"), _NUMBER.format("payment")
    yield "personal_link", f"/p/<token>/bills/{bill}", "own_bill", partial(mine.bill, front)
    yield "personal_link", f"/p/<token>/receipts/{payment}", "receipt", partial(receipts.receipt, front)
    for rule, more in ((_HOME, ""), ("/p/<token>", "_bill")):
        yield "personal_link", f"{rule}/<number>/state", f"pay_state{more}", partial(paying.progress, front)
        yield (
            "personal_link",
            f"{rule}/<number>/receipt",
            f"pay_receipt{more}",
            partial(paying.receipt, front),
        )
    yield "personal_link", _HOME, "pay_page", partial(paying.shown, front, cashier)
    yield "personal_link", "/p/<token>/ways", "ways", partial(ways.shown, front)
    yield "staff", "/console/fees", "fee_desk", partial(desk.shown, front)
    yield "staff", _ACCOUNT, "fee_account", partial(desk.account, front)
    yield "staff", f"{_ACCOUNT}/bills/{bill}", "fee_bill", partial(desk.bill, front)
    yield "staff", f"{_ACCOUNT}/receipts/{payment}", "fee_receipt", partial(desk.receipt, front)
    signature = partial(terms_desk.signature, front)
    yield "staff", "/console/fees/terms/signatures/<public>", "fee_signature", signature
    for page in OWN_PAGES:
        yield "staff", f"/console/fees{page.path}", f"fee_{page.name}", partial(page.shown, front)
    yield "staff", "/console/fees/visits", "fee_visits", partial(visits.overview, front)
    yield "staff", _HOUSE, "fee_visit_house", partial(visits.of_building, front)


def fee_forms(front: Front, cashier: Cashier) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "personal_link", _HOME, "pay", partial(paying.pay, front, cashier)
    yield "personal_link", "/p/<token>", "pay_bill", partial(paying.pay, front, cashier)
    yield (
        "personal_link",
        f"/p/<token>/ways/{_NUMBER.format('household')}/<verb>",
        "way",
        partial(ways.act, front),
    )
    for page in OWN_PAGES:
        rule = f"/console/fees{page.path}/<task>"
        yield "staff", rule, f"fee_{page.name}_act", partial(act, page, front)
    yield "staff", "/console/fees/find", "fee_find", partial(desk.find, front)
    yield "staff", "/console/fees/do/<task>", "fee_act", partial(act, desk.PAGE, front)
    yield "staff", f"{_HOUSE}/<verb>", "fee_visited", partial(visits.act, front)
