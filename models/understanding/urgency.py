"""How soon: danger to life, harm or great loss today if it is left, or everything else."""

from __future__ import annotations

from typing import Literal

from models.understanding.classifier import Ranked
from models.understanding.danger import Danger, Signs

Urgency = Literal["normal", "urgent", "emergency"]

# Only what is to be dealt with can be urgent; a question about a rule cannot.
_CAN_WAIT_OR_NOT = frozenset({"report", "progress", "service", "evaluate"})


def danger_of(signs: Signs, ranked: tuple[Ranked, ...], hinted_from: float) -> Danger | None:
    """The danger that a word of the lists tells: a ``sure`` one alone, a ``hint`` from so much probability of
    an emergency, which is less than the model needs without one."""
    if signs.sure:
        return signs.sure
    probable = {one.label: one.probability for one in ranked}
    return signs.hint if probable["emergency"] >= hinted_from else None


def urgency_of(
    intent: str, ranked: tuple[Ranked, ...], danger: bool, emergency_from: float, urgent_from: float
) -> Urgency:
    """The urgency of a sentence with this intent.

    ``danger``: danger_of found one. Without it the trained model's ``ranked`` decides, and calls an emergency
    from the probability ``emergency_from``: below one half, because a call too many does less harm than one
    too few. Else it is urgent where it is so, or worse, from the probability ``urgent_from``.
    """
    if danger:
        return "emergency"
    if intent not in _CAN_WAIT_OR_NOT:
        return "normal"
    probable = {one.label: one.probability for one in ranked}
    if probable["emergency"] >= emergency_from:
        return "emergency"
    return "urgent" if probable["urgent"] + probable["emergency"] >= urgent_from else "normal"
