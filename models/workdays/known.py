"""The calendar as it is known now, kept in memory until the town's version moves."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from models.base.orm import session
from models.place.version import Remembered
from models.workdays.calendar import Spans, Workdays, Year
from models.workdays.reading import hours_of_package, years_of_package
from models.workdays.tables import OfficeHours, WorkYear

ALWAYS = date(2000, 1, 1)


class _Known:
    """Immutable; shared by all threads."""

    def __init__(self, years: Mapping[int, Year], hours: Mapping[int | None, Mapping[date, Spans]]) -> None:
        self.years = years
        town = {ALWAYS: hours_of_package()} | dict(hours.get(None, {}))
        self.town = Workdays(years, tuple(sorted(town.items())))
        self.communities = {
            community: Workdays(years, tuple(sorted(_before(own, town).items())))
            for community, own in hours.items()
            if community is not None
        }


def workdays(community_id: int | None) -> Workdays:
    """The calendar of a community, which has the town's office hours where it has none of its own."""
    known = _remembered.current()
    return known.town if community_id is None else known.communities.get(community_id, known.town)


def years() -> Mapping[int, Year]:
    """The years that are known, entered ones before those of the package."""
    return _remembered.current().years


def _build() -> _Known:
    rows = session().connection().execute
    entered = {
        row.year: Year(row.source, _days(row.off), _days(row.worked))
        for row in rows(select(WorkYear.year, WorkYear.source, WorkYear.off, WorkYear.worked))
    }
    hours: dict[int | None, dict[date, Spans]] = {}
    for row in rows(select(OfficeHours.community_id, OfficeHours.since, OfficeHours.spans)):
        hours.setdefault(row.community_id, {})[row.since] = tuple((start, end) for start, end in row.spans)
    return _Known({**years_of_package(), **entered}, hours)


def _before(own: Mapping[date, Spans], town: Mapping[date, Spans]) -> dict[date, Spans]:
    """A community's own hours, and the town's until it had any."""
    return {since: spans for since, spans in town.items() if since < min(own)} | dict(own)


def _days(said: list[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, said))


_remembered = Remembered("workdays", _build)
