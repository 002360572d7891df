"""What the page of a case says of those who were called to it: whistles for staff, meetings for everybody."""

from typing import Any

from handlers.pages.chain.whistle_facts import line, meeting_said
from models.base.clock import now
from models.case.case import Case
from models.person.arriving import Visitor
from models.whistle import departments, meetings
from models.whistle.reading import of_case
from models.whistle.rights import sees


def together_facts(case: Case, visitor: Visitor, *, as_staff: bool) -> dict[str, Any]:
    """For templates/pages/_together.html. Residents read when departments met, where, and what came of it."""
    me, at = visitor.person_id, now()
    whistles = [one for one in of_case(case.id) if sees(me, one)] if as_staff else []
    mine = departments.spoken_for_by(me) if whistles else frozenset()
    return {
        "meetings": [meeting_said(one) for one in meetings.meetings(case.id)],
        "whistles": [line(one, mine, at) for one in whistles],
        "whistles_at": "/console/whistles",
        "path": f"/console/whistles/case/{case.number}" if as_staff else None,
    }
