"""/console/chain/estates: 一小区一台账, its copies of each quarter, what changed between two of them."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Response, request

from handlers.pages.access import Access
from handlers.pages.case_facts import estates
from handlers.pages.chain.acting import excel
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.front import Front, show
from handlers.wording.estates import changes_as_rows, sheets_of
from handlers.words import labels
from models.base.clock import now
from models.base.refusals import NotFound
from models.duty.overseeing import OVERSEEING
from models.joins import estate_ledger
from models.joins.estate_ledger import Page
from models.joins.ledger_difference import difference
from models.person.arriving import Visitor

NOW = "now"  # beside the quarters: the page of this moment
_QUARTER = re.compile(r"20[0-9]{2}-Q[1-4]", re.ASCII)


def waiting(visitor: Visitor) -> int | None:
    return None if OVERSEEING.isdisjoint(visitor.roles) else 0


def listed(front: Front, access: Access) -> Response:
    """The estates to choose from."""
    with front.database.read():
        visitor = _sight(access)
        several = sorted(estates(visitor), key=lambda one: (str(one["community"]), str(one["name"])))
    return show("chain/estates.html", access=access, staff=visitor.staff_name, estates=several)


def shown(front: Front, access: Access, estate: int) -> Response:
    """The page of this moment, or of the quarter that is asked for."""
    with front.database.read():
        visitor = _of(access, estate)
        which = request.args.get("of", NOW)
        page = _page(estate, which)
        quarters = [one.quarter for one in estate_ledger.copies(estate)]
    facts = {"id": estate, "page": page, "of": which, "quarters": quarters, "now": NOW}
    said = labels("problem_words")
    return show(
        "chain/estate.html", access=access, staff=visitor.staff_name, estate=facts, problem_words=said
    )


def compared(front: Front, access: Access, estate: int) -> Response:
    """Two copies, or a copy and this moment."""
    with front.database.read():
        visitor = _of(access, estate)
        before, after = _both(estate)
        facts = {
            "id": estate,
            "estate": after["estate"],
            "from": request.args.get("from", ""),
            "to": request.args.get("to", NOW),
            "now": NOW,
            "changes": changes_as_rows(difference(before, after)),
        }
    return show("chain/estate_difference.html", access=access, staff=visitor.staff_name, compared=facts)


def as_excel(front: Front, access: Access, estate: int) -> Response:
    """The page, and, where two are named, what changed."""
    with front.database.read():
        _of(access, estate)
        if "from" in request.args:
            before, after = _both(estate)
            changes: Sequence[Any] = changes_as_rows(difference(before, after))
        else:
            after, changes = _page(estate, request.args.get("of", NOW)), ()
    return excel(
        front, access, f"{after['estate']}{labels('estate_sheets')['file']}", sheets_of(after, changes)
    )


def _sight(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if waiting(visitor) is None:
        raise NotFound("page_not_found")
    return visitor


def _of(access: Access, estate: int) -> Visitor:
    visitor = _sight(access)
    if estate not in {one["id"] for one in estates(visitor)}:
        raise NotFound("page_not_found")
    return visitor


def _both(estate: int) -> tuple[Page, Page]:
    return _page(estate, request.args.get("from", "")), _page(estate, request.args.get("to", NOW))


def _page(estate: int, which: str) -> Page:
    """Raises NotFound for a quarter of which there is no copy."""
    if which == NOW:
        return estate_ledger.page_of(estate, now())
    page = estate_ledger.copy_of(estate, which) if _QUARTER.fullmatch(which) else None
    if page is None:
        raise NotFound("page_not_found")
    return page
