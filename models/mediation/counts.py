"""What everybody but the two may know of mediations: how many. Pure, but for reading the rows."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from models.base.clock import SHANGHAI, local, now
from models.base.orm import session
from models.mediation import rules
from models.mediation.tables import Mediation, MediationMeeting


class Row(NamedTuple):
    """What is counted of one."""

    community_id: int
    began_on: date
    opened_at: datetime
    concluded_at: datetime | None
    has_agreement: bool
    was_kept: bool | None
    ended_at: datetime | None
    ended_how: str | None


class Counts(NamedTuple):
    """Of the days `first` to `last`. What was concluded in them is `agreed` + `no_agreement` + `to_court`;
    of what was agreed `kept` and `broken` are known, `unasked` waits for its day.

    `open` are those without a conclusion at the end, `by_age` the same by how long they quarrel (the classes
    of rules.ages). Of `old` ones (积案) that were open at any time of these days, `old_cleared` came to an
    agreement in them that nobody broke.
    """

    first: date
    last: date
    opened: int
    concluded: int
    agreed: int
    kept: int
    broken: int
    unasked: int
    no_agreement: int
    to_court: int
    withdrawn: int
    open: int
    by_age: tuple[int, ...]
    old: int
    old_cleared: int
    meetings: int = 0


def counts(first: date, last: date, community_id: int | None = None) -> Counts:
    """Of one community, or of all."""
    query = select(
        Mediation.community_id,
        Mediation.began_on,
        Mediation.opened_at,
        Mediation.concluded_at,
        Mediation.agreement_sealed.is_not(None),
        Mediation.was_kept,
        Mediation.ended_at,
        Mediation.ended_how,
    )
    met = (
        select(func.count(MediationMeeting.id))
        .join(Mediation, Mediation.id == MediationMeeting.mediation_id)
        .where(MediationMeeting.at >= _begin(first), MediationMeeting.at < _begin(last + timedelta(days=1)))
    )
    if community_id is not None:
        query = query.where(Mediation.community_id == community_id)
        met = met.where(Mediation.community_id == community_id)
    found = session().connection().execute(query)
    counted_ = counted([Row(*row) for row in found], first, min(last, local(now()).date()))
    return counted_._replace(last=last, meetings=session().execute(met).scalar_one())


def counted(rows: Iterable[Row], first: date, last: date) -> Counts:
    """Pure: the same rows and days give the same counts."""
    begin, end = _begin(first), _begin(last + timedelta(days=1))

    def within(at: datetime | None) -> bool:
        return at is not None and begin <= at < end

    known = [one for one in rows if one.opened_at < end]
    concluded = [one for one in known if within(one.concluded_at)]
    agreed = [one for one in concluded if one.has_agreement]
    left = [one for one in known if (over := _over(one)) is None or over >= end]
    old = [one for one in known if _was_open(one, begin) and rules.is_old(one.began_on, _until(one, last))]
    ends = [one.ended_how for one in known if within(one.ended_at)]
    classes = [rules.age_class(one.began_on, last) for one in left]
    return Counts(
        first,
        last,
        opened=sum(within(one.opened_at) for one in known),
        concluded=len(concluded),
        agreed=len(agreed),
        kept=sum(one.was_kept is True for one in agreed),
        broken=sum(one.was_kept is False for one in agreed),
        unasked=sum(one.was_kept is None for one in agreed),
        no_agreement=ends.count("no_agreement"),
        to_court=ends.count("to_court"),
        withdrawn=ends.count("withdrawn"),
        open=len(left),
        by_age=tuple(classes.count(place) for place in range(len(rules.ages()) + 1)),
        old=len(old),
        old_cleared=sum(one in agreed and one.was_kept is not False for one in old),
    )


def _over(one: Row) -> datetime | None:
    return one.concluded_at or one.ended_at


def _was_open(one: Row, begin: datetime) -> bool:
    over = _over(one)
    return over is None or over >= begin


def _until(one: Row, last: date) -> date:
    over = _over(one)
    return min(last, local(over).date()) if over is not None else last


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
