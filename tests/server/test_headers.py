"""No answer leaves without its headers, whatever door somebody came to and however it ended (I13)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from settings_files import configuration, plain_url
from werkzeug.test import TestResponse

from handlers.pages.front import REPORTS, asset
from server import tally
from server.app import create_app
from server.headers import ALWAYS, METHODS

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def app(db: Any, tmp_path: Any) -> Flask:
    wechat = {"official": {"app_id": "a", "app_secret": "b", "token": "c"}}
    pages = {"base_url": "https://hemei.example.org"}
    return create_app(
        configuration(tmp_path, plain_url(db), server=pages, wechat_official=wechat["official"]), db
    )


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def filled(rule: str) -> str:
    """The path of a rule, with something in the place of every parameter."""
    return re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda part: "1" if part[1] == "int" else "x", rule)


def check(answer: TestResponse) -> None:
    headers = answer.headers
    for name, value in ALWAYS.items():
        assert headers.getlist(name) == [value]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "max-age" in headers["Cache-Control"] or headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "Access-Control-Allow-Origin" not in headers
    assert not re.search(r"\d", headers.get("Server", ""))
    if answer.mimetype == "text/html":
        assert "object-src 'none'" in policy
        assert "base-uri 'none'" in policy


def test_every_route_answers_with_all_headers_to_every_method(app: Flask, client: FlaskClient) -> None:
    seen = 0
    for rule in app.url_map.iter_rules():
        for method in sorted(METHODS | {"TRACE", "BREW"}):
            answer = client.open(filled(rule.rule), method=method, headers={"Origin": "https://evil.example"})
            check(answer)
            assert answer.status_code < 500, (method, rule.rule)
            if method not in METHODS:
                assert answer.status_code == 405
            seen += 1
    assert seen > 500


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/config.toml", "/static/../config.toml", "/server/app.py", "/var/hemei.db",
     "/static/%2e%2e/config.toml", "/debug", "/__debugger__", "/phpinfo.php"],
)  # fmt: skip
def test_nothing_of_the_machine_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    check(answer)


def test_below_the_console_a_stranger_is_led_to_the_log_in_whatever_is_asked_for(client: FlaskClient) -> None:
    answer = client.get("/console/.git/HEAD")
    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/console/login")
    check(answer)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "hemei.example.org.evil.example", "", "hemei.example.org@evil.example", "10.0.0.1",
     "hemei.example.org:80:80", "evil.example/hemei.example.org", "localhost.evil.example"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/wechat/official", "/p/x", "/static/x", "/nowhere", "/health/live"])
def test_a_foreign_host_is_refused_at_every_door(client: FlaskClient, path: str, host: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    check(answer)


def test_a_page_runs_only_scripts_that_carry_its_nonce(client: FlaskClient) -> None:
    first, second = client.get("/privacy"), client.get("/privacy")
    nonces = [
        re.search(r"script-src 'nonce-([\w-]{22})';", one.headers["Content-Security-Policy"])
        for one in (first, second)
    ]
    assert nonces[0]
    assert nonces[1]
    assert nonces[0][1] != nonces[1][1]
    scripts = re.findall(r"<script [^>]*>", first.text)
    assert scripts
    assert all(f'nonce="{nonces[0][1]}"' in one for one in scripts)


def test_what_a_page_is_made_of_may_be_kept_and_pages_may_not(client: FlaskClient) -> None:
    assert "immutable" in client.get(asset("pages.css")).headers["Cache-Control"]
    assert "Accept-Encoding" in client.get(asset("pages.css")).headers["Vary"]
    page = client.get("/privacy")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Cookie" in page.headers["Vary"]


@pytest.mark.parametrize(
    ("body", "directive"),
    [
        (
            b'{"csp-report": {"effective-directive": "script-src-elem", "document-uri": "secret"}}',
            "script-src",
        ),
        (b'{"csp-report": {"violated-directive": "style-src https://x"}}', "style-src"),
        (b'{"csp-report": {"violated-directive": "made,up=1"}}', "other"),
        (b'{"csp-report": 5}', "other"),
        (b"[" * 8000, "other"),
        (b"\xff\x00", "other"),
        (b"", "other"),
    ],
)
def test_what_a_browser_reports_is_counted_and_not_repeated(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, body: bytes, directive: str
) -> None:
    counted: list[Any] = []
    count: Callable[..., None] = lambda name, **labels: counted.append((name, labels))  # noqa: E731
    monkeypatch.setattr(tally, "count", count)
    assert client.post(REPORTS, data=body, content_type="application/csp-report").status_code == 204
    assert counted == [("csp_reports", {"directive": directive})]
