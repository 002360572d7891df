"""The addresses of the chain's pages: all of them for staff, below their desk link."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.chain import duties, indicators, limits, mediations, overview, rota
from handlers.pages.chain.appraisal_routes import appraisal_forms, appraisal_routes
from handlers.pages.chain.end_routes import end_forms, end_routes
from handlers.pages.chain.grid_routes import grid_forms, grid_routes
from handlers.pages.chain.whistle_routes import whistle_forms, whistle_routes
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]
_FIGURES = "/console/indicators"
_QUARRELS = "/console/mediations"
_NUMBER = "<int(max=2147483647):number>"


def chain_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff", "/console/chain", "chain", partial(overview.shown, front)
    yield "staff", "/console/chain.xlsx", "chain_excel", partial(overview.as_excel, front)
    yield "staff", "/console/chain/limits", "limits", partial(limits.shown, front)
    yield "staff", "/console/chain/limits.xlsx", "limits_excel", partial(limits.as_excel, front)
    yield "staff", "/console/rota", "rota", partial(rota.shown, front)
    yield "staff", "/console/rota.xlsx", "rota_excel", partial(rota.as_excel, front)
    yield "staff", "/console/duties", "duties", partial(duties.shown, front)
    yield from grid_routes(front)
    yield from end_routes(front)
    yield from whistle_routes(front)
    yield from appraisal_routes(front)
    yield "staff", _FIGURES, "indicators", partial(indicators.shown, front)
    yield "staff", f"{_FIGURES}/open/<code>", "indicator_cases", partial(indicators.cases, front)
    yield "staff", f"{_FIGURES}/odd", "indicators_odd", partial(indicators.odd, front)
    yield "staff", f"{_FIGURES}.xlsx", "indicators_excel", partial(indicators.as_excel, front)
    yield "staff", f"{_FIGURES}/sealed", "indicators_sealed", partial(indicators.sealed, front)
    yield "staff", _QUARRELS, "mediations", partial(mediations.shown, front)
    yield "staff", f"{_QUARRELS}.xlsx", "mediations_excel", partial(mediations.as_excel, front)
    yield "staff", f"{_QUARRELS}/one/<key>", "mediation", partial(mediations.opened, front)


def chain_forms(front: Front) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "staff", "/console/chain/do/<verb>", "chain_act", partial(overview.act, front)
    yield "staff", "/console/rota/<verb>", "rota_act", partial(rota.act, front)
    yield "staff", "/console/duties/<verb>", "duties_act", partial(duties.act, front)
    yield from grid_forms(front)
    yield from end_forms(front)
    yield from whistle_forms(front)
    yield from appraisal_forms(front)
    yield "staff", f"{_FIGURES}/seal", "indicators_seal", partial(indicators.seal, front)
    yield "staff", f"{_FIGURES}/remove", "indicators_remove", partial(indicators.remove, front)
    yield "staff", f"{_FIGURES}/removals/{_NUMBER}", "removal_settle", partial(indicators.settle, front)
    yield "staff", f"{_QUARRELS}/open", "mediations_open", partial(mediations.begin, front)
    yield "staff", f"{_QUARRELS}/one/<key>/<verb>", "mediation_act", partial(mediations.act, front)
