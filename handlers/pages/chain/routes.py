"""The addresses of the chain's pages: all of them for staff, below their desk link."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.chain import overview
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]
_STAFF = "/p/<token>"


def chain_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff_link", f"{_STAFF}/chain", "chain", partial(overview.shown, front)


def chain_forms(front: Front) -> Iterator[Route]:
    """The same of what takes forms."""
    yield from ()
