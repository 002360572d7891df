"""What the writer wants: one of the eleven intents, by weighted words."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from models.base.resources import table
from models.understanding.terms import Lexicon

_FAULT_THING = 3  # a report names a thing: as much as one plain word
_MOST_FAULTS = 9  # ten fault words are no more a report than three: what is asked about them decides
_NOTHING_SAID = 2
_FEW_WORDS = 8  # who writes more than that without a known word more likely has a trouble than a greeting


class Intent(NamedTuple):
    """The intent and its lead over the second."""

    name: str
    lead: int


@cache
def _lexicon() -> Lexicon:
    return Lexicon.from_weights(table("lexicon/intents.toml"))


def intent_of(text: str, about: int, danger: bool) -> Intent:
    """What the writer of a normalised sentence wants.

    ``about``: how strongly it names a thing that can be dealt with (the score of its category);
    ``danger``: whether life is in danger, which is always a report unless the message says otherwise.
    """
    lexicon = _lexicon()
    scores = dict(zip(lexicon.labels, lexicon.scores(text), strict=True))
    scores["report"] = min(scores["report"], _MOST_FAULTS)
    if about >= _FAULT_THING:
        scores["report"] += _FAULT_THING
    else:
        scores["chat" if len(text) < _FEW_WORDS else "report"] += _NOTHING_SAID
    if danger:
        scores["report"] += 12
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    return Intent(ranked[0][0], ranked[0][1] - ranked[1][1])
