"""The addresses of how cases end: solved on the spot, waiting for a second person, samples, problems."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.chain import ends, problems, samples, spot
from handlers.pages.front import Front

_PROBLEMS = "/console/chain/problems"
_SAMPLES = "/console/chain/samples"
_SPOT = "/console/chain/spot"


def end_routes(front: Front) -> Iterator[tuple[Guard, str, str, Callable[..., Any]]]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff", _SPOT, "spot", partial(spot.shown, front)
    yield "staff", "/console/chain/ends", "ends", partial(ends.shown, front)
    yield "staff", "/console/chain/ends.xlsx", "ends_excel", partial(ends.as_excel, front)
    yield "staff", _SAMPLES, "samples", partial(samples.shown, front)
    yield "staff", f"{_SAMPLES}.xlsx", "samples_excel", partial(samples.as_excel, front)
    yield "staff", _PROBLEMS, "problems", partial(problems.shown, front)
    yield "staff", f"{_PROBLEMS}.xlsx", "problems_excel", partial(problems.as_excel, front)
    yield "staff", f"{_PROBLEMS}/<number>", "problem", partial(problems.opened, front)


def end_forms(front: Front) -> Iterator[tuple[Guard, str, str, Callable[..., Any]]]:
    """The same of what takes forms."""
    yield "staff", _SPOT, "spot_act", partial(spot.act, front)
    yield "staff", f"{_SAMPLES}/<verb>", "samples_act", partial(samples.act, front)
    yield "staff", _PROBLEMS, "problem_propose", partial(problems.propose, front)
    yield "staff", f"{_PROBLEMS}/<number>/<verb>", "problem_act", partial(problems.act, front)
