"""The addresses of whistles, and of a case that several work on: all of them below a desk's link."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.chain import together, whistle, whistles
from handlers.pages.front import Front

_ALL = "/console/whistles"
_ONE = f"{_ALL}/<int(max=2147483647):number>"
_CASE = f"{_ALL}/case/<number>"


def whistle_routes(front: Front) -> Iterator[tuple[Guard, str, str, Callable[..., Any]]]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff", _ALL, "whistles", partial(whistles.shown, front)
    yield "staff", f"{_ALL}.xlsx", "whistles_excel", partial(whistles.as_excel, front)
    yield "staff", _ONE, "whistle", partial(whistle.opened, front)
    yield "staff", f"{_ONE}/media/<public>", "whistle_medium", partial(whistle.medium, front)
    yield "staff", _CASE, "together", partial(together.shown, front)


def whistle_forms(front: Front) -> Iterator[tuple[Guard, str, str, Callable[..., Any]]]:
    """The same of what takes forms."""
    yield "staff", f"{_ONE}/<verb>", "whistle_act", partial(whistle.act, front)
    yield "staff", f"{_CASE}/<verb>", "together_act", partial(together.act, front)
