"""A step of a case in plain words: the same as on its page (templates/pages/_story.html)."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from handlers.words import environment

_QUOTES = {"<q>": "\u201c", "</q>": "\u201d"}
_TAG = re.compile(r"<[^>]*>")
_GAPS = re.compile(r"\s+")


def step_line(step: Mapping[str, Any]) -> str:
    """As handlers/pages/story.py gives it; "" for a step of which people are told nothing."""
    told = str(environment().get_template("pages/_story.html").module.told(step))  # type: ignore[attr-defined]
    marked = re.sub(r"</?q>", lambda tag: _QUOTES[tag[0]], told)
    return _GAPS.sub(" ", unescape(_TAG.sub("", marked))).strip()
