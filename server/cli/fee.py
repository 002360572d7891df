"""hemei fee rates · arrears · visits"""

from typing import Any

import click
from sqlalchemy import select

from handlers.wording.filters import yuan
from models.base.clock import local, now
from models.base.orm import session
from models.fee import calendar, late, rates, visiting
from models.fee.period import Period
from models.fee.rates import Rate, Rates
from models.place.tables import Estate
from server.cli.running import Refusal, glanced, json_line, settings

ESTATE = click.option("--estate", help="The estate's name; otherwise all of them.")
JSON = click.option("--json", "as_json", is_flag=True, help="One object per line.")


@click.group(name="fee", help="How much of what was due has come in, and where somebody goes.")
def command() -> None:
    pass


@command.command(name="rates")
@ESTATE
@click.option("--period", metavar="2026-Q4", help="A year, a quarter or a month; otherwise this quarter.")
@JSON
def show_rates(estate: str | None, period: str | None, as_json: bool) -> None:
    """Both collection rates of each estate: homes that paid all of it, money that was paid.

    Of what was due for the period, what came in by its end. For staff: small numbers tell of somebody.
    """
    wanted = Period.of(period) if period else calendar.period_of(local(now()).date(), "quarter")
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            for key, name in _estates(estate):
                found = rates.rates(key, [wanted])[0]
                json_line(_line(name, found)) if as_json else click.echo(_plain(name, found))


@command.command()
@ESTATE
@JSON
def arrears(estate: str | None, as_json: bool) -> None:
    """What is still owed, by how late it is: from 1, 31, 91, 181, 366 days on. 0 is not due yet."""
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            for key, name in _estates(estate):
                for days, (bills, fen) in late.by_age(key).items():
                    if as_json:
                        json_line({"estate": name, "days": days, "bills": bills, "fen": fen})
                    elif bills:
                        click.echo(f"{name}  from {days:>3} days  {bills:>6} bills  {yuan(fen):>14}")


@command.command()
@click.option("--all", "everything", is_flag=True, help="Also those that were made.")
@JSON
def visits(everything: bool, as_json: bool) -> None:
    """Homes that somebody is to go to about their bills, oldest first."""
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            for line in visiting.lines(waiting=not everything):
                if as_json:
                    json_line(line)
                    continue
                said = " ".join(filter(None, (line["outcome"], line["promised_on"])))
                click.echo(f"{line['number']:>6}  {line['asked_on']}  {line['household']}  {said}".rstrip())


def _estates(name: str | None) -> list[tuple[int, str]]:
    query = select(Estate.id, Estate.name).where(Estate.active).order_by(Estate.id)
    if name is not None:
        query = query.where(Estate.name == name)
    found = [(key, said) for key, said in session().execute(query)]
    if name is not None and not found:
        raise Refusal(f"there is no estate {name}")
    return found


def _line(estate: str, found: Rates) -> dict[str, Any]:
    """Numerator, denominator, per mille (null where nothing was due)."""

    def rate(one: Rate) -> dict[str, int | None]:
        return {"over": one.over, "under": one.under, "permille": one.permille}

    return {
        "estate": estate,
        "period": found.money.period,
        "households": rate(found.households),
        "money_fen": rate(found.money),
    }


def _plain(estate: str, found: Rates) -> str:
    homes, money = found
    return (
        f"{estate}  {homes.period}  homes {_percent(homes)} ({homes.over}/{homes.under})"
        f"  money {_percent(money)} ({yuan(money.over)}/{yuan(money.under)})"
    )


def _percent(rate: Rate) -> str:
    return "—" if rate.permille is None else f"{rate.permille // 10}.{rate.permille % 10}%"
