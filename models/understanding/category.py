"""What it is about: one of the 29 categories, by weighted words."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from models.base.resources import table
from models.understanding.terms import Lexicon

_FROM = 2  # one plain word is enough
_ALSO_FROM = 20


class Category(NamedTuple):
    """The main category (None when no word tells it), others asked about as well, lead over the second."""

    main: str | None
    also: tuple[str, ...]
    score: int
    lead: int


@cache
def codes() -> tuple[str, ...]:
    """Every category, in the order of the label file."""
    return tuple(table("labels/categories.toml"))


@cache
def label(code: str) -> str:
    """The Chinese name of a category. KeyError for an unknown code."""
    return str(table("labels/categories.toml")[code]["label"])


@cache
def _lexicon() -> Lexicon:
    return Lexicon.from_weights(table("lexicon/categories.toml"))


def category_of(text: str) -> Category:
    """What a normalised sentence is about, by its words alone."""
    lexicon = _lexicon()
    scores = lexicon.scores(text)
    ranked = sorted(zip(scores, lexicon.labels, strict=True), key=lambda pair: -pair[0])
    score, main = ranked[0]
    if score < _FROM:
        return Category(None, (), score, 0)
    also = tuple(code for points, code in ranked[1:4] if points >= _ALSO_FROM)
    return Category(main, also, score, score - max(ranked[1][0], 0))
