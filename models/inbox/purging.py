"""Pushes are kept as long as a platform or an attacker may repeat them, and no longer."""

from sqlalchemy import and_, delete, or_, select

from models.base.clock import ago
from models.base.orm import session
from models.inbox.received import KEEP_ANSWERS_DAYS, KEEP_DAYS, Received

BATCH = 1000


def purge(limit: int = BATCH) -> int:
    """Removes pushes older than 30 days that are done with, or that nobody looked at, and answers of the API,
    which say more of somebody, after seven; gives how many."""
    answers = and_(Received.at < ago(days=KEEP_ANSWERS_DAYS), Received.kind == "api")
    past = or_(and_(Received.at < ago(days=KEEP_DAYS), Received.state != "new"), answers)
    old = select(Received.id).where(past).limit(limit)
    statement = delete(Received).where(Received.id.in_(old)).execution_options(synchronize_session=False)
    return session().execute(statement).rowcount  # type: ignore[attr-defined, no-any-return]
