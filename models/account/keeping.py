"""What is let go of by the clock: sessions after 90 days, what was begun and what was counted after a day."""

from sqlalchemy import delete, select

from models.account import guessing, states
from models.account.tables import LoginSession
from models.base.clock import ago
from models.base.orm import session

DAYS = 90  # so long a place from which somebody logged in counts as known
AT_ONCE = 500


def forget_old() -> int:
    """Removes some of it; how many rows."""
    old = select(LoginSession.id).where(LoginSession.begun_at < ago(days=DAYS)).limit(AT_ONCE)
    done = session().connection().execute(delete(LoginSession).where(LoginSession.id.in_(old)))
    return int(done.rowcount) + guessing.forget_old(AT_ONCE) + states.forget_old(AT_ONCE)
