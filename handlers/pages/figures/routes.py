"""The addresses of the drawings: for staff who oversee something or hold a rung."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.figures.cases import shown as cases
from handlers.pages.figures.money import shown as money
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]


def figure_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view)."""
    yield "staff", "/console/figures", "figures", partial(cases, front)
    yield "staff", "/console/figures/money", "figures_money", partial(money, front)
