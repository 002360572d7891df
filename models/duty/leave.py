"""请假·离岗: who is away, and who stands in meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.ladder import LEFT
from models.duty.overseeing import decides
from models.duty.tables import Absence
from models.history import record
from models.person.arriving import staff_of
from models.person.tables import Staff
from models.place.version import raise_version

KIND = "absence"
REASON = 60  # characters


def take_leave(
    person_id: int,
    by: By,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    deputy_id: int | None = None,
    reason: str,
) -> int:
    """Somebody is away from `since` (now) until before `until` (until further notice); said by the person or
    by a post that decides there. The same again changes nothing. Gives its number.

    Raises NotFound for somebody without a post, NotAllowed; Invalid: leave_term, leave_reason, rung_deputy,
    leave_overlaps.
    """
    staff = _held_staff(person_id)
    _must_be_theirs(staff, by)
    at = now()
    since = max(since or at, at)
    reason = " ".join(reason.split())
    if until is not None and until <= since:
        raise Invalid("leave_term")
    if not 0 < len(reason) <= REASON or reason == LEFT:
        raise Invalid("leave_reason", most=REASON)
    if deputy_id is not None and (deputy_id == person_id or staff_of(deputy_id) is None):
        raise Invalid("rung_deputy")
    for known in _ahead(person_id):
        if known.reason != LEFT and _overlap((known.since, known.until), (since, until)):
            same = (known.until, known.deputy_id, known.reason) == (until, deputy_id, reason)
            if same and (known.since == since or known.since <= at == since):
                return known.id
            raise Invalid("leave_overlaps", number=known.id)
    key = put(
        Absence,
        person_id=person_id,
        deputy_id=deputy_id,
        since=since,
        until=until,
        reason=reason,
        by_id=by.id,
        at=at,
    )
    record((KIND, key), "leave_taken", by=by, at=at, person=person_id, deputy=deputy_id)
    raise_version()
    return key


def come_back(number: int, by: By) -> bool:
    """The leave ends now; one that has not begun is called off. False when it is over already. Raises
    NotFound, NotAllowed."""
    absence = session().get(Absence, number)
    staff = staff_of(absence.person_id) if absence is not None else None
    if absence is None or absence.reason == LEFT or staff is None:
        raise NotFound("leave_not_found", number=number)
    _must_be_theirs(staff, by)
    at = now()
    if absence.until is not None and absence.until <= at:
        return False
    absence.until = max(absence.since, at)
    record((KIND, number), "leave_ended", by=by, at=at)
    raise_version()
    return True


def leaves_of(person_id: int) -> Sequence[Absence]:
    """The leaves of a person that last or are still to come, the next first."""
    return [one for one in _ahead(person_id) if one.reason != LEFT]


def leaves_ahead(community_id: int | None) -> Sequence[Absence]:
    """As `leaves_of`, of the staff of a community, or of all."""
    query = (
        select(Absence)
        .join(Staff, Staff.person_id == Absence.person_id)
        .where(Staff.active, _lasts(), Absence.reason != LEFT)
    )
    if community_id is not None:
        query = query.where(or_(Staff.community_id == community_id, Staff.community_id.is_(None)))
    return session().scalars(query.order_by(Absence.since, Absence.id)).all()


def note_posts() -> None:
    """Whoever has lost the post is away from now on, whoever has it again is back: so that who stood where is
    known for any day. Called in the transaction that changes posts."""
    at = now()
    query = select(Absence).where(Absence.reason == LEFT, Absence.until.is_(None))
    gone = {one.person_id: one for one in session().scalars(query)}
    inactive = set(session().scalars(select(Staff.person_id).where(Staff.active.is_(False))))
    for person in sorted(inactive - set(gone)):
        put(Absence, person_id=person, since=at, reason=LEFT, at=at)
    for person in set(gone) - inactive:
        gone[person].until = at


def _overlap(one: tuple[datetime, datetime | None], other: tuple[datetime, datetime | None]) -> bool:
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])


def _ahead(person_id: int) -> Sequence[Absence]:
    query = select(Absence).where(Absence.person_id == person_id, _lasts())
    return session().scalars(query.order_by(Absence.since, Absence.id)).all()


def _lasts() -> ColumnElement[bool]:
    """Not over, and not called off before it began."""
    return or_(Absence.until.is_(None), and_(Absence.until > now(), Absence.until > Absence.since))


def _held_staff(person_id: int) -> Staff:
    query = select(Staff).where(Staff.person_id == person_id, Staff.active).with_for_update()
    staff = session().scalars(query).first()
    if staff is None:
        raise NotFound("no_such_number")
    return staff


def _must_be_theirs(staff: Staff, by: By) -> None:
    if by.id != staff.person_id and not decides(by.id, staff.community_id):
        raise NotAllowed("leave_not_yours")
