"""The platforms that hemei calls, in plain Python: a request in, an answer out, a line in the ledger."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from html import escape
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from models.base.resources import resource
from server.sandbox.accounts import Accounts, Limits
from server.sandbox.app import App
from server.sandbox.codes import Codes
from server.sandbox.courier import Courier
from server.sandbox.faults import Fault, Faults
from server.sandbox.gateway import Bridge
from server.sandbox.ledger import Ledger
from server.sandbox.mini import Mini
from server.sandbox.official import Official
from server.sandbox.pay import Pay, struck
from server.sandbox.tokens import Counters, beijing_day
from server.sandbox.wire import JSON, Answer, Call, Cut, Refused, packed
from server.sandbox.work import Work
from server.sandbox.world import Phone, World

UNKNOWN_PATH = 40066  # the platform's "invalid url"
PHONE_COOKIE = "sandbox_phone"
QR_LOGIN = "/wwlogin/sso/login"
# not interfaces, but what browsers and PicUrl ask for
PAGES = ("/mmbiz/", "/connect/oauth2/authorize", QR_LOGIN)
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"


class Simulator:
    """All platforms of one hemei. Thread-safe; nothing here waits, adapters do.

    ``clock`` gives seconds since the epoch, so that a test can let 48 hours pass. ``base_url`` is where the
    adapter that serves this simulator is reached (pictures are fetched from there).
    """

    def __init__(
        self,
        accounts: Accounts,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        keep: int = 500_000,
    ) -> None:
        self.accounts, self.clock = accounts, clock
        self.limits = limits or Limits()
        self.lock = threading.RLock()
        self.base_url = ""
        self.ledger, self.faults, self.counters = Ledger(keep), Faults(), Counters()
        self.world, self.courier = World(clock), Courier()
        self.codes = Codes(self.limits.code_life)
        shared = (self.world, self.limits, self.codes)
        self.official = Official(accounts.official, *shared) if accounts.official else None
        self.mini = Mini(accounts.mini, *shared) if accounts.mini else None
        self.work = Work(accounts.work, *shared, lambda: self.base_url) if accounts.work else None
        self.pay = (
            Pay(accounts.pay, self.limits, clock, self._strike_pay, lambda: self.base_url)
            if accounts.pay
            else None
        )
        self.bridge = Bridge(accounts.gateway_token, self.world, self.limits)
        self._platforms: dict[str, App | Work | None] = {
            "official": self.official,
            "mini": self.mini,
            "work": self.work,
        }

    def handle(
        self,
        platform: str,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """One call of a platform: status, headers, body. Delays are not waited for; a cut connection is
        raised as Cut (a ConnectionError)."""
        answer = self.answer(platform, method, path, query, body, headers)
        if answer.cut:
            raise Cut(f"{platform} {path}")
        return answer.status, answer.headers, answer.body

    def answer(
        self,
        platform: str,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        target: str = "",
    ) -> Answer:
        """The same for adapters, which wait ``delay`` seconds and close the connection if told to ``cut``.

        ``target`` is path and query byte by byte, as WeChat Pay's callers sign them.
        """
        if platform == "pay" and self.pay:
            return self._answer_pay(self.pay, method, path, query or {}, body, headers or {}, target)
        if platform == "gateway":
            return self._answer_bridge(Call(platform, method, path, query or {}, body, headers or {}, 0))
        with self.lock:
            call = Call(platform, method, path, query or {}, body, headers or {}, self.clock())
            app = self._platforms.get(platform)
            known = app is not None and (
                path in app.paths or path in app.open_paths or path.startswith(PAGES)
            )
            needs_token = app is not None and path in app.paths
            fault = self.faults.strike(
                platform, path, lambda: _receiver(call), call.at, needs_token=needs_token
            )
            said: dict[str, Any] | Answer
            more: dict[str, Any] = {}
            try:
                said = self._serve(app, call, fault)
            except Refused as no:
                said = {"errcode": no.errcode, "errmsg": no.errmsg, **no.more}
                more["accepted"] = False
            answer = said if isinstance(said, Answer) else Answer(body=packed(said))
            if fault:
                answer = _bent(answer, fault)
            self._record(call, said, answer.status, fault, known=known, **more)
        return answer

    def _answer_pay(
        self,
        pay: Pay,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes,
        headers: Mapping[str, str],
        target: str,
    ) -> Answer:
        """Has a lock of its own, because its signatures take a millisecond each."""
        call = Call("pay", method, path, query, body, headers, self.clock())
        fault = self._strike_pay(path, _payer(call))
        plain = pay.answer(call, target or (f"{path}?{urlencode(query)}" if query else path), fault)
        said: Any = "file"
        if plain.headers.get("Content-Type", "").startswith("application/json"):
            said = json.loads(plain.body)
        self._record(
            call, said, plain.status, fault, known=pay.knows(path), accepted=200 <= plain.status < 300
        )
        return struck(plain, fault, pay.headers_for)

    def _answer_bridge(self, call: Call) -> Answer:
        with self.lock:
            call.at = self.clock()
            fault = self.faults.strike(
                "gateway", call.path, lambda: _receiver(call), call.at, needs_token=False
            )
            answer, said, accepted = self.bridge.answer(call, fault)
            if fault:
                answer = _bent(answer, fault)
            known = self.bridge.knows(call.path)
            self._record(call, said, answer.status, fault, known=known, accepted=accepted)
        return answer

    def _strike_pay(self, path: str, who: str) -> Fault | None:
        with self.lock:
            return self.faults.strike("pay", path, lambda: who, self.clock(), needs_token=False)

    def stop(self) -> None:
        """End the threads that push."""
        self.courier.stop()
        if self.pay:
            self.pay.pushes.stop()

    def _serve(self, app: App | Work | None, call: Call, fault: Fault | None) -> dict[str, Any] | Answer:
        if fault:
            if fault.kind == "refuse":
                raise Refused(fault.errcode, fault.errmsg)
            if fault.kind == "bad-token":
                code = 40014 if call.platform == "work" else 40001
                raise Refused(code, "invalid credential, access_token is invalid or not latest")
            if fault.kind != "delay" and not fault.effect:
                raise Refused(-1, f"struck by {fault.kind} before any effect")
        if app is None:
            raise Refused(UNKNOWN_PATH, f"this sandbox plays no platform {call.platform!r}")
        if call.path.startswith("/mmbiz/"):
            call.query = {"media_id": call.path.removeprefix("/mmbiz/")}
            return app.media.get(call)
        if call.path == "/connect/oauth2/authorize":
            return self._authorize(call)
        if call.path == QR_LOGIN and call.platform == "work":
            return self._scan(call)
        clerk = app.open_paths.get(call.path)
        if clerk is None:
            clerk = app.paths.get(call.path)
            if clerk is None:
                raise Refused(UNKNOWN_PATH, f"invalid url: {call.path} is on no page that this sandbox knows")
            app.check_token(call)
        self._count(call)
        return clerk(call)

    def _count(self, call: Call) -> None:
        name, rest = f"{call.platform} {call.path}", f"{call.platform} *"
        minute = self.limits.per_minute.get(name, self.limits.per_minute.get(rest))
        if minute is not None:
            self.counters.spend("minute " + name, int(call.at // 60), minute, "api freq out of limit")
        day = self.limits.per_day.get(name, self.limits.per_day.get(rest))
        if day is not None:
            self.counters.spend("day " + name, beijing_day(call.at), day, "reach max api daily quota limit")

    def _authorize(self, call: Call) -> Answer:
        """The page login of open.weixin.qq.com, silent as snsapi_base: the page's cookie says who taps."""
        cookie = SimpleCookie(next((v for k, v in call.headers.items() if k.lower() == "cookie"), ""))
        phone = self.world.phones.get(cookie[PHONE_COOKIE].value if PHONE_COOKIE in cookie else "")
        target = call.query.get("redirect_uri", "")
        if phone is None or not target:
            raise Refused(40029, "open this page from a phone of the sandbox")
        return Answer(302, {"Location": self._with_code(call, phone.id)})

    def _scan(self, call: Call) -> Answer:
        """The QR page of login.work.weixin.qq.com. Without a camera a tap says whose phone scans it."""
        known = call.query.get("appid") == self.accounts.work.corp_id if self.accounts.work else False
        if not known or not call.query.get("redirect_uri"):
            raise Refused(40013, "invalid corpid")
        phones = [(self._with_code(call, phone.id), phone.name, phone.note) for phone in self.world.staff()]
        links = "".join(
            f'<li><a href="{escape(address)}">{escape(name)}</a> {escape(note)}</li>'
            for address, name, note in phones
        )
        page = resource("sandbox/scan.html").read_text(encoding="utf-8").replace("{{ phones }}", links)
        return Answer(200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())

    def _with_code(self, call: Call, phone_id: str) -> str:
        """Back where the page login came from."""
        target = call.query["redirect_uri"]
        code = self.codes.issue("work" if call.platform == "work" else "page", phone_id, call.at)
        gap = "&" if "?" in target else "?"
        return target + gap + urlencode({"code": code, "state": call.query.get("state", "")})

    def _record(
        self,
        call: Call,
        said: dict[str, Any] | Answer,
        status: int,
        fault: Fault | None,
        *,
        known: bool,
        accepted: bool = True,
    ) -> None:
        shown = call.shown
        if shown is None and call.body:
            try:
                shown = call.data
            except Refused:
                shown = call.body[:2000].decode("utf-8", "replace")
        self.ledger.append(
            at=call.at,
            platform=call.platform,
            method=call.method,
            path=call.path,
            who=call.who,
            query=dict(call.query),
            body=shown,
            status=status,
            answer=f"{len(said.body)} bytes" if isinstance(said, Answer) else said,
            accepted=accepted,
            duplicate=call.duplicate,
            dropped=call.dropped,
            key=call.key,
            fault=fault.kind if fault else "",
            unknown=not known,
        )

    def expire_tokens(self, platform: str) -> None:
        """All tokens of a platform are over now: calls see 42001."""
        with self.lock:
            self._app(platform).tokens.expire(self.clock())

    def forget_tokens(self, platform: str) -> None:
        """All tokens of a platform are unknown now, as after a new secret: calls see 40001 (WeCom 40014)."""
        with self.lock:
            self._app(platform).tokens.forget()

    def fault(self, kind: str, *, seconds: float | None = None, **more: Any) -> Fault:
        """Put a fault in force; see ``faults.Fault`` for its fields."""
        with self.lock:
            return self.faults.add(kind, now=self.clock(), seconds=seconds, **more)

    def add(self, phone: Phone) -> Phone:
        """Hand out a phone (see ``world.Phone``)."""
        with self.lock:
            added = self.world.add(phone)
            self.world.touch()
            return added

    def opened(self, openid: str, trigger: str = "message") -> None:
        """The follower did something that opens the customer-service window, without a callback."""
        with self.lock:
            phone = self.world.find("openid", openid)
            if phone and self.official:
                self.official.desk.open_window(phone, trigger, self.clock())

    def _app(self, platform: str) -> App | Work:
        app = self._platforms.get(platform)
        if app is None:
            raise ValueError(f"this sandbox plays no platform {platform!r}")
        return app


def _receiver(call: Call) -> str:
    """Whom a call is for, before anybody has read it properly: faults may aim at one receiver."""
    try:
        data = json.loads(call.body) if call.body[:1] == b"{" else {}
    except ValueError:
        data = {}
    return str(
        data.get("touser")
        or data.get("to")
        or data.get("sender")
        or call.query.get("key")
        or call.query.get("openid")
        or ""
    )


def _payer(call: Call) -> str:
    try:
        payer = call.data.get("payer")
    except Refused:
        return ""
    return str(payer.get("openid", "")) if isinstance(payer, dict) else ""


def _bent(answer: Answer, fault: Fault) -> Answer:
    if fault.kind == "delay":
        answer.delay = fault.seconds_late
    elif fault.kind == "cut":
        answer.cut = True
    elif fault.kind == "http":
        return Answer(fault.status, {"Content-Type": "text/html"}, BAD_GATEWAY, fault.seconds_late)
    elif fault.kind == "garbage":
        return Answer(200, dict(JSON), b'{"errcode":0,"errm', fault.seconds_late)
    return answer
