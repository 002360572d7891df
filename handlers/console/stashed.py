"""What somebody typed who is asked for the second factor in between: it goes with the browser, sealed for
this session, and the form is offered again as it was once the factor is shown. Nobody types a thing twice."""

import json
from binascii import Error
from typing import NamedTuple

from flask import request
from werkzeug.wrappers import Response

from handlers.console import cookies
from models.base.privacy import blind, seal, unseal

MOST = 2400  # bytes: sealed, a cookie of four thousand holds them


class Stashed(NamedTuple):
    """The form's address on our own host, and its fields in their order."""

    path: str
    fields: list[tuple[str, str]]


def stash(response: Response) -> None:
    """Gives the browser the form of this request, if it has no files and is no longer than a cookie; what an
    earlier one left is gone with any other request that asks for the factor."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "once"]
    kept = json.dumps([request.path, fields], ensure_ascii=False)
    if request.method == "POST" and not request.files and len(kept.encode()) <= MOST:
        cookies.put_typed(response, seal(kept, _where()))
    else:
        cookies.drop_typed(response)


def stashed() -> Stashed | None:
    """What this session's browser brings of it; None for what is another's, or nothing."""
    try:
        kept = unseal(cookies.typed(), _where())
    except (Error, ValueError):
        return None
    if kept is None:
        return None
    path, fields = json.loads(kept)
    return Stashed(path, [(name, value) for name, value in fields])


def _where() -> str:
    return f"typed/{blind(cookies.session_token(), 'typed')}"
