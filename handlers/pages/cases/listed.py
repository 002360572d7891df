"""/console/cases: every case that somebody may see, filtered and searched by the address alone."""

from collections.abc import Iterator
from itertools import chain

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.audit.noting import looked
from handlers.pages.cases import asked, facts
from handlers.pages.chain.acting import excel
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, show
from handlers.wording.filters import label, moment, place
from handlers.words import labels
from models.audit.noting import sought
from models.base import spreadsheet
from models.case import listing
from models.person.arriving import Visitor


def shown(front: Front, access: Access) -> Response:
    typed = request.args
    with front.database.read():
        visitor = staff_of_link(access)
        filters = asked.read(typed)
        page = listing.page(visitor, filters, asked.begins(typed))
        address = asked.kept(typed)
        found = {
            "rows": facts.rows(page.cases, visitor.person_id, address or "order=newest"),
            "filters": filters,
            "choices": facts.choices(visitor),
            "address": address,
            "telephone": asked.telephone(typed),
            "is_narrowed": any(typed.get(name, "").strip() for name in asked.NAMES if name != "order"),
            **facts.counted(page, typed),
        }
    if filters.words:
        sought_for = {"sought": sought(filters.words)}
        looked(front.database, visitor, "search", ("page", "cases"), many=len(page.cases), facts=sought_for)
    return show("cases/list.html", access=access, cases=found, typed=typed)


def find(front: Front, access: Access) -> AnyResponse:
    """What somebody looks for becomes the address of a list."""
    from_our_own_page()
    typed = asked.sealed({name: words(name, 60) for name in asked.NAMES})
    address = asked.kept(typed)
    return redirect(f"{access.base}/cases" + (f"?{address}" if address else ""), 303)


def as_excel(front: Front, access: Access) -> Response:
    """All that the list shows, whichever page was open."""
    heads = labels("case_sheet")
    with front.database.read():
        visitor = staff_of_link(access)
        written = _written(visitor, request.args)
        return excel(front, access, heads["title"], [(heads["title"], chain([heads["headings"]], written))])


def _written(visitor: Visitor, typed: asked.Typed) -> Iterator[list[spreadsheet.Value]]:
    between = labels("case_sheet")["between"]
    for several in listing.every(visitor, asked.read(typed)):
        for one in facts.rows(several, visitor.person_id):
            where = one["place"]
            yield [
                one["number"],
                moment(one["reported_at"], "stamp"),
                place(where["estate"], where["building"], where["unit"]),
                label(one["category"], "categories"),
                label(one["urgency"], "urgency"),
                label(one["state"], "case_states"),
                between.join(one["holders"]),
                moment(one["due_by"], "stamp"),
                one["rung"],
                label(one["source"], "case_sources"),
                one["text"],
            ]
