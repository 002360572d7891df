"""WeChat Pay API v3 for one merchant: signed calls in, signed answers out, notifications afterwards.

Error codes and forms are those of the platform's pages; ``Fault`` bends calls as everywhere, and the path
``/push/<event>`` stands for a notification on its way.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from server.sandbox import pay_bills
from server.sandbox.accounts import Limits
from server.sandbox.faults import Fault
from server.sandbox.pay_book import Book, No, Order, Refund, stamp
from server.sandbox.pay_keys import (
    CERTIFICATE_MODE,
    PayAccount,
    PlatformCertificate,
    new_key,
    seal,
    signature,
)
from server.sandbox.pay_pushes import Push, Pushes, as_json
from server.sandbox.wire import Answer, Call, packed

SCHEME = "WECHATPAY2-SHA256-RSA2048"
FRESH = 300
ORDER = "/v3/pay/transactions/out-trade-no/"
REFUND = "/v3/refund/domestic/refunds"
DOWNLOAD = "/v3/billdownload/file"
PATHS = {
    "/v3/pay/transactions/jsapi",
    REFUND,
    "/v3/bill/tradebill",
    "/v3/bill/fundflowbill",
    DOWNLOAD,
    "/v3/certificates",
}
_FIELD = re.compile(r'(\w+)="([^"]*)"')

Strike = Callable[[str, str], Fault | None]  # path, who → the fault that bends it


class Pay:
    """``strike`` asks the simulator's faults; ``base_url`` gives where this platform is reached."""

    def __init__(
        self,
        account: PayAccount,
        limits: Limits,
        clock: Callable[[], float],
        strike: Strike,
        base_url: Callable[[], str],
    ) -> None:
        self.account, self.limits, self._clock = account, limits, clock
        self._strike, self._base_url = strike, base_url
        self.book = Book(account.mch_id, account.app_ids, limits, clock())
        self.pushes = Pushes(
            clock, lambda: list(limits.pay_retry_seconds), self.headers_for, self._is_dropped
        )
        self.lock = threading.RLock()
        self.certificates: list[PlatformCertificate] = []
        self.fetched_certificates = 0
        self._files: dict[str, bytes] = {}
        if account.mode == CERTIFICATE_MODE:
            self.rotate(account.platform)

    def rotate(self, key: Any = None) -> str:
        """A new certificate signs from now on; the old ones still hold. Its serial."""
        starts = datetime.fromtimestamp(self._clock(), UTC) - timedelta(days=1)
        made = PlatformCertificate.issue(key or new_key(), starts)
        self.certificates.append(made)
        return made.serial

    def answer(self, call: Call, target: str, fault: Fault | None) -> Answer:
        """``target`` is path and query as they were signed."""
        if fault and fault.kind == "refuse":
            return self._no(No(403 if fault.errcode == -1 else fault.errcode, fault.errmsg, "struck"))
        if fault and fault.kind not in ("delay", "unsigned") and not fault.effect:
            return self._answered(500, {"code": "SYSTEM_ERROR", "message": "struck before any effect"})
        try:
            with self.lock:
                self._check_signature(call, target)
                return self._serve(call)
        except No as no:
            return self._no(no)

    @staticmethod
    def knows(path: str) -> bool:
        """Whether a page describes this path."""
        return path in PATHS or path.startswith((ORDER, f"{REFUND}/"))

    def pay(self, name: str, openid: str = "", outcome: str = "success") -> dict[str, Any]:
        """A person pays on the phone. ``outcome``: success, unheard (nobody is told of it), late (paid while
        the order is being closed), cancel (the password was never typed)."""
        if outcome not in ("success", "unheard", "late", "cancel"):
            raise ValueError(f"unknown outcome {outcome!r}")
        with self.lock:
            if outcome == "cancel":
                return {"state": "NOTPAY"}
            order = self.book.paid(name, openid, self._clock(), late=outcome == "late")
            if outcome != "unheard":
                self._tell("TRANSACTION.SUCCESS", order.number, order.notify_url, self._trade(order))
            return {"state": order.state, "number": order.number, "transaction_id": order.transaction_id}

    def notification(self, event: str, about: dict[str, Any], about_kind: str = "transaction") -> bytes:
        """The body of a notification, sealed with the account's APIv3 key."""
        plain = json.dumps(about, ensure_ascii=False).encode()
        return packed(
            {
                "id": f"EV-{secrets.token_hex(12)}",
                "create_time": stamp(self._clock()),
                "resource_type": "encrypt-resource",
                "event_type": event,
                "summary": event,
                "resource": seal(self.account.api_v3_key, plain, about_kind, about_kind),
            }
        )

    def headers_for(self, body: bytes) -> dict[str, str]:
        """What proves that ``body`` comes from the platform, now."""
        serial, key = self.account.public_key_id, self.account.platform
        if self.certificates:
            serial, key = self.certificates[-1].serial, self.certificates[-1].key
        moment, nonce = str(int(self._clock())), secrets.token_hex(16)
        return {
            "Wechatpay-Timestamp": moment,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature": signature(key, moment, nonce, body),
            "Wechatpay-Signature-Type": SCHEME,
        }

    def as_json(self) -> dict[str, Any]:
        """All that it knows, for tests and the page."""
        with self.lock:
            return {
                "orders": [
                    self.book.trade_json(one) | {"prepay_id": one.prepay_id}
                    for one in self.book.orders.values()
                ],
                "refunds": [self.book.refund_json(one, notified=True) for one in self.book.refunds.values()],
                "pushes": [as_json(one) for one in self.pushes.sent],
                "certificates_fetched": self.fetched_certificates,
            }

    def _serve(self, call: Call) -> Answer:
        at, path, method = call.at, call.path, call.method
        if (method, path) == ("POST", "/v3/pay/transactions/jsapi"):
            said = _said(call)
            call.duplicate = said.get("out_trade_no") in self.book.orders
            order = self.book.open(said, at)
            call.who, call.key = order.openid, order.number
            return self._answered(200, {"prepay_id": order.prepay_id})
        if path.startswith(ORDER):
            return self._about_order(call, unquote(path.removeprefix(ORDER)))
        if (method, path) == ("POST", REFUND):
            return self._refund(call)
        if method == "GET" and path.startswith(f"{REFUND}/"):
            refund = self.book.find_refund(unquote(path.removeprefix(f"{REFUND}/")), at)
            return self._answered(200, self.book.refund_json(refund))
        if (method, path) == ("GET", "/v3/bill/tradebill"):
            return self._bill(call, pay_bills.trade_bill)
        if (method, path) == ("GET", "/v3/bill/fundflowbill"):
            return self._bill(call, pay_bills.fund_bill)
        if (method, path) == ("GET", DOWNLOAD):
            content = self._files.get(call.query.get("token", ""))
            if content is None:
                raise No(404, "RESOURCE_NOT_EXISTS", "no such file")
            return Answer(200, {"Content-Type": "application/octet-stream"}, content)
        if (method, path) == ("GET", "/v3/certificates"):
            return self._certificates()
        raise No(404, "RESOURCE_NOT_EXISTS", "no such interface")

    def _about_order(self, call: Call, rest: str) -> Answer:
        number, _, verb = rest.partition("/")
        call.key = number
        mch_id = call.query.get("mchid") if call.method == "GET" else _said(call).get("mchid")
        if mch_id != self.account.mch_id:
            raise No(400, "PARAM_ERROR", "mchid")
        if call.method == "GET" and not verb:
            return self._answered(200, self.book.trade_json(self.book.find(number, call.at)))
        if call.method == "POST" and verb == "close":
            call.duplicate = not self.book.close(number, call.at)
            return self._answered(204, None)
        raise No(404, "RESOURCE_NOT_EXISTS", "no such interface")

    def _refund(self, call: Call) -> Answer:
        refund, is_new = self.book.refund(_said(call), call.at)
        call.key, call.duplicate = refund.number, not is_new
        if is_new:
            self.pushes.at(refund.done_at, lambda: self._end(refund))
        return self._answered(200, self.book.refund_json(refund))

    def _end(self, refund: Refund) -> None:
        """A refund's processing is over: its state changes, and whoever asked for it is told."""
        with self.lock:
            self.book.settle_refund(refund, self._clock())
            if refund.notify_url and refund.status != "PROCESSING":
                about = self.book.refund_json(refund, notified=True)
                body = self.notification(f"REFUND.{refund.status}", about, "refund")
                self._tell(f"REFUND.{refund.status}", refund.number, refund.notify_url, body)

    def _bill(self, call: Call, made: Callable[..., bytes]) -> Answer:
        day = pay_bills.check_day(call.query.get("bill_date", ""), call.at, self.limits.pay_bill_hours)
        content = made(self.book, day)
        token = secrets.token_urlsafe(24)
        # the hash is that of the plain file, also where it comes packed
        said = {
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            "download_url": f"{self._base_url()}/pay{DOWNLOAD}?token={token}",
        }
        self._files[token] = gzip.compress(content) if call.query.get("tar_type") == "GZIP" else content
        return self._answered(200, said)

    def _certificates(self) -> Answer:
        self.fetched_certificates += 1
        if not self.certificates:
            raise No(404, "RESOURCE_NOT_EXISTS", "this merchant has a public key instead")
        rows = [
            {
                "serial_no": one.serial,
                "effective_time": one.certificate.not_valid_before_utc.isoformat(),
                "expire_time": one.certificate.not_valid_after_utc.isoformat(),
                "encrypt_certificate": seal(self.account.api_v3_key, one.pem, "certificate"),
            }
            for one in self.certificates
        ]
        return self._answered(200, {"data": rows})

    def _check_signature(self, call: Call, target: str) -> None:
        header = next((v for k, v in call.headers.items() if k.lower() == "authorization"), "")
        scheme, _, rest = header.partition(" ")
        fields = dict(_FIELD.findall(rest))
        known = {"mchid": self.account.mch_id, "serial_no": self.account.serial}
        if scheme != SCHEME or any(fields.get(name) != value for name, value in known.items()):
            raise No(401, "SIGN_ERROR", "268443699: who is this?")
        moment = fields.get("timestamp", "")
        if not moment.isdigit() or abs(int(moment) - call.at) > FRESH:
            raise No(401, "SIGN_ERROR", "268443699: timestamp")
        said = f"{call.method}\n{target}\n{moment}\n{fields.get('nonce_str', '')}\n".encode()
        try:
            signed = base64.b64decode(fields.get("signature", ""), validate=True)
            self.account.merchant.public_key().verify(signed, said + call.body + b"\n", PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            raise No(401, "SIGN_ERROR", "268443699: signature") from None

    def _trade(self, order: Order) -> bytes:
        return self.notification("TRANSACTION.SUCCESS", self.book.trade_json(order))

    def _tell(self, event: str, about: str, url: str, body: bytes) -> None:
        self.pushes.send(Push(json.loads(body)["id"], event, about, url, body))
        every = self.limits.pay_probe_every
        if every and len(self.pushes.sent) % every == 0:
            self.pushes.at(self._clock(), lambda: self._probe(url))

    def _probe(self, url: str) -> None:
        self.pushes.probe(url)

    def _is_dropped(self, push: Push) -> bool:
        return self._strike(f"/push/{push.event}", push.about) is not None

    def _no(self, no: No) -> Answer:
        return self._answered(no.status, {"code": no.code, "message": no.message}, signed=no.status != 401)

    def _answered(self, status: int, said: dict[str, Any] | None, *, signed: bool = True) -> Answer:
        body = b"" if said is None else packed(said)
        headers = {"Content-Type": "application/json; charset=utf-8"} if said is not None else {}
        return Answer(status, headers | (self.headers_for(body) if signed else {}), body)


def struck(answer: Answer, fault: Fault | None, sign: Callable[[bytes], dict[str, str]]) -> Answer:
    """The answer as a scripted fault leaves it; ``garbage`` is signed, so that it is odd and not forged."""
    if fault is None:
        return answer
    if fault.kind == "delay":
        answer.delay = fault.seconds_late
    elif fault.kind == "cut":
        answer.cut = True
    elif fault.kind == "http":
        return Answer(fault.status, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>")
    elif fault.kind == "garbage":
        body = b'{"prepay_'
        return Answer(200, sign(body), body)
    elif fault.kind == "unsigned":
        kept = {name: value for name, value in answer.headers.items() if "Wechatpay" not in name}
        return Answer(answer.status, kept, answer.body)
    return answer


def _said(call: Call) -> dict[str, Any]:
    try:
        found = json.loads(call.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise No(400, "PARAM_ERROR", "the body is no JSON object")
    return found
