"""人工: letters that only a person can carry, such as to an ordinary WeChat group."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select, text

from models.base.clock import now
from models.base.orm import session
from models.outbox.letter import STUCK, Letter, State

RECENT = timedelta(days=14)  # what is older nobody wants to read any more


def to_carry(groups: Sequence[int], limit: int = 20) -> Sequence[Letter]:
    """Letters to these groups that wait for somebody's hands, the oldest first; those of a notice have a page
    of their own."""
    query = select(Letter).where(
        text(STUCK),
        Letter.to_kind == "group",
        Letter.created_at > now() - RECENT,
        Letter.state == State.BY_HAND,
        Letter.to_id.in_(groups),
        func.coalesce(Letter.about_kind, "") != "notice",
    )
    return session().scalars(query.order_by(Letter.created_at, Letter.id).limit(limit)).all()
