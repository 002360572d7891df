"""The addresses of notices: the one behind a letter, a desk's overview, and what staff open from them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import Response

from handlers.guards import Guard
from handlers.pages import groups as all_groups
from handlers.pages.front import Front
from handlers.pages.links import link_of
from handlers.pages.notice import fees, files, groups, keeping, overview, page, progress, receipts, visits
from handlers.pages.notice.groups import Printer

_BUILDING = "<int(max=2147483647):building>"
_LETTER = "<int(max=9007199254740991):letter>"


Route = tuple[Guard, str, str, Callable[..., Any]]


def notice_routes(front: Front, printer: Printer) -> Iterator[Route]:
    """(Who may, rule, name, view) of what is looked at."""
    yield "personal_link", "/p/<token>/files/<public>", "file", partial(files.by_person, front)
    yield "public", "/q/<code>/files/<public>", "group_file", partial(files.by_group, front)
    yield "personal_link", "/p/<token>/notice/progress", "progress", partial(progress.of_one, front)
    yield "staff_link", "/p/<token>/notices", "notices", partial(overview.shown, front)
    yield "staff_link", "/p/<token>/notices/progress", "moving", partial(overview.progress, front)
    yield "staff_link", "/p/<token>/numbers", "notice_numbers", partial(receipts.numbers, front)
    yield "staff_link", f"/p/<token>/names/{_BUILDING}", "notice_names", partial(receipts.names, front)
    yield "staff_link", "/p/<token>/visits", "notice_visits", partial(visits.overview, front)
    yield "staff_link", f"/p/<token>/visits/{_BUILDING}", "notice_visit", partial(visits.of_building, front)
    yield "staff_link", "/p/<token>/groups", "notice_groups", partial(_groups, front)
    yield "staff_link", f"/p/<token>/groups/{_LETTER}.png", "notice_picture", partial(groups.picture, front)
    yield "staff_link", "/p/<token>/groups.pdf", "notice_sheets", partial(groups.sheets, front, printer)


def notice_forms(front: Front) -> Iterator[Route]:
    """(Who may, rule, name, view) of what takes a form."""
    enclosing = partial(page.change_files, front)
    yield "personal_link", "/p/<token>/notice/<verb>", "notice", partial(page.act, front)
    yield "personal_link", "/p/<token>/notice/keep/<verb>", "keep", partial(keeping.act, front)
    yield "staff_link", "/p/<token>/files", "enclose", enclosing
    yield "staff_link", "/p/<token>/files/<public>", "take_out", enclosing
    yield "staff_link", "/p/<token>/notices/<task>", "write", partial(overview.act, front)
    yield "staff_link", "/p/<token>/fees", "fees", partial(fees.book, front)
    yield "staff_link", "/p/<token>/fees/home", "home_of", partial(fees.confirmed, front)
    yield "staff_link", f"/p/<token>/visits/{_BUILDING}/<verb>", "notice_visited", partial(visits.act, front)
    yield "staff_link", f"/p/<token>/groups/{_LETTER}/<verb>", "notice_pasted", partial(groups.act, front)


def _groups(front: Front, token: str) -> Response:
    """Of a notice those to be told by hand; of a desk all of its groups."""
    link = link_of(token, "notice", "desk")
    return all_groups.shown(front, token, link) if link.kind == "desk" else groups.shown(front, token)
