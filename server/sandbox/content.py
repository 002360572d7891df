"""Content safety of the mini-program, version 2 (MA: msgSecCheck, mediaCheckAsync): words are judged at once,
pictures are fetched from the address that was given and judged in an event."""

from __future__ import annotations

import http.client
import secrets
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.sandbox.accounts import Account
from server.sandbox.wire import Call, Refused, ok
from server.sandbox.world import Phone

LONGEST = 2500  # characters
SEEN_WITHIN = 2 * 3600.0  # seconds: so lately the openid's owner must have used the mini-program
CLEAN = ("pass", 100)
UNREACHABLE = -1008
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
_FETCH_SECONDS = 5.0


@dataclass
class Asked:
    """A picture that is to be judged."""

    openid: str
    url: str


class ContentDesk:
    """``suspects`` maps words to what is thought of a text that holds them; ``picture`` is thought of every
    picture. With ``answers`` False no event follows until ``tell`` is called for a trace id."""

    def __init__(self, account: Account, find: Callable[[str], Phone]) -> None:
        self._account, self._find = account, find
        self.suspects: dict[str, tuple[str, int]] = {}
        self.picture = CLEAN
        self.answers = True
        self.asked: dict[str, Asked] = {}
        self.tell: Callable[[str], None] = lambda _trace: None

    def check_words(self, call: Call) -> dict[str, Any]:
        """``wxa/msg_sec_check``."""
        self._about(call)
        content = call.text("content", 44002, "empty post data")
        if len(content) > LONGEST:
            raise Refused(45002, "content size out of limit")
        found = next((said for words, said in self.suspects.items() if words in content), CLEAN)
        return ok(**_result(*found), trace_id=secrets.token_hex(16))

    def check_picture(self, call: Call) -> dict[str, Any]:
        """``wxa/media_check_async``."""
        openid = self._about(call)
        url = call.text("media_url", 44002, "empty post data")
        if call.data.get("media_type") != 2:
            raise Refused(40004, "invalid media type")
        trace = secrets.token_hex(16)
        call.key = trace
        self.asked[trace] = Asked(openid, url)
        if self.answers:
            self.tell(trace)
        return ok(trace_id=trace)

    def event(self, trace: str) -> dict[str, Any]:
        """What is pushed about a picture; fetches it first."""
        common = {"appid": self._account.app_id, "trace_id": trace, "version": 2}
        if not _can_be_fetched(self.asked[trace].url):
            return common | {"detail": [], "errcode": UNREACHABLE, "errmsg": "download media error"}
        return common | {"errcode": 0, "errmsg": "ok"} | _result(*self.picture)

    def _about(self, call: Call) -> str:
        if call.data.get("version") != 2 or call.data.get("scene") not in (1, 2, 3, 4):
            raise Refused(47001, "data format error")
        call.who = call.text("openid", 40003, "invalid openid")
        phone = self._find(call.who)
        if not phone.stranger and call.at - phone.mini_seen_at > SEEN_WITHIN:
            raise Refused(61010, "code is expired")
        return call.who


def _result(suggest: str, label: int) -> dict[str, Any]:
    detail = {"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}
    return {"result": {"suggest": suggest, "label": label}, "detail": [detail]}


def _can_be_fetched(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=_FETCH_SECONDS) as answer:
            return bool(answer.read(16).startswith(_PICTURES))
    except (OSError, http.client.HTTPException, ValueError):
        return False
