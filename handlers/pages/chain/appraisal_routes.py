"""The addresses of digests, colours, stars and goals, below the desk link."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.chain import colours, today, week
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]
_STAFF = "/p/<token>"
_NUMBER = "<int(max=2147483647):number>"


def appraisal_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff_link", f"{_STAFF}/today", "today", partial(today.shown, front)
    yield "staff_link", f"{_STAFF}/today.xlsx", "today_excel", partial(today.as_excel, front)
    yield "staff_link", f"{_STAFF}/week", "week", partial(week.shown, front)
    yield "staff_link", f"{_STAFF}/week.xlsx", "week_excel", partial(week.as_excel, front)
    yield "staff_link", f"{_STAFF}/own", "own", partial(colours.own, front)
    yield "staff_link", f"{_STAFF}/colours", "colours", partial(colours.shown, front)
    yield "staff_link", f"{_STAFF}/colours/{_NUMBER}", "colour", partial(colours.opened, front)
    yield "staff_link", f"{_STAFF}/colours.xlsx", "colours_excel", partial(colours.as_excel, front)


def appraisal_forms(front: Front) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "staff_link", f"{_STAFF}/own/{_NUMBER}", "colour_appeal", partial(colours.appeal, front)
    yield "staff_link", f"{_STAFF}/colours/{_NUMBER}", "colour_rule", partial(colours.rule, front)
