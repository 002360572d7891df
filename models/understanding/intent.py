"""What the writer wants: one of the eleven intents of the guide."""

from __future__ import annotations

import re

from models.understanding.classifier import Ranked

#: Intents that ask to be told something: answered, or kept for a person, and never a case.
QUESTIONS = frozenset({"fee", "policy", "notice", "station", "human"})

_LETTERS = re.compile(r"\w")
# Danger told by somebody who asks how his report stands, or for help, is still that.
_WITH_DANGER = frozenset({"report", "progress", "service"})


def intent_of(text: str, ranked: tuple[Ranked, ...], danger: bool) -> Ranked:
    """The intent of a normalised sentence.

    ``ranked``: what the trained model makes of it; it decides, but for two rules: a message without any
    letter (a smile, three question marks) asks for nothing, and ``danger`` is always to be dealt with.
    """
    if not _LETTERS.search(text) and not danger:
        return Ranked("chat", 1.0, 1.0)
    if danger:
        return next((one for one in ranked if one.label in _WITH_DANGER), ranked[0])
    return ranked[0]
