"""Moments as the specification writes them: the profile of ISO 8601 of the W3C note, always with a zone."""

import re
from datetime import datetime

from models.base.clock import local

_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+ -]\d\d:\d\d)", re.ASCII)
_YEARS = range(1970, 2200)  # so that every zone, month and term around it is a date as well


def moment_in(said: str) -> datetime | None:
    """None for what is no moment, or has no zone. A blank stands for the + that an address swallows."""
    found = _WRITTEN.fullmatch(said.strip())
    if found is None:
        return None
    day, clock, zone = found.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{clock}{zone.replace(' ', '+')}")
    except ValueError:
        return None
    return at if at.year in _YEARS else None


def written(at: datetime) -> str:
    """On the wall clock of the people who read it, to the second."""
    return local(at).isoformat(timespec="seconds")
