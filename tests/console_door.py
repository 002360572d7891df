"""A browser before the console's door, for tests."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from handlers.console.cookies import SESSION
from handlers.console.keys import made_for

GOOD = "育英小区的灯总是不亮了吧"
WORK = {"corp_id": "ww1", "agent_id": 7, "secret": "s", "contact_secret": "c", "token": "t"}


class Visitor:
    """A browser before the console's door. Forms go out as a browser sends them from our own page."""

    def __init__(self, client: FlaskClient, base: str = "http://localhost") -> None:
        self.client = client
        self._base = base

    def open(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, base_url=self._base, headers=headers, buffered=True)

    def send(self, path: str, headers: dict[str, str] | None = None, **form: Any) -> TestResponse:
        form = {"once": self._key()} | form
        own = {"Sec-Fetch-Site": "same-origin", "Origin": self._base}
        return self.client.post(
            path, base_url=self._base, data=form, headers=own if headers is None else headers
        )

    def _key(self) -> str:
        """As the page that is shown to this session has it in its forms."""
        for name in (SESSION, f"__Host-{SESSION}"):
            cookie = self.client.get_cookie(name)
            if cookie is not None:
                return made_for(cookie.value, "a-form-of-ours")
        return "a-form-of-ours"

    def is_in(self) -> bool:
        return self.open("/console/account").status_code == 200

    def with_password(self, password: str = GOOD, number: str = "C001", **more: Any) -> TestResponse:
        return self.send("/console/login", number=number, password=password, **more)

    def with_code(self, code: str, answer: TestResponse) -> TestResponse:
        step = answer.headers["Location"].partition("step=")[2]
        return self.send("/console/login/second", step=step, code=code)
