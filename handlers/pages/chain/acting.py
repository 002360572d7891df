"""What the forms of the chain's pages have in common: from our own page, once, and back with a line."""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.audit.exporting import excel as excel
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import from_our_own_page, typed
from handlers.pages.front import Front, back_to
from handlers.pages.links import Done, once_key, only_once
from handlers.words import refusal
from models.base.refusals import NotFound, Refused
from models.person.arriving import Visitor

#: What a form does, in a transaction of a thread of its own: it has read the form before.
Work = Callable[[Visitor], Done]


def acted(
    front: Front,
    access: Access,
    page: str,
    name: str,
    work: Work,
    again: Callable[[Refused], AnyResponse],
) -> AnyResponse:
    """Runs `work` in a transaction, once for all copies of the form; then to `page` below the desk's link, or
    `again` with why not."""
    from_our_own_page()
    with front.database.read():
        me = staff_of_link(access).person_id
    try:
        key = once_key(str(me))

        def once() -> Done:
            return only_once(key, str(me), name, lambda: work(staff_of_link(access)))

        done = front.database.write(once)
    except NotFound as missing:
        if missing.code == "page_not_found":
            raise
        return again(missing)
    except Refused as refused:
        return again(refused)
    return back_to(f"{access.base}/{page}", done.code, **done.facts)


def once_more(shown: Callable[..., AnyResponse], *where: Any) -> Callable[[Refused], AnyResponse]:
    """`shown` with `where`, why not, and what was typed."""

    def again(refused: Refused) -> AnyResponse:
        return shown(*where, refused.status, error=refusal(refused), typed=typed())

    return again
