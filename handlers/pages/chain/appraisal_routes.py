"""The addresses of digests, colours, stars and goals, below the desk link."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages import voting
from handlers.pages.chain import colours, goals, stars, today, week
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]
_NUMBER = "<int(max=2147483647):number>"


def appraisal_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff", "/console/today", "today", partial(today.shown, front)
    yield "staff", "/console/today.xlsx", "today_excel", partial(today.as_excel, front)
    yield "staff", "/console/week", "week", partial(week.shown, front)
    yield "staff", "/console/week.xlsx", "week_excel", partial(week.as_excel, front)
    yield "staff", "/console/own", "own", partial(colours.own, front)
    yield "staff", "/console/colours", "colours", partial(colours.shown, front)
    yield "staff", f"/console/colours/{_NUMBER}", "colour", partial(colours.opened, front)
    yield "staff", "/console/colours.xlsx", "colours_excel", partial(colours.as_excel, front)
    yield "staff", "/console/stars", "stars", partial(stars.shown, front)
    yield "staff", "/console/stars.xlsx", "stars_excel", partial(stars.as_excel, front)
    yield "staff", "/console/goals", "goals", partial(goals.shown, front)
    yield "staff", "/console/goals.xlsx", "goals_excel", partial(goals.as_excel, front)
    yield "personal_link", "/p/<token>/vote", "vote_page", partial(voting.shown, front)


def appraisal_forms(front: Front) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "staff", f"/console/own/{_NUMBER}", "colour_appeal", partial(colours.appeal, front)
    yield "staff", f"/console/colours/{_NUMBER}", "colour_rule", partial(colours.rule, front)
    yield "staff", "/console/stars/close", "stars_close", partial(stars.close, front)
    yield "staff", "/console/goals/<verb>", "goals_act", partial(goals.act, front)
    yield "personal_link", "/p/<token>/vote", "vote", partial(voting.vote, front)
