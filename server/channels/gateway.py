"""Text messages and voice calls: one small request to a bridge before whatever provider.

docs/operating.md, "Text messages and calls", has the request and the answers that are understood, for whoever
writes such a bridge.
"""

import json
import re
from http import HTTPStatus
from typing import Any

from handlers.wording.letters import Words
from models.outbox.claiming import Errand
from server.channels.base import Call, Permanent, Transient, Uncertain, Wait
from server.config import Gateway

STATE = "state"  # the path that says whether the bridge is there and knows our token
_SHORTEST = 5  # digits in a row that may be part of somebody's number
_DIGITS = re.compile(rf"\+?\d(?:[ -]?\d){{{_SHORTEST - 1},}}")
_SAID = 120
_WAITS = {"busy": "minute", "day": "day", "stop": "stop"}
_WAITING = {HTTPStatus.TOO_MANY_REQUESTS: "minute", HTTPStatus.PAYMENT_REQUIRED: "stop"}
_WRONG_ADDRESS = (401, 403, 404, 405)  # of ours, not of whom it is for


class GatewayChannel:
    def __init__(self, config: Gateway) -> None:
        self._headers = headers(config)

    def composed(self, errand: Errand, words: Words) -> Call:
        """The key is the same for every try of this letter, so that a retry is not a second message."""
        data = {"key": errand.key, "to": errand.address, "text": words.text, "kind": errand.kind}
        return Call(
            "POST",
            str(errand.way),
            data=data,
            token=None,
            headers=self._headers | {"Idempotency-Key": errand.key},
            understood=understood,
        )


def headers(config: Gateway) -> dict[str, str]:
    return {"Authorization": f"Bearer {config.token}"} if config.token else {}


def understood(status: int, body: bytes) -> dict[str, Any]:
    """The id of what was accepted, as `msgid`; raises a Trouble.

    What says nothing for certain counts as uncertain: nobody knows whether it went out.
    """
    if status >= 500:
        raise Uncertain(f"http {status}")
    if status == HTTPStatus.CONFLICT:  # the key is known: the try before was accepted
        return {}
    if status in _WAITING:
        raise Wait(f"http {status}", _WAITING[HTTPStatus(status)])
    if 300 <= status < 400 or status in _WRONG_ADDRESS:
        raise Wait(f"http {status}", "stop")
    if status >= 400:
        raise Permanent(f"http {status}")
    try:
        answer = json.loads(body)
    except ValueError:
        raise Uncertain("garbage") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):
        raise Uncertain("garbage")
    if answer["ok"]:
        return {"msgid": str(answer.get("id") or "")[:_SAID]}
    why = str(answer.get("why") or "")
    reason = f"refused {without_numbers(why)} {without_numbers(str(answer.get('message') or ''))}".strip()
    if why in _WAITS:
        raise Wait(reason, _WAITS[why])
    if why == "again":
        raise Transient(reason)
    raise Permanent(reason)


def without_numbers(said: str) -> str:
    """What a provider said, without anything that may be somebody's number: it stays with the letter."""
    return _DIGITS.sub("***", said)[:_SAID]
