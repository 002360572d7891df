"""What staff open from a notice: numbers, names, visits, groups. One list of their addresses."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import Response

from handlers.pages import groups, notice_groups, notice_receipts, notice_visits
from handlers.pages.front import Front
from handlers.pages.links import link_of
from handlers.pages.notice_groups import Printer

_BUILDING = "<int(max=2147483647):building>"
_LETTER = "<int(max=9007199254740991):letter>"


def notice_routes(front: Front, printer: Printer) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """(Rule under the personal link, name, view); a rule with a verb takes forms."""
    yield "numbers", "notice_numbers", partial(notice_receipts.numbers, front)
    yield f"names/{_BUILDING}", "notice_names", partial(notice_receipts.names, front)
    yield "visits", "notice_visits", partial(notice_visits.overview, front)
    yield f"visits/{_BUILDING}", "notice_visit", partial(notice_visits.of_building, front)
    yield f"visits/{_BUILDING}/<verb>", "notice_visited", partial(notice_visits.act, front)
    yield "groups", "notice_groups", partial(_groups, front)
    yield f"groups/{_LETTER}.png", "notice_picture", partial(notice_groups.picture, front)
    yield "groups.pdf", "notice_sheets", partial(notice_groups.sheets, front, printer)
    yield f"groups/{_LETTER}/<verb>", "notice_pasted", partial(notice_groups.act, front)


def _groups(front: Front, token: str) -> Response:
    """Of a notice those to be told by hand; of a desk all of its groups."""
    link = link_of(token, "notice", "desk")
    return groups.shown(front, token, link) if link.kind == "desk" else notice_groups.shown(front, token)
