"""A year is entered on the day its notice comes out; a community's office hours change from a day on."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from models.audit.noting import note
from models.base.actor import SYSTEM, By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid
from models.place.version import raise_version
from models.workdays.known import years
from models.workdays.reading import spans_of, year_of
from models.workdays.tables import OfficeHours, WorkYear


def enter_year(number: int, said: Mapping[str, Any], by_id: int | None) -> bool:
    """`said`: source, off, worked as in templates/rules/workdays.toml. False when just that is known. A year
    that is known already is put right: limits that still run are reckoned anew from it. Raises Invalid."""
    year = year_of(number, said)
    if years().get(number) == year:
        return False
    row = session().scalars(select(WorkYear).where(WorkYear.year == number)).first()
    if row is None:
        row = WorkYear(year=number)
        session().add(row)
    row.off = sorted(day.isoformat() for day in year.off)
    row.worked = sorted(day.isoformat() for day in year.worked)
    row.source, row.by_id, row.at = year.source, by_id, now()
    _note("year", number, by_id)
    raise_version()
    return True


def set_hours(community_id: int | None, since: date, said: Iterable[str], by_id: int | None) -> None:
    """From tomorrow on at the earliest, because promises were made by the old ones. Raises Invalid."""
    spans = spans_of(said)
    if since <= local(now()).date():
        raise Invalid("from_tomorrow")
    query = select(OfficeHours).where(
        OfficeHours.community_id.is_(None)
        if community_id is None
        else OfficeHours.community_id == community_id,
        OfficeHours.since == since,
    )
    row = session().scalars(query).first()
    if row is None:
        row = OfficeHours(community_id=community_id, since=since)
        session().add(row)
    row.spans, row.by_id, row.at = [list(span) for span in spans], by_id, now()
    _note("office_hours", community_id or 0, by_id)
    raise_version()


def _note(what: str, key: int, by_id: int | None) -> None:
    """Office hours say when a look is a late one, so whoever changes them stands in the same log."""
    note("settings", By.staff(by_id) if by_id is not None else SYSTEM, (what, key))
