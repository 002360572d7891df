"""By when: the limits of a case for the stages of whistles and hand-overs, reckoned."""

from datetime import datetime

from models.base.clock import local
from models.base.refusals import Invalid
from models.case.case import Case
from models.case.deadlines import add_limit
from models.case.limits import Limit, Matter, limits
from models.workdays import CalendarMissing, workdays


def limit_of(case: Case, stage: str, urgency: str, at: datetime) -> Limit:
    """The limit of a stage that begins at this moment."""
    matter = Matter(case.community_id, case.category, urgency)
    return limits().of(stage, matter, local(at).date())


def due_of(case: Case, stage: str, urgency: str, at: datetime) -> datetime:
    """When it runs out. Raises Invalid: calendar_missing."""
    try:
        return add_limit(workdays(case.community_id), at, limit_of(case, stage, urgency, at))
    except CalendarMissing as missing:
        raise Invalid("calendar_missing", year=missing.year) from None
