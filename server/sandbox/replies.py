"""A passive reply becomes what the phone shows."""

from __future__ import annotations

import re
from typing import Any

from server.sandbox.world import Message, Phone, World

_SPELLED = {"KeyName": "keyname", "AppId": "appid", "PagePath": "pagepath", "UserId": "userid"}
_LISTS = {
    "horizontal_content_list", "vertical_content_list", "jump_list", "button_list", "option_list",
    "select_list", "action_list",
}  # fmt: skip
_NUMBERS = {"type", "style", "desc_color", "sub_title_color", "disable"}


def show_reply(world: World, phone: Phone, reply: dict[str, Any]) -> list[Message]:
    """Put text, picture, voice, article or the hand-over to a person on the screen; card changes are not
    messages and are left to the caller."""
    form = str(reply.get("MsgType", ""))
    if form == "text":
        return [world.show(phone, "them", "text", text=str(reply.get("Content", "")), passive=True)]
    if form in ("image", "voice"):
        part = reply.get(form.capitalize())
        media_id = part.get("MediaId", "") if isinstance(part, dict) else ""
        return [world.show(phone, "them", form, media_id=media_id, passive=True)]
    if form == "news":
        article = _article(reply)
        parts = {"title": "Title", "description": "Description", "url": "Url", "picurl": "PicUrl"}
        body = {name: str(article.get(tag, "")) for name, tag in parts.items()}
        return [world.show(phone, "them", "news", passive=True, **body)]
    if form == "transfer_customer_service":
        return [world.show(phone, "note", "transferred")]
    return []


def _article(reply: dict[str, Any]) -> dict[str, Any]:
    holder = reply.get("Articles")
    found = holder.get("item", {}) if isinstance(holder, dict) else holder
    first = found[0] if isinstance(found, list) and found else found
    return first if isinstance(first, dict) else {}


def card_of(part: Any) -> Any:
    """A ``TemplateCard`` of a reply in the spelling of message/send: ``MainTitle`` → ``main_title``."""
    if isinstance(part, list):
        return [card_of(item) for item in part]
    if not isinstance(part, dict):
        return part
    found: dict[str, Any] = {}
    for tag, value in part.items():
        name = _SPELLED.get(tag) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", tag).lower()
        value = card_of(value)
        if name in _LISTS and not isinstance(value, list):
            value = [value]
        if name in _NUMBERS and isinstance(value, str) and value.isdigit():
            value = int(value)
        found[name] = value
    return found
