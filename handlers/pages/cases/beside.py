"""The case before and the case behind, in the list that somebody came from."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from flask import request

from handlers.pages.access import CONSOLE, case_at
from handlers.pages.cases import asked
from models.case import listing
from models.case.case import Case
from models.person.arriving import Visitor


def beside(case: Case, visitor: Visitor) -> dict[str, Any] | None:
    """Addresses of the list and of its neighbours; None for whoever came from no list."""
    address = _address()
    if not visitor.is_staff or not address:
        return None
    typed = asked.of(address)
    kept = asked.kept(typed)
    before, behind = listing.beside(visitor, asked.read(typed), case)
    came = _came(kept)
    return {
        "list": f"{CONSOLE}/cases" + (f"?{kept}" if kept else ""),
        "before": case_at(before) + came if before is not None else None,
        "next": case_at(behind) + came if behind is not None else None,
    }


def still_in_list() -> str:
    """What goes behind the address of a case after one of its forms, so that its reader stays in the list."""
    address = _address()
    return _came(asked.kept(asked.of(address))) if address else ""


def _came(kept: str) -> str:
    return f"?list={quote(kept or 'order=newest', safe='')}"


def _address() -> str:
    """Of the page itself, or of the page whose form this is: our own pages say where they come from."""
    if "list" in request.args:
        return request.args["list"]
    came = urlsplit(request.referrer or "")
    found = parse_qs(came.query).get("list", [""]) if came.netloc == request.host else [""]
    return found[0] if request.method == "POST" else ""
