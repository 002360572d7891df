"""hemei proof enter · check · missing · list · standard"""

from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from models.base.orm import session
from models.contract import proofs, standards
from models.contract.standards import Line
from models.joins import withholding
from models.place.tables import Building
from server.cli.estates import COMMUNITY, ESTATE, Month, estate_named, of_estate
from server.cli.homes import NUMBER, staff
from server.cli.running import Refusal, opened, settings, show_lines
from server.cli.toml_file import FILE, parsed

MONTH = click.option("--month", type=Month(), required=True, metavar="2027-01")


@click.group(name="proof", help="The standard of an estate, and whether it was kept month by month.")
def command() -> None:
    pass


@command.command()
@click.argument("file", type=FILE)
@ESTATE
@COMMUNITY
@click.option("--since", type=Month(), required=True, metavar="2027-01", help="From this month on.")
@click.option("--ground", required=True, help="The meeting that approved it.")
@click.option("--by", required=True, help="The staff number of whoever enters it.")
def standard(file: Path, estate: str, community: str | None, since: date, ground: str, by: str) -> None:
    """Set the standard from a TOML file: code = { text = "…", weight = 3 }, a line each."""
    lines = _lines(file)
    with opened(settings()) as database:
        number = database.write(
            lambda: standards.set_standard(estate_named(estate, community), since, lines, ground, staff(by))
        )
    click.echo(f"standard {number} holds from {since:%Y-%m}", err=True)


@command.command()
@ESTATE
@COMMUNITY
@click.option("--building", help="Only of this building.")
@MONTH
@click.option("--line", required=True, help="The code of a line of the standard.")
@click.option("--done/--not-done", required=True)
@click.option("--words", default="", help="What is wrong with it, where it was not done.")
@click.option("--by", required=True, help="The staff number of whoever enters it.")
def enter(
    estate: str,
    community: str | None,
    building: str | None,
    month: date,
    line: str,
    done: bool,
    words: str,
    by: str,
) -> None:
    """Whether a line of the standard was kept in a month that has ended."""

    def work() -> int:
        key = estate_named(estate, community)
        house = _building(key, building) if building else 0
        return proofs.enter(key, month, line, done, staff(by), building_id=house, words=words)

    with opened(settings()) as database:
        number = database.write(work)
    click.echo(f"proof {number} waits for a second person", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of the second person.")
def check(number: int, by: str) -> None:
    """A second person has seen it. What was not done becomes a case and is withheld from bills."""

    def work() -> str | None:
        case = withholding.check(number, staff(by))
        return case.number if case is not None else None

    with opened(settings()) as database:
        case = database.write(work)
    click.echo(f"proof {number} is checked" + (f", case {case}" if case else ""), err=True)


@command.command()
@ESTATE
@COMMUNITY
@MONTH
def missing(estate: str, community: str | None, month: date) -> None:
    """Lines of the standard of which nothing is entered for that month."""
    with opened(settings()) as database, database.read():
        for line in proofs.missing(estate_named(estate, community), month):
            click.echo(f"{line.code}  {line.text}")


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--estate", help="The estate's name.")
def show_list(as_json: bool, estate: str | None) -> None:
    """What was entered, by number."""
    show_lines(lambda: proofs.listed(*of_estate(estate)), as_json, _plain)


def _lines(file: Path) -> list[Line]:
    said = parsed(file)
    found = []
    for code, line in said.items():
        if (
            not isinstance(line, dict)
            or type(line.get("weight")) is not int
            or set(line) != {"text", "weight"}
        ):
            raise Refusal(f'{file}: {code} is no line, such as {{ text = "…", weight = 3 }}')
        found.append(Line(code, str(line["text"]), line["weight"]))
    return found


def _building(estate_id: int, name: str) -> int:
    query = select(Building.id).where(Building.estate_id == estate_id, Building.name == name)
    found = session().scalars(query).first()
    if found is None:
        raise Refusal(f"there is no building {name}")
    return found


def _plain(line: dict[str, Any]) -> str:
    place = f"{line['estate']}-{line['building']}" if line["building"] else line["estate"]
    done = "done" if line["done"] else "not done"
    return f"{line['number']:>5}  {line['state']:<7}  {line['month']}  {done:<8}  {place}  {line['text']}"
