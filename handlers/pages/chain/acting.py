"""What the forms of the chain's pages have in common: from our own page, once, and back with a line."""

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response, send_file
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import from_our_own_page, typed
from handlers.pages.front import Front, back_to
from handlers.pages.links import Done, once_key, only_once
from handlers.words import refusal
from models.base import spreadsheet
from models.base.refusals import NotFound, Refused
from models.person.arriving import Visitor

#: What a form does, in a transaction of a thread of its own: it has read the form before.
Work = Callable[[Visitor], Done]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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


def excel(name: str, sheets: Iterable[tuple[str, spreadsheet.Rows]]) -> Response:
    """(Title, rows) of each sheet as a file to be kept. Rows are written as they come and sent as they are
    read, so that a year of a city takes no more memory than a page."""
    with TemporaryDirectory(prefix="hemei-excel-") as folder:
        path = Path(folder) / "list.xlsx"
        spreadsheet.write(path, sheets)
        file = path.open("rb")  # read to its end after the folder is gone
    response = send_file(file, EXCEL, as_attachment=True, download_name=f"{name}.xlsx")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
