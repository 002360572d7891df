"""What comes back over the wire, when it is not the simulator who answers."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from pay_desk import accounts

from server.pay.signing import Signer
from server.pay.troubles import Forged, Refused, Trouble, Unknown
from server.pay.verifying import Verifier
from server.pay.wire import Wire


class Somebody:
    """Answers every call with `status`, `headers` and `body`, and remembers what was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"{}"
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.asked.append((self.command, self.path, dict(self.headers), body))
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            do_POST = do_GET  # noqa: N815 - the name that the library calls

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


class Nobody:
    def find(self, _serial: str) -> None:
        return None


@pytest.fixture
def somebody() -> Iterator[Somebody]:
    made = Somebody()
    yield made
    made.server.shutdown()
    made.server.server_close()


def wire(base: str, key_id: str = "") -> Wire:
    pay = accounts().pay
    assert pay is not None
    return Wire(base, Signer("1900000100", "4F1B", pay.merchant), Verifier(Nobody()), key_id=key_id)


def trouble(somebody: Somebody) -> Trouble:
    with pytest.raises(Trouble) as found:
        wire(somebody.url).call("GET", "/v3/x")
    return found.value


@pytest.mark.parametrize("message", ["no", "", "two\nlines", None, 7, "长" * 5000])
def test_a_no_is_known_by_its_code_whatever_its_words(somebody: Somebody, message: object):
    somebody.status = 403
    somebody.body = json.dumps({"code": "NOT_ENOUGH", "message": message}).encode()
    no = trouble(somebody)
    assert isinstance(no, Refused)
    assert (no.status, no.code) == (403, "NOT_ENOUGH")
    assert no.reason.isprintable()
    assert len(no.reason) < 300


@pytest.mark.parametrize(
    ("status", "code", "later"),
    [(429, "FREQUENCY_LIMITED", True), (400, "STATEMENT_CREATING", True), (403, "NO_AUTH", False)],
)
def test_a_no_may_ask_to_come_again(somebody: Somebody, status: int, code: str, later: bool):
    somebody.status, somebody.body = status, json.dumps({"code": code, "message": ""}).encode()
    no = trouble(somebody)
    assert isinstance(no, Refused)
    assert no.later is later


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"code":"SYSTEM_ERROR"}'),
        (503, b""),
        (404, b"<html>404</html>"),
        (400, b"[]"),
        (400, b'{"code":""}'),
        (302, b""),
        (304, b""),
    ],
)
def test_what_has_no_code_says_nothing(somebody: Somebody, status: int, body: bytes):
    somebody.status, somebody.body = status, body
    somebody.headers = {"Location": "http://127.0.0.1:9/"}
    found = trouble(somebody)
    assert type(found) is Unknown
    assert len(somebody.asked) == 1  # nor is it followed anywhere


@pytest.mark.parametrize("status", [200, 204])
def test_a_yes_that_nobody_signed_is_forged(somebody: Somebody, status: int):
    somebody.status, somebody.body = status, b"" if status == 204 else b'{"trade_state":"SUCCESS"}'
    assert isinstance(trouble(somebody), Forged)


def test_a_no_that_claims_to_be_signed_must_be(somebody: Somebody):
    somebody.status, somebody.body = 404, b'{"code":"ORDER_NOT_EXIST","message":""}'
    somebody.headers = {"Wechatpay-Signature": "AAAA"}
    assert isinstance(trouble(somebody), Forged)


def test_an_answer_without_end_is_cut(somebody: Somebody):
    somebody.body = b" " * ((1 << 20) + 1)
    assert type(trouble(somebody)) is Unknown


def test_a_file_is_fetched_from_our_own_base_whatever_the_answer_names(somebody: Somebody):
    somebody.body = b"`file"
    made = wire(f"{somebody.url}/relay/pay")
    for address in (
        "https://api.mch.weixin.qq.com/v3/billdownload/file?token=a%2Bb",
        f"{somebody.url}/relay/pay/v3/billdownload/file?token=a%2Bb",
        "http://169.254.169.254/v3/billdownload/file?token=a%2Bb",
    ):
        assert made.file(address) == b"`file"
    assert {path for _, path, _, _ in somebody.asked} == {"/relay/pay/v3/billdownload/file?token=a%2Bb"}


@pytest.mark.parametrize("path", ["/v3/a|b*c", "/v3/%7ea%2fb", "/v3/长 x", "/v3/plain-1_2"])
def test_what_is_signed_is_what_stands_on_the_wire(somebody: Somebody, path: str):
    with pytest.raises(Forged):
        wire(f"{somebody.url}/relay").call("GET", path, {"mchid": "1 9+0"})
    [(_, asked, headers, _)] = somebody.asked
    fields = dict(re.findall(r'(\w+)="([^"]*)"', headers["Authorization"]))
    said = f"GET\n{asked.removeprefix('/relay')}\n{fields['timestamp']}\n{fields['nonce_str']}\n\n".encode()
    pay = accounts().pay
    assert pay is not None
    pay.merchant.public_key().verify(base64.b64decode(fields["signature"]), said, PKCS1v15(), SHA256())


def test_a_call_says_who_we_are_and_by_which_key_we_want_the_answer(somebody: Somebody):
    with pytest.raises(Forged):
        wire(somebody.url, "PUB_KEY_ID_1").call("POST", "/v3/x", data={"a": "长"})
    [(method, path, headers, body)] = somebody.asked
    assert (method, path, body) == ("POST", "/v3/x", '{"a":"长"}'.encode())
    assert headers["Authorization"].startswith('WECHATPAY2-SHA256-RSA2048 mchid="1900000100"')
    assert headers["Wechatpay-Serial"] == "PUB_KEY_ID_1"
    assert headers["Accept"] == headers["Content-Type"] == "application/json"
    assert headers["User-Agent"]
