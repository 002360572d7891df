"""The addresses of how cases end: solved on the spot, waiting for a second person, samples, problems."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.chain import ends, problems, samples, spot
from handlers.pages.front import Front

_PROBLEMS = "/p/<token>/chain/problems"
_SAMPLES = "/p/<token>/chain/samples"
_SPOT = "/p/<token>/chain/spot"


def end_routes(front: Front) -> Iterator[tuple[Guard, str, str, Callable[..., Any]]]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff_link", _SPOT, "spot", partial(spot.shown, front)
    yield "staff_link", "/p/<token>/chain/ends", "ends", partial(ends.shown, front)
    yield "staff_link", "/p/<token>/chain/ends.xlsx", "ends_excel", partial(ends.as_excel, front)
    yield "staff_link", _SAMPLES, "samples", partial(samples.shown, front)
    yield "staff_link", f"{_SAMPLES}.xlsx", "samples_excel", partial(samples.as_excel, front)
    yield "staff_link", _PROBLEMS, "problems", partial(problems.shown, front)
    yield "staff_link", f"{_PROBLEMS}.xlsx", "problems_excel", partial(problems.as_excel, front)
    yield "staff_link", f"{_PROBLEMS}/<number>", "problem", partial(problems.opened, front)


def end_forms(front: Front) -> Iterator[tuple[Guard, str, str, Callable[..., Any]]]:
    """The same of what takes forms."""
    yield "staff_link", _SPOT, "spot_act", partial(spot.act, front)
    yield "staff_link", f"{_SAMPLES}/<verb>", "samples_act", partial(samples.act, front)
    yield "staff_link", _PROBLEMS, "problem_propose", partial(problems.propose, front)
    yield "staff_link", f"{_PROBLEMS}/<number>/<verb>", "problem_act", partial(problems.act, front)
