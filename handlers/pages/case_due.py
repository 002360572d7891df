"""What the page of a case says of its limits."""

from typing import Any

from handlers.due import due_facts
from handlers.pages.story import staff_name
from models.case.case import Case


def longer_facts(case: Case, *, for_staff: bool) -> dict[str, Any]:
    """For templates/pages/_due.html, _decide.html and _longer.html."""
    facts: dict[str, Any] = {**due_facts(case), "rung": 0, "next": None, "stage": None, "proposed": None}
    if for_staff:
        facts |= {"rung": case.rung, "next": case.due_at, "stage": case.due_stage}
        if found := case.proposed():
            facts["proposed"] = {
                "kind": found.kind,
                "until": found.until,
                "reason": found.reason,
                "who": staff_name(found.by_id),
            }
    return facts
