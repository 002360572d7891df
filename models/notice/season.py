"""四季接力: what is said every year about the same day, kept ready (row 28).

A call says for which year's season its last draft was made, and each season gets one, whether the clock made
it on its day or somebody brought it forward.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import UniqueConstraint, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.actor import SYSTEM, By
from models.base.clock import local, now
from models.base.orm import Base, Numbered, session, upsert
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.overseeing import deciding_here, speaks_for
from models.history import record
from models.notice.audience import Audience
from models.notice.notice import Words, lay_down
from models.notice.speaking import may_address
from models.notice.tables import Kind, Notice
from models.outbox.door import tell

MADE_UP = 7  # days after its day on which a call is still made, if nobody ran before
SAME_SEASON = timedelta(days=45)  # a notice that was told so near to the day was this season's
_LEAP_DAY = (2, 29)


class SeasonCall(Numbered, Base):
    """A notice without its day: on `month`-`day` of each year a draft is made of it and its desk is told; the
    first snow may bring it forward."""

    __tablename__ = "season_calls"
    __table_args__ = (UniqueConstraint("community_id", "title"),)
    community_id: Mapped[int] = mapped_column(default=0)  # 0: the town's, because NULLs are not unique
    month: Mapped[int]
    day: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    signed: Mapped[str]
    kind: Mapped[str]
    is_call: Mapped[bool]
    audience: Mapped[dict[str, Any]]  # models.notice.audience.Audience
    author_id: Mapped[int]  # person
    created_at: Mapped[datetime] = mapped_column(default=now)
    season: Mapped[int]  # the year for which the last draft was made
    ended_at: Mapped[datetime | None]  # not wanted any more

    @property
    def next_on(self) -> date:
        """The day on which the clock makes the next draft, or made up for lately."""
        today = local(now()).date()
        years = (one for one in range(today.year - 1, today.year + 3) if one > self.season)
        days = (Day(self.month, self.day).of(year) for year in years)
        return next(one for one in days if one > today - timedelta(days=MADE_UP))


@dataclass(frozen=True, slots=True)
class Day:
    """A day of every year. 29 February is the 28th where a year has none."""

    month: int
    day: int

    def of(self, year: int) -> date:
        """Raises ValueError for a day that no year has."""
        if (self.month, self.day) == _LEAP_DAY and not _is_leap(year):
            return date(year, 2, 28)
        return date(year, self.month, self.day)

    def nearest(self, to: date) -> date:
        return min((self.of(to.year + n) for n in (-1, 0, 1)), key=lambda one: abs(one - to))

    def last_before(self, today: date) -> date:
        return next(one for n in (0, -1) if (one := self.of(today.year + n)) < today)


def keep_notice(notice: Notice, by: By, day: Day | None = None) -> int:
    """每年这时候发: a notice that was written, on `day` or the day that it was told. Raises as `keep`, and
    Invalid for a second round."""
    audience = Audience.of(notice.audience)
    if audience.unread_of is not None:
        raise Invalid("season_unread")
    told = local(notice.starts_at or notice.send_at or notice.created_at).date()
    words = Words(notice.title, notice.body, notice.signed, Kind(notice.kind), notice.is_call)
    return keep(words, audience, day or Day(told.month, told.day), by, notice.community_id, told=told)


def keep(
    words: Words,
    audience: Audience,
    day: Day,
    by: By,
    community_id: int | None,
    *,
    told: date | None = None,
) -> int:
    """Keeps a call and returns its number. The first draft is made on the next `day`; `told`: it was already
    said then, and if that is near the day, this season has had it.

    Raises Invalid for words, an audience or a day that cannot be, NotAllowed as a draft does and for a title
    that the desk already says every year.
    """
    words = words.checked()
    may_address(audience, by, community_id)
    try:
        day.of(2000)
    except ValueError:
        raise Invalid("season_day") from None
    season = day.last_before(local(now()).date()).year
    if told is not None and abs(day.nearest(told) - told) <= SAME_SEASON:
        season = max(season, day.nearest(told).year)
    said = {
        "month": day.month,
        "day": day.day,
        "body": words.body,
        "signed": words.signed,
        "kind": words.kind,
        "is_call": words.is_call,
        "audience": audience.as_dict(),
        "author_id": by.id,
        "created_at": now(),
        "season": season,
        "ended_at": None,
    }
    row = upsert(SeasonCall).values(community_id=community_id or 0, title=words.title, **said)
    again = row.on_conflict_do_update(
        index_elements=[SeasonCall.community_id, SeasonCall.title],
        set_=said,
        where=SeasonCall.ended_at.is_not(None),
    )
    key = session().execute(again.returning(SeasonCall.id)).scalar()
    if key is None:
        raise NotAllowed("season_kept", title=words.title)
    record(("season", key), "kept", by=by, at=now())
    return int(key)


def found(key: int, by: By) -> SeasonCall:
    """One that has not ended, for whoever speaks for its desk. Raises NotFound."""
    call = session().get(SeasonCall, key, with_for_update=True)
    if call is None or call.ended_at is not None or not speaks_for(by.id, call.community_id or None):
        raise NotFound("season_not_found")
    return call


def end(call: SeasonCall, by: By) -> None:
    """It is not said any more; drafts that were made of it stay."""
    call.ended_at = now()
    record(("season", call.id), "ended", by=by, at=now())


def bring_forward(call: SeasonCall, by: By) -> int:
    """今天下雪了: this season's draft is made now; returns the notice's number. Raises NotAllowed when it has
    had one."""
    season = Day(call.month, call.day).nearest(local(now()).date()).year
    if call.season >= season:
        raise NotAllowed("season_said", title=call.title)
    return _draft(call, season, by)


def of_desk(community_id: int | None) -> Sequence[SeasonCall]:
    """What this desk says every year, in the order of the year."""
    query = select(SeasonCall).where(
        SeasonCall.community_id == (community_id or 0), SeasonCall.ended_at.is_(None)
    )
    return session().scalars(query.order_by(SeasonCall.month, SeasonCall.day, SeasonCall.id)).all()


def call_one() -> bool:
    """Makes the draft of one call whose day has come within the last week, and tells its desk. False when
    none is due."""
    due = (
        and_(SeasonCall.month == month, SeasonCall.day == day, SeasonCall.season < year)
        for month, day, year in _lately(local(now()).date())
    )
    query = select(SeasonCall).where(SeasonCall.ended_at.is_(None), or_(*due)).order_by(SeasonCall.id)
    call = session().scalars(query.limit(1).with_for_update(skip_locked=True)).first()
    if call is None:
        return False
    season = Day(call.month, call.day).nearest(local(now()).date()).year
    number = _draft(call, season, SYSTEM)
    for person in deciding_here(call.community_id or None):
        tell(
            "season_due",
            person,
            about=("notice", number),
            occasion="due",
            number=number,
            title=call.title,
            month=call.month,
            day=call.day,
        )
    return True


def _draft(call: SeasonCall, season: int, by: By) -> int:
    number = lay_down(
        {
            "title": call.title,
            "body": call.body,
            "signed": call.signed,
            "kind": call.kind,
            "is_call": call.is_call,
            "audience": call.audience,
        },
        by=by,
        author_id=by.id or call.author_id,
        community_id=call.community_id or None,
        season_call_id=call.id,
    )
    call.season = season
    record(("season", call.id), "drafted", by=by, at=now(), notice=number, season=season)
    return number


def _lately(today: date) -> Iterator[tuple[int, int, int]]:
    """Month, day and year of the days on which a call may be due."""
    for back in range(MADE_UP):
        one = today - timedelta(days=back)
        yield one.month, one.day, one.year
        if (one.month, one.day) == (2, 28) and not _is_leap(one.year):
            yield *_LEAP_DAY, one.year


def _is_leap(year: int) -> bool:
    return date(year, 3, 1) - date(year, 2, 1) == timedelta(days=29)
