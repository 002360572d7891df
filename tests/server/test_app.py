"""Limits, headers and one shape for errors, whatever door somebody comes to."""

import io
import logging
import random
import re

import pytest
from flask import Blueprint, request
from settings_files import configuration, plain_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from handlers.guards import guard_all
from models.base.refusals import Invalid, NotAllowed, NotFound, Unavailable
from server import entrances
from server.app import create_app

TROUBLES = {
    "not_allowed": NotAllowed("taken_by_other", number="57294"),
    "not_found": NotFound("case_not_found"),
    "invalid": Invalid("grade_range"),
    "unavailable": Unavailable(),
    "operational": OperationalError("SELECT", {}, Exception("gone")),
    "pool": PoolTimeout(),
    "fault": RuntimeError("张三 13912345678"),
}


@pytest.fixture
def made_app(db, tmp_path, monkeypatch):
    """The application with a few doors behind which something goes wrong."""

    def build(**sections):
        config = configuration(tmp_path, plain_url(db), **sections)
        doors = guard_all(Blueprint("doors", __name__), "public")

        @doors.get("/trouble/<name>")
        def trouble(name: str):
            raise TROUBLES[name]

        @doors.post("/body")
        def body():
            return {"bytes": len(request.get_data()), "from": request.remote_addr}

        @doors.post("/photo")
        def photo():
            with request.files["photo"].stream as sent:
                return {"bytes": len(sent.read())}

        @doors.get("/page")
        def page():
            return "<p>hello"

        usual = entrances.blueprints
        monkeypatch.setattr(
            "server.app.entrances.blueprints", lambda *args: [*usual(*args), doors], raising=True
        )
        return create_app(config, db)

    return build


one_database = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@one_database
@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("not_allowed", 409, "57294号已经有人接了"),
        ("not_found", 404, "没有查到"),
        ("invalid", 422, "一到五"),
        ("unavailable", 503, "过一会儿"),
        ("operational", 503, "过一会儿"),
        ("pool", 503, "过一会儿"),
        ("fault", 500, "出了点问题"),
    ],
)
def test_troubles_are_answered_in_words_for_people_and_in_json_for_programs(made_app, name, status, words):
    client = made_app().test_client()
    page = client.get(f"/trouble/{name}")
    assert page.status_code == status
    assert page.mimetype == "text/html"
    assert words in page.text
    answer = client.get(f"/trouble/{name}", headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert words in answer.json["error"]["message"]
    assert answer.json["error"]["request"]
    assert (answer.headers.get("Retry-After") is not None) == (status == 503)


@one_database
def test_a_fault_is_logged_without_what_it_says(made_app, caplog):
    with caplog.at_level(logging.ERROR):
        made_app().test_client().get("/trouble/fault")
    assert "RuntimeError at" in caplog.text
    assert "张三" not in caplog.text


@one_database
def test_a_body_over_the_limit_is_refused_in_words(made_app):
    client = made_app(server={"max_body_mib": 1}).test_client()
    assert client.post("/body", data=b"x" * (1 << 20)).json["bytes"] == 1 << 20
    refused = client.post("/body", data=b"x" * ((1 << 20) + 1))
    assert refused.status_code == 413
    assert "最多 1 MB" in refused.text
    huge = {"Content-Length": str(3 << 20)}
    endless = client.post("/body", input_stream=io.BytesIO(b"x" * (3 << 20)), headers=huge)
    assert endless.status_code == 413


@one_database
def test_a_photo_of_some_megabytes_arrives_whatever_its_bytes_are(made_app):
    client = made_app().test_client()
    for seed in range(4):
        data = random.Random(seed).randbytes(400_000)
        answer = client.post(
            "/photo", data={"words": "x", "photo": (io.BytesIO(data), "a.jpg")}, buffered=True
        )
        assert answer.status_code == 200
        assert answer.json["bytes"] == 400_000


@one_database
def test_a_foreign_host_is_refused(made_app):
    client = made_app(server={"base_url": "https://hemei.example.org"}).test_client()
    for host in ("hemei.example.org", "127.0.0.1:8000", "localhost"):
        assert client.get("/health/live", headers={"Host": host}).status_code == 200
    for host in ("evil.example", "hemei.example.org.evil.example", ""):
        assert client.get("/health/live", headers={"Host": host}).status_code == 400


@one_database
@pytest.mark.parametrize(("hops", "seen"), [(0, "127.0.0.1"), (1, "7.7.7.7"), (2, "6.6.6.6")])
def test_only_our_own_proxies_are_believed(made_app, hops, seen):
    client = made_app(server={"trusted_proxies": hops}).test_client()
    answer = client.post("/body", headers={"X-Forwarded-For": "5.5.5.5, 6.6.6.6, 7.7.7.7"})
    assert answer.json["from"] == seen


@one_database
def test_headers_keep_pages_to_themselves(made_app):
    client = made_app(server={"base_url": "https://hemei.example.org"}).test_client()
    headers = client.get("/page").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"]
    assert client.get("/metrics").headers["Cache-Control"] == "no-store"


@one_database
@pytest.mark.parametrize(
    "path",
    ["/console/", "/api/v1/nothing", "/board/x", "/pay/notify", "/open311/v2/x", "/..%2f..%2fetc"],
)
def test_what_is_not_built_answers_404(made_app, path):
    client = made_app().test_client()
    assert client.get(path).status_code == 404
    assert client.post(path).status_code in (404, 405)


def test_a_sign_that_no_database_holds_is_in_no_address(made_app):
    """Every page that can be opened, with NUL in each part of its path that is words, and in its query."""
    app = made_app()
    client = app.test_client()
    rules = [one for one in app.url_map.iter_rules() if "GET" in (one.methods or ())]
    paths = [rule.rule for rule in rules if "<" not in rule.rule]
    answers = {path: client.get(f"{path}?jurisdiction_id=%00&code=a%00b").status_code for path in paths}
    assert len(paths) > 50
    assert {path: status for path, status in answers.items() if status != 400} == {}
    named = [re.sub(r"<\w+>", "a%00b", rule.rule) for rule in rules]
    named = [path for path in named if "%00" in path and "<" not in path]
    answers = {path: client.get(path).status_code for path in named}
    assert len(named) > 30
    assert {path: status for path, status in answers.items() if status != 404} == {}
