"""How soon: danger to life, harm or great loss today if it is left, or everything else."""

from __future__ import annotations

from typing import Literal

from models.understanding.classifier import Ranked

Urgency = Literal["normal", "urgent", "emergency"]

# Only what is to be dealt with can be urgent; a question about a rule cannot.
_CAN_WAIT_OR_NOT = frozenset({"report", "progress", "service", "evaluate"})


def urgency_of(intent: str, ranked: tuple[Ranked, ...], danger: bool, emergency_from: float) -> Urgency:
    """The urgency of a sentence with this intent.

    A word of ``danger`` decides alone. Without one the trained model's ``ranked`` does, and calls an
    emergency from the probability ``emergency_from``: below one half, because a call too many does less harm
    than one too few.
    """
    if danger:
        return "emergency"
    if intent not in _CAN_WAIT_OR_NOT:
        return "normal"
    probable = {one.label: one.probability for one in ranked}
    if probable["emergency"] >= emergency_from:
        return "emergency"
    return "urgent" if probable["urgent"] + probable["emergency"] > probable["normal"] else "normal"
