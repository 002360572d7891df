"""One message or event from a platform, as the router sees it: the same value for all three channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

Channel = Literal["official", "mini", "work"]
Kind = Literal[
    "text", "image", "voice", "video", "shortvideo", "location", "link", "event", "unknown"
]  # fmt: skip

_SCENE_OF_A_NEW_FOLLOWER = "qrscene_"


class Location(NamedTuple):
    """A point in degrees (GCJ-02, as WeChat's map shows it) and the words the map had for it, or ""."""

    lat: float
    lng: float
    label: str


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived, checked: strings are free of NUL and of half characters and fit the lengths below.

    key           at most 64 characters; equal for every copy of one message on one channel, however often
                  the platform signs and sends it again, and different for everything else
    kind          MsgType, or "unknown" for one that is not listed: it is kept whole in `raw`
    sender        FromUserName, at most 64: openid, or WeCom userid, or "sys" for WeCom's own events
    receiver      ToUserName, at most 64: the account, or the corp id
    sent_at       CreateTime, aware UTC
    text          Content of a text message, title of a link, else ""
    media_id      at most 512, photo, voice or video; media_format "amr" or "speex" for a voice
    location      of a location message (label) or of a LOCATION event (no label)
    event         Event in lower case, at most 64, else None; event_key at most 2048, "" where none was sent
    ticket        of a scanned QR code, at most 512
    task_id       of a WeCom card, at most 128; response_code at most 1024: updates that card, once
    agent_id      of the WeCom app
    raw           every field under the platform's own name; values are str, int, float, bool, None, list
                  and dict of these. List, SelectedItem, OptionId and item are lists even with one entry.
    """

    channel: Channel
    key: str
    kind: Kind
    sender: str
    receiver: str
    sent_at: datetime
    raw: Mapping[str, Any]
    text: str = ""
    media_id: str | None = None
    media_format: str | None = None
    location: Location | None = None
    event: str | None = None
    event_key: str = ""
    ticket: str | None = None
    task_id: str | None = None
    response_code: str | None = None
    agent_id: int | None = None

    @property
    def scene(self) -> str | None:
        """The scene of a scanned QR code: by a new follower (subscribe) or an old one (scan), else None."""
        if self.event == "scan":
            return self.event_key or None
        if self.event == "subscribe" and self.event_key.startswith(_SCENE_OF_A_NEW_FOLLOWER):
            return self.event_key.removeprefix(_SCENE_OF_A_NEW_FOLLOWER) or None
        return None


def entries_of(raw: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The List of a subscribe_msg_popup, _change or _sent event, one mapping for each template.

    XML pushes hold it inside an element named after the event, JSON pushes at the top.
    """
    for holder in (raw, *raw.values()):
        if isinstance(holder, dict) and isinstance(holder.get("List"), list):
            return tuple(entry for entry in holder["List"] if isinstance(entry, dict))
    return ()
