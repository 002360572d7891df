"""/console/books/month/…: a month as it would be put up, with what is still missing, and the button."""

from datetime import date

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.drawing.bars import bars
from handlers.pages.access import Access
from handlers.pages.books import typed as said
from handlers.pages.books.address import estate_at, month_said, path_of
from handlers.pages.books.sight import Sight, sight_of
from handlers.pages.forms import from_our_own_page
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, once_key, only_once
from handlers.wording.sealing import said as said_of
from handlers.words import refusal
from models.base.clock import local, now
from models.base.months import month_of
from models.base.refusals import NotFound, Refused
from models.books import publishing
from models.books.lines import spent_in
from models.books.statement import statement
from models.joins.publishing import publish
from models.joins.sealing import lacking
from models.ledger.sealing import is_sealed
from models.place.tables import Estate


def shown(
    front: Front,
    access: Access,
    number: str,
    month: str,
    status: int = 200,
    *,
    error: str | None = None,
    is_lacking: bool = False,
) -> Response:
    """`is_lacking`: says what is still to be done before; not without need, because all books are proved."""
    with front.database.read():
        sight, first = sight_of(access), month_said(month)
        estate = _estate(number, sight)
        up = publishing.published(estate.id, first)
        one = publishing.as_put_up(up) if up else statement(estate.id, first)
        facts = {
            "estate": estate.name,
            "month": first,
            "statement": one,
            "bars": bars(one.shares),
            "lines": len(spent_in(estate.id, first)),
            "ended": first < month_of(local(now()).date()),
            "sealed": is_sealed(estate.id, first),
            "published_at": up.at if up else None,
            "settles": sight.settles,
            "path": path_of(estate.id, first),
            "lacking": [said_of(one) for one in lacking(estate.id, first)] if is_lacking else [],
        }
    return show("books/preview.html", status, access=access, books=facts, error=error)


def put_up(front: Front, access: Access, number: str, month: str) -> AnyResponse:
    """Sealed and published, once."""
    from_our_own_page()
    with front.database.read():
        sight, first = sight_of(access), month_said(month)
        estate = _estate(number, sight).id
    try:
        bank = said.sum_said("bank")
        key = once_key(str(sight.visitor.person_id))
        done = front.database.write(_done, key, estate, first, sight, bank)
    except Refused as refused:
        lacks = refused.code == "month_lacks"
        error = refusal(refused)
        return shown(front, access, number, month, refused.status, error=error, is_lacking=lacks)
    return back_to(f"{access.base}/books/month/{number}/{month}", done.code, **done.facts)


def _done(key: str, estate: int, first: date, sight: Sight, bank: int | None) -> Done:
    def work() -> Done:
        is_new = publish(estate, first, sight.by, bank_fen=bank)
        return Done("month_published" if is_new else "month_published_already", {})

    return only_once(key, str(sight.visitor.person_id), "books_publish", work)


def _estate(number: str, sight: Sight) -> Estate:
    estate = estate_at(number)
    if estate.id not in sight.estates:
        raise NotFound("page_not_found")
    return estate
