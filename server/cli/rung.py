"""hemei rung list · gaps · hold · deputy · end · leave · back · leaves · ladder"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click
from sqlalchemy import select

from models.base.clock import SHANGHAI, now
from models.base.orm import session
from models.duty import ladder, leave, terms
from models.duty.own_ladder import set_ladder
from models.person.colleagues import numbered
from models.person.tables import Staff
from models.place.tables import Community, Grid
from server.cli.estates import community_named
from server.cli.homes import DAY, NUMBER, desk, staff
from server.cli.running import Refusal, opened, settings, show_lines

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
LINES = click.option("--json", "as_json", is_flag=True, help="One object per line.")
BY = click.option("--by", required=True, help="The staff number of whoever decides it.")
GRID = click.option("--grid", required=True, help="The grid's name.")
RUNG = click.option("--rung", type=click.IntRange(0, 20), required=True, help="0 is nearest to residents.")
COMMUNITY = click.option("--community", help="Only of this community.")
UNTIL = click.option("--until", type=MOMENT, help="A day or 2027-01-31T08:00; the day itself is not in it.")


@click.group(name="rung", help="The chain: who holds which rung of which grid, deputies, leave.")
def command() -> None:
    pass


@command.command(name="list")
@LINES
@COMMUNITY
@click.option("--on", "moment", type=MOMENT, help="As it was then; now without it.")
def show_list(as_json: bool, community: str | None, moment: datetime | None) -> None:
    """Every rung of every grid: who holds it, who stands there."""
    at = in_shanghai(moment) or now()

    def lines() -> Iterator[dict[str, Any]]:
        names = staff_numbers()
        for grid, of in _grids(community):
            for rung, name in enumerate(ladder.rungs(grid.community_id, at)):
                held = ladder.chain().holding(grid.id, rung, at)
                standing = ladder.standing(grid.id, grid.community_id, rung, at)
                yield {
                    "grid": grid.name,
                    "community": of,
                    "rung": rung,
                    "name": name,
                    "holders": [names.get(one.person_id) for one in held],
                    "deputies": [names.get(one.deputy_id) for one in held if one.deputy_id is not None],
                    "since": min((one.since for one in held), default=None),
                    "until": max((one.until for one in held if one.until), default=None),
                    "stands": [names.get(one) for one in standing.people] if standing else [],
                    "how": standing.how if standing else None,
                }

    show_lines(lines, as_json, plain)


@command.command()
@LINES
@COMMUNITY
@click.option("--on", "moment", type=MOMENT, help="As it was then; now without it.")
def gaps(as_json: bool, community: str | None, moment: datetime | None) -> None:
    """The rungs on which nobody is, neither holder nor deputy."""

    def lines() -> Iterator[dict[str, Any]]:
        grids = {grid.id: (grid.name, of) for grid, of in _grids(community)}
        for one in ladder.gaps(None, in_shanghai(moment)):
            if one.grid_id in grids:
                name, of = grids[one.grid_id]
                yield {"grid": name, "community": of, "rung": one.rung, "name": one.name, "why": one.why}

    show_lines(lines, as_json, plain)


@command.command()
@GRID
@RUNG
@click.option("--person", required=True, help="The staff number of whoever shall hold it.")
@click.option("--deputy", help="The staff number of whoever stands in.")
@click.option("--since", type=MOMENT, help="From then on; from now on without it.")
@UNTIL
@click.option("--beside", is_flag=True, help="Beside whoever holds it already, not instead.")
@BY
def hold(
    grid: str,
    rung: int,
    person: str,
    deputy: str | None,
    since: datetime | None,
    until: datetime | None,
    beside: bool,
    by: str,
) -> None:
    """Put somebody on a rung of a grid; whoever holds it leaves it then."""

    def work() -> int:
        return terms.hold(
            grid_named(grid),
            rung,
            numbered(person).person_id,
            desk(by),
            since=in_shanghai(since),
            until=in_shanghai(until),
            deputy_id=numbered(deputy).person_id if deputy else None,
            beside=beside,
        )

    with opened(settings()) as database:
        number = database.write(work)
    click.echo(f"term {number}", err=True)


@command.command(name="deputy")
@GRID
@RUNG
@click.option("--person", required=True, help="The staff number of the holder.")
@click.option("--deputy", help="The staff number of whoever stands in; nobody without it.")
@BY
def name_deputy(grid: str, rung: int, person: str, deputy: str | None, by: str) -> None:
    """Name who stands in when a holder is away."""

    def work() -> None:
        stands_in = numbered(deputy).person_id if deputy else None
        terms.depute(grid_named(grid), rung, numbered(person).person_id, stands_in, desk(by))

    with opened(settings()) as database:
        database.write(work)


@command.command()
@GRID
@RUNG
@click.option("--person", required=True, help="The staff number of the holder.")
@click.option("--on", "moment", type=MOMENT, help="Then; now without it.")
@BY
def end(grid: str, rung: int, person: str, moment: datetime | None, by: str) -> None:
    """A holder leaves a rung."""

    def work() -> None:
        terms.give_up(grid_named(grid), rung, numbered(person).person_id, desk(by), at=in_shanghai(moment))

    with opened(settings()) as database:
        database.write(work)


@command.command(name="leave")
@click.option("--person", required=True, help="The staff number of whoever is away.")
@click.option("--since", type=MOMENT, help="From then on; from now on without it.")
@UNTIL
@click.option("--deputy", help="The staff number of whoever stands in.")
@click.option("--reason", required=True)
@click.option("--by", required=True, help="The staff number of that person, or of whoever decides.")
def take_leave(
    person: str, since: datetime | None, until: datetime | None, deputy: str | None, reason: str, by: str
) -> None:
    """Somebody is away: the deputy stands in, else it goes one rung up."""

    def work() -> int:
        return leave.take_leave(
            numbered(person).person_id,
            staff(by),
            since=in_shanghai(since),
            until=in_shanghai(until),
            deputy_id=numbered(deputy).person_id if deputy else None,
            reason=reason,
        )

    with opened(settings()) as database:
        number = database.write(work)
    click.echo(f"leave {number}", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of that person, or of whoever decides.")
def back(number: int, by: str) -> None:
    """A leave ends now; one that has not begun is called off."""
    with opened(settings()) as database:
        database.write(lambda: leave.come_back(number, staff(by)))


@command.command()
@LINES
@COMMUNITY
def leaves(as_json: bool, community: str | None) -> None:
    """Who is away, or will be."""

    def lines() -> Iterator[dict[str, Any]]:
        names = staff_numbers()
        for one in leave.leaves_ahead(community_named(community) if community else None):
            yield {
                "id": one.id,
                "person": names.get(one.person_id),
                "deputy": names.get(one.deputy_id or 0),
                "since": one.since,
                "until": one.until,
                "reason": one.reason,
            }

    show_lines(lines, as_json, plain)


@command.command(name="ladder")
@click.argument("names", nargs=-1)
@click.option("--community", help="Of this community; the town's own without it.")
@click.option("--since", type=DAY, help="From that day on; wanted with names.")
@click.option("--by", help="The staff number of whoever decides it; wanted with names.")
def set_rungs(names: tuple[str, ...], community: str | None, since: datetime | None, by: str | None) -> None:
    """Print the rungs of a community, or set NAMES, the one nearest to the residents first."""
    if names and (since is None or by is None):
        raise click.UsageError("--since and --by are wanted with names")

    def work() -> tuple[str, ...]:
        of = community_named(community) if community else None
        if names and since is not None and by is not None:
            set_ladder(of, names, since.date(), desk(by))
        return names or ladder.rungs(of)

    with opened(settings()) as database:
        found = database.write(work)
    for number, name in enumerate(found):
        click.echo(f"{number}  {name}")


def grid_named(name: str) -> int:
    """Raises Refusal."""
    found = session().scalars(select(Grid.id).where(Grid.name == name)).first()
    if found is None:
        raise Refusal(f"there is no grid {name}")
    return found


def _grids(community: str | None) -> list[tuple[Grid, str]]:
    query = select(Grid, Community.name).join(Community, Community.id == Grid.community_id)
    if community:
        query = query.where(Grid.community_id == community_named(community))
    return [(row[0], row[1]) for row in session().execute(query.order_by(Community.name, Grid.name))]


def staff_numbers() -> dict[int | None, str]:
    """Person → staff number."""
    return {row.person_id: row.number for row in session().execute(select(Staff.person_id, Staff.number))}


def in_shanghai(moment: datetime | None) -> datetime | None:
    """On the wall clock of Shanghai."""
    return moment.replace(tzinfo=SHANGHAI) if moment is not None else None


def plain(line: dict[str, Any]) -> str:
    return "  ".join("-" if value in (None, []) else _said(value) for value in line.values())


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
