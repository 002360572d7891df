"""A hemei of forty lines: takes pushes, checks and opens them, answers what the test tells it to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from server.sandbox.accounts import Accounts
from server.sandbox.pushes import from_xml, to_xml
from server.wechat.crypto import Cipher, sign


class TinyHemei:
    """``pushes`` holds (platform, query, fields); ``answer`` makes reply fields, or bytes, of a push."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.pushes: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.answer: Callable[[dict[str, Any]], dict[str, Any] | bytes] = lambda _fields: b"success"
        self.sleep = 0.0
        self.statuses: list[int] = []
        hemei = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(hemei.sleep)
                status = hemei.statuses.pop(0) if hemei.statuses else 200
                answer = hemei.receive(self.path, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def do_GET(self) -> None:
                query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
                answer = query["echostr"].encode()
                if "/work" in self.path:
                    cipher = hemei.cipher("work")
                    answer = cipher.open(
                        query["echostr"], query["msg_signature"], query["timestamp"], query["nonce"]
                    ).plain
                self.send_response(200)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # callers of these tests hang up on purpose

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def cipher(self, platform: str) -> Cipher:
        account = getattr(self.accounts, platform)
        name = account.corp_id if platform == "work" else account.app_id
        return Cipher(account.token, account.encoding_aes_key, name)

    def receive(self, path: str, body: bytes) -> bytes:
        parts = urlsplit(path)
        platform = parts.path.rpartition("/")[2]
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        account = getattr(self.accounts, platform)
        sealed = bool(account.encoding_aes_key)
        fields = from_xml(body)
        if platform != "work":
            assert query["signature"] == sign(account.token, query["timestamp"], query["nonce"])
        if sealed:
            opened = self.cipher(platform).open(
                fields["Encrypt"], query["msg_signature"], query["timestamp"], query["nonce"]
            )
            fields = from_xml(opened.plain)
        self.pushes.append((platform, query, fields))
        answer = self.answer(fields)
        if isinstance(answer, bytes):
            return answer
        head = {"ToUserName": fields["FromUserName"], "FromUserName": fields["ToUserName"], "CreateTime": 1}
        plain = to_xml(head | answer).encode()
        if not sealed:
            return plain
        reply = self.cipher(platform).seal(plain, query["timestamp"], query["nonce"])
        return to_xml({
            "Encrypt": reply.encrypt, "MsgSignature": reply.msg_signature,
            "TimeStamp": int(reply.timestamp), "Nonce": reply.nonce,
        }).encode()  # fmt: skip
