"""Group robots (message push): one secret key each, twenty messages a minute. Source: QY 99110."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import deque
from typing import Any

from server.sandbox.accounts import Limits
from server.sandbox.cards import check_card
from server.sandbox.media import MediaStore
from server.sandbox.wire import Call, Refused, ok
from server.sandbox.world import Phone, World

TEXT_BYTES = {"text": 2048, "markdown": 4096, "markdown_v2": 4096}
IMAGE_BYTES = 2 << 20


class Robots:
    """The robots of all groups; a group registered with a ``robot_key`` has one."""

    def __init__(self, world: World, limits: Limits, media: MediaStore) -> None:
        self._world, self._limits, self._media = world, limits, media
        self._times: dict[str, deque[float]] = {}

    def _group(self, call: Call) -> Phone:
        key = call.query.get("key", "")
        group = self._world.find("robot_key", key)
        if group is None:
            raise Refused(93000, "invalid webhook url")
        call.who = key
        return group

    def send(self, call: Call) -> dict[str, Any]:
        """``webhook/send?key=``: 93000 unknown key, 45009 from the 21st message of a minute on."""
        group = self._group(call)
        form = call.text("msgtype", 40008, "invalid message type")
        part = call.data.get(form)
        if not isinstance(part, dict):
            raise Refused(40008, "invalid message type")
        body = self._read(form, part, call.at)
        times = self._times.setdefault(group.robot_key, deque())
        while times and call.at - times[0] >= 60:
            times.popleft()
        if len(times) >= self._limits.robot_per_minute:
            raise Refused(45009, "api freq out of limit")
        times.append(call.at)
        self._world.show(group, "them", "card" if form == "template_card" else form, robot=True, **body)
        return ok()

    def upload(self, call: Call) -> dict[str, object]:
        """``webhook/upload_media``: files of 5 bytes to 20 MB, voices."""
        self._group(call)
        return self._media.upload_work(call, ("file", "voice"))

    def _read(self, form: str, part: dict[str, Any], now: float) -> dict[str, Any]:
        if form in TEXT_BYTES:
            content = part.get("content")
            if not isinstance(content, str) or not content.strip():
                raise Refused(44004, "text content is empty")
            if len(content.encode()) > TEXT_BYTES[form]:
                raise Refused(
                    40058, f"invalid parameter: {form}.content exceed max length {TEXT_BYTES[form]}"
                )
            mentions = [str(name) for name in part.get("mentioned_list") or []]
            return {"text": content, "mentions": mentions}
        if form == "image":
            return {"media_id": self._picture(part, now)}
        if form == "news":
            articles = part.get("articles")
            if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
                raise Refused(45008, "article size out of limit")
            return {k: str(articles[0].get(k, "")) for k in ("title", "description", "url", "picurl")}
        if form in ("file", "voice"):
            return {"media_id": self._media.find(part.get("media_id"), now).id}
        if form == "template_card":
            return {"card": check_card(part, robot=True)}
        raise Refused(40008, "invalid message type")

    def _picture(self, part: dict[str, Any], now: float) -> str:
        try:
            content = base64.b64decode(part.get("base64", ""), validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise Refused(40058, "invalid parameter: image.base64") from None
        if not content or len(content) > IMAGE_BYTES or content[:2] not in (b"\xff\xd8", b"\x89P"):
            raise Refused(40009, "invalid image size")
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != part.get("md5"):
            raise Refused(301019, "media md5 not match")
        return self._media.add("image", content, now).id
