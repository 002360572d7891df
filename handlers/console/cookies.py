"""The cookies of the console: the session's token, what a way in was begun with, and for some minutes a form
that waits for a second factor.

All are for this host alone and only ever travel over https (`__Host-`, Secure), except where the whole house
stands on this machine without it. Lax and not Strict, because WeCom sends people back from its own site.
"""

import secrets

from flask import current_app, g, request
from werkzeug.wrappers import Response

from handlers.database import Database
from models.account import sessions
from models.account.sessions import Signed

SESSION, BROWSER, TYPED = "hemei", "hemei-browser", "hemei-typed"
DEMO_PHONE = "sandbox_work"  # the sandbox's word that this browser plays a phone with WeCom
BROWSER_SECONDS = 15 * 60


def signed_in(database: Database) -> Signed | None:
    """Who is logged in at this browser, asked once for each request. No transaction may be open around it,
    because once a minute it writes."""
    if "signed" not in g:
        g.signed = _signed_in(database)
    found: Signed | None = g.signed
    return found


def _signed_in(database: Database) -> Signed | None:
    token = session_token()
    if not token:
        return None
    with database.read():
        signed = sessions.holder(token)
    if signed is not None and signed.is_unseen:
        database.write(sessions.seen, signed.session_id)
    return signed


def session_token() -> str:
    return request.cookies.get(_named(SESSION), "")[:100]


def put_session(response: Response, token: str) -> None:
    """Without an age: it goes when the browser is closed."""
    _put(response, SESSION, token, None)


def drop_session(response: Response) -> None:
    response.delete_cookie(_named(SESSION), path="/", secure=_is_secure(), httponly=True, samesite="Lax")


def browser_of() -> str:
    """What this browser was given when a way in began; "" when it has nothing."""
    return request.cookies.get(_named(BROWSER), "")[:100]


def put_browser(response: Response) -> str:
    """Gives the browser something of its own, to be known by when it comes back."""
    key = browser_of() or secrets.token_urlsafe(32)
    _put(response, BROWSER, key, BROWSER_SECONDS)
    return key


def drop_browser(response: Response) -> None:
    response.delete_cookie(_named(BROWSER), path="/", secure=_is_secure(), httponly=True, samesite="Lax")


def put_typed(response: Response, sealed: str) -> None:
    """What was typed before the second factor was asked for (stashed.py)."""
    _put(response, TYPED, sealed, BROWSER_SECONDS)


def typed() -> str:
    return request.cookies.get(_named(TYPED), "")[:4000]


def drop_typed(response: Response) -> None:
    response.delete_cookie(_named(TYPED), path="/", secure=_is_secure(), httponly=True, samesite="Lax")


def _put(response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        _named(name), value, max_age=seconds, path="/", secure=_is_secure(), httponly=True, samesite="Lax"
    )


def _named(name: str) -> str:
    return f"__Host-{name}" if _is_secure() else name


def _is_secure() -> bool:
    """By the house's own address, which may be http on loopback only; never by what a request says."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
