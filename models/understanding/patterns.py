"""Small pieces that the patterns over what people write are built from."""

from __future__ import annotations

import re
from collections.abc import Iterable


def any_of(words: Iterable[str]) -> str:
    """A group that matches any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def not_after(words: Iterable[str]) -> str:
    """Lookbehinds of fixed width, one for each length of word."""
    by_length: dict[int, list[str]] = {}
    for word in words:
        by_length.setdefault(len(word), []).append(word)
    return "".join(f"(?<!{any_of(by_length[length])})" for length in sorted(by_length))
