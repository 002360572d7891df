"""Requests made from the API's own document: as it says, and as it does not (I10). What comes back is held
against the document; an answer of 500 and above is none that it promises."""

import json
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

from api_client import held
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from werkzeug.test import TestResponse

from handlers.api.document import BASE, document
from handlers.api.door import ROUTES


@dataclass
class Fuzzed:
    """`broken`: what was sent and what is wrong with the answer."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


class Fuzz:
    """`tokens`: of callers who take turns, "" for nobody, a newcomer's last. `things`: ids that are there, by
    the beginning of the address; two times of three one of them stands where the address has an id."""

    def __init__(self, app: Flask, tokens: Sequence[str], things: dict[str, str], seed: int) -> None:
        self.app, self.client = app, app.test_client()
        self.tokens, self.things, self.seed = tokens, things, seed
        self.found = Fuzzed()
        self._dice = Random(seed)

    def run(self, each: int) -> Fuzzed:
        """So many requests of each operation by its schema, and as many against it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a tool that is tried with what no document says
            import schemathesis

            schema = schemathesis.openapi.from_dict(document(ROUTES, "http://localhost"))
            modes = schemathesis.GenerationMode
            for operation in schema.get_all_operations():
                for mode in (modes.POSITIVE, modes.NEGATIVE):
                    self._some(operation.ok(), mode, each)
        return self.found

    def _some(self, operation: Any, mode: Any, each: int) -> None:
        @seeded(self.seed)
        @settings(
            max_examples=each,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Any) -> None:
            self._send(case)

        try:
            one()
        except Exception as trouble:
            # an operation that takes nothing cannot be asked for against its schema
            if type(trouble).__name__ not in ("Unsatisfiable", "SkipTest"):
                raise

    def _send(self, case: Any) -> None:
        path = case.path
        for name, value in (case.path_parameters or {}).items():
            path = path.replace(f"{{{name}}}", quote(self._stands(case.path, str(value)), safe=""))
        headers = {
            k: str(v) for k, v in (case.headers or {}).items() if str(v).isascii() and str(v).isprintable()
        }
        # whoever logs out is a newcomer, because the others are still needed
        token = self._dice.choice(self.tokens) if case.path != f"{BASE}/logout" else self.tokens[-1]
        headers["Authorization"] = f"Bearer {token}"
        query = {k: v for k, v in (case.query or {}).items() if v is not None}
        body = case.body if case.media_type is not None else None
        data: bytes | None = None
        if isinstance(body, bytes):
            data = body
        elif body is not None and type(body).__name__ != "NotSet":
            data = json.dumps(body, default=str).encode()
        answer = self.client.open(
            path, method=case.method, query_string=query, data=data, headers=headers,
            content_type=case.media_type, buffered=True,
        )  # fmt: skip
        self.found.cases += 1
        self.found.statuses[answer.status_code] += 1
        self._hold(answer, path, case.method, data)

    def _stands(self, path: str, made_up: str) -> str:
        rest = path.removeprefix("/api/v1")
        known = [one for one in self.things if rest.startswith(one)]
        if not known or self._dice.random() < 1 / 3:
            return made_up or "x"
        return self.things[max(known, key=len)]

    def _hold(self, answer: TestResponse, path: str, method: str, data: bytes | None) -> None:
        try:
            if answer.status_code == 404 and "%2F" in path.upper():
                return  # an address of no route
            held(self.app, answer, path, method)
        except Exception as trouble:  # noqa: BLE001 - whatever is wrong with it is what is looked for
            said = f"{method} {path} {data!r:.200}: {answer.status_code} {type(trouble).__name__} {trouble}"
            self.found.broken.append(said[:600])
