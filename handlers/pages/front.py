"""What all pages share: the house they belong to, their frame, their static files, the line after a tap."""

import gzip
import hashlib
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from flask import Response, g, redirect, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from handlers.console.keys import new_key
from handlers.database import Database
from handlers.house import House
from handlers.words import labels, page, refusal
from models.base.privacy import derived
from models.base.refusals import NotFound
from models.base.resources import resource
from models.media.files import Files

SAID = "said"  # the cookie that carries one line to the next page
SAID_SECONDS = 60
ASSETS = {
    "library.css": "text/css; charset=utf-8",  # made when hemei is installed (scripts/library.py)
    "pages.css": "text/css; charset=utf-8",
    "fees.css": "text/css; charset=utf-8",
    "board.css": "text/css; charset=utf-8",
    "books.css": "text/css; charset=utf-8",
    "cases.css": "text/css; charset=utf-8",
    "chain.css": "text/css; charset=utf-8",
    "figures.css": "text/css; charset=utf-8",
    "board.js": "text/javascript; charset=utf-8",
    "books.js": "text/javascript; charset=utf-8",
    "cases.js": "text/javascript; charset=utf-8",
    "photos.js": "text/javascript; charset=utf-8",
    "copy.js": "text/javascript; charset=utf-8",
    "me.js": "text/javascript; charset=utf-8",
    "menu.js": "text/javascript; charset=utf-8",
    "pay.js": "text/javascript; charset=utf-8",
    "progress.js": "text/javascript; charset=utf-8",
}
REPORTS = "/reports/csp"  # where browsers say what they were kept from (server/reports.py)
_SCRIPTS = "script-src 'self'"
POLICY = (
    f"default-src 'none'; img-src 'self' data: blob:; media-src 'self'; style-src 'self'; {_SCRIPTS}; "
    "connect-src 'self'; object-src 'none'; "
    f"form-action 'self'; base-uri 'none'; frame-ancestors 'self'; report-uri {REPORTS}"
)


@dataclass(frozen=True, slots=True)
class Front:
    """The house as its pages see it."""

    database: Database
    house: House
    files: Files


def show(name: str, status: int = 200, **facts: Any) -> Response:
    """A page of templates/pages in its frame. A line that waits in the cookie is shown once."""
    said = _waiting() if "said" not in facts else facts.pop("said")
    error = facts.pop("error", None)
    once = new_key()
    nonce = secrets.token_urlsafe(16)  # stands in each script's tag by itself (handlers/words.py)
    facts.setdefault("console", g.get("console"))
    made = page(name, asset=asset, said=said, error=error, once=once, nonce=nonce, **facts)
    response = Response(made, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY.replace(_SCRIPTS, f"script-src 'nonce-{nonce}'")
    if SAID in request.cookies:
        response.delete_cookie(SAID, path=request.path)
    return response


def back_to(path: str, code: str, **facts: Any) -> AnyResponse:
    """After a form: to the page, which then says `code` of labels/said.toml once."""
    response = redirect(path, 303)
    value = _signer().dumps([code, facts])
    secure, page = request.is_secure, path.partition("?")[0]
    response.set_cookie(
        SAID, str(value), max_age=SAID_SECONDS, path=page, httponly=True, samesite="Lax", secure=secure
    )
    return response


def line(code: str, **facts: Any) -> str:
    """The words of `code`, with facts where it has places for them."""
    return str(labels("said")[code]).format(**{"number": "", **facts})


def _waiting() -> str | None:
    try:
        code, facts = _signer().loads(request.cookies.get(SAID, ""))
        return line(code, **facts)
    except (BadSignature, KeyError, ValueError, TypeError):
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(derived("said"), salt="said")


@cache
def asset(name: str) -> str:
    """The path of a static file, with its content's hash in it so that browsers may keep it for good."""
    digest = hashlib.sha256(resource(f"static/{name}").read_bytes()).hexdigest()[:16]
    stem, _, suffix = name.rpartition(".")
    return f"/static/{stem}.{digest}.{suffix}"


def download(content: bytes, kind: str, name: str, *, inline: bool = False) -> Response:
    """A file under a name that any file system takes; `inline` for a picture on a page."""
    response = Response(content, content_type=kind)
    how = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(plain_name(name))}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def plain_name(name: str) -> str:
    """As any file system takes it, and any header: whoever names a place may type what no header holds."""
    return "".join("_" if sign in '/\\:*?"<>|' or not sign.isprintable() else sign for sign in name)


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(resource(f"static/{name}").read_bytes(), 9, mtime=0)


def static_file(name: str) -> Response:
    """One of our static files at its present address, packed for who takes it; else it is not there."""
    for known, content_type in ASSETS.items():
        if asset(known) == f"/static/{name}":
            response = Response(content_type=content_type)
            if request.accept_encodings["gzip"] > 0:
                response.headers["Content-Encoding"] = "gzip"
                response.set_data(_packed(known))
            else:
                response.set_data(resource(f"static/{known}").read_bytes())
            response.vary.add("Accept-Encoding")
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            response.headers["X-Content-Type-Options"] = "nosniff"
            return response
    return show("refused.html", 404, error=refusal(NotFound("page_not_found")), title="")
