"""Template cards of WeCom: the required parts and the limits of the page (QY 90236, 101031).

The page gives no code of its own for a malformed card; 40058 (invalid parameter) with the name of the part is
what WeCom answers for malformed parameters in general.
"""

from __future__ import annotations

import re
from typing import Any

from server.sandbox.wire import Refused

TYPES = {
    "text_notice",
    "news_notice",
    "button_interaction",
    "vote_interaction",
    "multiple_interaction",
}
INTERACTIVE = {"button_interaction", "vote_interaction", "multiple_interaction"}
TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")


def bad(part: str) -> Refused:
    return Refused(40058, f"invalid parameter: template_card.{part}")


def _text(holder: Any, part: str, most: int, *, required: bool = False, where: str = "") -> str:
    value = holder.get(part, "") if isinstance(holder, dict) else ""
    name = f"{where}{part}"
    if not isinstance(value, str) or (required and not value.strip()) or len(value) > most:
        raise bad(name)
    return value


def _list(card: dict[str, Any], part: str, most: int, least: int = 0) -> list[dict[str, Any]]:
    value = card.get(part) or []
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise bad(part)
    if not all(isinstance(item, dict) for item in value):
        raise bad(part)
    return value


def check_card(card: Any, *, robot: bool = False) -> dict[str, Any]:
    """The card itself when it keeps the rules; 40058 naming the first part that does not."""
    if not isinstance(card, dict):
        raise bad("card_type")
    kind = card.get("card_type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise bad("card_type")
    if robot and kind not in ("text_notice", "news_notice"):
        raise bad("card_type")
    title = _text(card.get("main_title") or {}, "title", 36, where="main_title.")
    _text(card.get("main_title") or {}, "desc", 44, where="main_title.")
    under = _text(card, "sub_title_text", 160)
    if not title and not (kind == "text_notice" and under):
        raise bad("main_title.title")
    for item in _list(card, "horizontal_content_list", 6):
        _text(item, "keyname", 20, required=True, where="horizontal_content_list.")
        _text(item, "value", 128, where="horizontal_content_list.")
        if item.get("type") == 1 and not item.get("url"):
            raise bad("horizontal_content_list.url")
    for item in _list(card, "vertical_content_list", 4):
        _text(item, "title", 36, required=True, where="vertical_content_list.")
        _text(item, "desc", 160, where="vertical_content_list.")
    for item in _list(card, "jump_list", 3):
        _text(item, "title", 20, required=True, where="jump_list.")
    if "action_menu" in card:
        _list(card["action_menu"], "action_list", 3, least=1)
    _check_action(card, required=kind in ("text_notice", "news_notice"))
    if kind == "news_notice" and not (card.get("card_image") or card.get("image_text_area")):
        raise bad("card_image")
    if kind in INTERACTIVE or "action_menu" in card:
        task_id = card.get("task_id")
        if not isinstance(task_id, str) or not TASK_ID.fullmatch(task_id):
            raise bad("task_id")
    if kind == "button_interaction":
        _check_buttons(card)
    elif kind in INTERACTIVE:
        _check_choices(card, kind)
    return card


def _check_action(card: dict[str, Any], *, required: bool) -> None:
    action = card.get("card_action")
    if action is None and not required:
        return
    if not isinstance(action, dict) or action.get("type") not in (0, 1, 2):
        raise bad("card_action")
    if required and action["type"] == 0:
        raise bad("card_action.type")
    if action["type"] == 1 and not str(action.get("url", "")).startswith(("http://", "https://")):
        raise bad("card_action.url")


def _check_buttons(card: dict[str, Any]) -> None:
    keys = set()
    for button in _list(card, "button_list", 6, least=1):
        _text(button, "text", 10, required=True, where="button_list.")
        if button.get("style", 1) not in (1, 2, 3, 4):
            raise bad("button_list.style")
        if button.get("type", 0) == 1:
            _text(button, "url", 2048, required=True, where="button_list.")
            continue
        key = button.get("key")
        if not isinstance(key, str) or not 1 <= len(key.encode()) <= 1024 or key in keys:
            raise bad("button_list.key")
        keys.add(key)


def _check_choices(card: dict[str, Any], kind: str) -> None:
    _text(card.get("submit_button") or {}, "text", 10, required=True, where="submit_button.")
    _text(card.get("submit_button") or {}, "key", 1024, required=True, where="submit_button.")
    if kind == "vote_interaction":
        box = card.get("checkbox")
        if not isinstance(box, dict) or not box.get("question_key"):
            raise bad("checkbox.question_key")
        _list(box, "option_list", 20, least=1)
    else:
        for select in _list(card, "select_list", 3, least=1):
            _list(select, "option_list", 10, least=1)
