"""The addresses of the desk of cases: all of them for staff."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.cases import enter, listed, many, plan, voices
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]


def case_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff", "/console/cases", "cases", partial(listed.shown, front)
    yield "staff", "/console/cases.xlsx", "cases_excel", partial(listed.as_excel, front)
    yield "staff", "/console/cases/many/<key>", "cases_many", partial(many.shown, front)
    yield "staff", "/console/enter", "enter", partial(enter.shown, front)
    yield "staff", "/console/plan", "plan", partial(plan.shown, front)
    yield "staff", "/console/voices", "voices", partial(voices.shown, front)


def case_forms(front: Front) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "staff", "/console/voices", "voices_act", partial(voices.act, front)
    yield "staff", "/console/enter/look", "enter_look", partial(enter.look, front)
    yield "staff", "/console/enter", "enter_act", partial(enter.act, front)
    yield "staff", "/console/cases/find", "cases_find", partial(listed.find, front)
    yield "staff", "/console/cases/many/look", "cases_many_look", partial(many.look, front)
    yield "staff", "/console/cases/many/<key>", "cases_many_act", partial(many.act, front)
