"""The value rules of template and subscription messages by keyword type.

Source: the mini-program page "send subscribe message" (2026), which the service account's category templates
share: a wrong value is refused with 47003 and the key's name.
"""

from __future__ import annotations

import re
from typing import Any

from server.sandbox.accounts import Template
from server.sandbox.wire import Refused

KEY = re.compile(r"([a-z_]+?)(\d*)")
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
CHINESE = re.compile(r"[\u3400-\u9fff]")
# year, month and day in Chinese or with signs between; yuan in the amount
_DAY = r"\d{4}(?:\u5e74\d{1,2}\u6708\d{1,2}\u65e5|-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2})"
_HOUR = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_TIME = rf"(?:{_DAY} ?)?{_HOUR}"
_DATE = rf"{_DAY}(?: ?{_HOUR})?"

RULES: dict[str, re.Pattern[str]] = {
    "thing": re.compile(r".{1,20}"),
    "short_thing": re.compile(r".{1,10}"),
    "const": re.compile(r".{1,20}"),
    "enum": re.compile(r".{1,20}"),
    "number": re.compile(r"(?=.{1,32}\Z)\d+(?:\.\d+)?"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"[^\w\s]{1,5}"),
    "character_string": re.compile(r"[\x21-\x7e]{1,32}"),
    "time": re.compile(rf"{_TIME}(?:~{_TIME})?"),
    "date": re.compile(rf"{_DATE}(?:~{_DATE})?"),
    "amount": re.compile(r"[¥￥$€£]?\d{1,10}(?:\.\d+)?\u5143?"),
    "phone_number": re.compile(r"[\d+\-() #*]{1,17}"),
    "car_number": re.compile(r"[\u3400-\u9fffA-Za-z0-9][A-Za-z0-9]{1,6}[\u3400-\u9fffA-Za-z0-9]?"),
    "phrase": re.compile(r"[\u3400-\u9fff]{1,5}"),
}


def _fits(kind: str, value: str) -> bool:
    if kind == "name":  # ten characters as soon as one of them is Chinese, else twenty
        return 1 <= len(value) <= (10 if CHINESE.search(value) else 20) and not re.search(r"\d", value)
    return bool(RULES[kind].fullmatch(value))


def check_data(data: Any, template: Template) -> dict[str, str]:
    """The values by key when all keep the rules of their type; 47003 naming the first that does not.

    Keys of the old industry templates (``keyword1``, ``first``, ``remark``) have no type: they are taken as
    they come where the template names them, or names nothing.
    """
    if not isinstance(data, dict) or not data:
        raise Refused(47003, "argument invalid! data is empty")
    values: dict[str, str] = {}
    for key, item in data.items():
        value = item.get("value") if isinstance(item, dict) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise Refused(47003, f"argument invalid! data.{key}.value is empty")
        found = KEY.fullmatch(key)
        kind = found.group(1) if found else ""
        if template.keywords and key not in template.keywords:
            raise Refused(47003, f"argument invalid! data.{key}.value invalid")
        typed = kind in RULES or kind == "name"
        if typed and (CONTROL.search(value) or not _fits(kind, value)):
            raise Refused(47003, f"argument invalid! data.{key}.value invalid")
        values[key] = value
    for key in template.keywords:
        if key not in values:
            raise Refused(47003, f"argument invalid! data.{key}.value is empty")
    return values
