"""What is let go of by the clock: sessions after 90 days, what was begun and what was counted after a day."""

from sqlalchemy import delete, select, update

from models.account import guessing, states
from models.account.tables import LoginSession, LoginState
from models.base.clock import ago, now
from models.base.orm import session

DAYS = 90  # so long a place from which somebody logged in counts as known
AT_ONCE = 500


def forget_old() -> int:
    """Removes some of it; how many rows."""
    old = select(LoginSession.id).where(LoginSession.begun_at < ago(days=DAYS)).limit(AT_ONCE)
    done = session().connection().execute(delete(LoginSession).where(LoginSession.id.in_(old)))
    return int(done.rowcount) + guessing.forget_old(AT_ONCE) + states.forget_old(AT_ONCE)


def nobody_is_in() -> None:
    """After a restore: what was ended, spent or taken back since the backup must not live again."""
    rows = session().connection()
    open_ones = update(LoginSession).where(LoginSession.ended_at.is_(None))
    rows.execute(open_ones.values(ended_at=now(), ended_why="restored"))
    rows.execute(update(LoginState).where(LoginState.used_at.is_(None)).values(used_at=now()))
