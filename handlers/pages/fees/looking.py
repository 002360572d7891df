"""Whoever opens a list of the fee desk in which homes stand with sums or grounds leaves one step for it."""

from collections.abc import Sequence

from handlers.pages.front import Front
from models.base.actor import By
from models.base.clock import now
from models.history import record
from models.person.arriving import Visitor


def list_looked_at(front: Front, visitor: Visitor, **listed: Sequence[int | str]) -> None:
    """`listed`: the numbers of what was shown, by its kind. The step is about the desk of the visitor's
    community, nought for one that has no community; nothing is written for a list without homes."""
    shown = {kind: list(numbers) for kind, numbers in listed.items() if numbers}
    if shown:
        about, by = ("fee_desk", visitor.community_id or 0), By.staff(visitor.person_id)
        front.database.write(lambda: record(about, "looked", by=by, at=now(), **shown))
