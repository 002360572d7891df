"""By when a case is to be done, as its people and staff read it."""

from datetime import datetime
from typing import Any

from models.base.clock import now
from models.case.case import Case
from models.case.lifecycle import UNFINISHED


def due_facts(case: Case) -> dict[str, Any]:
    """`due_by`: what was promised, None where nothing is (any more); `late`: that is past; `waits`: resident
    or deferred while its limits stand still, `waits_until` when they go on by themselves."""
    due: datetime | None = case.finish_due if case.state in UNFINISHED else None
    pause = case.pause if due is not None else None
    return {
        "due_by": due,
        "late": due is not None and due < now() and pause is None,
        "waits": pause,
        "waits_until": case.due_at if pause is not None else None,
    }
