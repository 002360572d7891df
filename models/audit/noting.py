"""One row for a sensitive act, in the transaction of the act: what cannot be written down does not happen."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from models.audit.tables import Act
from models.base.actor import By
from models.base.clock import now
from models.base.orm import public_id, put
from models.base.privacy import blind, derived, without_phones

REASON = 200  # characters of a purpose in words
_SIGNED = (
    "key", "at", "act", "by_kind", "by_id", "post", "community_id", "about_kind", "about_id", "whom_kind",
    "whom_id", "purpose", "origin", "result", "many", "facts",
)  # fmt: skip


_CODE = re.compile(r"[A-Za-z0-9_.:~-]{0,40}", re.ASCII)


class Who(NamedTuple):
    """Who acts, with which post at that time, and from where (`network`)."""

    by: By
    post: str = ""
    community_id: int | None = None
    origin: str | None = None


NOBODY = Who(By("nobody", None))  # a log-in of whom nobody knows


def note(
    act: str,
    who: Who | By,
    about: tuple[str, int | str],
    *,
    whom: tuple[str, int] | None = None,
    purpose: str | None = None,
    origin: str | None = None,
    result: str = "ok",
    many: int = 1,
    facts: Mapping[str, Any] | None = None,
) -> int:
    """Writes one row and returns its number; whatever keeps it from being written undoes the act as well.

    `act`: a code of templates/labels/audit_acts.toml. `about`: kind and public number of what was touched;
    `whom`: ("person" | "household", id) whose data it was. `purpose`: a code of audit_purposes.toml, or a
    reason in words. `result`: ok | refused | failed. `many`: how many rows or homes were seen. `facts` are
    codes and whole numbers: nothing of what was seen belongs there, mobile numbers are masked (X10).
    """
    acting = who if isinstance(who, Who) else Who(who)
    row: dict[str, Any] = {
        "key": public_id(),
        "at": now(),
        "act": act,
        "by_kind": acting.by.kind,
        "by_id": acting.by.id,
        "post": acting.post,
        "community_id": acting.community_id,
        "about_kind": about[0],
        "about_id": _address(str(about[1])),
        "whom_kind": whom[0] if whom else None,
        "whom_id": whom[1] if whom else None,
        "purpose": without_phones(purpose)[:REASON] if purpose else None,
        "origin": origin if origin is not None else acting.origin,
        "result": result,
        "many": many,
        "facts": _harmless(facts or {}),
    }
    return put(Act, **row, mac=signature([row[name] for name in _SIGNED]))


def mac_of(row: Any) -> str:
    """What the row's `mac` has to be."""
    return signature([getattr(row, name) for name in _SIGNED])


def signature(parts: Iterable[Any]) -> str:
    """HMAC-SHA256 over canonical JSON, with a key that is nowhere in the database."""
    text = json.dumps(
        [_plain(one) for one in parts], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hmac.new(derived("audit"), text.encode(), hashlib.sha256).hexdigest()


def network(address: str | None) -> str | None:
    """Where somebody comes from, without saying which machine it is: 203.0.113.0/24, 2001:db8::/48."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network(f"{mapped}/{24 if mapped.version == 4 else 48}", strict=False))


def sought(words: str) -> str:
    """What was searched for: two searches for the same can be told to be so, and no more than that."""
    return blind(words.strip(), "audit_search")[:16]


def _address(said: str) -> str:
    """The path of a page with its filters; of what somebody typed there only that it was the same."""
    path, mark, query = said.partition("?")
    if not mark:
        return without_phones(path)
    asked = [
        (name, value if _CODE.fullmatch(value) and without_phones(value) == value else f"~{sought(value)}")
        for name, value in parse_qsl(query)
    ]
    return f"{without_phones(path)}?{urlencode(asked, safe='~:')}"


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return without_phones(value)
    if isinstance(value, Mapping):
        return {str(name): _harmless(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_harmless(one) for one in value]
    if value is None or isinstance(value, int):
        return value
    raise TypeError(f"an act says codes and numbers, not {type(value).__name__}")
