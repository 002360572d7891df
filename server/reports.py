"""What browsers say they were kept from: in normal use nothing. Counted, and never with an address, because
that of a page may be a personal link.
"""

import json
from typing import Final

from flask import Blueprint, Response, request

from handlers.guards import guard_all
from handlers.pages.front import REPORTS
from server import tally

BODY_BYTES: Final = 8 * 1024
DIRECTIVES: Final = frozenset(
    {"script-src", "style-src", "img-src", "media-src", "connect-src", "form-action", "frame-ancestors",
     "base-uri", "frame-src", "font-src", "default-src", "object-src"}
)  # fmt: skip


def blueprint() -> Blueprint:
    made = Blueprint("reports", __name__)

    @made.post(REPORTS)
    def reported() -> Response:
        tally.count("csp_reports", directive=_directive(request.stream.read(BODY_BYTES)))
        return Response(status=204)

    return guard_all(made, "public")


def _directive(body: bytes) -> str:
    """Of a report (CSP 3, 5.3), without -elem and -attr; "other" for whatever else was sent."""
    try:
        said = json.loads(body)["csp-report"]
        named = str(said.get("effective-directive") or said.get("violated-directive", "")).split()[0]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return "other"
    named = named.removesuffix("-elem").removesuffix("-attr")
    return named if named in DIRECTIVES else "other"
