"""hemei reconcile FILE: one of the platform's bill files against the books."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from handlers.wording.differences import label
from handlers.wording.filters import yuan
from models.base.actor import SYSTEM
from models.pay import bill_files, differences
from models.pay.comparing import compare
from models.pay.tables import Difference
from server.cli.running import Refusal, json_line, opened, settings


@click.command(name="reconcile")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Needed for a file without any line.")
@click.option("--json", "as_json", is_flag=True, help="What is open, one object per line.")
def command(file: Path, day: datetime | None, as_json: bool) -> None:
    """Compare FILE with the books: the platform's trade bill (ALL) or fund bill of one day, unchanged.

    Kind and day are read from it; nothing is taken of a file that is not whole. Reading it again settles what
    is right by now. Exit code 1 while differences of that day are open: see `hemei difference`.
    """
    config = settings()
    read = bill_files.read(file.read_bytes())
    pay = config.wechat.pay
    with opened(config) as database:
        outcome = database.write(
            compare, read, SYSTEM, day=day.date() if day else None, mch_id=pay.mch_id if pay else None
        )
        with database.read():
            which = (Difference.kind == outcome.kind, Difference.day == outcome.day)
            for difference, estate in differences.unsettled(*which):
                said = differences.line(difference, estate)
                json_line(said) if as_json else click.echo(plain(said))
    counts = f"{outcome.rows} rows, {yuan(outcome.fen)} yuan, {outcome.matched} matched"
    click.echo(f"{outcome.kind} {outcome.day}: {counts}", err=True)
    if outcome.open:
        raise Refusal(f"{outcome.open} differences are open")


def plain(said: dict[str, Any]) -> str:
    """A difference on one line."""
    ours, theirs = ("—" if fen is None else yuan(fen) for fen in (said["ours_fen"], said["theirs_fen"]))
    state = "settled" if said["settled_at"] else "open"
    sums = f"ours {ours} theirs {theirs}"
    return f"{said['number']:>6}  {said['day']}  {state:<7}  {label(said['what'])}  {said['about']}  {sums}"
