"""Messages to customer groups are tasks: they are heard when the group's owner has tapped (QY 92135).

The platform calls nobody back, so it is asked now and then; an owner who has not tapped is reminded by day.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import local
from models.base.orm import Base, session, upsert
from models.outbox import budget, digesting
from models.outbox.letter import CANCELLING, OVER, OWNER_CONFIRMS, UNCONFIRMED, Letter, State
from models.outbox.routing import DIGEST_KIND

#: Status of a group in the platform's answer.
UNSENT, SENT = 0, 1
LOOKS = (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=30))
AFTERWARDS = timedelta(hours=1)
#: An owner is reminded so long after the task was made; the platform takes three in a day.
REMINDERS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=20))
GIVEN_UP = timedelta(days=3)
IN_HAND = timedelta(minutes=2)  # longer than asking takes
TAPPED_BEFORE = "tapped_before"
BY_DAY = range(8, 21)  # hours in which an owner may be reminded


class GroupTask(Base):
    """How far a customer group's message has come beyond "the platform accepted it"."""

    __tablename__ = "group_tasks"
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True, autoincrement=False)
    next_look_at: Mapped[datetime]
    looks: Mapped[int] = mapped_column(default=0)
    reminded: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]
    heard: Mapped[int] = mapped_column(default=0)  # groups in which it stands
    missed: Mapped[int] = mapped_column(default=0)  # groups that had their message of the day already


_EMPTY = {"looks": 0, "reminded": 0, "heard": 0, "missed": 0}


@dataclass(frozen=True, slots=True)
class Due:
    """A task to ask about, and whether its owner is to be reminded as well, or the task taken back: what is
    stopped, over, or was never tapped is not to be heard by a tap that comes after all."""

    letter_id: int
    msgid: str
    group_id: int
    looks: int
    reminded: int
    remind: bool
    cancel: bool


def due(at: datetime, limit: int = 20) -> Sequence[Due]:
    """Tasks whose time to be asked about has come, the oldest first."""
    query = (
        select(
            Letter.id,
            Letter.platform_id,
            Letter.to_id,
            Letter.sent_at,
            Letter.not_after,
            Letter.reason,
            GroupTask.looks,
            GroupTask.reminded,
        )
        .outerjoin(GroupTask, GroupTask.letter_id == Letter.id)
        .where(text(f"letters.{UNCONFIRMED}"), Letter.platform_id.is_not(None))
        .where(GroupTask.letter_id.is_(None) | (GroupTask.next_look_at <= at))
        .order_by(Letter.id)
        .limit(limit)
    )
    found = []
    for row in session().execute(query):
        reminded = row.reminded or 0
        waits = reminded < len(REMINDERS) and at - row.sent_at >= REMINDERS[reminded]
        remind = waits and local(at).hour in BY_DAY
        is_over = row.not_after is not None and row.not_after <= at
        cancel = row.reason == CANCELLING or is_over or at - row.sent_at > GIVEN_UP
        found.append(Due(row.id, row.platform_id, row.to_id, row.looks or 0, reminded, remind, cancel))
    return found


def take(task: Due, at: datetime) -> bool:
    """Whether the task is ours to ask about: of several workers that saw it due, one asks."""
    first = upsert(GroupTask).values(letter_id=task.letter_id, next_look_at=at, **_EMPTY)
    session().connection().execute(first.on_conflict_do_nothing())
    mine = session().execute(
        update(GroupTask)
        .where(GroupTask.letter_id == task.letter_id, GroupTask.next_look_at <= at)
        .values(next_look_at=at + IN_HAND)
    )
    return bool(mine.rowcount)  # type: ignore[attr-defined]


def seen(
    task: Due, results: Mapping[str, int], at: datetime, *, reminded: bool, tapped_at: datetime | None = None
) -> Sequence[str]:
    """What the platform says of the groups of a task, chat → status; none of them may be left out.

    When the owner has tapped (`tapped_at`): the chats in which it does not stand all the same.
    """
    letter = session().get_one(Letter, task.letter_id, with_for_update=True)
    if letter.reason != OWNER_CONFIRMS:
        return ()
    confirmed = bool(results) and UNSENT not in results.values()
    hearing = [chat for chat, status in results.items() if status == SENT]
    heard = len(hearing)
    wait = LOOKS[task.looks] if task.looks < len(LOOKS) else AFTERWARDS
    next_look = at + wait
    if letter.not_after is not None and letter.not_after > at:
        next_look = min(next_look, letter.not_after)
    _keep(
        task,
        next_look_at=next_look,
        looks=task.looks + 1,
        reminded=task.reminded + reminded,
        confirmed_at=at if confirmed else None,
        heard=heard,
        missed=len(results) - heard if confirmed else 0,
    )
    if confirmed:
        letter.state, letter.reason = (State.SENT, None) if heard else (State.FAILED, "group_had_one")
        _count_where_tapped(letter, hearing, tapped_at)
        return [chat for chat in chats_of(letter) if chat not in hearing]
    if letter.sent_at is not None and at - letter.sent_at > GIVEN_UP:
        letter.state, letter.reason = State.FAILED, "owner_never"
    return ()


def chats_of(letter: Letter) -> Sequence[str]:
    """The customer groups that a task was for."""
    return letter.facts.get("chat_ids") or [letter.address or ""]


def untapped(groups: Collection[int]) -> set[str]:
    """The chats of tasks to these groups that their owners have not tapped yet."""
    query = select(Letter).where(
        text(UNCONFIRMED),
        Letter.reason == OWNER_CONFIRMS,
        Letter.to_kind == "group",
        Letter.to_id.in_(groups),
    )
    return {chat for letter in session().scalars(query) for chat in chats_of(letter)}


def ask_now(letters: Collection[int], at: datetime) -> None:
    """What is to be taken back is asked about at once."""
    if letters:
        asked = update(GroupTask).where(GroupTask.letter_id.in_(letters)).values(next_look_at=at)
        session().execute(asked)


def cancelled(
    task: Due, results: Mapping[str, int], at: datetime, *, tapped_at: datetime | None = None
) -> Sequence[str]:
    """The owner cannot tap any more. What the platform says afterwards of the groups, as in `seen`, is what
    counts: a tap may have come before. Otherwise the groups have their slots back, and a digest is said anew;
    what nobody tapped for days has failed.
    """
    letter = session().get_one(Letter, task.letter_id, with_for_update=True)
    is_over = letter.not_after is not None and letter.not_after <= at
    is_given_up = letter.sent_at is not None and at - letter.sent_at > GIVEN_UP
    if letter.reason != CANCELLING and not (letter.reason == OWNER_CONFIRMS and (is_over or is_given_up)):
        return ()
    hearing = [chat for chat, status in results.items() if status == SENT]
    if hearing:
        _keep(task, next_look_at=at, confirmed_at=at, heard=len(hearing), missed=len(results) - len(hearing))
        letter.reason = TAPPED_BEFORE
        digesting.was_heard(letter)
        _count_where_tapped(letter, hearing, tapped_at)
        return [chat for chat in chats_of(letter) if chat not in hearing]
    again: set[str] = set()
    if letter.reason != CANCELLING and not is_over:
        letter.state, letter.reason = State.FAILED, "owner_never"
    else:
        letter.state, letter.settled_at = State.WITHDRAWN, at
        letter.reason = "cancelled" if letter.reason == CANCELLING else OVER
        again = digesting.remake(letter, at) if letter.kind == DIGEST_KIND else again
    if letter.sent_at is not None:
        given, today = local(letter.sent_at).date(), local(at).date()
        budget.give_back(set(chats_of(letter)) - again, given)
        if given != today:
            budget.tapped(again, given, today)
    return ()


def put_off(task: Due, at: datetime) -> None:
    """The platform did not answer: again in a while, but not for ever: an owner who left it does not know."""
    letter = session().get_one(Letter, task.letter_id, with_for_update=True)
    if letter.sent_at is not None and at - letter.sent_at > GIVEN_UP:
        if letter.reason == OWNER_CONFIRMS:
            letter.state, letter.reason = State.FAILED, "owner_never"
        elif letter.reason == CANCELLING:
            letter.state, letter.reason = State.UNKNOWN, "not_cancelled"
        return
    wait = LOOKS[0] if letter.reason == CANCELLING else AFTERWARDS
    _keep(task, next_look_at=at + wait)


def _keep(task: Due, **values: Any) -> None:
    row = upsert(GroupTask).values(letter_id=task.letter_id, **_EMPTY | values)
    session().connection().execute(
        row.on_conflict_do_update(index_elements=[GroupTask.letter_id], set_=values)
    )


def _count_where_tapped(letter: Letter, hearing: Sequence[str], tapped_at: datetime | None) -> None:
    """The platform counts a message for the day on which its owner tapped."""
    if letter.sent_at is not None and tapped_at is not None:
        given, day = local(letter.sent_at).date(), local(tapped_at).date()
        if given != day:
            budget.tapped(hearing, given, day)


def confirmed_of(kind: str, keys: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """Thing → (owners who tapped, owners asked), for letters about things of a kind."""
    found: dict[int, tuple[int, int]] = {}
    query = (
        select(Letter.about_id, GroupTask.confirmed_at)
        .outerjoin(GroupTask, GroupTask.letter_id == Letter.id)
        .where(Letter.about_kind == kind, Letter.about_id.in_(keys), Letter.way == "customer_group")
        .where(Letter.platform_id.is_not(None))
    )
    for key, confirmed_at in session().execute(query):
        if key is not None:
            done, asked = found.get(key, (0, 0))
            found[key] = (done + (confirmed_at is not None), asked + 1)
    return found
