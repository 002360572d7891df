"""How long a case took, from its steps alone: until nobody was in danger, until it was mended (row 102)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from models.history import Step


class Times(NamedTuple):
    """Whole minutes from the first message; None for what has not come. The last word of each counts, because
    what was sent back was not done."""

    to_safe: int | None
    to_mend: int | None


def times(steps: Iterable[Step], reported_at: datetime) -> Times:
    """Pure. `steps` in the order in which they were written. What ended otherwise was not mended."""
    at = {step.what: step.at for step in steps if not step.facts.get("claim")}

    def minutes(what: str) -> int | None:
        return max(0, round((at[what] - reported_at).total_seconds() / 60)) if what in at else None

    return Times(minutes("made_safe"), minutes("finished"))
