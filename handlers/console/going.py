"""Where somebody goes after logging in: a page of the console, and never anywhere else (A8)."""

import re

from handlers.pages.access import CONSOLE, LOGIN

# What our own pages have in their addresses; no backslash, no second slash, no colon before a slash.
_PATH = re.compile(r"/console(?:/[A-Za-z0-9_.~%@=,-]+)*/?(?:\?[A-Za-z0-9_.~%@=,&+:/!*'()-]*)?", re.ASCII)
_NOT = (LOGIN, f"{CONSOLE}/logout", f"{CONSOLE}/password")
MOST = 500
STAY = "stay"  # in the address: show the page, also where an app would come in by itself


def safe_next(asked: str) -> str:
    """`asked` when it is a path of the console, else the console's first page. It is used as a path on our
    own host and never read as an address, so that no browser takes it for another site."""
    if len(asked) > MOST or not _PATH.fullmatch(asked):
        return CONSOLE
    path = asked.partition("?")[0]
    if "/.." in path or "%2e" in path.lower() or "%2f" in path.lower() or "%5c" in path.lower():
        return CONSOLE
    return CONSOLE if path.startswith(_NOT) else asked
