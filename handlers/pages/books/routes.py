"""The addresses of the open books: for everybody, for a resident who asks, and for staff."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.books import desk, month, outlay, public
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]
_STAFF = "/console/books"
_NUMBER = "<int(max=2147483647):number>"


def book_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "public", "/books/<number>", "books", partial(public.shown, front)
    yield "public", "/books/<number>/<month>", "books_month", partial(public.shown, front)
    yield "public", "/books/<number>/voucher/<public>", "books_voucher", partial(public.voucher, front)
    yield "personal_link", "/p/<token>/lines/<month>", "books_lines", partial(public.for_resident, front)
    yield "staff", _STAFF, "books_desk", partial(desk.shown, front)
    yield "staff", f"{_STAFF}/outlay/{_NUMBER}", "outlay", partial(outlay.shown, front)
    yield "staff", f"{_STAFF}/income/{_NUMBER}", "income", partial(outlay.income_shown, front)
    yield "staff", f"{_STAFF}/picture/<public>", "books_picture", partial(outlay.picture, front)
    yield "staff", f"{_STAFF}/month/<number>/<month>", "books_preview", partial(month.shown, front)


def book_forms(front: Front) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "personal_link", "/p/<token>/lines/ask", "books_ask", partial(public.asked, front)
    yield "staff", f"{_STAFF}/enter", "books_enter", partial(desk.enter, front)
    yield "staff", f"{_STAFF}/earn", "books_earn", partial(desk.earn, front)
    yield "staff", f"{_STAFF}/outlay/{_NUMBER}/<verb>", "outlay_act", partial(outlay.act, front)
    yield "staff", f"{_STAFF}/income/{_NUMBER}/<verb>", "income_act", partial(outlay.income_act, front)
    yield (
        "staff",
        f"{_STAFF}/month/<number>/<month>/publish",
        "books_publish",
        partial(month.put_up, front),
    )
