"""The addresses of the money pages. Under the personal link; who comes in is said beside each."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.fees import mine, receipts
from handlers.pages.front import Front

Route = tuple[Guard, str, str, Callable[..., Any]]
_NUMBER = "<int(max=9007199254740991):{}>"


def fee_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    bill, payment = _NUMBER.format("bill"), _NUMBER.format("payment")
    yield "personal_link", f"/p/<token>/bills/{bill}", "own_bill", partial(mine.bill, front)
    yield "personal_link", f"/p/<token>/receipts/{payment}", "receipt", partial(receipts.receipt, front)
