"""A mini-program for tests: speaks to /api/v1 and holds every answer against the document."""

import json
from functools import cache, partial
from typing import Any

import jsonschema_rs
from cast import Someone
from flask import Flask
from werkzeug.test import TestResponse

from handlers.api.document import BASE, document
from handlers.api.door import ROUTES
from models.client import tokens
from models.consent import consents

_DOCUMENT = document(ROUTES, "http://localhost")


@cache
def _validator(path: str, method: str, status: int) -> Any:
    """For one answer of one route; KeyError for an answer that the document does not know."""
    answers = _DOCUMENT["paths"][path][method.lower()]["responses"]
    content = answers[str(status)]["content"]
    if "application/json" not in content:
        return None
    schema = {**content["application/json"]["schema"], "components": _DOCUMENT["components"]}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def held(app: Flask, answer: TestResponse, path: str, method: str) -> TestResponse:
    """The answer, which is one that the document promises."""
    rule, _ = app.url_map.bind("localhost").match(path.partition("?")[0], method=method, return_rule=True)
    written = rule.rule.replace("<", "{").replace(">", "}")
    if written == f"{BASE}/openapi.json":
        return answer
    check = _validator(written, method, answer.status_code)
    if check is not None:
        assert answer.mimetype == "application/json", answer.text
        found = [f"{list(one.instance_path)}: {one.message}" for one in check.iter_errors(answer.json)]
        assert found == [], (written, answer.status_code, answer.text[:500])
    return answer


class Mini:
    """The program on somebody's telephone. `token` is what it holds."""

    def __init__(self, app: Flask, token: str = "") -> None:
        self.app, self.token = app, token
        self.database = app.extensions["hemei.database"]
        self.client = app.test_client()

    def __call__(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> TestResponse:
        sent = dict(headers)
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            sent["Idempotency-Key"] = key
        kind = None
        if isinstance(body, bytes):
            kind = "application/octet-stream"
        elif body is not None:
            kind, body = "application/json", json.dumps(body)
        full = BASE + path
        answer = self.client.open(
            full, method=method, data=body, headers=sent, content_type=kind, buffered=True
        )
        return held(self.app, answer, full, method)

    def get(self, path: str) -> Any:
        """What a look gives."""
        answer = self("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """What an act gives."""
        answer = self("POST", path, body, **more)
        assert answer.status_code == 200, answer.text
        return answer.json

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str, str | None]:
        """Status, code and field of what does not go."""
        answer = self(method, path, body, **more)
        assert answer.status_code >= 400, answer.text
        error = answer.json["error"]
        return answer.status_code, error["code"], error["field"]


def logged_in(app: Flask, someone: Someone | int, *, agreed: bool = True) -> Mini:
    """The program of somebody who has accepted the notice (or not)."""
    person = someone if isinstance(someone, int) else someone.id

    def work(token: str) -> None:
        tokens.begin(person, "mini", token)
        if agreed:
            consents.answer(person, consents.BASIC, consents.kinds()[consents.BASIC]["version"], True)

    token = tokens.new_token()
    app.extensions["hemei.database"].write(partial(work, token))
    return Mini(app, token)
