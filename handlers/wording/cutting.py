"""Words that must fit: shortened at a character's edge, and what was cut away is marked by an ellipsis."""

from typing import Any


def cut(value: Any, most: int) -> str:
    """At most `most` characters."""
    text = str(value)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def cut_bytes(text: str, most: int) -> str:
    """At most `most` bytes of UTF-8."""
    data = text.encode()
    if len(data) <= most:
        return text
    return data[: most - len("…".encode())].decode(errors="ignore").rstrip() + "…"
