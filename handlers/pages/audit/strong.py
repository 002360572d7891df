"""再次验证: what is worth more than a session asks for a second factor that was shown lately (A11)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from flask import abort, redirect, request

from handlers.console.cookies import signed_in
from handlers.console.stashed import stash
from handlers.database import Database
from handlers.pages.access import CONSOLE
from handlers.pages.audit.classes import STRONG

AGAIN = f"{CONSOLE}/again"


def must_be_strong(database: Database) -> None:
    """Leads to the second factor whoever has not shown it within a quarter of an hour, and back afterwards:
    to this page, to the form as it was typed, or to the page on which it stands. Called in the request,
    outside of a transaction."""
    signed = signed_in(database)
    if signed is None or not signed.is_strong:
        came_from = urlsplit(request.referrer or "").path
        form_stands_at = came_from if came_from.startswith(f"{CONSOLE}/") else CONSOLE
        back = request.full_path.rstrip("?") if request.method == "GET" else form_stands_at
        answer = redirect(f"{AGAIN}?next={quote(back)}", 303)
        stash(answer)
        abort(answer)


def strongly(database: Database, name: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """`view`, behind a second factor for those of its forms that classes.STRONG names."""
    verbs = STRONG.get(name)
    if verbs is None:
        return view

    def checked(**args: Any) -> Any:
        if not verbs or args.get("verb", args.get("task")) in verbs:
            must_be_strong(database)
        return view(**args)

    return checked
