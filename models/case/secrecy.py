"""Who said what of the work stays the rater's own until the month is over (row 96): no staff sees a grade
while others may still be moved to give another one."""

from datetime import datetime
from typing import Any

from models.base.clock import local, now
from models.history import Step

RATING = frozenset({"rated", "objected"})


def facts_told(step: Step, me: int | None = None) -> dict[str, Any]:
    """A step's facts for a reader, `me` or nobody in particular: without the grade that somebody else gave in
    the running month."""
    is_mine = me is not None and step.by_id == me
    if step.what not in RATING or is_mine or is_open(step.at):
        return dict(step.facts)
    return {name: value for name, value in step.facts.items() if name != "grade"}


def is_open(said_at: datetime) -> bool:
    """Whether the month in which it was said is over."""
    said, today = local(said_at).date(), local(now()).date()
    return (said.year, said.month) < (today.year, today.month)
