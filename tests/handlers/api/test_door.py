"""The door of the API: one shape for whatever goes wrong, tokens in headers and cookies, copies, and the
document, against which every answer of these tests is held (A2, A3, A6, I10, I11)."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from api_client import Mini, logged_in
from cast import Cast, Someone
from factories import a_case
from flask import Flask, Response
from settings_files import configuration, plain_url
from sqlalchemy import func, select
from werkzeug.test import create_environ, run_wsgi_app

from handlers.api.cookies import TOKEN, put_token
from handlers.api.document import BASE, document
from handlers.api.door import ROUTES
from handlers.api.uploads import PIECE
from models.base.orm import session
from models.case.case import Case
from server.app import create_app
from server.database import Database
from server.draining import MOST_BYTES

Phone = Callable[[Someone], Mini]
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
REPORT = {"draft_id": "draft-0001", "text": "灯不亮", "door": "door-3-2"}


def test_whatever_goes_wrong_has_one_shape(app: Flask, mini: Phone, town: Cast) -> None:
    wang = mini(town.wang)
    said = [
        wang.client.get(f"{BASE}/nothing"),
        wang.client.delete(f"{BASE}/me"),
        wang.client.get(f"{BASE}/me"),
        wang.client.post(f"{BASE}/login", data="{", content_type="application/json"),
        wang.client.post(f"{BASE}/login", data="code=1", content_type="text/plain"),
        wang.client.post(f"{BASE}/login", data=b"x" * 70_000, content_type="application/json"),
        wang.client.post(f"{BASE}/login", data=b'"\xff"', content_type="application/json"),
        wang.client.post(f"{BASE}/login", data="[" * 30_000, content_type="application/json"),
    ]
    assert [one.status_code for one in said] == [404, 405, 401, 422, 415, 413, 422, 422]
    for one in said:
        assert set(one.json) == {"error"}
        assert set(one.json["error"]) == {"code", "message", "field"}
        assert one.json["error"]["message"]


def test_the_document_is_made_of_the_routes_and_names_all_of_them(app: Flask) -> None:
    served = app.test_client().get(f"{BASE}/openapi.json").json
    made = document(ROUTES, "http://localhost")
    assert served == json.loads(json.dumps(made))
    assert served["openapi"] == "3.1.0"
    there = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(BASE)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    written = {(path, method) for path, several in served["paths"].items() for method in several}
    assert written == there - {(f"{BASE}/openapi.json", "get")}
    names = [one["operationId"] for several in served["paths"].values() for one in several.values()]
    assert len(set(names)) == len(names)
    assert all(one["summary"] for several in served["paths"].values() for one in several.values())


def test_a_cookie_is_a_token_for_our_own_pages_alone(app: Flask, mini: Phone, town: Cast) -> None:
    wang = mini(town.wang)
    browser = app.test_client()
    browser.set_cookie(TOKEN, wang.token)
    assert browser.get(f"{BASE}/me").status_code == 200
    ours = {"X-Hemei": "1", "Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    for headers, status in (
        (ours, 200),
        ({}, 401),
        (ours | {"X-Hemei": "0"}, 401),
        (ours | {"Sec-Fetch-Site": "cross-site"}, 401),
        (ours | {"Sec-Fetch-Site": "same-site"}, 401),
        (ours | {"Origin": "https://else.example"}, 401),
        (ours | {"Origin": "null"}, 401),
    ):
        assert browser.patch(f"{BASE}/me", json={"elder": True}, headers=headers).status_code == status, (
            headers
        )
    assert browser.get(f"{BASE}/me", headers={"Authorization": "Basic eA=="}).status_code == 401
    assert browser.post(f"{BASE}/logout", headers=ours).status_code == 200
    assert browser.get(f"{BASE}/me").status_code == 401


def test_over_https_the_cookie_is_for_this_host_alone(db: Database, tmp_path: Any, town: Cast) -> None:
    config = configuration(tmp_path, plain_url(db), server={"base_url": "https://localhost"})
    app = create_app(config, db)
    with app.test_request_context():
        response = Response()
        put_token(response, "t")
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-hemei-app=t;")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "variant",
    ["{}%00", "{}/", "%20{}", "{},{}", '["{}"]', "{}.json", "../cases/{}", "{}%0a", "{}é"],
)
def test_an_id_that_was_altered_finds_nothing(mini: Phone, town: Cast, db: Database, variant: str) -> None:
    case = db.write(lambda: a_case(reporter=town.wang).public_id)
    wang = mini(town.wang)
    path = f"{BASE}/cases/{variant.format(case, case)}"
    answer = wang.client.get(path, headers={"Authorization": f"Bearer {wang.token}"})
    assert answer.status_code in (404, 308) or (variant == "../cases/{}" and answer.status_code == 200)


NASTY: list[Any] = [None, True, 1, 1.5, -1, 10**400, "", "x" * 5000, [], {}, [[]], {"a": 1}, "\u0000", "NaN"]
NASTY.append("\U00020bb7\U0001f469\u200d\U0001f467\u202eab")  # beyond the first plane, joined, turned round


@pytest.mark.parametrize("name", ["draft_id", "text", "category", "door", "lat", "photos", "room"])
def test_nasty_values_are_refused_or_kept_as_they_came(mini: Phone, town: Cast, name: str) -> None:
    wang = mini(town.wang)
    for number, value in enumerate(NASTY):
        body = REPORT | {"draft_id": f"draft-{name}-{number}", name: value}
        answer = wang("POST", "/reports", body)
        assert answer.status_code in (200, 403, 404, 422, 429), (value, answer.text)
        if answer.status_code == 200 and name == "text" and value:
            assert answer.json["text"] == str(value).strip()
    for text in ('{"draft_id": "draft-lone", "text": "\\ud800", "door": "door-3-2"}', "null", "[]", '"x"'):
        sent = wang.client.post(
            f"{BASE}/reports",
            data=text,
            content_type="application/json",
            headers={"Authorization": f"Bearer {wang.token}"},
        )
        assert sent.status_code in (422, 429)


class Endless(io.RawIOBase):
    """As many bytes as anybody reads."""

    count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.count += len(buffer)
        return len(buffer)


def test_a_body_without_an_end_is_cut(app: Flask, mini: Phone, town: Cast) -> None:
    """I12: sent in chunks, without a length."""
    wang, sent = mini(town.wang), Endless()
    name = wang.post("/uploads", {"size": 5_000_000, "type": "image/png"})["id"]
    headers = {
        "Authorization": f"Bearer {wang.token}",
        "Upload-Offset": "0",
        "Content-Type": "application/octet-stream",
    }
    environ = create_environ(f"{BASE}/uploads/{name}", method="PUT", headers=headers)
    environ |= {"wsgi.input": sent, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    body, status, _ = run_wsgi_app(app, environ)
    assert status.startswith("413")
    assert json.loads(b"".join(body))["error"]["code"] == "too_large"
    assert sent.count <= PIECE + MOST_BYTES + 2**20  # what is over is read and thrown away, up to a bound
    assert wang.get(f"/uploads/{name}")["offset"] == 0


def test_a_field_that_nobody_asked_for_has_no_effect(mini: Phone, town: Cast, db: Database) -> None:
    wang = mini(town.wang)
    fields = ("state", "reporter_id", "community_id", "urgency", "id", "public_id", "amount_fen", "roles")
    for name in fields:
        assert wang.refused("POST", "/reports", REPORT | {name: 1}) in (
            (422, "bad_field", name), (429, "too_often", None),
        )  # fmt: skip
        assert wang.refused("PATCH", "/me", {"elder": True, name: 1}) == (422, "bad_field", name)
    with db.read():
        assert session().execute(select(func.count(Case.id))).scalar_one() == 0
    assert wang.get("/me")["elder"] is False
    assert wang.refused("GET", "/cases?limit=1&limit=2") == (422, "bad_field", "limit")
    assert wang.refused("GET", "/cases?state=open&me=1") == (422, "bad_field", "me")


def test_a_key_is_of_one_person_one_act_and_one_request(app: Flask, mini: Phone, town: Cast) -> None:
    wang, xiaoyu = mini(town.wang), mini(town.sun_xiaoyu)
    size = {"size": 100, "type": "image/png"}
    first = wang.post("/uploads", size, key="the-same-key")
    assert wang.post("/uploads", size, key="the-same-key") == first
    assert xiaoyu.post("/uploads", size, key="the-same-key") != first
    assert logged_in(app, town.wang).post("/uploads", size, key="the-same-key") == first
    assert wang.post("/uploads", size) != first
    assert wang.refused("POST", "/uploads", size | {"size": 101}, key="the-same-key")[1] == "key_reused"
    for bad in ("short", "x" * 65, "bäd-key-value"):
        assert wang.refused("POST", "/uploads", size, key=bad) == (422, "bad_key", "Idempotency-Key")
