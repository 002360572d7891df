"""One call of a platform, and what can become of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from models.base.resources import table

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Call:
    """A composed call. `token` names the account whose access_token goes into the query, None for none."""

    method: str
    path: str  # "cgi-bin/message/send", below the platform's api_base_url
    params: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] | None = None
    token: str | None = "app"  # noqa: S105 - the name of an account, not a token
    headers: dict[str, str] = field(default_factory=dict)  # beside those that all calls have
    # how status and body are read where it is not by errcode; raises a Trouble
    understood: Callable[[int, bytes], dict[str, Any]] | None = None

    def body(self) -> bytes | None:
        if self.data is None:
            return None
        return _json(self.data).encode()


class Composing:
    """Put before a wechatpy client, it makes every method of that client compose a Call instead of sending.

    wechatpy's own network code has no bound on retries, no timeouts and no lock around its token.
    """

    API_BASE_URL = "cgi-bin/"

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Call:
        base = str(kwargs.get("api_base_url", self.API_BASE_URL))
        address = url_or_endpoint if "://" in url_or_endpoint else base + url_or_endpoint
        path = urlsplit(address).path if "://" in address else address
        data = kwargs.get("data")
        return Call(
            method.upper(),
            path.lstrip("/"),
            dict(kwargs.get("params") or {}),
            dict(data) if data is not None else None,
        )


class Trouble(Exception):  # noqa: N818
    """A call that did not succeed. `reason` is kept with the letter: a code and the platform's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Transient(Trouble):
    """It has not gone out; again later."""


class Uncertain(Trouble):
    """It may have gone out: no answer, or one that says nothing."""


class Wait(Trouble):
    """The platform asks to wait: a minute, until its day is over, or till somebody looks."""

    def __init__(self, reason: str, how: str) -> None:
        super().__init__(reason)
        self.how = how  # minute | day | stop


class Permanent(Trouble):
    """This way is closed to this letter; `mark` closes the address for others too: dead, consent, window."""

    def __init__(self, reason: str, mark: str | None = None) -> None:
        super().__init__(reason)
        self.mark = mark


class BadToken(Trouble):
    """The access token was refused."""


def judged(platform: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer itself when it means success; else raises what templates/platforms/errors.toml says."""
    try:
        code = int(answer.get("errcode") or 0)
    except (TypeError, ValueError):
        raise Uncertain("garbage") from None
    if code == 0:
        return answer
    reason = f"{code} {answer.get('errmsg', '')}".strip()
    known = table("platforms/errors.toml")["work" if platform == "work" else "official"]
    entry = known.get(str(code), {"do": "closed"})
    match entry["do"]:
        case "done":
            return answer
        case "token":
            raise BadToken(reason)
        case "uncertain":
            raise Uncertain(reason)
        case "again":
            raise Transient(reason)
        case "minute" | "day" | "stop" as how:
            raise Wait(reason, how)
        case _:
            raise Permanent(reason, entry.get("mark"))
