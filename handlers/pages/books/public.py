"""/books/<number>: the open books of an estate, for anybody; and the same for a resident who may ask."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response, send_file
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.books.address import estate_at, month_said, written
from handlers.pages.books.facts import month_facts
from handlers.pages.case_facts import arriving
from handlers.pages.desk_facts import picture_of
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.wording.filters import link as full_link
from handlers.words import refusal, say
from models.base.actor import By
from models.base.clock import local, now
from models.base.links import Link
from models.base.months import month_of
from models.base.orm import session
from models.base.refusals import NotFound, Refused
from models.books import publishing
from models.books.lines import public_outlay, spent_in
from models.books.tables import Outlay
from models.books.vouchers import public_picture
from models.joins.questioning import ask
from models.media.keeping import item_of
from models.place.tables import Estate

WORDS = 500


def shown(front: Front, number: str, month: str = "") -> Response:
    """A month for anybody; without one the newest of which there is something to say."""
    with front.database.read():
        facts = _facts(estate_at(number), month)
    return _page(facts, facts["home"])


def for_resident(front: Front, access: Access, month: str = "") -> Response:
    """The same behind a personal link, where each line can be asked about."""
    link = link_of(access, "books")
    with front.database.read():
        arriving(link.person_id)
        facts = _facts(_estate_of(link), month)
    return _page(facts, f"{access.base}/lines", access=access)


def asked(front: Front, access: Access) -> AnyResponse:
    """对这一笔有疑问: a case, once."""
    from_our_own_page()
    link = link_of(access, "books")
    public, said, month = words("line", 40), words("words", WORDS), written(month_said(words("month", 7)))
    try:
        key = once_key(str(link.person_id))
        done = front.database.write(_ask, link, public, said, key)
    except NotFound:
        raise
    except Refused as refused:
        with front.database.read():
            facts = _facts(_estate_of(link), month)
        error = refusal(refused)
        return _page(facts, f"{access.base}/lines", refused.status, access=access, error=error)
    return back_to(f"{access.base}/lines/{month}", done.code, number=done.facts["number"])


def voucher(front: Front, number: str, public: str) -> Response:
    """The blackened copy of a voucher. Raises NotFound for one that nobody has cleared."""
    with front.database.read():
        estate = estate_at(number)
        item = item_of(public)
        outlay = session().get(Outlay, item.about_id) if item and item.about_kind == "outlay" else None
        is_theirs = outlay is not None and outlay.estate_id == estate.id
        picture = public_picture(public, outlay) if outlay is not None and is_theirs else None
        file = front.files.path(picture.file) if picture is not None and picture.file else None
    if file is None:
        raise NotFound("media_not_found")
    response = send_file(file, mimetype="image/jpeg", conditional=True, max_age=300)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _page(
    facts: Mapping[str, Any],
    base: str,
    status: int = 200,
    *,
    access: Access | None = None,
    error: str | None = None,
) -> Response:
    return show(
        "books/month.html",
        status,
        books=facts,
        base=base,
        access=access,
        picture=_code(full_link(facts["path"])),
        error=error,
    )


@lru_cache(maxsize=256)
def _code(address: str) -> str:
    """For the paper. Kept, because drawing it takes longer than all the rest of the page."""
    return picture_of(address)


def _facts(estate: Estate, month: str) -> dict[str, Any]:
    return month_facts(estate, month_said(month) if month else _newest(estate.id))


def _newest(estate_id: int) -> date:
    """The running month as soon as something was bought in it; before that the last one that is up."""
    this = month_of(local(now()).date())
    up = publishing.months_published(estate_id)
    return up[0].month if up and not spent_in(estate_id, this) else this


def _estate_of(link: Link) -> Estate:
    estate = session().get(Estate, link.key)
    if estate is None:
        raise NotFound("page_not_found")
    return estate


def _ask(link: Link, public: str, said: str, key: str) -> Done:
    me = arriving(link.person_id).person_id
    outlay = public_outlay(public, _estate_of(link).id)
    if outlay is None:
        raise NotFound("page_not_found")
    line = {"day": outlay.day, "item": outlay.item, "fen": outlay.fen, "words": said}

    def work() -> Done:
        text = say("books_question", **line) if said else ""
        case, is_new = ask(outlay, text, By.person(me))
        return Done("books_asked" if is_new else "books_asked_already", {"number": case.number})

    return only_once(key, str(link.person_id), "books_ask", work)
