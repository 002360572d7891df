"""hemei service add · price · stop · order · end · list · orders"""

from datetime import date, datetime
from typing import Any

import click

from models.base.actor import SYSTEM
from models.base.months import month_of
from models.base.resources import table
from models.contract import services
from models.contract.tables import ServiceClass
from models.fee import ending
from models.fee.payments import hold
from models.fee.tables import Basis
from models.fee.tariffs import Tariffs, set_price
from server.cli.estates import COMMUNITY, ESTATE, Month, estate_named, of_estate
from server.cli.homes import DAY, HOME, NUMBER, desk, home_named
from server.cli.payment import Yuan
from server.cli.running import Refusal, opened, settings, show_lines

BASES = [Basis.UNIT.value, Basis.ONCE.value, Basis.AREA.value, Basis.YEAR.value]
BY = click.option("--by", required=True, help="The staff number of whoever does so.")


@click.group(name="service", help="Services beside the property fee, and what homes order of them.")
def command() -> None:
    pass


@command.command()
@ESTATE
@COMMUNITY
@click.option("--name", required=True)
@click.option("--class", "of_class", type=click.Choice([one.value for one in ServiceClass]), required=True)
@click.option("--unit", type=click.Choice(sorted(table("labels/service_units.toml"))), required=True)
@BY
def add(estate: str, community: str | None, name: str, of_class: str, unit: str, by: str) -> None:
    """Put a service into an estate's catalogue; the same name again changes its class and unit."""
    with opened(settings()) as database:
        number = database.write(
            lambda: services.add(
                estate_named(estate, community), name, ServiceClass(of_class), unit, desk(by)
            )
        )
    click.echo(f"service {number}", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--yuan", "fen", type=Yuan(), required=True, help="For one unit.")
@click.option("--basis", type=click.Choice(BASES), default=Basis.UNIT.value, show_default=True)
@click.option("--since", type=DAY, required=True, metavar="2027-01-01", help="From that day on.")
@click.option("--ground", help="The meeting or paper that approved it.")
@BY
def price(number: int, fen: int, basis: str, since: datetime, ground: str | None, by: str) -> None:
    """What a service costs from a day on. Earlier prices stay as they are."""

    def work() -> None:
        estate, by_id = services.held(number).estate_id, desk(by).id
        said = {"service_id": number, "basis": Basis(basis), "ground": ground, "by_id": by_id}
        set_price(estate, fen * 100, since.date(), **said)  # type: ignore[arg-type]

    with opened(settings()) as database:
        database.write(work)


@command.command()
@click.argument("number", type=NUMBER)
def stop(number: int) -> None:
    """Nobody can order it any more; what was ordered goes on until it is ended."""
    with opened(settings()) as database:
        database.write(services.stop, number)


@command.command()
@HOME
@COMMUNITY
@click.option("--service", type=NUMBER, required=True)
@click.option("--quantity", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--since", type=DAY, required=True, metavar="2027-01-01", help="By the month: a first of one.")
@BY
def order(home: str, community: str | None, service: int, quantity: int, since: datetime, by: str) -> None:
    """A home orders a service: once on that day, or month by month, as its price says."""

    def work() -> int:
        household = home_named(home, community)
        estate = hold(household)
        rate = Tariffs(estate).on(estate, 0, since.date(), service)
        if rate is None:
            raise Refusal(f"service {service} has no price on {since.date()}")
        once = rate.basis == Basis.ONCE
        return services.order(household, service, quantity, since.date(), desk(by), once=once)

    with opened(settings()) as database:
        number = database.write(work)
    click.echo(f"order {number}", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option(
    "--from", "first", type=Month(), required=True, metavar="2027-04", help="The first month without it."
)
def end(number: int, first: date) -> None:
    """An order by the month ends."""
    with opened(settings()) as database:
        database.write(ending.end, number, month_of(first), SYSTEM)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--estate", help="The estate's name.")
def show_list(as_json: bool, estate: str | None) -> None:
    """The catalogue, with today's prices."""
    show_lines(lambda: services.listed(*of_estate(estate)), as_json, _plain)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--estate", help="The estate's name.")
def orders(as_json: bool, estate: str | None) -> None:
    """What homes ordered."""
    show_lines(lambda: services.ordered(*of_estate(estate)), as_json, _plain)


def _plain(line: dict[str, Any]) -> str:
    return "  ".join(str(value) for value in line.values())
