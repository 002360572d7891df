"""The fields of a push → the value that the router sees. Everything of the fact of a push is checked here."""

import hashlib
import json
import math
import re
from datetime import UTC, datetime
from typing import Any, Final, cast

from handlers.wechat.message import Channel, Kind, Location, Message
from server.wechat.syntax import Fields, Malformed

_KINDS: Final = frozenset({"text", "image", "voice", "video", "shortvideo", "location", "link", "event"})
_MEDIA: Final = frozenset({"image", "voice", "video", "shortvideo"})
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,48}")
_DIGITS: Final = re.compile(r"[0-9]{1,20}")
_DEGREES: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,24})?")
_LATEST: Final = 4_102_444_800  # the year 2100: later arithmetic with it must not leave the calendar
# May differ between two pushes of one event, so they say nothing about whether it is the same.
_VOLATILE: Final = ("ResponseCode", "WelcomeCode")


def message(channel: Channel, fields: Fields) -> Message:
    """Check the fields of one push and name them. Raises Malformed, nothing else.

    A kind that is not listed keeps its fields in `raw` and asks for no more than the common head.
    """
    said = _text(fields, "MsgType", 64)
    kind = said if said in _KINDS else "unknown"
    if not said:
        raise Malformed("no MsgType")
    sender = _text(fields, "FromUserName", 64)
    receiver = _text(fields, "ToUserName", 64)
    if not sender or not receiver:
        raise Malformed("no FromUserName or no ToUserName")
    seconds = _whole(fields, "CreateTime")
    if seconds is None or seconds > _LATEST:
        raise Malformed("CreateTime")
    more: dict[str, Any] = {}
    if kind == "event":
        more = _event(fields)
    elif kind == "text":
        more["text"] = _text(fields, "Content", 65536)
        if "Content" not in fields:
            raise Malformed("no Content")
    elif kind in _MEDIA:
        more["media_id"] = _text(fields, "MediaId", 512)
        more["media_format"] = _text(fields, "Format", 64) or None
        if not more["media_id"]:
            raise Malformed("no MediaId")
    elif kind == "location":
        more["location"] = _location(fields, "Location_X", "Location_Y", _text(fields, "Label", 1024))
    elif kind == "link":
        more["text"] = _text(fields, "Title", 1024)
    return Message(
        channel=channel,
        key=_key(kind, fields),
        kind=cast(Kind, kind),
        sender=sender,
        receiver=receiver,
        sent_at=datetime.fromtimestamp(seconds, UTC),
        raw=fields,
        agent_id=_whole(fields, "AgentID"),
        **more,
    )


def _event(fields: Fields) -> dict[str, Any]:
    event = _text(fields, "Event", 64).lower()
    if not event:
        raise Malformed("no Event")
    return {
        "event": event,
        "event_key": _text(fields, "EventKey", 2048),
        "ticket": _text(fields, "Ticket", 512) or None,
        "task_id": _text(fields, "TaskId", 128) or None,
        "response_code": _text(fields, "ResponseCode", 1024) or None,
        "location": _location(fields, "Latitude", "Longitude", "") if event == "location" else None,
    }


def _key(kind: str, fields: Fields) -> str:
    """MsgId, which the platform makes unique; for an event a digest of everything that it says.

    An event has no MsgId, and one user may send several within the second that CreateTime can tell
    (a scan and a subscription, two buttons): only a copy is equal in all fields.
    """
    number = _text(fields, "MsgId", 64)
    if number and number != "0" and kind != "event":
        if not _ID.fullmatch(number):
            raise Malformed("MsgId")
        return number
    stable = {name: value for name, value in fields.items() if name not in _VOLATILE}
    content = json.dumps(stable, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "e-" + hashlib.blake2b(content.encode(), digest_size=20).hexdigest()


def _text(fields: Fields, name: str, limit: int) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > limit:
        raise Malformed(name)
    return value


def _whole(fields: Fields, name: str) -> int | None:
    """A whole number of at most 20 digits, or None where the field is absent or empty."""
    text = _text(fields, name, 20)
    if not text:
        return None
    if not _DIGITS.fullmatch(text):
        raise Malformed(name)
    return int(text)


def _location(fields: Fields, lat: str, lng: str, label: str) -> Location:
    place = Location(_degrees(fields, lat), _degrees(fields, lng), label)
    if abs(place.lat) > 90 or abs(place.lng) > 180:
        raise Malformed("not on the globe")
    return place


def _degrees(fields: Fields, name: str) -> float:
    value = fields.get(name)
    if isinstance(value, float) and math.isfinite(value):
        return value
    text = _text(fields, name, 32)
    if not _DEGREES.fullmatch(text):
        raise Malformed(name)
    return float(text)
