"""hemei books outlay · income · list · approve · refuse · reverse · move · statement · publish · export"""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import ColumnElement

from handlers.wording.filters import label, yuan
from models.base.actor import By
from models.books import earning, listing, publishing, spending, vouchers
from models.books.money import MONEY
from models.books.moving import move as move_money
from models.books.statement import statement as statement_of
from models.books.tables import Income, Outlay, State
from models.joins.publishing import publish as put_up
from models.media.files import Files
from models.media.photos import CONTENT_TYPE, rebuilt
from server.cli import books_file
from server.cli.books_export import export
from server.cli.estates import COMMUNITY, ESTATE, Month, estate_named, of_estate
from server.cli.homes import NUMBER, staff
from server.cli.payment import Yuan
from server.cli.running import Refusal, json_line, opened, settings, show_lines
from server.cli.sealing import naming_what_is_lacking
from server.cli.toml_file import FILE

T = TypeVar("T")
MONTH = Month()
BY = click.option("--by", required=True, help="The staff number of whoever says so.")
INCOME = click.option("--income", is_flag=True, help="The number is an income's.")


@click.group(name="books", help="Open books: what money bought, what came in, a month put up.")
def command() -> None:
    pass


command.add_command(export)


@command.command()
@click.argument("file", type=FILE)
def outlay(file: Path) -> None:
    """Enter one outlay from a TOML file and hand it in. docs/operating.md lists the keys."""
    said = books_file.read(file, books_file.OUTLAY, books_file.OUTLAY_MORE)
    picture = _picture(said.voucher)
    config = settings()
    files = Files(config.storage.dir)

    with opened(config) as database:
        kept = files.keep(picture, CONTENT_TYPE) if picture is not None else None

        def work() -> int:
            by = staff(str(said.values["by"]))
            made = spending.enter(said.estate(), said.bought(), by, again=bool(said.values.get("again")))
            if kept is not None:
                vouchers.attach(made, kept, by)
            spending.hand_in(made, by)
            return made.id

        try:
            number = database.write(work)
        except BaseException:
            files.drop([kept] if kept else [])
            raise
    click.echo(f"outlay {number} waits for somebody else", err=True)


@command.command()
@click.argument("file", type=FILE)
def income(file: Path) -> None:
    """Enter income besides fees from a TOML file; it waits for somebody else."""
    said = books_file.read(file, books_file.INCOME, books_file.INCOME_MORE)

    def work() -> int:
        by = staff(str(said.values["by"]))
        return earning.enter(said.estate(), said.received(), by, again=bool(said.values.get("again"))).id

    with opened(settings()) as database:
        number = database.write(work)
    click.echo(f"income {number} waits for somebody else", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--estate", help="The estate's name.")
@click.option("--state", type=click.Choice([state.value for state in State]), multiple=True)
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; otherwise all.")
@click.option("--income", is_flag=True, help="Income besides fees instead.")
def show_list(
    as_json: bool, estate: str | None, state: tuple[str, ...], limit: int | None, income: bool
) -> None:
    """All outlays, oldest first."""
    table = Income if income else Outlay
    which: list[ColumnElement[bool]] = [
        *of_estate(estate),
        *([table.state.in_(state)] if state else []),
    ]
    lines = listing.income_lines if income else listing.lines
    show_lines(lambda: lines(*which, limit=limit), as_json, _plain)


@command.command()
@click.argument("number", type=NUMBER)
@INCOME
@BY
def approve(number: int, income: bool, by: str) -> None:
    """Agree to it: it is booked. Not for whoever spent or entered it."""
    is_new = _decided(number, income, by, spending.approve, earning.approve)
    click.echo(f"{number} is booked" if is_new else f"{number} was booked before", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@INCOME
@click.option("--why", required=True)
@BY
def refuse(number: int, income: bool, why: str, by: str) -> None:
    """Do not agree; whoever entered it may change it."""
    _decided(
        number,
        income,
        by,
        lambda one, who: spending.refuse(one, who, why),
        lambda one, who: earning.refuse(one, who, why),
    )
    click.echo(f"{number} is refused", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@INCOME
@click.option("--why", required=True, help="Everybody reads it.")
@BY
def reverse(number: int, income: bool, why: str, by: str) -> None:
    """Take back what was booked, by an entry of today; the old one stays."""
    _decided(
        number,
        income,
        by,
        lambda one, who: spending.take_back(one, who, why),
        lambda one, who: earning.take_back(one, who, why),
    )
    click.echo(f"{number} is taken back", err=True)


@command.command()
@ESTATE
@COMMUNITY
@click.option("--from", "source", type=click.Choice([one.value for one in MONEY]), required=True)
@click.option("--to", type=click.Choice([one.value for one in MONEY]), required=True)
@click.option("--yuan", "fen", type=Yuan(), required=True)
@click.option("--fund", default="fees", show_default=True, help="Whose money it is.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--paper", required=True, help="The number of the bank's paper: each is booked once.")
@BY
def move(
    estate: str,
    community: str | None,
    source: str,
    to: str,
    fen: int,
    fund: str,
    day: datetime,
    paper: str,
    by: str,
) -> None:
    """Money of an estate from one of its accounts to another, as when WeChat Pay pays out to the bank."""

    def work() -> bool:
        key = estate_named(estate, community)
        return move_money(key, source, to, fen, day.date(), paper, staff(by), fund=fund)

    with opened(settings()) as database:
        is_new = database.write(work)
    click.echo("moved" if is_new else "moved before", err=True)


@command.command()
@ESTATE
@COMMUNITY
@click.option("--month", type=MONTH, required=True, metavar="2026-11")
@click.option("--json", "as_json", is_flag=True, help="One object.")
def statement(estate: str, community: str | None, month: date, as_json: bool) -> None:
    """Opening + in − out = closing of one month; of one that was put up, as it was."""
    with opened(settings()) as database, database.read():
        key = estate_named(estate, community)
        up = publishing.published(key, month)
        one = publishing.as_put_up(up) if up is not None else statement_of(key, month)
    if as_json:
        json_line({"estate": estate, "published": up is not None, **one.kept(), "month": f"{month:%Y-%m}"})
        return
    click.echo(f"{yuan(one.opening)} + {yuan(one.received)} - {yuan(one.spent)} = {yuan(one.closing)}")
    for sign, amounts in (("+", one.income), ("-", one.spending)):
        for code, fen in amounts:
            click.echo(f"{sign} {yuan(fen):>14}  {_flow(code)}")


@command.command()
@ESTATE
@COMMUNITY
@click.option("--month", type=MONTH, required=True, metavar="2026-10")
@click.option("--bank", "bank_fen", type=Yuan(), help="What the bank's own paper says at its end.")
@BY
def publish(estate: str, community: str | None, month: date, bank_fen: int | None, by: str) -> None:
    """Seal a month that has ended and put it up for everybody.

    Refuses, with a line for each thing that has to be done before, while anything of the month waits.
    """
    with opened(settings()) as database:
        with database.read():
            key = estate_named(estate, community)
        with naming_what_is_lacking(database, key, month):
            is_new = database.write(lambda: put_up(key, month, staff(by), bank_fen=bank_fen))
    click.echo("published" if is_new else "published before", err=True)


def _decided(
    number: int,
    income: bool,
    by: str,
    of_outlay: Callable[[Outlay, By], T],
    of_income: Callable[[Income, By], T],
) -> T:
    """What somebody says of an outlay, or of an income, by its number."""

    def work() -> T:
        who = staff(by)
        if income:
            return of_income(earning.held(number, who), who)
        return of_outlay(spending.held(number, who), who)

    with opened(settings()) as database:
        return database.write(work)


def _picture(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        return rebuilt(file.read_bytes())
    except OSError as trouble:
        raise Refusal(f"{file}: {trouble.strerror}") from None


def _flow(code: str) -> str:
    side, _, rest = code.partition("_")
    tables = {"for": "spending", "from": "incomes"}
    return label(rest, tables[side]) if side in tables else label(code, "statement")


def _plain(line: dict[str, Any]) -> str:
    what = " ".join(part for part in (line["item"], line.get("brand"), line.get("model")) if part)
    return f"{line['number']:>6}  {line['day']}  {line['state']:<8}  {yuan(line['fen']):>12}  {what}"
