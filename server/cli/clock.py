"""hemei clock tick"""

from datetime import datetime
from itertools import chain
from typing import Any

import click

from models.base.clock import SHANGHAI, local, now
from models.case.clock import climb_some
from models.case.foretelling import foretold
from models.whistle.climbing import climb_some as climb_whistles
from models.whistle.foretelling import foretold as foretold_of_whistles
from server.cli.running import Refusal, json_line, opened, settings


class Moment(click.ParamType[datetime]):
    """2026-11-23T17:00, by the wall clock of Shanghai unless a zone is written."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            said = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is no moment, such as 2026-11-23T17:00", param, ctx)
        return said if said.tzinfo is not None else said.replace(tzinfo=SHANGHAI)


@click.group(name="clock", help="What the clock does to cases that wait too long.")
def command() -> None:
    pass


@command.command()
@click.option("--until", type=Moment(), metavar="2026-11-23T17:00", help="Up to this moment; otherwise now.")
@click.option("--dry-run", is_flag=True, help="Say what would climb and why, if nobody did anything.")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
def tick(until: datetime | None, dry_run: bool, as_json: bool) -> None:
    """Let cases and whistles climb of which a limit has run out, as `hemei work` does every ten seconds.

    A case climbs at the moment its limit ran out, whenever somebody looks, so this may run at any time.
    """
    moment = until or now()
    if not dry_run and moment > now():
        raise Refusal("the clock runs no further than now: --dry-run says what would come")
    with opened(settings()) as database:
        if dry_run:
            with database.read():
                for line in chain(foretold(moment), foretold_of_whistles(moment)):
                    json_line(line) if as_json else click.echo(_plain(line))
            return
        count = 0
        while looked := database.write(lambda: climb_some(until=moment)):
            count += looked
        last = 0
        while last := database.write(climb_whistles, last):
            pass
    json_line({"cases": count}) if as_json else click.echo(f"{count} cases", err=True)


def _plain(line: dict[str, Any]) -> str:
    at = local(datetime.fromisoformat(line["at"]))
    stages = ", ".join(one["stage"] for one in line["missed"])
    place = "-".join(str(part) for part in (line["estate"], line["building"]) if part)
    people = "、".join(line["to"]) or "nobody"
    return (
        f"{at:%Y-%m-%d %H:%M:%S}  {line['number']}  {place}  {stages} missed"
        f" -> rung {line['rung']}: {people} ({line['how']})"
    )
