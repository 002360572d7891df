"""Time: aware UTC in storage, Asia/Shanghai at the edge."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on the wall clock of the people who read it."""
    return moment.astimezone(SHANGHAI)


def ago(**units: float) -> datetime:
    return now() - timedelta(**units)


def after(**units: float) -> datetime:
    return now() + timedelta(**units)
