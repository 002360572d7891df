"""The addresses of notices: the one behind a letter, a desk's overview, and what staff open from them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.access import LETTER, NOTICE
from handlers.pages.front import Front
from handlers.pages.notice import fees, files, groups, keeping, overview, page, progress, receipts, visits
from handlers.pages.notice.groups import Printer

_BUILDING = "<int(max=2147483647):building>"
_LETTER = "<int(max=9007199254740991):letter>"


Route = tuple[Guard, str, str, Callable[..., Any]]


def notice_routes(front: Front, printer: Printer) -> Iterator[Route]:
    """(Who may, rule, name, view) of what is looked at."""
    yield "personal_link", f"{LETTER}/files/<public>", "file", partial(files.by_person, front)
    yield "staff", f"{NOTICE}/files/<public>", "staff_file", partial(files.by_person, front)
    yield "public", "/q/<code>/files/<public>", "group_file", partial(files.by_group, front)
    yield "staff", NOTICE, "staff_notice", partial(page.shown, front)
    yield "staff", f"{NOTICE}/notice/progress", "progress", partial(progress.of_one, front)
    yield "staff", "/console/notices", "notices", partial(overview.shown, front)
    yield "staff", "/console/notices/progress", "moving", partial(overview.progress, front)
    yield "staff", f"{NOTICE}/numbers", "notice_numbers", partial(receipts.numbers, front)
    yield "staff", f"{NOTICE}/names/{_BUILDING}", "notice_names", partial(receipts.names, front)
    yield "staff", f"{NOTICE}/visits", "notice_visits", partial(visits.overview, front)
    yield "staff", f"{NOTICE}/visits/{_BUILDING}", "notice_visit", partial(visits.of_building, front)
    yield "staff", f"{NOTICE}/groups", "notice_groups", partial(groups.shown, front)
    yield "staff", f"{NOTICE}/groups/{_LETTER}.png", "notice_picture", partial(groups.picture, front)
    yield "staff", f"{NOTICE}/groups.pdf", "notice_sheets", partial(groups.sheets, front, printer)


def notice_forms(front: Front) -> Iterator[Route]:
    """(Who may, rule, name, view) of what takes a form."""
    enclosing = partial(page.change_files, front)
    yield "personal_link", f"{LETTER}/notice/<verb>", "notice", partial(page.act, front)
    yield "staff", f"{NOTICE}/notice/<verb>", "staff_notice_act", partial(page.act, front)
    yield "staff", f"{NOTICE}/notice/keep/<verb>", "keep", partial(keeping.act, front)
    yield "staff", f"{NOTICE}/files", "enclose", enclosing
    yield "staff", f"{NOTICE}/files/<public>", "take_out", enclosing
    yield "staff", "/console/notices/<task>", "write", partial(overview.act, front)
    yield "staff", f"{NOTICE}/fees", "fees", partial(fees.book, front)
    yield "staff", f"{NOTICE}/fees/home", "home_of", partial(fees.confirmed, front)
    yield "staff", f"{NOTICE}/visits/{_BUILDING}/<verb>", "notice_visited", partial(visits.act, front)
    yield "staff", f"{NOTICE}/groups/{_LETTER}/<verb>", "notice_pasted", partial(groups.act, front)
