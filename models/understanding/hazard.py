"""Dangers that are urgent by rule (row 102), whatever the trained model makes of the sentence.

The lists are lexicon/hazards.toml. The rule only raises: what the model calls an emergency stays one.
"""

from __future__ import annotations

from functools import cache

from models.base.resources import table
from models.understanding.terms import Lexicon

FILE = "lexicon/hazards.toml"
#: The section whose list goes for every kind.
ANY = "any"


def hazard_in(text: str) -> str | None:
    """The kind of hazard (a section of the file) that stands in a normalised sentence and is not over."""
    found = _present().find(text)
    return found[0].label if found and not _over().find(text) else None


@cache
def _present() -> Lexicon:
    return Lexicon.plain({kind: lists["sure"] for kind, lists in table(FILE).items() if kind != ANY})


@cache
def _over() -> Lexicon:
    return Lexicon.plain({ANY: table(FILE)[ANY]["over"]})
