"""Working days, working time, office hours: what limits are reckoned in."""

from models.workdays.calendar import CalendarMissing, Workdays
from models.workdays.known import workdays

__all__ = ["CalendarMissing", "Workdays", "workdays"]
