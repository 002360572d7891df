"""hemei payment enter · list · wrong · agree"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import click

from handlers.wording.filters import yuan
from models.base.checkdigit import without_check
from models.base.orm import session
from models.base.refusals import NotFound
from models.fee import payments, reading
from models.fee.payments import Payment, Way
from models.fee.tables import Bill
from server.cli.homes import NUMBER, desk
from server.cli.running import Refusal, opened, settings, show_lines

_YUAN = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?", re.ASCII)


class Yuan(click.ParamType[int]):
    """180 or 180.00; whole fen."""

    name = "yuan"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if not _YUAN.fullmatch(str(value)):
            self.fail(f"{value} is no sum in yuan, such as 180.00", param, ctx)
        return int(Decimal(value) * 100)


@click.group(name="payment", help="Fees that came in over the counter or by bank transfer.")
def command() -> None:
    pass


@command.command()
@click.option(
    "--bill", required=True, help="The number of any bill of the home: its oldest one is paid first."
)
@click.option("--yuan", "fen", type=Yuan(), required=True)
@click.option("--way", type=click.Choice([Way.CASH.value, Way.TRANSFER.value]), required=True)
@click.option("--receipt", required=True, help="The receipt's number: each is booked once.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="When it was received.")
@click.option("--by", required=True, help="The staff number of whoever took it.")
def enter(bill: str, fen: int, way: str, receipt: str, day: datetime, by: str) -> None:
    """Book a payment. What is more than the home owes is kept for its bills to come."""

    def work() -> tuple[int, bool]:
        key = without_check(bill)
        known = session().get(Bill, key) if key is not None else None
        if known is None:
            raise NotFound("bill_not_found", number=bill)
        by_whom = desk(by)
        return payments.receive(known.household_id, fen, Way(way), receipt.strip(), day.date(), by_whom)

    with opened(settings()) as database:
        number, is_new = database.write(work)
    click.echo(f"payment {number}" if is_new else f"payment {number}: booked before", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; otherwise all.")
def show_list(as_json: bool, limit: int | None) -> None:
    """All payments, oldest first, with the bills that they paid."""
    show_lines(lambda: reading.paid(limit=limit), as_json, _plain)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--why", required=True, help="What is wrong with it.")
@click.option("--by", required=True, help="The staff number of whoever says so.")
def wrong(number: int, why: str, by: str) -> None:
    """Say that a payment was entered wrongly. It counts until a second person agrees."""
    with opened(settings()) as database:
        database.write(lambda: payments.say_wrong(_payment(number), desk(by), why))
    click.echo(f"payment {number} waits for a second person", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of the second person.")
def agree(number: int, by: str) -> None:
    """A second person agrees that it was wrong: its bills are open again."""
    with opened(settings()) as database:
        database.write(lambda: payments.agree_wrong(_payment(number), desk(by)))
    click.echo(f"payment {number} is taken back", err=True)


def _payment(number: int) -> Payment:
    found = session().get(Payment, number, with_for_update=True)
    if found is None:
        raise Refusal(f"there is no payment {number}")
    return found


def _plain(line: dict[str, Any]) -> str:
    bills = " ".join(f"{number}:{yuan(fen)}" for number, fen in line["bills"].items())
    return f"{line['number']:>6}  {line['day']}  {line['way']:<8}  {yuan(line['fen']):>10}  {bills}"
