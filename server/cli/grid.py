"""hemei grid list · check · recut · recuts · withdraw · micro · history"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select

from handlers.wording.grids import faulty
from models.base.clock import SHANGHAI, local, now
from models.base.orm import session
from models.duty.answering import answerer
from models.grid import keepers, management, micro, recuts, terms
from models.grid.recuts import RecutRefused
from models.grid.tables import Recut
from models.joins.recutting import moves, told
from models.place.gazetteer import town
from models.place.tables import Building, Community, Grid
from models.town import recut_file
from models.town.archive import FILE_LIMIT
from models.town.parsing import Draft
from models.town.problems import WorkbookRefused
from server.cli.estates import COMMUNITY as OF
from server.cli.estates import ESTATE, community_named, estate_named
from server.cli.homes import DAY, NUMBER, desk
from server.cli.running import Refusal, glanced, json_line, opened, settings, show_lines
from server.cli.workbooks import JSON, refuse

COMMUNITY = click.option("--community", help="Only of this community.")
LINES = click.option("--json", "as_json", is_flag=True, help="One object per line.")


@click.group(name="grid", help="Grids: what lies in them on a day, and how they are cut anew.")
def command() -> None:
    pass


@command.command(name="list")
@LINES
@COMMUNITY
def show_list(as_json: bool, community: str | None) -> None:
    """All grids with their buildings of today."""

    def lines() -> Iterator[dict[str, Any]]:
        held = func.count(Building.id).filter(Building.active)
        query = (
            select(Grid.name, Community.name, Grid.kind, held)
            .join(Community, Community.id == Grid.community_id)
            .outerjoin(Building, Building.grid_id == Grid.id)
            .group_by(Grid.id, Grid.name, Community.name, Grid.kind)
            .order_by(Community.name, Grid.name)
        )
        if community:
            query = query.where(Grid.community_id == community_named(community))
        for grid, of, kind, buildings in session().execute(query):
            yield {"grid": grid, "community": of, "kind": kind, "buildings": buildings}

    show_lines(lines, as_json, lambda one: f"{one['community']}  {one['grid']}  {one['buildings']} buildings")


@command.command()
@COMMUNITY
@click.option(
    "--on", "day", type=DAY, help="The day; today without it. A day to come counts what is planned."
)
@LINES
def check(community: str | None, day: datetime | None, as_json: bool) -> None:
    """Whether every building was in exactly one grid of its community at the end of the day. Exit code 1 with
    a line for each that was not."""
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            of = community_named(community) if community else None
            checked = terms.check(of, _end_of(day) if day else now())
            for one in checked.faults:
                json_line(one._asdict()) if as_json else click.echo(faulty(one))
    if checked.faults:
        raise Refusal(f"{len(checked.faults)} of {checked.buildings} buildings are not in exactly one grid")
    click.echo(f"all {checked.buildings} buildings are in exactly one grid", err=True)


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--on", "day", type=DAY, required=True, help="From the beginning of which day.")
@click.option("--reason", required=True)
@click.option("--by", required=True, help="The staff number of whoever decides it.")
@click.option("--community", help="Whose estates FILE names; wanted where two share a name.")
@click.option("--dry-run", is_flag=True, help="Say what it would mean, plan nothing.")
@JSON
def recut(
    file: Path, day: datetime, reason: str, by: str, community: str | None, dry_run: bool, as_json: bool
) -> None:
    """Plan a re-cut from FILE (.xlsx or .csv: 小区, 楼号, 网格). The timetable applies it on its day."""
    start = day.replace(tzinfo=SHANGHAI)
    try:
        draft = recut_file.read(_bytes(file))
        with opened(settings()) as database:
            meant, numbers = database.write(_planned, draft, start, reason, by, community, dry_run)
    except WorkbookRefused as refused:
        refuse(refused, as_json)
    except RecutRefused as refused:
        for fault in refused.faults:
            json_line(fault._asdict()) if as_json else click.echo(faulty(fault), err=True)
        raise
    except _DryRun as tried:
        meant, numbers = tried.meant, []
    for one in meant:
        json_line(one) if as_json else click.echo(_move_line(one))
    cases = sum(one["open_cases"] for one in meant)
    done = f"planned as {', '.join(map(str, numbers))}" if numbers else "tried"
    click.echo(f"{done}: {sum(one['buildings'] for one in meant)} buildings, {cases} open cases", err=True)


@command.command(name="recuts")
@LINES
@COMMUNITY
def show_recuts(as_json: bool, community: str | None) -> None:
    """Re-cuts, the newest first."""

    def lines() -> Iterator[dict[str, Any]]:
        names = {row.id: row.name for row in session().execute(select(Community.id, Community.name))}
        for one in recuts.listed(community_named(community) if community else None):
            yield {
                "number": one.id,
                "community": names[one.community_id],
                "state": state_of(one),
                "buildings": len(one.plan),
                "starts_at": local(one.starts_at).isoformat(),
                "reason": one.reason,
            }

    show_lines(
        lines,
        as_json,
        lambda one: (
            f"{one['number']:>4}  {one['state']:<9}  {one['starts_at'][:10]}  {one['community']}"
            f"  {one['buildings']} buildings  {one['reason']}"
        ),
    )


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
@click.option("--by", required=True, help="The staff number of whoever decides it.")
def withdraw(number: int, reason: str, by: str) -> None:
    """Withdraw a re-cut before its day."""
    with opened(settings()) as database:
        database.write(lambda: recuts.withdraw(number, desk(by), reason))
    click.echo(f"re-cut {number} is withdrawn", err=True)


@command.command(name="micro")
@LINES
@COMMUNITY
@click.option("--incomplete", is_flag=True, help="Only those where something is missing.")
def show_micro(as_json: bool, community: str | None, incomplete: bool) -> None:
    """Micro-grids with what is missing: exactly one cadre, at least one member and one household."""

    def lines() -> Iterator[dict[str, Any]]:
        for one in micro.listed(community_named(community) if community else None):
            if one.missing or not incomplete:
                yield one._asdict() | {"missing": one.missing}

    show_lines(
        lines,
        as_json,
        lambda one: f"{one['grid']} {one['name']}  {one['homes']} homes  {' '.join(one['missing'])}",
    )


@command.command()
@ESTATE
@OF
@click.option("--building", required=True, help="Such as 3.")
@LINES
def history(estate: str, community: str | None, building: str, as_json: bool) -> None:
    """All that a building belonged to, with its dates: grids, management, visits of its keepers."""

    def lines() -> Iterator[dict[str, Any]]:
        found = town().building(estate_named(estate, community), building)
        if found is None:
            raise Refusal(f"{estate} has no building {building}")
        names = {row.id: row.name for row in session().execute(select(Grid.id, Grid.name))}
        for term in terms.history(found.id):
            until = local(term.until).isoformat() if term.until else None
            grid = names.get(term.grid_id or 0)
            yield {"what": "grid", "since": local(term.since).isoformat(), "until": until, "value": grid}
        for said in management.history(found.id):
            yield {"what": "management", "since": str(said.since), "until": None, "value": said.model}
        for visit in keepers.visits_of(found.id):
            who = answerer(visit.person_id)
            name = who.name if who else None
            yield {"what": "visit", "since": local(visit.at).isoformat(), "until": None, "value": name}

    show_lines(
        lines,
        as_json,
        lambda one: (
            f"{one['what']:<10}  {one['since'][:10]}  {(one['until'] or '')[:10]:<10}  {one['value'] or '-'}"
        ),
    )


def state_of(one: Recut) -> str:
    return "applied" if one.applied_at else "withdrawn" if one.withdrawn_at else "planned"


class _DryRun(Exception):  # noqa: N818 - the way out of the transaction
    def __init__(self, meant: list[dict[str, Any]]) -> None:
        super().__init__("dry run")
        self.meant = meant


def _planned(
    draft: Draft, start: datetime, reason: str, by: str, community: str | None, dry_run: bool
) -> tuple[list[dict[str, Any]], list[int]]:
    of = community_named(community) if community else None
    plan = recut_file.plan_of(draft, of)
    changed = recuts.changes(plan, start)
    meant = told(moves(changed, start))
    made = recuts.propose(plan, start, reason, desk(by))
    if dry_run:
        raise _DryRun(meant)
    return meant, [one.id for one in made]


def _move_line(one: dict[str, Any]) -> str:
    return (
        f"{one['from'] or '-'} → {one['to']}: {one['buildings']} buildings, {one['homes']} homes,"
        f" {one['open_cases']} open cases"
    )


def _end_of(day: datetime) -> datetime:
    return day.replace(hour=23, minute=59, second=59, tzinfo=SHANGHAI)


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as book:
            return book.read(FILE_LIMIT + 1)
    except OSError as trouble:
        raise Refusal(f"{file}: {trouble.strerror}") from None
