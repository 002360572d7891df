"""Working days: the year that runs, and from November on the next one, because its notice is out by then."""

from collections.abc import Iterator

from sqlalchemy import func, select

from models.base.clock import local, now
from models.base.orm import session
from models.case.case import Case
from models.case.lifecycle import UNFINISHED
from models.place.tables import Community
from models.workdays.known import years
from server.doctor.finding import Finding, bad, ok

NOVEMBER = 11


def examine() -> Iterator[Finding]:
    """Inside a read of the database. Nothing where there is no town: nobody is promised anything yet."""
    if session().scalars(select(Community.id).limit(1)).first() is None:
        return
    today = local(now()).date()
    wanted = [today.year, today.year + 1] if today.month >= NOVEMBER else [today.year]
    missing = [year for year in wanted if year not in years()]
    for year in missing:
        yield bad("calendar_missing", year=year)
    if not missing:
        yield ok("calendar_known", year=max(wanted))
    waiting = select(func.count(Case.id)).where(Case.state.in_(tuple(UNFINISHED)), Case.due_stage.is_(None))
    if missing and (count := session().execute(waiting).scalar_one()):
        yield bad("limits_wait", count=count)
