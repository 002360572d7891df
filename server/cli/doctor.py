"""hemei doctor"""

import sys

import click

from server.cli.running import json_line
from server.doctor import examine

_SIGN = {"ok": "✓", "note": "·", "bad": "✗"}


@click.command(name="doctor")
@click.option("--json", "as_json", is_flag=True, help="One finding per line.")
@click.option("--offline", is_flag=True, help="Do not ask the platforms.")
def command(as_json: bool, offline: bool) -> None:
    """Look at configuration, disk, database, clock, platforms and town; exit 1 when something is wrong.

    ✓ is in order, · is worth knowing, ✗ is wrong.
    """
    wrong = 0
    for finding in examine(ask_platforms=not offline):
        wrong += finding.level == "bad"
        if as_json:
            json_line(
                {"level": finding.level, "code": finding.code, "says": finding.says, "hint": finding.hint}
            )
            continue
        click.echo(f"{_SIGN[finding.level]} {finding.says}")
        if finding.hint:
            click.echo(f"    {finding.hint}")
    if wrong:
        click.echo(f"hemei: {wrong} things are wrong", err=True)
        sys.exit(1)
