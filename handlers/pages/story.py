"""The steps of a case, as a reader of the page may know them."""

from typing import Any

from models.case.case import Case
from models.case.secrecy import facts_told
from models.duty.answering import answerer
from models.history import Step, steps_about

# What a resident is told; the rest is between colleagues.
OPEN_STEPS = frozenset(
    {
        "reported", "dispatched", "nobody_found", "accepted", "returned", "transferred", "finished",
        "objected", "closed", "rated", "voided", "joined", "left", "merged", "separated", "revived",
        "split_off", "disowned", "added", "warned", "made_safe", "place_said", "heard", "told_by_hand",
        "passed_on", "whistled", "department_came", "site_planned", "site_met", "referred", "referral_ruled",
        "outside_said",
        "told", "asked", "called", "extended", "deferred", "resumed", "taken_back",
    }
)  # fmt: skip
HIDDEN_FACTS = frozenset({"reason"})  # why a colleague gave it back
WITH_REASON = frozenset({"extended", "deferred"})  # and why it takes longer, which they were told


def story(case: Case, me: int, *, for_staff: bool) -> list[dict[str, Any]]:
    """Oldest first: what, at, who did it, and the step's facts with names instead of ids."""
    told = []
    for step in steps_about("case", case.id):
        if not for_staff and step.what not in OPEN_STEPS:
            continue
        facts = facts_told(step, me)
        if not for_staff and step.what not in WITH_REASON:
            facts |= dict.fromkeys(HIDDEN_FACTS)
        told.append({"what": step.what, "at": step.at, "who": _who(step, case, me), **_named(facts)})
    return told


def _who(step: Step, case: Case, me: int) -> dict[str, Any]:
    """`kind`: me, reporter, neighbour, staff (with a name when still on duty), house."""
    if step.by_kind == "system" or step.by_id is None:
        return {"kind": "house", "name": None}
    if step.by_kind == "staff":
        return {"kind": "staff", "name": staff_name(step.by_id)}
    kind = "me" if step.by_id == me else "reporter" if step.by_id == case.reporter_id else "neighbour"
    return {"kind": kind, "name": None}


def staff_name(person_id: int | None) -> str | None:
    found = answerer(person_id) if person_id is not None else None
    return found.name if found else None


def _named(facts: dict[str, Any]) -> dict[str, Any]:
    to = facts.pop("to", None)
    people = [to] if isinstance(to, int) else to or []
    if "approved_by" in facts:
        facts["approved_by"] = staff_name(facts["approved_by"])
    return {**facts, "to": [name for one in people if (name := staff_name(one))]}
