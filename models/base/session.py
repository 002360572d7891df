"""The session of the work under way. Which engine stands behind it is server/database.py's business."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy.orm import Session

_session: ContextVar[Session] = ContextVar("hemei_session")


def session() -> Session:
    """The session of the unit of work around us; LookupError outside of one."""
    return _session.get()


@contextmanager
def working_in(current: Session) -> Iterator[Session]:
    token = _session.set(current)
    try:
        yield current
    finally:
        _session.reset(token)
