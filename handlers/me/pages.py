"""What stands on these pages: the same that the API answers, found through what the visitor may see."""

from collections.abc import Callable
from typing import Any

from flask import request

from handlers.api import cases, consenting, fees, homes, notices
from handlers.api.asking import Ask
from handlers.api.fees import BillShown
from handlers.api.me import home_shown
from handlers.api.places import behind, place_of
from handlers.api.shapes import Paging
from handlers.pages.notice.page import paragraphs
from handlers.words import labels
from models.base.refusals import NotFound
from models.person.living import homes_said

Facts = dict[str, Any]
View = Callable[[Ask], Facts]
FEW, PART = 5, 20
ALL_BILLS = 400  # of twenty homes for twenty quarters


def overview(ask: Ask) -> Facts:
    """What waits for me first, then what goes on."""
    mine = cases.listed(ask, cases.CasesAsked(limit=PART, state="open"))
    asking = [one for one in mine.items if one.asks]
    told = notices.listed(ask, Paging(limit=FEW)).items
    return {
        "asking": asking,
        "cases": [one for one in mine.items if not one.asks][:FEW],
        "notices": told,
        "owed": sum(one["owed"] for one in _homes(ask)),
        "homes": homes.listed(ask, None).items,
    }


def matters(ask: Ask) -> Facts:
    """All my matters, the newest first, in parts."""
    return {"page": cases.listed(ask, cases.CasesAsked(limit=PART, cursor=_cursor()))}


def matter(ask: Ask) -> Facts:
    return {"case": cases.shown(ask, None), "grades": labels("grades")}


def report(ask: Ask) -> Facts:
    """A new matter: here where the code hangs, at home, or wherever the words say."""
    code, place, lost = request.args.get("door", "")[:64], None, False
    if code:
        try:
            place = place_of(behind(code))
        except NotFound:
            lost = True
    return {
        "door": code if place else None,
        "place": place,
        "lost": lost,
        "homes": [(home_shown(one), place_of(one.spot).place_id) for one in homes_said(ask.me)],
        "categories": labels("categories"),
    }


def told(ask: Ask) -> Facts:
    return {"page": notices.listed(ask, Paging(limit=PART, cursor=_cursor()))}


def notice(ask: Ask) -> Facts:
    """The first look is its receipt; so this opens views and transactions itself."""
    shown = notices.shown(ask, None)
    return {"notice": shown, "paragraphs": paragraphs(shown.text)}


def bills(ask: Ask) -> Facts:
    """By home: what is owed in one sum, then each bill, then receipts."""
    return {
        "owing": _homes(ask),
        "receipts": fees.receipts_listed(ask, Paging(limit=PART)).items,
        "claimed": [one for one in homes.listed(ask, None).items if one.state == "waiting"],
        "can_pay": ask.office.till.is_open(ask.caller.way),
    }


def bill(ask: Ask) -> Facts:
    shown = fees.bill(ask, None)
    return {"bill": shown, "can_pay": ask.office.till.is_open(ask.caller.way)}


def receipt(ask: Ask) -> Facts:
    return {"receipt": fees.receipt(ask, None)}


def agreed(ask: Ask) -> Facts:
    """What I agreed to, each with the way to take it back (X03). The others are asked when they come up."""
    return {"items": [one for one in consenting.shown(ask, None).items if one.state == "given"]}


def notice_first(ask: Ask) -> Facts | None:
    """What must be answered before anything else: the first such notice; None when nothing must."""
    if ask.caller.has_consented:
        return None
    due = (one for one in consenting.shown(ask, None).items if one.required and one.state != "given")
    return {"consent": next(due)}


def _homes(ask: Ask) -> list[Facts]:
    """Each with its bills, the newest first, and what is owed on them; an order is of one home."""
    found: dict[str, list[BillShown]] = {}
    for one in fees.bills(ask, fees.BillsAsked(limit=ALL_BILLS)).items:
        found.setdefault(one.place, []).append(one)
    return [
        {
            "place": place,
            "bills": several,
            "owed": sum(one.amount_fen - one.paid_fen for one in several if one.state == "open"),
            "ids": [one.id for one in several if one.payable][-fees.MOST :],
        }
        for place, several in found.items()
    ]


def _cursor() -> str:
    return request.args.get("cursor", "")[:64]
