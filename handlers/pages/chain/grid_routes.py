"""The addresses of the pages of grids, keepers, management and estates' ledgers, below the desk link."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.chain import estate, grids, keepers, management, recut
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]
_CHAIN = "/console/chain"
_ESTATE = f"{_CHAIN}/estates/<int(max=2147483647):estate>"


def grid_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff", f"{_CHAIN}/keepers", "keepers", partial(keepers.shown, front)
    yield "staff", f"{_CHAIN}/keepers.xlsx", "keepers_excel", partial(keepers.as_excel, front)
    yield "staff", f"{_CHAIN}/grids", "grids", partial(grids.shown, front)
    yield "staff", f"{_CHAIN}/grids.xlsx", "grids_excel", partial(grids.as_excel, front)
    yield "staff", f"{_CHAIN}/management", "management", partial(management.shown, front)
    yield "staff", f"{_CHAIN}/management.xlsx", "management_excel", partial(management.as_excel, front)
    yield "staff", f"{_CHAIN}/estates", "estates", partial(estate.listed, front)
    yield "staff", _ESTATE, "estate", partial(estate.shown, front)
    yield "staff", f"{_ESTATE}/difference", "estate_difference", partial(estate.compared, front)
    yield "staff", f"{_ESTATE}.xlsx", "estate_excel", partial(estate.as_excel, front)


def grid_forms(front: Front) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "staff", f"{_CHAIN}/keepers/<verb>", "keepers_act", partial(keepers.act, front)
    yield "staff", f"{_CHAIN}/grids/preview", "recut_preview", partial(recut.preview, front)
    yield "staff", f"{_CHAIN}/grids/<verb>", "grids_act", partial(recut.act, front)
    yield "staff", f"{_CHAIN}/management/<verb>", "management_act", partial(management.act, front)
