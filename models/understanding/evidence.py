"""What the trained model sees of a sentence: its runs of characters, and which word lists it touches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from models.base.resources import table
from models.understanding.terms import Lexicon

LONGEST_RUN = 3
#: Characters that are looked at: who writes more has said by then what it is about.
LIMIT = 400

_STEPS = (1, 4, 8, 16)  # a list counts by steps: ten of its words do not say ten times as much as one
_DIGITS = re.compile(r"\d+")
_BLANKS = re.compile(r"\s+")
_LONGEST_LENGTH = 10
_LETTERS_OF_A_LENGTH = 6


#: The letter that marks a list in a feature, and its file.
FILES = (("i", "intents"), ("c", "categories"), ("u", "urgency"))


@cache
def lists() -> dict[str, Lexicon]:
    """The word lists of intents, categories and urgency, by the letter that marks them in a feature."""
    return {mark: Lexicon.from_weights(table(f"lexicon/{name}.toml")) for mark, name in FILES}


def evidence_in(text: str, signs: Iterable[str], lexicons: Mapping[str, Lexicon] | None = None) -> set[str]:
    """The features of a normalised sentence.

    Runs of one to LONGEST_RUN characters (``^`` and ``$`` are the edges, digits are all ``0``);
    ``#clighting4``: the list of categories touches lighting with a weight of 4 or more; ``#clighting-``: it
    speaks against it; ``@3``: about how long the sentence is; and ``signs``, what danger.py found in it.
    ``lexicons``: lists() with a town's own words (own_words.py).
    """
    text = text[:LIMIT]
    shown = _BLANKS.sub(" ", _DIGITS.sub(lambda run: "0" * min(len(run[0]), 4), text.lower()))
    features = set(runs(shown))
    for mark, lexicon in (lexicons or lists()).items():
        for label, score in zip(lexicon.labels, lexicon.scores(text), strict=True):
            if score < 0:
                features.add(f"#{mark}{label}-")
            else:
                features.update(f"#{mark}{label}{step}" for step in _STEPS if score >= step)
    features.update(signs)
    features.add(f"@{min(len(shown) // _LETTERS_OF_A_LENGTH, _LONGEST_LENGTH)}")
    return features


def runs(text: str) -> Iterable[str]:
    """Every run of one to LONGEST_RUN characters, the edges marked."""
    text = f"^{text}$"
    return (
        text[start : start + length]
        for length in range(1, LONGEST_RUN + 1)
        for start in range(len(text) - length + 1)
    )
