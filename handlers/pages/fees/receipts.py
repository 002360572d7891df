"""收据: that money came in, when, by which way, and which bills it paid."""

from typing import Any

from flask import Response

from handlers.pages.access import Access
from handlers.pages.case_facts import arriving
from handlers.pages.front import Front, show
from handlers.pages.links import link_of
from handlers.pages.story import staff_name
from models.base.checkdigit import with_check
from models.base.orm import session
from models.base.refusals import NotFound
from models.fee import own
from models.fee.own import Dwelling
from models.fee.payments import Payment
from models.pay.reading import receipt_of
from models.pay.receipts import has_paid


def line_of_payment(payment: Payment) -> dict[str, Any]:
    """One line of a list of receipts. `state`: booked, doubted (said to be wrong), reversed."""
    return {
        "id": payment.id,
        "number": with_check(payment.id),
        "day": payment.day,
        "fen": payment.fen,
        "way": payment.way,
        "state": "reversed" if payment.reversed_at else "doubted" if payment.wrong_by else "booked",
    }


def receipt(front: Front, access: Access, payment: int) -> Response:
    """/p/<token>/receipts/<number>: for the home that it paid for, and for whoever paid it."""
    link = link_of(access, "fees")
    with front.database.read():
        me = arriving(link.person_id).person_id
        found = session().get(Payment, payment)
        homes = {home.id: home for home in own.own_dwellings(me)}
        if found is None or (found.household_id not in homes and not has_paid(me, found.id)):
            raise NotFound("receipt_not_found")
        facts = receipt_facts(found, homes.get(found.household_id))
    return show("fees/receipt.html", receipt=facts, base=access.base, back=access.base, desk=None)


def receipt_facts(payment: Payment, home: Dwelling | None) -> dict[str, Any]:
    """For templates/pages/fees/receipt.html. Without a home the receipt says what was paid and not for whom
    (P6)."""
    said = receipt_of(payment.id)
    return {
        **line_of_payment(payment),
        "place": home.place() if home else None,
        "at": payment.at,
        "paper": payment.key.partition("/")[2],
        "by": staff_name(payment.by_id),
        "used": [
            {
                "id": one.bill_id if home else None,
                "period": one.period,
                "service": one.service,
                "fen": one.fen,
            }
            for one in own.used_by(payment.id)
        ],
        "kept": said["kept"],
        "owed_back": said["owed_back"],
        "refunds": [
            {"fen": fen, "state": state, "why": why, "at": at} for fen, state, why, at in said["refunds"]
        ],
        "reversed_at": payment.reversed_at,
    }
