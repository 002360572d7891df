"""A bridge before a provider of text messages and voice calls, as docs/operating.md describes it."""

from __future__ import annotations

from typing import Any

from server.sandbox.accounts import Limits
from server.sandbox.faults import Fault
from server.sandbox.wire import Answer, Call, Refused, packed
from server.sandbox.world import World

PATHS = ("/sms", "/call")
STATE = "/state"


class Bridge:
    """`token` is what callers have to show, "" for anything. A key that it knows is the same message."""

    def __init__(self, token: str, world: World, limits: Limits) -> None:
        self._token, self._world, self._limits = token, world, limits
        self._known: dict[str, tuple[float, str]] = {}
        self._next = 1

    def knows(self, path: str) -> bool:
        return path == STATE or path in PATHS

    def answer(self, call: Call, fault: Fault | None) -> tuple[Answer, dict[str, Any], bool]:
        """What goes back, the same for the ledger, and whether it was accepted. `refuse` answers with the
        fault's `errmsg` as `why`."""
        if not self.knows(call.path):
            return _answer(404, {"ok": False, "why": "path"})
        if self._token and _header(call, "Authorization") != f"Bearer {self._token}":
            return _answer(401, {"ok": False, "why": "token"})
        if call.path == STATE:
            return _answer(200, {"ok": True})
        if fault and fault.kind == "refuse":
            return _answer(200, {"ok": False, "why": fault.errmsg, "message": f"no to {_receiver(call)}"})
        if fault and fault.kind != "delay" and not fault.effect:
            return _answer(503, {"ok": False, "why": "struck"})
        try:
            phone, text = call.text("to", 1, "to"), call.text("text", 1, "text")
            call.key, call.who = call.text("key", 1, "key"), phone
        except Refused as no:
            return _answer(400, {"ok": False, "why": no.errmsg})
        return _answer(200, {"ok": True, "id": self._sent(call, phone, text)})

    def _sent(self, call: Call, phone: str, text: str) -> str:
        until, known = self._known.get(call.key, (0.0, ""))
        call.duplicate = until > call.at
        if call.duplicate:
            return known
        number = f"{call.path[1:]}-{self._next}"
        self._next += 1
        self._known[call.key] = (call.at + self._limits.gateway_key_life, number)
        if owner := self._world.find("mobile", phone):
            self._world.show(owner, "them", "text", text=text, app=call.path[1:])
        return number


def _header(call: Call, name: str) -> str:
    return next((value for key, value in call.headers.items() if key.lower() == name.lower()), "")


def _receiver(call: Call) -> str:
    return str(call.data.get("to", ""))


def _answer(status: int, said: dict[str, Any]) -> tuple[Answer, dict[str, Any], bool]:
    return Answer(status, body=packed(said)), said, bool(said["ok"])
