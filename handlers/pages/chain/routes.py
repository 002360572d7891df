"""The addresses of the chain's pages: all of them for staff, below their desk link."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.chain import indicators, keepers, overview
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]
_STAFF = "/p/<token>"
_FIGURES = f"{_STAFF}/indicators"
_NUMBER = "<int(max=2147483647):number>"


def chain_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff_link", f"{_STAFF}/chain", "chain", partial(overview.shown, front)
    yield "staff_link", f"{_STAFF}/chain/keepers", "keepers", partial(keepers.shown, front)
    yield "staff_link", f"{_STAFF}/chain/keepers.xlsx", "keepers_excel", partial(keepers.as_excel, front)
    yield "staff_link", _FIGURES, "indicators", partial(indicators.shown, front)
    yield "staff_link", f"{_FIGURES}/open/<code>", "indicator_cases", partial(indicators.cases, front)
    yield "staff_link", f"{_FIGURES}/odd", "indicators_odd", partial(indicators.odd, front)
    yield "staff_link", f"{_FIGURES}.xlsx", "indicators_excel", partial(indicators.as_excel, front)
    yield "staff_link", f"{_FIGURES}/sealed", "indicators_sealed", partial(indicators.sealed, front)


def chain_forms(front: Front) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "staff_link", f"{_STAFF}/chain/keepers/<verb>", "keepers_act", partial(keepers.act, front)
    yield "staff_link", f"{_FIGURES}/seal", "indicators_seal", partial(indicators.seal, front)
    yield "staff_link", f"{_FIGURES}/remove", "indicators_remove", partial(indicators.remove, front)
    yield "staff_link", f"{_FIGURES}/removals/{_NUMBER}", "removal_settle", partial(indicators.settle, front)
