"""The addresses of the desk of cases: all of them for staff."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.cases import listed, many
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]


def case_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff", "/console/cases", "cases", partial(listed.shown, front)
    yield "staff", "/console/cases.xlsx", "cases_excel", partial(listed.as_excel, front)
    yield "staff", "/console/cases/many/<key>", "cases_many", partial(many.shown, front)


def case_forms(front: Front) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "staff", "/console/cases/many/look", "cases_many_look", partial(many.look, front)
    yield "staff", "/console/cases/many/<key>", "cases_many_act", partial(many.act, front)
