"""The token in a browser: for pages of the service account, which use the same API."""

from flask import current_app, request
from werkzeug.wrappers import Response

from handlers.pages.forms import from_same_site
from models.client.tokens import LASTS

TOKEN = "hemei-app"  # noqa: S105 - the cookie's name
OWN = "X-Hemei"  # a header that no other site's form can send


def token_given() -> str:
    """Of the Authorization header; else of the cookie, where the request is one of our own pages'."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip()[:1000]
    if kind:
        return ""
    token = request.cookies.get(_named(), "")[:1000]
    writes = request.method not in ("GET", "HEAD")
    if token and writes and (request.headers.get(OWN) != "1" or not from_same_site()):
        return ""
    return token


def put_token(response: Response, token: str) -> None:
    """For this host alone, out of reach of scripts, over https alone (`__Host-`)."""
    response.set_cookie(
        _named(),
        token,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
    )


def drop_token(response: Response) -> None:
    response.delete_cookie(_named(), path="/", secure=_is_secure(), httponly=True, samesite="Lax")


def _named() -> str:
    return f"__Host-{TOKEN}" if _is_secure() else TOKEN


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
