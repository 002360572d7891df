"""hemei indicator list · show · open · detect · seal · sealed · export"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from handlers.wording import indicators as wording
from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.orm import session
from models.duty.answering import answerer
from models.indicator import sealing
from models.indicator.asking import GROUPS, Opened, Scope, all_opened, figures, opened, view_of
from models.indicator.detecting import detected
from models.indicator.formulas import MINUTES, RATES
from models.indicator.period import Period, between, named, this_month
from models.place.tables import Grid
from server.cli.homes import DAY, staff
from server.cli.indicator_removal import (
    agree,
    change,
    community_named,
    refuse,
    remove,
    show_removals,
    show_settings,
)
from server.cli.running import Refusal, settings, show_lines
from server.cli.running import opened as database_opened
from server.cli.workbooks import FILE, write_sheets

JSON = click.option("--json", "as_json", is_flag=True, help="One object per line.")
PERIOD = click.option("--period", metavar="2026-11", help="Also 2026-Q4 or 2026; otherwise this month.")
FROM = click.option("--from", "first", type=DAY, help="Any two days instead of a period.")
TO = click.option("--to", "last", type=DAY)
COMMUNITY = click.option("--community", help="Of one community; otherwise of the town.")


@click.group(name="indicator", help="Figures by the standards' names, and the cases that each opens to.")
def command() -> None:
    pass


for one in (remove, agree, refuse, show_removals, show_settings, change):
    command.add_command(one)


@command.command(name="list")
@COMMUNITY
@JSON
def show_list(community: str | None, as_json: bool) -> None:
    """Every indicator: how it is counted here, its source, whether less is better."""

    def lines() -> Iterator[dict[str, Any]]:
        known = view_of(this_month(now()), Scope(community_named(community)), now()).settings
        for code in (*RATES, *MINUTES, *known.composites):
            yield {
                "indicator": code,
                "name": wording.indicator_name(code),
                "formula": wording.formula(code, known),
                "source": wording.source(code),
                "less_is_better": code in MINUTES or (code in RATES and RATES[code].less_is_better),
                "formulas": known.version,
            }

    show_lines(lines, as_json, lambda line: f"{line['indicator']:<22} {line['name']}  {line['formula']}")


@command.command()
@PERIOD
@FROM
@TO
@COMMUNITY
@click.option("--grid", help="Of one grid.")
@click.option("--category", help="A code of the label guide.")
@click.option("--by", type=click.Choice(GROUPS), help="One line for each of these; otherwise the whole.")
@JSON
def show(
    period: str | None,
    first: datetime | None,
    last: datetime | None,
    community: str | None,
    grid: str | None,
    category: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """The figures of a period: numerator, denominator, rate, interval, and what was left out with its reason.

    Only what was known at the period's end counts. A zero denominator is a dash and no rate.
    """
    wanted = period_said(period, first, last)
    show_lines(
        lambda: lines_of(wanted, Scope(community_named(community), grid_named(grid), None, category), by),
        as_json,
        plain,
    )


@command.command(name="open")
@click.argument("code", type=click.Choice([*RATES, *MINUTES]))
@PERIOD
@FROM
@TO
@COMMUNITY
@click.option("--of", "number", help="Of one person's figure: a staff number.")
@JSON
def show_cases(
    code: str,
    period: str | None,
    first: datetime | None,
    last: datetime | None,
    community: str | None,
    number: str | None,
    as_json: bool,
) -> None:
    """The cases of a figure, and what each counted as.

    What people said of running work is not open before the period is over.
    """
    wanted = period_said(period, first, last)

    def lines() -> Iterator[dict[str, Any]]:
        by, key = ("person", str(staff(number).id)) if number else (None, "")
        for one in opened(code, wanted, Scope(community_named(community)), by=by, key=key):
            yield _case_line(code, one)

    show_lines(lines, as_json, lambda line: f"{line['number']:>8}  {line['counted']}")


@command.command()
@PERIOD
@FROM
@TO
@COMMUNITY
@JSON
def detect(
    period: str | None, first: datetime | None, last: datetime | None, community: str | None, as_json: bool
) -> None:
    """What somebody should look at: closed too quickly, made by oneself, reported again and again."""
    wanted = period_said(period, first, last)

    def lines() -> Iterator[dict[str, Any]]:
        for one in detected(wanted, Scope(community_named(community))):
            who = answerer(one.person) if one.person is not None else None
            yield {
                "kind": one.code,
                "cases": [with_check(case) for case in one.cases],
                "person": who.name if who else None,
                "minutes": one.minutes,
            }

    show_lines(lines, as_json, lambda line: f"{line['kind']:<12} {' '.join(line['cases'])}")


@command.command()
@click.argument("period")
@COMMUNITY
@click.option("--by", "number", required=True, help="The staff number of whoever decides there.")
def seal(period: str, community: str | None, number: str) -> None:
    """Seal a month, quarter or year that is over: its figures stay, whatever becomes of the cases."""
    wanted = named(period)
    with database_opened(settings()) as database:
        with database.read():
            by, place = staff(number), community_named(community)
            sealing.may_seal(wanted, place, by)
            counted = sealing.counted(wanted, place)
        sha256, is_new = database.write(lambda: _sealed(sealing.seal(wanted, place, by, counted)))
    click.echo(f"{period} {'is sealed' if is_new else 'was sealed before'}: {sha256}", err=True)


@command.command()
@COMMUNITY
@JSON
def sealed(community: str | None, as_json: bool) -> None:
    """What was sealed, and whether it still says what was sealed."""

    def lines() -> Iterator[dict[str, Any]]:
        for row in sealing.all_sealed(community_named(community)):
            yield {
                "period": row.period,
                "formulas": row.formulas,
                "sha256": row.sha256,
                "whole": sealing.is_whole(row),
                "at": row.at.isoformat(),
                "figures": row.figures["whole"]["figures"],
            }

    show_lines(lines, as_json, lambda line: f"{line['period']:<8} {line['sha256']}  {line['whole']}")


@command.command()
@FILE
@PERIOD
@FROM
@TO
@COMMUNITY
@click.option("--by", type=click.Choice(GROUPS), help="Groups beside the whole.")
def export(
    file: Path,
    period: str | None,
    first: datetime | None,
    last: datetime | None,
    community: str | None,
    by: str | None,
) -> None:
    """An .xlsx of the figures, the cases of each, and how they were counted."""
    wanted = period_said(period, first, last)
    with database_opened(settings()) as database, database.read():
        scope = Scope(community_named(community))
        view = view_of(wanted, scope, now())
        lines = [*lines_of(wanted, scope, None), *(lines_of(wanted, scope, by) if by else ())]
        cases = all_opened(wanted, scope)
        write_sheets(file, wording.indicator_sheets(wanted.name, community, view, lines, cases))


def period_said(period: str | None, first: datetime | None, last: datetime | None) -> Period:
    if (first is None) != (last is None) or (first is not None and period is not None):
        raise click.UsageError("either --period, or --from and --to")
    if first is not None and last is not None:
        return between(first.date(), last.date())
    return named(period) if period else this_month(now())


def lines_of(period: Period, scope: Scope, by: str | None) -> Iterator[dict[str, Any]]:
    """A line for each group and indicator; `group` is its name, `key` its id."""
    known = view_of(period, scope, now()).settings
    for line in wording.group_lines(figures(period, scope, by=by), by, known.least):
        yield {"period": period.name, **line, "formulas": known.version}


def plain(line: dict[str, Any]) -> str:
    group = f"{line['group']}  " if line["by"] else ""
    return f"{group}{line['indicator']:<22} {line['said']}  {line['name']}"


def grid_named(name: str | None) -> int | None:
    if name is None:
        return None
    found = session().scalar(select(Grid.id).where(Grid.name == name))
    if found is None:
        raise Refusal(f"there is no grid {name}")
    return int(found)


def _case_line(code: str, one: Opened) -> dict[str, Any]:
    line: dict[str, Any] = {"number": one.number, "counted": wording.counted_as(code, one)}
    if one.minutes is not None:
        return {**line, "minutes": one.minutes}
    return {**line, "over": one.over, "under": one.under, "why": one.why}


def _sealed(done: tuple[Any, bool]) -> tuple[str, bool]:
    return done[0].sha256, done[1]
