"""Bars one below the other, each with its number. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

LEAST = 2  # of a bar, so that nothing disappears
LONG = 1000


def bars(parts: Sequence[tuple[str, int, int]]) -> list[dict[str, Any]]:
    """Of (code, fen, tenths of a percent) the length of each bar: its frame, 1000 long, is all the money."""
    return [
        {"code": code, "fen": fen, "share": share, "length": max(LEAST, share)} for code, fen, share in parts
    ]


def scaled(counts: Sequence[int]) -> list[int]:
    """Lengths beside one another: the largest is 1000 long, what is nothing has none."""
    most = max(counts, default=0)
    return [max(LEAST, LONG * one // most) if one else 0 for one in counts]


def stacked(rows: Sequence[Sequence[int]]) -> list[list[tuple[int, int]]]:
    """(Where it begins, how long it is) of each part of each row: the longest row is 1000 long."""
    most = max((sum(row) for row in rows), default=0)
    found = []
    for row in rows:
        edges = [0]
        for one in row:
            edges.append(edges[-1] + one)
        places = [LONG * edge // most if most else 0 for edge in edges]
        found.append([(start, end - start) for start, end in pairwise(places)])
    return found
