"""人工: letters that only a person can carry, such as to an ordinary WeChat group."""

from collections.abc import Sequence

from sqlalchemy import select

from models.base.orm import session
from models.outbox.letter import Letter, State


def to_carry(groups: Sequence[int], limit: int = 20) -> Sequence[Letter]:
    """Letters to these groups that wait for somebody's hands, the oldest first."""
    query = select(Letter).where(
        Letter.to_kind == "group", Letter.to_id.in_(groups), Letter.state == State.BY_HAND
    )
    return session().scalars(query.order_by(Letter.id).limit(limit)).all()
