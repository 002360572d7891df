"""A card of WeCom in the platform's own form, from the words of a letter."""

from typing import Any

from handlers.wording.cutting import cut


def template_card(card: dict[str, Any], task_id: str | None) -> dict[str, Any]:
    """Within the limits of QY 90236 and 101031; what does not fit is cut and marked by an ellipsis."""
    title = {"title": cut(card["title"], 26)}
    if card.get("desc"):
        title["desc"] = cut(card["desc"], 30)
    made: dict[str, Any] = {"card_type": card["type"], "main_title": title}
    if card.get("text"):
        made["sub_title_text"] = cut(card["text"], 112)
    fields = [
        {"keyname": cut(one["name"], 5), "value": cut(one["value"], 26)} for one in card.get("fields", [])
    ]
    if fields:
        made["horizontal_content_list"] = fields[:6]
    if card.get("url"):
        made["card_action"] = {"type": 1, "url": card["url"]}
    if card["type"] == "button_interaction":
        made["button_list"] = [_button(one) for one in card["buttons"]][:6]
    if card.get("replace"):
        made["replace_text"] = cut(card["replace"], 10)
    if task_id:
        made["task_id"] = task_id
    return made


def _button(button: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"text": cut(button["text"], 10), "style": int(button.get("style") or 1)}
    if button.get("url"):
        return made | {"type": 1, "url": button["url"]}
    return made | {"key": button["key"]}
