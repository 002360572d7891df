"""One bar in parts. Pure."""

from collections.abc import Sequence
from typing import Any


def parts(counts: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Of (code, count) the stretches of one bar of 1000, in order; what is nothing has none."""
    total = sum(count for _, count in counts)
    found, before = [], 0
    for code, count in counts:
        if count:
            start, end = (2 * 1000 * part // (2 * total) for part in (before, before + count))
            found.append({"code": code, "count": count, "x": start, "wide": end - start})
        before += count
    return found
