"""What a customer group has been given, and what it may still be given.

A group takes about one message a day, and in a month as many as that has days (QY 92135). What we give the
platform is counted for the Beijing day on which it was given, and for the day of the owner's tap instead as
soon as that is known, because that is how the platform counts.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import local, now
from models.base.orm import Base, session, upsert

KEPT = timedelta(days=62)  # longer than any month that is still counted


class GroupDay(Base):
    """How many messages one chat was given on one Beijing day."""

    __tablename__ = "group_days"
    chat_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(default=0)


class Used(NamedTuple):
    """Messages given to one chat."""

    today: int
    month: int


NOTHING = Used(0, 0)


@dataclass(frozen=True, slots=True)
class Allowance:
    """`a_day` messages to one group; the last `reserve` of a month are kept for what is urgent."""

    a_day: int = 1
    reserve: int = 3

    def left(self, used: Used, at: datetime, *, urgent: bool) -> int:
        """How many more messages the chat takes today."""
        day = local(at)
        of_month = monthrange(day.year, day.month)[1] - (0 if urgent else self.reserve)
        return max(0, min(self.a_day - used.today, of_month - used.month))


def used(chats: Collection[str], at: datetime) -> Mapping[str, Used]:
    """What these chats were given until now; those that nothing was given are not in it."""
    day = local(at).date()
    today = func.sum(case((GroupDay.day == day, GroupDay.used), else_=0))
    query = select(GroupDay.chat_id, today, func.sum(GroupDay.used)).where(
        GroupDay.chat_id.in_(chats), GroupDay.day >= day.replace(day=1), GroupDay.day <= day
    )
    rows = session().connection().execute(query.group_by(GroupDay.chat_id)) if chats else ()
    return {row[0]: Used(int(row[1]), int(row[2])) for row in rows}


class Slots:
    """The slots of these chats in one transaction: locked, taken from, written back by `save`."""

    def __init__(self, chats: Iterable[str], allowance: Allowance, at: datetime) -> None:
        self._allowance, self._at, self._day = allowance, at, local(at).date()
        # In one order for all, so that two processes never wait for each other.
        self._chats = sorted(set(chats))
        self._taken: dict[str, int] = {}
        if self._chats:
            connection = session().connection()
            rows = [{"chat_id": chat, "day": self._day, "used": 0} for chat in self._chats]
            # A row has to be there before it can be locked.
            connection.execute(upsert(GroupDay).on_conflict_do_nothing(), rows)
            locked = select(GroupDay.chat_id).where(
                GroupDay.chat_id.in_(self._chats), GroupDay.day == self._day
            )
            connection.execute(locked.order_by(GroupDay.chat_id).with_for_update()).all()
        self._used = used(self._chats, at)

    def take(self, chat: str, *, urgent: bool) -> bool:
        """One message more to this chat; False when it takes none today."""
        before = self._used.get(chat, NOTHING)
        more = self._taken.get(chat, 0)
        if self._allowance.left(Used(before.today + more, before.month + more), self._at, urgent=urgent) < 1:
            return False
        self._taken[chat] = more + 1
        return True

    def save(self) -> None:
        for chat, count in sorted(self._taken.items()):
            _add(chat, self._day, count)


def give_back(chats: Iterable[str], day: date) -> None:
    """What these chats were to be given on that day does not come."""
    mine = GroupDay.chat_id.in_(sorted(chats)), GroupDay.day == day, GroupDay.used > 0
    session().connection().execute(update(GroupDay).where(*mine).values(used=GroupDay.used - 1))


def tapped(chats: Iterable[str], given: date, day: date) -> None:
    """The owner let the message go on another day than it was given: it is that day's."""
    chats = sorted(chats)
    give_back(chats, given)
    for chat in chats:
        _add(chat, day, 1)


def forget_old() -> int:
    """Removes days that nobody counts any more; gives how many rows."""
    old = local(now() - KEPT).date()
    return session().execute(delete(GroupDay).where(GroupDay.day < old)).rowcount  # type: ignore[attr-defined, no-any-return]


def _add(chat: str, day: date, count: int) -> None:
    row = upsert(GroupDay).values(chat_id=chat, day=day, used=count)
    session().connection().execute(
        row.on_conflict_do_update(
            index_elements=[GroupDay.chat_id, GroupDay.day],
            set_={"used": GroupDay.used + row.excluded.used},
        )
    )
