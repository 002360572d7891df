"""The evening digest: small news for customer groups go out once, as one task for each owner to confirm.

A group takes about one message a day and its owner has to tap for it (QY 92135), so what was mended today and
ordinary notices wait until the evening and are said together. All of it is public, so an owner's groups may
share one text. A group whose message of the day is used, or whose owner has not tapped the last one yet,
hears it tomorrow; what no digest could bring, or is over by tomorrow, waits for somebody's hands.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, and_, not_, select, text, update

from models.base.clock import local, now
from models.base.orm import session
from models.base.planning import beside
from models.notice.tables import Notice
from models.notice.tables import State as NoticeState
from models.outbox.address import Address, Channel
from models.outbox.budget import Allowance, Slots
from models.outbox.confirming import untapped
from models.outbox.digesting import IN_DIGEST, IN_FACTS, News, say
from models.outbox.letter import STUCK, Lane, Letter, State
from models.outbox.routing import DIGEST_KIND, after_digest
from models.place.customer_groups import senders, sent_by

TOMORROW = "digest_tomorrow"
HANDED_OVER = "handed_over"
_MOST = 2000  # letters in one digest: the chats that one task takes
_A_FEW = 50  # groups that are looked at for the next owner
_THIS_EVENING = timedelta(hours=2)
_LOOKS_BACK = timedelta(days=14)
_OVER = (NoticeState.STOPPED, NoticeState.WITHDRAWN)


def gather_this_evening(allowance: Allowance, digest_at: time) -> bool:
    """As `gather_one`, of what was written before the last `digest_at`: what comes later in the evening waits
    for tomorrow."""
    at = now()
    hour = local(at).replace(hour=digest_at.hour, minute=digest_at.minute, second=0, microsecond=0)
    hour = hour if hour <= at else hour - timedelta(days=1)
    return gather_one(allowance, digest_at, until=hour)


def gather_one(
    allowance: Allowance = Allowance(),  # noqa: B008 - frozen
    digest_at: time = time(19, 30),
    *,
    until: datetime | None = None,
) -> bool:
    """Joins what waits for the groups of one owner (and was written by `until`) into one letter. False when
    nothing waits this evening."""
    at = now()
    waiting = _news(at) if until is None else (*_news(at), Letter.created_at <= until)
    sender = _next_sender(waiting)
    groups = sent_by(sender) if sender is not None else ()
    news = _for_groups_that_share(_news_of(groups, waiting))
    if not news:
        return False
    chats = {row.value for row in news}
    busy = untapped(groups)
    slots = Slots(chats - busy, allowance, at)
    hearing = {chat for chat in sorted(chats - busy) if slots.take(chat, urgent=False)}
    slots.save()
    told = [News(row.id, row.to_id, row.kind, row.facts, row.value) for row in news if row.value in hearing]
    missing = [row for row in news if row.value not in hearing]
    tomorrow = after_digest(digest_at, at)
    over = [row.id for row in missing if row.not_after is not None and row.not_after <= tomorrow]
    _put_by(over, state=State.BY_HAND, reason="group_budget", settled_at=at)
    _put_by([row.id for row in missing if row.id not in over], reason=TOMORROW, not_before=tomorrow)
    if told:
        say(told, at, occasion=told[0].id)
    return True


def hand_over_one() -> bool:
    """A digest that could not be sent at all: what was in it waits for somebody's hands. False when there is
    none."""
    query = (
        select(Letter)
        .where(
            text(STUCK),
            Letter.to_kind == "group",
            Letter.created_at > now() - _LOOKS_BACK,
            Letter.kind == DIGEST_KIND,
            Letter.state == State.FAILED,
        )
        .limit(1)
        .with_for_update()
    )
    digest = session().scalars(query).first()
    if digest is None:
        return False
    hand_over(digest.id, list(_told_in(digest)), digest.reason or "no_way")
    digest.state, digest.reason, digest.settled_at = State.WITHDRAWN, HANDED_OVER, now()
    return True


def hand_over(digest_id: int, chats: Collection[str], why: str) -> None:
    """These chats did not hear the digest: its news for them wait for somebody's hands, but for notices that
    do not hold any more."""
    digest = session().get_one(Letter, digest_id)
    keys = [key for chat, keys in _told_in(digest).items() if chat in chats for key in keys]
    over = select(Notice.id).where(Notice.state.in_(_OVER))
    session().execute(
        update(Letter)
        .where(
            Letter.id.in_(keys),
            Letter.reason == IN_DIGEST,
            not_(and_(Letter.about_kind == "notice", Letter.about_id.in_(over))),
        )
        .values(state=State.BY_HAND, reason=why),
        execution_options={"synchronize_session": False},
    )


def _told_in(digest: Letter) -> Mapping[str, Sequence[int]]:
    """Chat → the letters that the digest says instead."""
    told: Mapping[str, Sequence[int]] = digest.facts.get("told", {})
    return told


# Written out, because only so a partial index serves it on SQLite.
_waiting = text("letters.state = 'waiting'")
_Conditions = tuple[Any, ...]


def _news(at: datetime) -> _Conditions:
    """Letters that wait for this evening."""
    return (
        _waiting,
        Letter.lane == Lane.NEWS,
        Letter.kind.in_(tuple(IN_FACTS)),
        beside(Letter.to_kind == "group"),  # most letters to groups went long ago
        Letter.uncertain == 0,  # what may have arrived is not said again
        Address.channel == Channel.CUSTOMER_GROUP,
        Address.value != "",
        Address.dead_reason.is_(None),
        Letter.not_after.is_(None) | (Letter.not_after > at),
        not_(
            and_(
                Letter.reason == TOMORROW, Letter.reason.is_not(None), Letter.not_before > at + _THIS_EVENING
            )
        ),
    )


_way = and_(Address.owner_kind == "group", Address.owner_id == Letter.to_id)


def _next_sender(waiting: _Conditions) -> str | None:
    """Somebody for whose groups something waits; groups that nobody can send to are passed over."""
    query = select(Letter.to_id).join(Address, _way).where(*waiting).distinct().order_by(Letter.to_id)
    after = 0
    while groups := session().scalars(query.where(beside(Letter.to_id > after)).limit(_A_FEW)).all():
        found = senders(groups)
        if found:
            return found[min(found)]
        after = groups[-1]
    return None


def _news_of(groups: Collection[int], waiting: _Conditions) -> Sequence[Row[Any]]:
    if not groups:
        return ()
    query = (
        select(Letter.id, Letter.to_id, Letter.kind, Letter.facts, Letter.not_after, Address.value)
        .join(Address, _way)
        .where(*waiting, Letter.to_id.in_(groups))
        .order_by(Letter.id)
        .limit(_MOST)
        .with_for_update(of=Letter)
    )
    return session().connection().execute(query).all()


def _for_groups_that_share(news: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """All of it; or that of one group which hears a sum of its own building (X05), because one text says that
    to every group it goes to."""
    alone = next((row.to_id for row in news if "homes" in row.facts), None)
    return news if alone is None else [row for row in news if row.to_id == alone]


def _put_by(keys: Sequence[int], **values: Any) -> None:
    if keys:
        session().execute(
            update(Letter).where(Letter.id.in_(keys)).values(**values),
            execution_options={"synchronize_session": False},
        )
