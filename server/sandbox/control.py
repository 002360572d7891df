"""The control interface in JSON, the same under /control/ (own port) and /sandbox/api/ (demo): the ledger,
faults, tokens, limits, phones and what they can do."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from server.sandbox.faces import phones_json
from server.sandbox.ledger import as_json
from server.sandbox.pay import Pay
from server.sandbox.pay_book import No, check_url
from server.sandbox.phones import Phones, Unable
from server.sandbox.wire import Refused
from server.sandbox.world import Phone


@dataclass
class File:
    """An answer that is not JSON."""

    content: bytes
    content_type: str


Query = Mapping[str, str]
LONGEST_WAIT = 20.0  # seconds of a long poll
Found = tuple[int, Any]


def dispatch(phones: Phones, method: str, path: str, query: Query, body: bytes) -> Found:
    """Answer one control request: HTTP status and what becomes JSON.

    Mistakes are 400 with ``error``, and with ``code`` where the phone was not able to.
    """
    try:
        data = json.loads(body) if body else {}
        if not isinstance(data, dict):
            return 400, {"error": "the body must be a JSON object"}
        return _route(phones, method, path.strip("/"), query, data)
    except Unable as error:
        return 400, {"error": str(error), "code": error.code}
    except (ValueError, TypeError, KeyError, No) as error:
        return 400, {"error": str(error)}


def _route(phones: Phones, method: str, path: str, query: Query, data: dict[str, Any]) -> Found:
    if (method, path) == ("GET", "media"):
        return 200, _medium(phones, query)
    handler = ROUTES.get((method, path))
    if handler:
        return 200, handler(phones, query, data)
    parts = path.split("/")
    if method == "POST" and len(parts) == 3 and parts[0] == "phones" and parts[2] in VERBS:
        return 200, _verb(phones, parts[1], parts[2], data)
    return 404, {"error": f"no {method} {path} here"}


def _verb(phones: Phones, phone_id: str, verb: str, data: dict[str, Any]) -> Any:
    """``POST phones/<id>/<verb>``: the verb's arguments by name; bytes travel as ``base64``."""
    if "base64" in data:
        data["content"] = base64.b64decode(data.pop("base64"), validate=True)
    return getattr(phones, verb)(phone_id, **data)


def _phones(phones: Phones, query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    wait = min(float(query.get("wait", 0)), LONGEST_WAIT)
    return phones_json(phones.simulator, int(query.get("since", 0)), wait, query.get("id", ""))


def _medium(phones: Phones, query: Query) -> File:
    """A picture or voice that stands on a screen."""
    app = {"official": phones.simulator.official, "work": phones.simulator.work}.get(query["platform"])
    if app is None:
        raise ValueError("no such platform here")
    try:
        found = app.media.find(query["id"], phones.simulator.clock())
    except Refused as no:
        raise ValueError(no.errmsg) from None
    return File(found.content, found.content_type)


def _ledger(phones: Phones, query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    entries = phones.simulator.ledger.read(
        since=int(query.get("since", 0)),
        path=query.get("path", "*"),
        platform=query.get("platform", "*"),
        who=query.get("who", "*"),
        limit=int(query.get("limit", 0)),
    )
    ledger = phones.simulator.ledger
    return {"last": ledger.last, "unknown": ledger.strange, "entries": [as_json(entry) for entry in entries]}


def _summary(phones: Phones, _query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    """Counts by platform and path: cheap where the ledger itself has grown large."""
    calls: Counter[str] = Counter()
    effective: Counter[str] = Counter()
    duplicates: Counter[str] = Counter()
    for entry in phones.simulator.ledger:
        name = f"{entry.platform} {entry.path}"
        calls[name] += 1
        effective[name] += entry.effective
        duplicates[name] += entry.duplicate
    return {
        "calls": dict(calls),
        "effective": dict(effective),
        "duplicates": dict(duplicates),
        "unknown": [entry.path for entry in phones.simulator.ledger.unknown()],
    }


def _clear(phones: Phones, _query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    phones.simulator.ledger.clear()
    return {"last": phones.simulator.ledger.last}


def _faults(phones: Phones, _query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    return {"faults": phones.simulator.faults.as_json()}


def _add_fault(phones: Phones, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    return asdict(phones.simulator.fault(**data))


def _lift(phones: Phones, query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    with phones.simulator.lock:
        phones.simulator.faults.lift(int(query["number"]) if "number" in query else None)
    return _faults(phones, query, {})


def _tokens(phones: Phones, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    """``{"platform": "official", "do": "expire" | "forget"}``."""
    todo = {"expire": phones.simulator.expire_tokens, "forget": phones.simulator.forget_tokens}
    todo[data["do"]](data["platform"])
    return {}


def _limits(phones: Phones, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    """Change some limits; ``per_day`` and ``per_minute`` are merged, a null there lifts the limit."""
    with phones.simulator.lock:
        for name, value in data.items():
            old = getattr(phones.simulator.limits, name, None)
            if old is None:
                raise ValueError(f"unknown limit {name!r}")
            if isinstance(old, dict):
                merged = old | value
                value = {key: most for key, most in merged.items() if most is not None}
            setattr(phones.simulator.limits, name, value)
    return asdict(phones.simulator.limits)


def _add_phone(phones: Phones, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    allowed = {item.name for item in fields(Phone)} - {"messages", "grants", "stranger"}
    if strange := sorted(set(data) - allowed):
        raise ValueError(f"unknown fields: {', '.join(strange)}")
    return {"id": phones.simulator.add(Phone(**data)).id}


def _open(phones: Phones, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    """``{"openid": …, "trigger": "message" | "menu" | "follow" | "scan"}``."""
    phones.simulator.opened(data["openid"], data.get("trigger", "message"))
    return {}


def _pay(phones: Phones, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    """``{"prepay_id" | "number": …, "openid": …, "outcome": "success" | "unheard" | "late" | "cancel"}``: a
    person pays on the phone, or does not."""
    name = str(data.get("prepay_id") or data.get("number") or "")
    return _merchant(phones).pay(name, str(data.get("openid") or ""), str(data.get("outcome") or "success"))


def _paid(phones: Phones, _query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    return _merchant(phones).as_json()


def _probe(phones: Phones, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    """``{"url": …}``: a notification with a deliberately wrong signature; the status of the answer."""
    check_url(data["url"])
    return {"status": _merchant(phones).pushes.probe(data["url"])}


def _rotate(phones: Phones, _query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    return {"serial": _merchant(phones).rotate()}


def _refunds(phones: Phones, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    """``{"outcome": "SUCCESS" | "ABNORMAL" | "CLOSED"}``: how refunds asked for from now on will end."""
    if data["outcome"] not in ("SUCCESS", "ABNORMAL", "CLOSED"):
        raise ValueError("unknown outcome")
    _merchant(phones).book.refund_outcome = data["outcome"]
    return {}


def _merchant(phones: Phones) -> Pay:
    if phones.simulator.pay is None:
        raise ValueError("this sandbox plays no WeChat Pay")
    return phones.simulator.pay


VERBS = {
    "text", "photo", "voice", "location", "send_raw", "resend", "follow", "unfollow", "scan", "choose",
    "press", "subscribe", "login", "tap", "confirm", "join", "leave", "rename", "hand_over",
    "dismiss", "resign",
}  # fmt: skip
ROUTES: dict[tuple[str, str], Callable[[Phones, Query, dict[str, Any]], Any]] = {
    ("GET", "ledger"): _ledger,
    ("DELETE", "ledger"): _clear,
    ("GET", "ledger/summary"): _summary,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _lift,
    ("POST", "tokens"): _tokens,
    ("POST", "limits"): _limits,
    ("GET", "phones"): _phones,
    ("POST", "phones"): _add_phone,
    ("POST", "window"): _open,
    ("POST", "pay"): _pay,
    ("GET", "pay"): _paid,
    ("POST", "pay/probe"): _probe,
    ("POST", "pay/rotate"): _rotate,
    ("POST", "pay/refunds"): _refunds,
}
