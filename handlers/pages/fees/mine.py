"""What a resident reads about the own money: what is to be paid, each bill by its lines, each receipt.

Everything is found through the homes in which the visitor lives beyond doubt, so that there is no way from
here to another home (X05, A2).
"""

from typing import Any

from flask import Response

from handlers.pages.access import Access
from handlers.pages.case_facts import arriving
from handlers.pages.fees.bills import bill_facts, line_of_bill
from handlers.pages.fees.counters import counters
from handlers.pages.fees.receipts import line_of_payment
from handlers.pages.front import Front, show
from handlers.pages.links import link_of
from models.base.clock import local, now
from models.base.links import personal_path
from models.fee import own
from models.fee.own import Dwelling
from models.fee.tables import State
from models.joins.own_share import own_share
from models.pay.receipts import paid_for_others


def shown(front: Front, access: Access) -> Response:
    """/p/<token> of a person's fees: what is to be paid now stands first."""
    with front.database.read():
        me = arriving(link_of(access, "fees").person_id).person_id
        dwellings = own.own_dwellings(me)
        homes = [_home(home, me) for home in dwellings]
        others = [line_of_payment(one) for one in paid_for_others(me, [home.id for home in dwellings])]
        claimed = own.claimed_by(me)
    return show(
        "fees/mine.html",
        access=access,
        base=access.base,
        homes=homes,
        claimed=claimed,
        others=others,
        year=local(now()).year,
    )


def bill(front: Front, access: Access, bill: int) -> Response:
    """One bill, line by line."""
    link = link_of(access, "fees")
    with front.database.read():
        me = arriving(link.person_id).person_id
        homes = {home.id: home for home in own.own_dwellings(me)}
        found = own.bill_at(bill, list(homes))
        facts = bill_facts(found, homes[found.household_id])
        facts["pay_path"] = "/" + personal_path("pay", me, found.id) if found.state == State.OPEN else None
    return show("fees/bill.html", bill=facts, base=access.base, back=access.base)


def _home(home: Dwelling, me: int) -> dict[str, Any]:
    bills, sums = own.bills_of(home.id), own.sums_of(home.id)
    due = sorted(one.due_on for one in bills if one.state == State.OPEN)
    return {
        "id": home.id,
        "place": home.place(),
        "sums": sums,
        "counters": counters(home.community_id),
        "due_on": due[0] if due else None,
        "is_late": bool(due) and due[0] < local(now()).date(),
        "open": [line_of_bill(one) for one in bills if one.state == State.OPEN],
        "paid": [line_of_bill(one) for one in bills if one.state != State.OPEN],
        "share": _share(home, sums.due),
        "books": "/" + personal_path("books", me, home.estate_id),
        "receipts": [line_of_payment(one) for one in own.payments_of(home.id)],
    }


def _share(home: Dwelling, fen: int) -> dict[str, Any] | None:
    """Where this year's money went: each part with where it begins in the drawing, in tenths of a percent."""
    found = own_share(home.estate_id, fen, local(now()).year)
    if found is None:
        return None
    parts, begins = [], 0
    for one in found.parts:
        parts.append(
            {"code": one.code, "share": one.share, "fen": one.own_fen, "of": one.spent_fen, "begins": begins}
        )
        begins += one.share
    months = [{"first": month, "key": f"{month:%Y-%m}"} for month in found.months]
    return {"parts": parts, "months": months, "spent": found.spent_fen}
