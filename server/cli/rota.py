"""hemei rota set · show · strike · gaps · swap · swaps"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import click
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import session
from models.duty import rota, swaps
from models.duty.ladder import rungs
from models.duty.patterns import read
from models.duty.tables import Shift, Swap
from models.duty.weeks import planned
from models.person.colleagues import colleague, numbered
from models.place.tables import Community
from server.cli.estates import community_named
from server.cli.homes import DAY, NUMBER, desk, staff
from server.cli.rung import LINES, MOMENT, in_shanghai, plain, staff_numbers
from server.cli.running import Refusal, glanced, json_line, opened, settings, show_lines

RUNG = click.option(
    "--rung", type=click.IntRange(0, 20), default=0, show_default=True, help="0 is nearest to residents."
)
COMMUNITY = click.option("--community", help="Of this community; the town's own rota without it.")
ANSWERS = {"agree": swaps.agree, "refuse": swaps.refuse, "take-back": swaps.take_back}


@click.group(name="rota", help="Duty rotas: who is on shift, swaps, hours that nobody covers.")
def command() -> None:
    pass


@command.command(name="set")
@click.argument("lines", nargs=-1, required=True)
@COMMUNITY
@RUNG
@click.option("--since", type=DAY, required=True, metavar="2026-11-23", help="The first day.")
@click.option("--weeks", type=click.IntRange(1, 53), default=4, show_default=True)
@click.option("--replace", is_flag=True, help="Strike out whatever else stands there.")
@click.option("--by", required=True, help="The staff number of whoever decides it.")
def set_rota(
    lines: tuple[str, ...],
    community: str | None,
    rung: int,
    since: datetime,
    weeks: int,
    replace: bool,
    by: str,
) -> None:
    """Enter a weekly pattern. Each of LINES is like '1-5 08:00-20:00 G1/G2': days (1 is Monday), hours, staff
    numbers; / takes turns, a comma is together."""

    def work() -> tuple[int, int]:
        of = community_named(community) if community else None

        def person(number: str) -> int | None:
            found = colleague(number, of)
            return found.person_id if found is not None else None

        day = since.date()
        shifts = planned(read(lines, person), day, day + timedelta(days=7 * weeks - 1))
        return rota.enter(of, rung, shifts, desk(by), replace=replace)

    with opened(settings()) as database:
        came, went = database.write(work)
    click.echo(f"{came} shifts entered, {went} struck out", err=True)


@command.command()
@LINES
@click.option("--community", help="Only of this community.")
@click.option("--from", "start", type=MOMENT, help="From then on; from now on without it.")
@click.option("--days", type=click.IntRange(1, 400), default=14, show_default=True)
def show(as_json: bool, community: str | None, start: datetime | None, days: int) -> None:
    """The shifts of the next days."""
    begins = in_shanghai(start) or now()

    def lines() -> Iterator[dict[str, Any]]:
        people, places = staff_numbers(), _communities()
        which = (Shift.community_id == community_named(community),) if community else ()
        for one in rota.shifts_between(begins, begins + timedelta(days=days), *which):
            yield {
                "id": one.id,
                "community": places.get(one.community_id),
                "rung": one.rung,
                "person": people.get(one.person_id),
                "starts_at": one.starts_at,
                "ends_at": one.ends_at,
            }

    show_lines(lines, as_json, plain)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of whoever decides it.")
def strike(number: int, by: str) -> None:
    """One shift is not to be."""
    with opened(settings()) as database:
        if not database.write(lambda: rota.strike_out(number, desk(by))):
            click.echo(f"shift {number} is over or struck out already", err=True)


@command.command()
@LINES
@click.option("--days", type=click.IntRange(1, 400), default=14, show_default=True)
def gaps(as_json: bool, days: int) -> None:
    """The hours on which nobody is on duty. Exit code 1 if there are any."""
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            at, places = now(), _communities()
            found = rota.gaps(at, at + timedelta(days=days))
            for one in found:
                names = rungs(one.community_id)
                line = {
                    "community": places.get(one.community_id),
                    "rung": one.rung,
                    "name": names[one.rung] if one.rung < len(names) else None,
                    "starts_at": one.starts_at,
                    "ends_at": one.ends_at,
                }
                json_line(line) if as_json else click.echo(plain(line))
    if found:
        raise Refusal(f"nobody is on duty in {len(found)} spans of the next {days} days")


@command.command()
@click.argument("shift", type=NUMBER)
@click.option("--to", help="The staff number of whoever is asked to take it.")
@click.option("--for", "given", type=NUMBER, help="The shift of theirs that is given for it.")
@click.option("--answer", type=click.Choice(list(ANSWERS)), help="Of whoever is asked; SHIFT is the request.")
@click.option("--by", required=True, help="The staff number of whoever says so.")
def swap(shift: int, to: str | None, given: int | None, answer: str | None, by: str) -> None:
    """Ask a colleague to take SHIFT, or answer request SHIFT."""
    if (to is None) == (answer is None):
        raise click.UsageError("say either --to or --answer")

    def work() -> int:
        if answer is not None:
            ANSWERS[answer](shift, staff(by))
            return shift
        return swaps.ask(shift, numbered(to or "").person_id, staff(by), in_return=given)

    with opened(settings()) as database:
        number = database.write(work)
    click.echo(f"swap {number}", err=True)


@command.command(name="swaps")
@LINES
def show_swaps(as_json: bool) -> None:
    """What was asked and how it ended, the newest last."""

    def lines() -> Iterator[dict[str, Any]]:
        people = staff_numbers()
        for one in session().scalars(select(Swap).order_by(Swap.id)):
            yield {
                "id": one.id,
                "shift": one.shift_id,
                "to": people.get(one.to_id),
                "for": one.for_shift_id,
                "asked_by": people.get(one.asked_by),
                "asked_at": one.asked_at,
                "ended": one.ended_how,
            }

    show_lines(lines, as_json, plain)


def _communities() -> dict[int | None, str]:
    return {one.id: one.name for one in session().scalars(select(Community))}
