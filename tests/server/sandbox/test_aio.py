"""The simulator on its own port, spoken to over real connections."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from sandbox_desk import Desk

from server.sandbox.aio import SimulatorServer

SEND = "/official/cgi-bin/message/custom/send"
HELLO = json.dumps({"touser": "o-wang", "msgtype": "text", "text": {"content": "您好"}}).encode()


class Served(Desk):
    """A desk behind a port."""

    base_url = ""

    def over_http(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=30)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def hello(self) -> tuple[int, bytes]:
        token = self.stable()["access_token"]
        return self.over_http("POST", f"{SEND}?access_token={token}", HELLO)

    def control(self, method: str, path: str, data: object = None) -> dict:
        status, body = self.over_http(method, "/control/" + path, json.dumps(data or {}).encode())
        assert status == 200, body
        return json.loads(body)


@pytest.fixture
def desk() -> Iterator[Served]:
    served = Served()
    served.simulator.opened("o-wang")
    with SimulatorServer(served.simulator) as server:
        served.base_url = server.base_url
        yield served


def test_a_message_sent_over_http_appears_on_the_phone_and_in_the_ledger(desk: Served) -> None:
    assert desk.hello() == (200, b'{"errcode":0,"errmsg":"ok"}')
    assert [m.body["text"] for m in desk.wang.messages] == ["您好"]
    entries = desk.control("GET", "ledger?path=*custom*")["entries"]
    assert [(e["who"], e["accepted"], e["body"]["text"]["content"]) for e in entries] == [
        ("o-wang", True, "您好")
    ]
    assert len(entries[0]["query"]["access_token"]) < 10


def test_a_delay_lets_the_effect_happen_at_once_and_the_answer_late(desk: Served) -> None:
    desk.control("POST", "faults", {"kind": "delay", "path": "*custom*", "times": 1, "seconds_late": 0.3})
    started = time.monotonic()
    assert desk.hello()[0] == 200
    assert time.monotonic() - started > 0.29
    assert desk.control("GET", "faults")["faults"] == []  # the next one is answered as always


def test_a_connection_cut_before_the_effect_leaves_no_message(desk: Served) -> None:
    desk.control("POST", "faults", {"kind": "cut", "path": "*custom*", "times": 1})
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        desk.hello()
    assert not desk.wang.messages
    assert desk.hello()[0] == 200


def test_a_connection_cut_after_the_effect_leaves_the_message(desk: Served) -> None:
    desk.control("POST", "faults", {"kind": "cut", "path": "*custom*", "times": 1, "effect": True})
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        desk.hello()
    assert len(desk.wang.messages) == 1
    (entry,) = desk.simulator.ledger.sent("*custom*")
    assert entry.fault == "cut"


def test_a_bad_gateway_is_html_and_garbage_is_not_json(desk: Served) -> None:
    desk.control("POST", "faults", {"kind": "http", "path": "*custom*", "times": 1})
    status, body = desk.hello()
    assert status == 502
    assert body.startswith(b"<html>")
    desk.control("POST", "faults", {"kind": "garbage", "path": "*custom*", "times": 1})
    status, body = desk.hello()
    assert status == 200
    with pytest.raises(ValueError):
        json.loads(body)


def test_tokens_limits_and_the_ledger_are_ruled_over_http(desk: Served) -> None:
    token = desk.stable()["access_token"]
    desk.control("POST", "tokens", {"platform": "official", "do": "expire"})
    _, body = desk.over_http("POST", f"{SEND}?access_token={token}", HELLO)
    assert json.loads(body)["errcode"] == 42001
    desk.control("POST", "limits", {"per_day": {"official /cgi-bin/message/custom/send": 0}})
    assert json.loads(desk.hello()[1])["errcode"] == 45009
    assert desk.control("GET", "ledger/summary")["effective"]["official /cgi-bin/stable_token"] == 2
    desk.control("DELETE", "ledger")
    assert desk.control("GET", "ledger")["entries"] == []


def test_mistakes_in_control_requests_are_told(desk: Served) -> None:
    for body in (
        b"[]",
        b"{",
        b'{"kind":"earthquake"}',
        b'{"kind":"refuse","errcode":0}',
        b'{"kind":"cut","x":1}',
    ):
        status, answer = desk.over_http("POST", "/control/faults", body)
        assert status == 400
        assert json.loads(answer)["error"]
    assert desk.over_http("GET", "/control/nothing")[0] == 404


def test_an_unknown_path_is_loud_and_marked(desk: Served) -> None:
    status, body = desk.over_http("POST", "/official/cgi-bin/message/mass/sendall?access_token=x", b"{}")
    assert status == 200
    assert json.loads(body)["errcode"] == 40066
    assert [entry.path for entry in desk.simulator.ledger.unknown()] == ["/cgi-bin/message/mass/sendall"]


def test_files_larger_than_a_mebibyte_pass(desk: Served) -> None:
    content = b"\xff\xd8" + b"x" * (3 << 20)
    head = b'--B\r\nContent-Disposition: form-data; name="media"; filename="a.jpg"\r\n\r\n'
    token = desk.stable()["access_token"]
    connection = http.client.HTTPConnection(urlsplit(desk.base_url).netloc, timeout=30)
    connection.request(
        "POST",
        f"/official/cgi-bin/media/upload?type=image&access_token={token}",
        head + content + b"\r\n--B--\r\n",
        {"Content-Type": "multipart/form-data; boundary=B"},
    )
    made = json.loads(connection.getresponse().read())
    connection.close()
    path = f"/official/cgi-bin/media/get?access_token={token}&media_id={made['media_id']}"
    assert desk.over_http("GET", path) == (200, content)


def test_a_port_that_is_taken_is_said(desk: Served) -> None:
    taken = int(desk.base_url.rpartition(":")[2])
    with pytest.raises(RuntimeError, match="could not open its port"):
        SimulatorServer(Desk().simulator, taken).start()
