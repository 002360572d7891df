"""Histories made by chance, as rows of a database."""

from chance_histories import STAFF, History

from models.base.orm import public_id, put
from models.case.case import Case
from models.case.tables import Rating
from models.history import record


def write(several: list[History], community: int, takers: tuple[int, ...] = STAFF) -> list[History]:
    """As the verbs would have left the rows, with these people for the staff of the histories."""
    whom = dict(zip(STAFF, takers, strict=False))
    written = []
    for one in several:
        last = one.steps[-1]
        closed = next(
            (step.at for step in reversed(one.steps) if step.what in ("closed", "voided", "merged")), None
        )
        after = [step.what for step in one.steps if closed is not None and step.at >= closed]
        if {"objected", "separated", "revived"} & set(after):
            closed = None
        key = put(
            Case, public_id=public_id(), text="", also=[], round=1, state="closed" if closed else "handling",
            source=one.place.source, urgency="emergency", category="gas", community_id=community,
            estate_id=None, building_id=None, grid_id=None, reporter_id=one.place.reporter_id,
            entered_by=one.place.entered_by, reported_at=one.place.reported_at, closed_at=closed,
        )  # fmt: skip
        for number, step in enumerate(one.steps):
            if step.what == "rated":
                put(
                    Rating,
                    case_id=key,
                    round=number,
                    person_id=number,
                    grade=3,
                    text="",
                    by_phone=False,
                    at=step.at,
                )
            record(
                ("case", key),
                step.what,
                by=(step.by_kind, whom.get(step.by_id or 0, step.by_id)),
                at=step.at,
                **step.facts,
            )
        written.append(History(one.place._replace(id=key, community_id=community), one.steps))
        assert last.at >= one.place.reported_at
    return written
