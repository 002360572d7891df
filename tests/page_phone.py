"""A browser on somebody's phone, for tests of pages."""

from secrets import token_urlsafe
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Phone:
    """A browser on somebody's phone. Forms go out as a browser sends them from our own page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, path: str) -> TestResponse:
        return self.client.get(path, buffered=True)

    def send(self, path: str, headers: dict[str, str] | None = None, **form: Any) -> TestResponse:
        """Each a form of its own, unless `once` says that it is a copy."""
        form = {"once": token_urlsafe(12)} | form
        own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
        return self.client.post(
            path, data=form, headers=own if headers is None else headers, content_type="multipart/form-data"
        )

    def sent_and_shown(self, path: str, **form: Any) -> str:
        """The page that stands there after the form."""
        answer = self.send(path, **form)
        assert answer.status_code == 303, answer.text
        return self.open(answer.headers["Location"]).text
