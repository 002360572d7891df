"""hemei calendar enter · show · hours"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from models.base.clock import local, now
from models.base.orm import session
from models.place.tables import Community
from models.workdays import entering, known, workdays
from models.workdays.reading import said_of
from server.cli.homes import DAY, desk
from server.cli.running import Refusal, glanced, json_line, opened, settings
from server.cli.toml_file import FILE, read

YEAR = click.IntRange(2000, 2100)


@click.group(name="calendar", help="Working days of a year, office hours of a community.")
def command() -> None:
    pass


@command.command()
@click.argument("file", type=FILE)
@click.option("--by", required=True, help="The staff number of whoever enters it.")
def enter(file: Path, by: str) -> None:
    """Enter a year's 放假调休 from a TOML file, on the day its notice comes out.

    Keys: year, source (the notice's number), off (days, or ranges such as 2027-02-06..2027-02-12), worked
    (weekend days). It takes the place of what was known of that year.
    """
    said = read(file, {"year", "source", "off", "worked"}, set())
    if (
        type(said["year"]) is not int
        or not isinstance(said["off"], list)
        or not isinstance(said["worked"], list)
    ):
        raise Refusal(f"{file}: year is a number, off and worked are lists of days")
    with opened(settings()) as database:
        is_new = database.write(lambda: entering.enter_year(said["year"], said, desk(by).id))
    words = "is entered" if is_new else "was known already"
    click.echo(f"{said['year']} {words}", err=True)


@command.command()
@click.argument("year", type=YEAR)
@click.option("--json", "as_json", is_flag=True, help="One object.")
def show(year: int, as_json: bool) -> None:
    """The working days of a year by month, its days off and weekend days worked."""
    with glanced(settings()) as database:
        if database is None:
            raise Refusal("there is no database yet: hemei db upgrade")
        with database.read():
            one = known.years().get(year)
            if one is None:
                raise Refusal(f"the working days of {year} have not been entered: hemei calendar enter FILE")
            calendar = workdays(None)
            days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
            counts = [
                sum(calendar.is_working_day(day) for day in days if (day.year, day.month) == (year, month))
                for month in range(1, 13)
            ]
    if as_json:
        json_line(
            {
                "year": year,
                "source": one.source,
                "working_days": sum(counts),
                "by_month": counts,
                "off": sorted(map(str, one.off)),
                "worked": sorted(map(str, one.worked)),
            }
        )
        return
    click.echo(f"{year}  {one.source}  {sum(counts)} working days")
    click.echo("  by month  " + " ".join(map(str, counts)))
    click.echo("  off       " + " ".join(f"{day:%m-%d}" for day in sorted(one.off)))
    click.echo("  worked    " + " ".join(f"{day:%m-%d}" for day in sorted(one.worked)))


@command.command()
@click.argument("community", required=False)
@click.argument("spans", nargs=-1, metavar="[8:30-11:30 13:30-17:00]")
@click.option("--since", type=DAY, help="The first day with these hours; tomorrow at the earliest.")
@click.option("--by", help="The staff number of whoever sets them.")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
def hours(
    community: str | None, spans: tuple[str, ...], since: datetime | None, by: str | None, as_json: bool
) -> None:
    """Office hours: shown, or set from a day on. `all` instead of a community's name is the whole town."""
    if bool(spans) != bool(since):
        raise click.UsageError("hours are set with --since, and --since needs hours")
    with opened(settings()) as database:
        if since is None:
            with database.read():
                for line in _hours(community):
                    json_line(line) if as_json else click.echo(
                        f"{line['since']}  {line['community'] or 'all'}  {' '.join(line['hours'])}"
                    )
            return
        if by is None:
            raise click.UsageError("--by says who sets them")
        day = since.date()
        database.write(lambda: _set(community or "all", day, spans, by))
    click.echo(f"from {day} on: {' '.join(spans)}", err=True)


def _set(community: str, since: date, spans: tuple[str, ...], by: str) -> None:
    entering.set_hours(place_named(community), since, spans, desk(by).id)


def place_named(name: str) -> int | None:
    """A community by its name; None for `all`."""
    if name == "all":
        return None
    found = session().scalars(select(Community.id).where(Community.name == name)).first()
    if found is None:
        raise Refusal(f"there is no community {name}")
    return found


def _hours(name: str | None) -> list[dict[str, Any]]:
    """What holds today, and what comes."""
    today, lines = local(now()).date(), []
    rows = session().execute(select(Community.id, Community.name).order_by(Community.id))
    names = {row.id: row.name for row in rows}
    chosen: list[int | None] = [None, *names] if name is None else [place_named(name)]
    for place in chosen:
        found = workdays(place).hours
        current = max((since for since, _ in found if since <= today), default=found[0][0])
        lines += [
            {
                "community": names[place] if place is not None else None,
                "since": str(since),
                "hours": said_of(spans),
            }
            for since, spans in found
            if since >= current
        ]
    return lines
