"""Coming in: off to WeChat, and back by this browser, once, to the page that was asked for and nowhere else
(A8)."""

import re
from functools import partial
from typing import Protocol

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.api.asking import Who
from handlers.api.cookies import put_token, token_given
from handlers.api.errors import sentence
from handlers.api.frame import identified
from handlers.api.limits import LOGINS
from handlers.console.cookies import browser_of, put_browser
from handlers.database import Database
from handlers.pages.front import show
from models.account import guessing, states
from models.base.refusals import NotAllowed, Refused
from models.client import tokens
from models.joins.coming_in import let_in
from models.outbox.address import Channel

HOME = "/me"
BACK = f"{HOME}/back"
KIND = "page"
IN_WECHAT = "MicroMessenger"
_PATH = re.compile(r"/me(?:/[A-Za-z0-9_-]+)*(?:\?[A-Za-z0-9_.~%=&-]*)?", re.ASCII)
_LONGEST = 500


class Door(Protocol):
    """The service account as coming in asks it (server/page_door.py)."""

    is_demo: bool

    def is_open(self) -> bool: ...

    def address(self, path: str, state: str) -> str:
        """Where WeChat says who holds the telephone, and comes back to `path` with a code."""
        ...

    def who(self, code: str) -> Who:
        """Raises NotAllowed: page_login_away, page_login_preview. No transaction may be open."""
        ...


class Entrance:
    """The way in, and the page for whoever is not in WeChat."""

    def __init__(self, database: Database, door: Door) -> None:
        self._database = database
        self._door = door

    def to_wechat(self) -> AnyResponse:
        """WeChat asks nobody anything here, and sends the browser back at once."""
        in_wechat = self._door.is_demo or IN_WECHAT in request.headers.get("User-Agent", "")
        if not self._door.is_open() or not in_wechat:
            return self._outside()
        if self._database.write(guessing.pay, LOGINS, request.remote_addr or ""):
            return self._outside(NotAllowed("too_often"), 429)
        response = redirect(HOME, 302)
        key = put_browser(response)
        state = self._database.write(partial(states.begin, KIND, key, next_path=own_path(request.full_path)))
        response.location = self._door.address(BACK, state)
        return response

    def from_wechat(self) -> AnyResponse:
        """Back with a code. The state is spent before WeChat is asked, whatever it says."""
        state, code = request.args.get("state", "")[:100], request.args.get("code", "")[:512]
        browser, old = browser_of(), token_given()
        begun = self._database.write(states.take, KIND, state, browser) if state and browser else None
        if begun is None or not code:
            # because WeChat itself loads this address again when somebody goes one page back
            return redirect(HOME, 303) if self._is_in(old) else self._outside(NotAllowed("page_login_over"))
        try:
            who = self._door.who(code)
        except Refused as refused:
            return self._outside(refused)
        token, _ = self._database.write(partial(_let_in, old), who.openid, who.unionid)
        response = redirect(own_path(begun.next), 303)
        put_token(response, token)
        return response

    def _is_in(self, token: str) -> bool:
        with self._database.read():
            caller = identified(token)
        return caller.visitor is not None or caller.newcomer is not None

    def _outside(self, why: Refused | None = None, status: int = 403) -> Response:
        return show("me/outside.html", status, error=sentence(why) if why is not None else None,
                    is_open=self._door.is_open())  # fmt: skip


def _let_in(old: str, openid: str, unionid: str | None) -> tuple[str, int | None]:
    """A new token whatever the browser had before, so that nobody can give somebody theirs (A5)."""
    tokens.end(old, "renewed")
    return let_in(Channel.OFFICIAL, openid, unionid)


def own_path(asked: str) -> str:
    """`asked` when it is one of these pages, else the first of them."""
    path = asked.removesuffix("?")
    is_ours = len(path) <= _LONGEST and _PATH.fullmatch(path) and not path.startswith(BACK)
    return path if is_ours else HOME
