"""What the forms of the chain's pages say: a number, a day, a colleague."""

from datetime import date, datetime, time, timedelta

from handlers.pages.forms import words
from models.base.clock import SHANGHAI
from models.base.refusals import Invalid
from models.person.colleagues import called


def number_said(name: str) -> int:
    """0, which nothing has, for what no form of ours sends."""
    said = words(name, 20)
    return int(said) if said.isdecimal() and len(said) <= 9 else 0


def day_said(name: str, *, after: bool = True) -> datetime | None:
    """The end of the day that was picked, its beginning without `after`; None for none."""
    said = words(name, 10)
    if not said:
        return None
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise Invalid("day_wrong") from None
    if not 2000 <= day.year <= 2200:
        raise Invalid("day_wrong")
    return datetime.combine(day + timedelta(days=1) if after else day, time(0), SHANGHAI)


def moment_said(name: str) -> datetime | None:
    """A day with a time of day, as a browser sends it; None for none."""
    said = words(name, 20)
    if not said:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Invalid("day_wrong") from None
    if moment.tzinfo is not None or not 2000 <= moment.year <= 2200:
        raise Invalid("day_wrong")
    return moment.replace(tzinfo=SHANGHAI)


def person_called(said: str, community_id: int | None) -> int:
    """The only colleague of this name or staff number. Raises Invalid: keeper_unclear."""
    found = called(said, community_id)
    if len(found) != 1:
        raise Invalid("keeper_unclear")
    return found[0].person_id
