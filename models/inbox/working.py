"""Events in the order in which they are worked on: new ones first, what failed before them a little later."""

from datetime import timedelta

from sqlalchemy import and_, or_, select, text

from models.base.clock import now
from models.base.orm import session
from models.inbox.received import Received

PAUSES = (0, 5, 30, 120, 600)  # seconds after it came in, for each try
_TROUBLE = 300
_NEW = text("state = 'new'")  # written out, because only so a partial index serves it on SQLite


def next_new() -> Received | None:
    """The next event whose time has come; on PostgreSQL one that nobody else holds."""
    at = now()
    due = or_(
        *(
            and_(Received.attempts == tries, Received.at <= at - timedelta(seconds=pause))
            for tries, pause in enumerate(PAUSES)
        )
    )
    query = (
        select(Received)
        .where(_NEW, due)
        .order_by(Received.attempts, Received.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session().scalars(query).first()


def done(row: Received) -> None:
    row.state = "done"


def not_yet(row_id: int, trouble: str, is_waiting: bool) -> None:
    """It did not work out. After the last try it is failed; what only waited in vain is done."""
    row = session().get_one(Received, row_id)
    row.attempts += 1
    row.trouble = trouble[:_TROUBLE]
    if row.attempts >= len(PAUSES):
        row.state = "done" if is_waiting else "failed"
