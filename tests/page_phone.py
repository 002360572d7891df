"""A browser on somebody's phone, for tests of pages."""

from collections.abc import Callable, Iterable
from functools import partial
from secrets import token_urlsafe
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.http import dump_cookie
from werkzeug.test import TestResponse

from handlers.console.cookies import SESSION
from handlers.console.keys import made_for
from handlers.pages.access import CONSOLE, case_at, notice_at
from models.account import sessions
from models.base.links import opened
from models.person.arriving import staff_of


def beyond_login(path: str) -> tuple[str, int | None]:
    """Where a letter's link leads somebody with a post, and who that is; other paths as they are."""
    place, mark, query = path.partition("?")
    token, slash, rest = place.removeprefix("/").removeprefix("p/").partition("/")
    link = opened(token)
    bases = {"desk": lambda _: CONSOLE, "case": case_at, "notice": notice_at}
    if link is None or link.kind not in bases or rest == "vote" or staff_of(link.person_id) is None:
        return path, None
    return bases[link.kind](link.key) + slash + rest + mark + query, link.person_id


def body_of(page: str) -> str:
    """What stands between a page's head and the console's menu."""
    return page.partition('<main id="main">')[2].partition("</main>")[0]


class Phone:
    """A browser on somebody's phone. Forms go out as a browser sends them from our own page.

    Whoever has a post is logged in already: a link of theirs is opened where it leads them.
    """

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._database = client.application.extensions["hemei.database"]
        self._tokens: dict[int, str] = {}

    def open(self, path: str) -> TestResponse:
        return self.client.get(self.led(path), buffered=True)

    def led(self, path: str) -> str:
        """Where `path` leads its owner, who is logged in from here on."""
        with self._database.read():
            path, person = beyond_login(path)
        if person is not None:
            self.client.set_cookie(SESSION, self._token_of(person))
        return path

    def _token_of(self, person: int) -> str:
        """Tests travel through months, and sessions last for hours."""
        with self._database.read():
            is_over = sessions.holder(self._tokens.get(person, "")) is None
        if is_over:
            self._tokens[person] = self._database.write(partial(sessions.begin, person, "work", strong=True))
        return self._tokens[person]

    def send(self, path: str, headers: dict[str, str] | None = None, **form: Any) -> TestResponse:
        """Each a form of its own, unless `once` says that it is a copy."""
        form, path = {"once": token_urlsafe(12)} | form, self.led(path)
        session = self.client.get_cookie(SESSION)
        if session is not None and path.startswith("/console/") and isinstance(form["once"], str):
            form["once"] = form["once"] and made_for(session.value, form["once"])
        own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
        return self.client.post(
            path,
            data=form,
            headers=own if headers is None else headers,
            content_type="multipart/form-data",
        )

    def sent_and_shown(self, path: str, **form: Any) -> str:
        """The page that stands there after the form."""
        answer = self.send(path, **form)
        assert answer.status_code == 303, answer.text
        return self.open(answer.headers["Location"]).text


class LoggedIn:
    """The service for browsers whose owners have logged in: with the link that leads to the console, somebody
    with a post is given a session."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._database = app.extensions["hemei.database"]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self._database.read():
            _, person = beyond_login(environ["PATH_INFO"])
        if person is None:
            return self._app(environ, start_response)
        token = self._database.write(partial(sessions.begin, person, "work", strong=True))

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            cookie = ("Set-Cookie", dump_cookie(SESSION, token, httponly=True, samesite="Lax"))
            return start_response(status, [*headers, cookie], *more)

        return self._app(environ, start)
