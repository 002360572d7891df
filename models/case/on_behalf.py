"""代报: one person reports for another, who is told, nods, and may take it back with one word."""

from models.base.actor import By
from models.base.clock import now
from models.case.case import Case
from models.case.lifecycle import UNTAKEN, WORKING, State
from models.case.reach import open_of
from models.duty.answering import answerer
from models.history import record
from models.outbox.door import tell


def tell_whom_it_is_for(case: Case, elder: int, by: By) -> None:
    """By letter, with the name of a member of staff; neighbours stay unnamed."""
    staff = answerer(by.id) if by.kind == "staff" and by.id is not None else None
    facts = case.facts(who=staff.name if staff else None)
    tell("case_reported_for_you", elder, about=case.about, occasion="behalf", **facts)


def reported_for(person_id: int) -> Case | None:
    """The newest thing that others told for this person and that is not mended yet."""
    for case in open_of(person_id):
        others = {case.proxy_id, case.entered_by} - {None, person_id}
        if case.reporter_id == person_id and others:
            return case
    return None


def disown(case: Case, by: By, said: str) -> bool:
    """不用, 不是我报的: taken back, and True, when nobody works on it yet; else whoever does hears it.

    Who reported is told. The caller holds the row.
    """
    withdrawn = State(case.state) in UNTAKEN
    if withdrawn:
        case.void(by, said)
    elif State(case.state) in WORKING:
        record(case.about, "disowned", by=by, at=now())
        case.add_text(said, by)
    for person in dict.fromkeys((case.proxy_id, case.entered_by)):
        if person is None or person == by.id:
            continue
        facts = case.facts(said=said, withdrawn=withdrawn)
        tell("case_disowned", person, about=case.about, occasion="disowned", **facts)
    return withdrawn
