"""What it is about: one of the categories of the guide, and others that need a handling of their own."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from models.base.resources import table
from models.understanding.classifier import Ranked

#: The model's word for "it cannot be told".
NONE = "-"

# The guide: these ask for nothing that is mended, so they carry none.
_WITHOUT = frozenset({"notice", "station", "human", "chat"})
#: The only category that goes with the intent.
FIXED = {"fee": "fees", "policy": "policy"}
_AT_LEAST = {"report": "other"}  # a report is always about something


class Category(NamedTuple):
    """The main category (None when it cannot be told), others asked about as well, probability of the main
    one."""

    main: str | None
    also: tuple[str, ...]
    probability: float


@cache
def codes() -> tuple[str, ...]:
    """Every category, in the order of the label file."""
    return tuple(table("labels/categories.toml"))


def category_of(intent: str, ranked: tuple[Ranked, ...], also_from: float) -> Category:
    """The category that goes with an intent.

    ``ranked``: what the trained model makes of the sentence; ``also_from``: the margin from which a category
    that is not the main one is asked about as well.
    """
    if intent in _WITHOUT:
        return Category(None, (), 1.0)
    if intent in FIXED:
        return Category(FIXED[intent], (), 1.0)
    if ranked[0].label == NONE and intent in _AT_LEAST:
        ranked = ranked[1:]
    main = ranked[0]
    if main.label == NONE:
        return Category(None, (), main.probability)
    also = tuple(one.label for one in ranked[1:4] if one.margin >= also_from and one.label != NONE)
    return Category(main.label, also, main.probability)
