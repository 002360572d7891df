"""How often a desk may speak, so that nobody is called away from other things for nothing (O6)."""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select

from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.notice.audience import Audience
from models.notice.tables import Kind, Notice, State

_UNSAID = (State.DRAFT, State.HELD, State.CHECKING)


def must_be_within(notice: Notice, starts_at: datetime, *, a_day: int, rounds: int) -> None:
    """Raises NotAllowed for one notice more than a desk has for a day, and for one round more to the unread
    of one notice. An emergency is told whatever came before it, and so is a danger."""
    if notice.kind == Kind.EMERGENCY or notice.warns_of_case is not None:
        return
    if _of_that_day(notice, starts_at) >= a_day:
        raise NotAllowed("notice_many", limit=a_day)
    first = Audience.of(notice.audience).unread_of
    if first is not None and _rounds_of(first, notice.id) >= rounds:
        raise NotAllowed("notice_rounds", number=first, limit=rounds)


def _of_that_day(notice: Notice, starts_at: datetime) -> int:
    """The desk's other notices that begin on the same Beijing day, but for those that were stopped before.
    One that the platform still reads begins at its hour, or now."""
    day = local(starts_at).replace(hour=0, minute=0, second=0, microsecond=0)
    next_day = day + timedelta(days=1)
    hour = func.coalesce(case((Notice.send_at > now(), Notice.send_at)), now())
    begun = (Notice.state.in_((State.WAITING, State.GOING, State.TOLD))) | (
        Notice.ended_at > Notice.starts_at
    )
    query = select(func.count()).where(
        Notice.community_id.is_not_distinct_from(notice.community_id),
        Notice.kind != Kind.EMERGENCY,
        Notice.warns_of_case.is_(None),
        Notice.id != notice.id,
        or_(
            and_(Notice.starts_at >= day, Notice.starts_at < next_day, begun),
            and_(Notice.state == State.CHECKING, hour >= day, hour < next_day),
        ),
    )
    return int(session().execute(query).scalar_one())


def _rounds_of(first: int, but: int) -> int:
    """How often the unread of a notice, and the unread among those, were told again."""
    unread_of = Notice.audience["unread_of"].as_integer()
    while (earlier := session().execute(select(unread_of).where(Notice.id == first)).scalar()) is not None:
        first = earlier
    found, last = 0, [first]
    while last:
        query = select(Notice.id).where(unread_of.in_(last), Notice.state.not_in(_UNSAID), Notice.id != but)
        last = list(session().scalars(query))
        found += len(last)
    return found
