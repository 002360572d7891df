"""The control interface in JSON, the same under /control/ (own port) and /sandbox/api/ (demo): the ledger,
faults, tokens, limits, phones and what they can do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from server.sandbox.ledger import as_json
from server.sandbox.simulator import Simulator
from server.sandbox.world import Phone


@dataclass
class File:
    """An answer that is not JSON."""

    content: bytes
    content_type: str


Query = Mapping[str, str]
Found = tuple[int, Any]


def dispatch(simulator: Simulator, method: str, path: str, query: Query, body: bytes) -> Found:
    """Answer one control request: HTTP status and what becomes JSON. Mistakes are 400 with ``error``."""
    handler = ROUTES.get((method, path.strip("/")))
    try:
        data = json.loads(body) if body else {}
        if not isinstance(data, dict):
            return 400, {"error": "the body must be a JSON object"}
        if handler is None:
            return 404, {"error": f"no {method} {path} here"}
        return 200, handler(simulator, query, data)
    except (ValueError, TypeError, KeyError) as error:
        return 400, {"error": str(error)}


def _ledger(simulator: Simulator, query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    entries = simulator.ledger.read(
        since=int(query.get("since", 0)),
        path=query.get("path", "*"),
        platform=query.get("platform", "*"),
        who=query.get("who", "*"),
        limit=int(query.get("limit", 0)),
    )
    return {"last": simulator.ledger.last, "entries": [as_json(entry) for entry in entries]}


def _summary(simulator: Simulator, _query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    """Counts by platform and path: cheap where the ledger itself has grown large."""
    calls: Counter[str] = Counter()
    effective: Counter[str] = Counter()
    duplicates: Counter[str] = Counter()
    for entry in simulator.ledger:
        name = f"{entry.platform} {entry.path}"
        calls[name] += 1
        effective[name] += entry.effective
        duplicates[name] += entry.duplicate
    return {
        "calls": dict(calls),
        "effective": dict(effective),
        "duplicates": dict(duplicates),
        "unknown": [entry.path for entry in simulator.ledger.unknown()],
    }


def _clear(simulator: Simulator, _query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    simulator.ledger.clear()
    return {"last": simulator.ledger.last}


def _faults(simulator: Simulator, _query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    return {"faults": simulator.faults.as_json()}


def _add_fault(simulator: Simulator, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    return asdict(simulator.fault(**data))


def _lift(simulator: Simulator, query: Query, _data: dict[str, Any]) -> dict[str, Any]:
    with simulator.lock:
        simulator.faults.lift(int(query["number"]) if "number" in query else None)
    return _faults(simulator, query, {})


def _tokens(simulator: Simulator, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    """``{"platform": "official", "do": "expire" | "forget"}``."""
    todo = {"expire": simulator.expire_tokens, "forget": simulator.forget_tokens}
    todo[data["do"]](data["platform"])
    return {}


def _limits(simulator: Simulator, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    """Change some limits; ``per_day`` and ``per_minute`` are merged, a null there lifts the limit."""
    with simulator.lock:
        for name, value in data.items():
            old = getattr(simulator.limits, name, None)
            if old is None:
                raise ValueError(f"unknown limit {name!r}")
            if isinstance(old, dict):
                merged = old | value
                value = {key: most for key, most in merged.items() if most is not None}
            setattr(simulator.limits, name, value)
    return asdict(simulator.limits)


def _add_phone(simulator: Simulator, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    allowed = {item.name for item in fields(Phone)} - {"messages", "grants", "received", "stranger"}
    if strange := sorted(set(data) - allowed):
        raise ValueError(f"unknown fields: {', '.join(strange)}")
    return {"id": simulator.add(Phone(**data)).id}


def _open(simulator: Simulator, _query: Query, data: dict[str, Any]) -> dict[str, Any]:
    """``{"openid": …, "trigger": "message" | "menu" | "follow" | "scan"}``."""
    simulator.opened(data["openid"], data.get("trigger", "message"))
    return {}


ROUTES: dict[tuple[str, str], Callable[[Simulator, Query, dict[str, Any]], Any]] = {
    ("GET", "ledger"): _ledger,
    ("DELETE", "ledger"): _clear,
    ("GET", "ledger/summary"): _summary,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _lift,
    ("POST", "tokens"): _tokens,
    ("POST", "limits"): _limits,
    ("POST", "phones"): _add_phone,
    ("POST", "window"): _open,
}
