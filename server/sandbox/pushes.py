"""What the platforms push to hemei's callbacks: built, signed, sealed, sent up to three times, reply read.

Forms as in the pages on receiving messages (service account, mini-program) and QY 90930, 90238, 90240.
"""

from __future__ import annotations

import http.client
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element, ParseError, fromstring

from server.sandbox.accounts import Account, WorkAccount
from server.wechat.crypto import Cipher, Forged, sign

ATTEMPTS = 3
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass
class Attempt:
    """One knock at the callback: ``status`` 0 means that no answer came within the time."""

    status: int
    seconds: float
    error: str = ""


@dataclass
class Delivery:
    """How a push ended. ``reply`` holds the fields of the passive reply, empty when hemei said nothing;
    ``failed`` why the user sees that the service is out of order."""

    attempts: list[Attempt] = field(default_factory=list)
    reply: dict[str, Any] = field(default_factory=dict)
    failed: str = ""


def to_xml(fields: Mapping[str, Any]) -> str:
    """``<xml>…</xml>`` in the platforms' manner: numbers bare, text in CDATA, lists as repeated elements."""
    return f"<xml>{''.join(_element(name, value) for name, value in fields.items())}</xml>"


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, Mapping):
        inside = "".join(_element(part, item) for part, item in value.items())
    elif isinstance(value, int | float):
        inside = str(value)
    else:
        inside = f"<![CDATA[{_UNWRITABLE.sub('', str(value)).replace(']]>', ']]]]><![CDATA[>')}]]>"
    return f"<{name}>{inside}</{name}>"


def from_xml(body: bytes) -> dict[str, Any]:
    """Fields of an XML reply; a repeated element becomes a list. ValueError when it is none."""
    if b"<!DOCTYPE" in body:
        raise ValueError("a reply with a DOCTYPE")
    try:
        found = _tree(fromstring(body))  # noqa: S314 - our own hemei's bytes, no DOCTYPE
    except ParseError as error:
        raise ValueError(f"malformed XML: {error}") from None
    if not isinstance(found, dict):
        raise ValueError("an XML reply without fields")
    return found


def _tree(element: Element) -> Any:
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        value = _tree(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


class Pusher:
    """The push side of one account. ``timeout`` is the platform's patience: really five seconds."""

    def __init__(
        self,
        account: Account | WorkAccount,
        clock: Callable[[], float],
        timeout: float = 5.0,
        pause: float = 0.5,
    ) -> None:
        self.account, self._clock, self._timeout, self._pause = account, clock, timeout, pause
        work = isinstance(account, WorkAccount)
        receive_id = account.corp_id if isinstance(account, WorkAccount) else account.app_id
        self.own_name = account.corp_id if isinstance(account, WorkAccount) else account.original_id
        key = account.encoding_aes_key
        if work and not key and account.callback_url:
            raise ValueError("WeCom pushes are always encrypted: the account needs an encoding_aes_key")
        self._cipher = Cipher(account.token, key, receive_id) if key else None

    def push(self, fields: Mapping[str, Any], openid: str) -> Delivery:
        """Send one message or event, at most three times with the same content and a new signature each."""
        delivery = Delivery()
        if not self.account.callback_url:
            return delivery
        plain = self._plain(fields)
        for number in range(ATTEMPTS):
            if number:
                time.sleep(self._pause)
            query, body = self._signed(plain, openid)
            attempt, answer = self._post(query, body)
            delivery.attempts.append(attempt)
            if attempt.status == 200:
                try:
                    delivery.reply = self._read(answer)
                except (ValueError, Forged, KeyError) as error:
                    delivery.failed = f"malformed reply: {error}"
                return delivery
        delivery.failed = delivery.attempts[-1].error or f"HTTP {delivery.attempts[-1].status}"
        return delivery

    def check_url(self) -> bool:
        """The URL check that the console makes when a callback address is saved."""
        echo = str(secrets.randbelow(10**18))
        query = self._base_query()
        if isinstance(self.account, WorkAccount) and self._cipher:
            sealed = self._cipher.seal(echo.encode(), query["timestamp"], query["nonce"])
            query = query | {"msg_signature": sealed.msg_signature, "echostr": sealed.encrypt}
        else:
            signature = sign(self.account.token, query["timestamp"], query["nonce"])
            query = query | {"signature": signature, "echostr": echo}
        attempt, answer = self._post(query, b"", method="GET")
        return attempt.status == 200 and answer == echo.encode()

    def _plain(self, fields: Mapping[str, Any]) -> bytes:
        if self.account.push_format == "json":
            return json.dumps(_json_form(fields), ensure_ascii=False).encode()
        return to_xml(fields).encode()

    def _base_query(self) -> dict[str, str]:
        return {"timestamp": str(int(self._clock())), "nonce": str(secrets.randbelow(10**10))}

    def _signed(self, plain: bytes, openid: str) -> tuple[dict[str, str], bytes]:
        query = self._base_query()
        timestamp, nonce = query["timestamp"], query["nonce"]
        envelope: dict[str, Any] = {"ToUserName": self.own_name}
        if isinstance(self.account, Account):
            query = {"signature": sign(self.account.token, timestamp, nonce), **query, "openid": openid}
        if self._cipher is None:
            return query, plain
        sealed = self._cipher.seal(plain, timestamp, nonce)
        query["msg_signature"] = sealed.msg_signature
        envelope["Encrypt"] = sealed.encrypt
        if isinstance(self.account, WorkAccount):
            envelope["AgentID"] = str(self.account.agent_id)
        else:
            query["encrypt_type"] = "aes"
        if self.account.push_format == "json":
            return query, json.dumps(envelope).encode()
        return query, to_xml(envelope).encode()

    def _post(self, query: dict[str, str], body: bytes, method: str = "POST") -> tuple[Attempt, bytes]:
        url = urlsplit(self.account.callback_url)
        started = time.monotonic()
        connection = http.client.HTTPConnection(url.hostname or "", url.port or 80, timeout=self._timeout)
        form = "application/json" if self.account.push_format == "json" else "text/xml"
        try:
            connection.request(method, f"{url.path}?{urlencode(query)}", body, {"Content-Type": form})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            return Attempt(0, time.monotonic() - started, f"{type(error).__name__}: {error}"), b""
        finally:
            connection.close()
        return Attempt(response.status, time.monotonic() - started), answer

    def _read(self, body: bytes) -> dict[str, Any]:
        if body.strip() in (b"", b"success"):
            return {}
        fields = _fields(body)
        if self._cipher is None:
            return fields
        if "Encrypt" not in fields:
            raise ValueError("a plain reply where pushes are encrypted")
        timestamp, nonce = str(fields["TimeStamp"]), str(fields["Nonce"])
        plain = self._cipher.open(fields["Encrypt"], fields["MsgSignature"], timestamp, nonce).plain
        return _fields(plain)


def _fields(body: bytes) -> dict[str, Any]:
    if body.lstrip()[:1] != b"{":
        return from_xml(body)
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("a JSON reply that is no object")
    return found


def _json_form(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON form: as the XML, but the subscription events carry a top-level List, an object for one entry
    and an array for several, with numbers as text."""
    found = dict(fields)
    for name in ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent"):
        if name in found:
            rows = [{key: str(value) for key, value in row.items()} for row in found.pop(name)["List"]]
            found["List"] = rows[0] if len(rows) == 1 else rows
    return found
