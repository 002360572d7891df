"""How soon: what does harm today if it is left. Danger to life is decided elsewhere, before this."""

from __future__ import annotations

from functools import cache

from models.base.resources import table
from models.understanding.terms import Lexicon

_URGENT_FROM = 8


@cache
def _lexicon() -> Lexicon:
    return Lexicon.from_weights(table("lexicon/urgency.toml"))


def is_urgent(text: str) -> bool:
    """Whether a normalised sentence tells of harm or great loss today: the thing itself, or a cold home
    with somebody in it who cannot bear the cold."""
    urgent, weak, cold = _lexicon().scores(text)
    return urgent >= _URGENT_FROM or (weak > 0 and cold > 0)
