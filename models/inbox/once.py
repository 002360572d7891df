"""A form that is sent twice has one effect: the first takes its key, the second gets the same answer."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from models.base.clock import now
from models.base.orm import session, upsert
from models.inbox.received import Received

CHANNEL = "page"


def begin(key: str, sender: str, kind: str) -> bool:
    """Whether this is the first time. A copy that comes at the same moment waits for the first commit."""
    row = upsert(Received).values(
        channel=CHANNEL, key=key, sender=sender, kind=kind, at=now(), body={}, state="done", attempts=0
    )
    taken = session().connection().execute(row.on_conflict_do_nothing().returning(Received.id))
    return taken.scalar() is not None


def answered(key: str, answer: dict[str, Any]) -> None:
    """What a copy is to be told."""
    session().execute(
        update(Received).where(Received.channel == CHANNEL, Received.key == key).values(answer=answer)
    )


def answer_to(key: str) -> dict[str, Any]:
    """What the first one was told."""
    query = select(Received.answer).where(Received.channel == CHANNEL, Received.key == key)
    return session().execute(query).scalar() or {}


def count_from(sender: str, kind: str, since: datetime) -> int:
    """How many forms of one kind came from one sender lately."""
    query = select(func.count(Received.id)).where(
        Received.at >= since, Received.channel == CHANNEL, Received.sender == sender, Received.kind == kind
    )
    return session().execute(query).scalar_one()
