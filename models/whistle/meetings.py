"""现场办公: dated, with who came and what came of it, counted for each case (第5次; rows 10, 15)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.privacy import without_phones
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.case.case import Case
from models.case.lifecycle import OPEN, State
from models.history import record
from models.outbox.door import tell, withdraw
from models.outbox.letter import Lane
from models.whistle.departments import active, people_of, spoken_for_by
from models.whistle.reading import called_in, of_case
from models.whistle.rights import may_blow
from models.whistle.tables import SiteMeeting, Whistle
from models.whistle.telling import path_of

MEETING = "site_meeting"
MOST, NAME, PLACE, TEXT, AHEAD = 20, 30, 60, 1000, timedelta(days=60)


def may_meet(person_id: int, case: Case) -> bool:
    """Whoever works on it, may whistle for it, or was called to it."""
    if case.is_worked_on_by(person_id) or may_blow(person_id, case):
        return True
    mine = spoken_for_by(person_id)
    running = (one for one in of_case(case.id) if one.ended_at is None)
    return bool(mine) and any(call.department_id in mine for one in running for call in called_in(one.id))


def plan(case: Case, by: int, starts_at: datetime, place: str, who: Sequence[str]) -> SiteMeeting:
    """The next one, on the spot: those who are called to the case hear of it. One is planned at a time. The
    caller holds the case's row.

    Raises NotAllowed: meeting_not_yours, case_over, meeting_planned; Invalid: meeting_words, meeting_when.
    """
    _must_be_theirs(case, by)
    if State(case.state) not in OPEN:
        raise NotAllowed("case_over", number=case.number)
    if planned(case.id) is not None:
        raise NotAllowed("meeting_planned", number=case.number)
    at = now()
    if not at < starts_at <= at + AHEAD:
        raise Invalid("meeting_when")
    meeting = _made(case, by, starts_at, place, who)
    facts = {"meeting": meeting.number, "starts_at": starts_at.isoformat(), "where": meeting.place}
    record(case.about, "site_planned", by=By.staff(by), at=at, **facts)
    whistle = _running(case)
    if whistle is not None:
        meeting.whistle_id = whistle.id
        departments = {one.department_id for one in called_in(whistle.id)}
        said = case.facts(**facts)
        for person in (one for one in _speakers(departments) if one != by):
            path, occasion = path_of(whistle.id, person), f"{meeting.number}.{at.isoformat()}"
            tell(MEETING, person, about=case.about, occasion=occasion, lane=Lane.URGENT, path=path, **said)
    return meeting


def put_off(case: Case, by: int) -> bool:
    """The planned one does not take place, and has no number any more. False when none is planned."""
    _must_be_theirs(case, by)
    meeting = planned(case.id)
    if meeting is None:
        return False
    record(case.about, "site_put_off", by=By.staff(by), at=now(), meeting=meeting.number)
    session().delete(meeting)
    session().flush()
    withdraw(case.about, MEETING)
    return True


def held(
    case: Case,
    by: int,
    outcome: str,
    who: Sequence[str],
    *,
    at: datetime | None = None,
    place: str = "",
) -> SiteMeeting:
    """What came of it: of the planned one; with `at` and `place` of one that nobody planned. The caller holds
    the case's row.

    Raises NotAllowed: meeting_not_yours; NotFound: meeting_not_found; Invalid: words_needed, meeting_words,
    meeting_when (to come, or before the case).
    """
    _must_be_theirs(case, by)
    noted = now()
    outcome = without_phones(outcome.strip()[:TEXT])
    if not outcome:
        raise Invalid("words_needed", number=case.number)
    meeting = planned(case.id) if at is None else None
    if meeting is None and at is None:
        raise NotFound("meeting_not_found")
    start = meeting.starts_at if meeting is not None else at
    assert start is not None
    if not case.reported_at.replace(second=0, microsecond=0) <= start <= noted:
        raise Invalid("meeting_when")
    if meeting is None:
        meeting = _made(case, by, start, place, who)
    else:
        meeting.who = _names(who)
    meeting.outcome, meeting.held_at = outcome, noted
    record(
        case.about,
        "site_met",
        by=By.staff(by),
        at=noted,
        meeting=meeting.number,
        starts_at=start.isoformat(),
        where=meeting.place,
        came=meeting.who,
        outcome=outcome,
    )
    return meeting


def planned(case_id: int) -> SiteMeeting | None:
    query = select(SiteMeeting).where(SiteMeeting.case_id == case_id, SiteMeeting.held_at.is_(None))
    return session().scalars(query.limit(1)).first()


def meetings(case_id: int) -> Sequence[SiteMeeting]:
    """In the order of their numbers."""
    query = select(SiteMeeting).where(SiteMeeting.case_id == case_id)
    return session().scalars(query.order_by(SiteMeeting.number)).all()


def _must_be_theirs(case: Case, by: int) -> None:
    if not may_meet(by, case):
        raise NotAllowed("meeting_not_yours", number=case.number)


def _made(case: Case, by: int, starts_at: datetime, place: str, who: Sequence[str]) -> SiteMeeting:
    place = " ".join(place.split())[:PLACE]
    if not place:
        raise Invalid("meeting_words")
    last = (
        session().execute(select(func.max(SiteMeeting.number)).where(SiteMeeting.case_id == case.id)).scalar()
    )
    meeting = SiteMeeting(
        case_id=case.id,
        number=(last or 0) + 1,
        starts_at=starts_at,
        place=place,
        who=_names(who),
        by_id=by,
    )
    session().add(meeting)
    session().flush()
    return meeting


def _names(who: Sequence[str]) -> list[str]:
    """Of departments and units, as written. Raises Invalid when there is none, or one is too long."""
    names = list(dict.fromkeys(name for one in who if (name := " ".join(one.split()))))
    if not 0 < len(names) <= MOST or any(len(name) > NAME for name in names):
        raise Invalid("meeting_words")
    return names


def _running(case: Case) -> Whistle | None:
    return next((one for one in of_case(case.id) if one.ended_at is None), None)


def _speakers(departments: set[int]) -> Sequence[int]:
    several = (people_of(one) for one in active() if one.id in departments)
    return list(dict.fromkeys(person for people in several for person in people))
