"""Whoever opens a list of the fee desk in which homes stand with sums or grounds leaves one step for it."""

from collections.abc import Sequence

from flask import request

from handlers.pages.audit.noting import here, who
from handlers.pages.front import Front
from models.audit.noting import note
from models.base.actor import By
from models.base.clock import now
from models.history import record
from models.person.arriving import Visitor


def list_looked_at(front: Front, visitor: Visitor, **listed: Sequence[int | str]) -> None:
    """`listed`: the numbers of what was shown, by its kind. The step is about the desk of the visitor's
    community, nought for one that has no community; nothing is written for a list without homes. The log has
    one row with how many they were."""
    shown = {kind: list(numbers) for kind, numbers in listed.items() if numbers}
    if shown:
        about, by = ("fee_desk", visitor.community_id or 0), By.staff(visitor.person_id)
        asking, page = who(visitor, here()), request.path.removeprefix("/console/")

        def written() -> None:
            record(about, "looked", by=by, at=now(), **shown)
            note("home_money", asking, ("page", page), many=sum(map(len, shown.values())))

        front.database.write(written)
