"""The key of a form: random, so that copies of the form are known, and made for one session, so that a form
that somebody else made a browser send does nothing even where the browser says nothing of its origin (A6)."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from handlers.console.cookies import session_token
from models.base.privacy import derived

_MAC = 16  # bytes, written in 22 signs


def new_key() -> str:
    """For the page that is shown now; its forms may put something behind it."""
    part, token = secrets.token_urlsafe(12), session_token()
    return made_for(token, part) if token else part


def made_for(token: str, part: str) -> str:
    return f"{part}.{_mac(token, part)}"


def fits(key: str) -> bool:
    """Whether this session's page gave the key out."""
    part, _, rest = key.partition(".")
    mac = _mac(session_token(), part)
    return hmac.compare_digest(rest[: len(mac)].encode(), mac.encode())


def _mac(token: str, part: str) -> str:
    made = hmac.new(derived("form"), f"{token}/{part}".encode(), hashlib.sha256).digest()[:_MAC]
    return urlsafe_b64encode(made).decode().rstrip("=")
