"""The addresses of the log and of lists that two persons agree on."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.audit import asks, log
from handlers.pages.front import Front


def audit_routes(front: Front) -> Iterator[tuple[Guard, str, str, Callable[..., Any], str]]:
    """(Guard, rule, name, view, method)."""
    yield "staff", "/console/audit", "audit", partial(log.shown, front), "GET"
    yield "staff", "/console/audit.xlsx", "audit_excel", partial(log.as_excel, front), "GET"
    yield "staff", "/console/exports", "exports", partial(asks.shown, front), "GET"
    yield "staff", "/console/exports/ask", "export_ask", partial(asks.ask, front), "POST"
    yield "staff", "/console/exports/<public>/<verb>", "export_settle", partial(asks.settle, front), "POST"
