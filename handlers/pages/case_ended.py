"""What the page of a case says of its end: what was claimed, what waits for a second person, the level."""

from typing import Any

from handlers.pages.story import staff_name
from models.base.checkdigit import with_check
from models.case.case import Case
from models.case.ending import CLAIMS
from models.case.levels import LEVELS
from models.case.lifecycle import CLAIMED, State
from models.history import steps_about
from models.problem import deferring, keeping


def ends_facts(case: Case, *, for_staff: bool) -> dict[str, Any]:
    """For templates/pages/_ends.html and _claim.html: what was claimed, and for staff what waits for a second
    person."""
    facts: dict[str, Any] = {"claim": case.claim or "mended", "ending": None, "end_asked": None, "work": None}
    facts["second_asked"] = None
    facts["merged_into"] = with_check(case.merged_into_id) if case.merged_into_id is not None else None
    facts |= {"level": case.solved_level, "levels": LEVELS, "claims": CLAIMS, "problem": None}
    if State(case.state) in CLAIMED and facts["claim"] != "mended":
        facts["ending"] = _ending(case)
    if for_staff:
        found = case.claimed()
        if found is not None:
            facts["end_asked"] = {**found._asdict(), "who": staff_name(found.by_id)}
        second = case.asked_second()
        if second is not None:
            facts["second_asked"] = {**second._asdict(), "who": staff_name(second.by_id)}
        work, problem = deferring.work_of(case), keeping.held_by(case.id)
        facts["work"] = work._asdict() if work is not None else None
        if problem is not None:
            facts["problem"] = {"number": keeping.number_of(problem), "title": problem.title}
    return facts


def _ending(case: Case) -> dict[str, Any]:
    last = [step for step in steps_about("case", case.id) if step.what == "finished"][-1]
    said = dict(last.facts)
    return {
        "reason": said.get("text"),
        "rule": said.get("rule"),
        "work": said.get("work"),
        "who": staff_name(last.by_id),
        "approved_by": staff_name(said.get("approved_by")),
    }
