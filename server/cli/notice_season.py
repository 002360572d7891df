"""hemei notice season FILE.toml | list"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.notice.season import Day, SeasonCall, keep
from models.place.gazetteer import town
from server.cli.notice_file import NEEDED, audience_of, author_of, read, words_of
from server.cli.running import Refusal, glanced, json_line, opened, settings

LIST = "list"


@click.command()
@click.argument("what", metavar="FILE.toml|list")
@click.option("--json", "as_json", is_flag=True, help="Of a list: one object per line.")
def season(what: str, as_json: bool) -> None:
    """Keep what is said every year about the same day, or list it.

    FILE.toml is that of `hemei notice send` without hours, and with month and day. On that day a draft is
    made, and the desk is told; nobody hears it before somebody hands it in.
    """
    if what == LIST:
        _list(as_json)
        return
    file = Path(what)
    if not file.is_file():
        raise click.BadParameter(f"{what} is no file", param_hint="FILE.toml|list")
    said = read(file, needed=NEEDED | {"month", "day"}, more={"kind", "is_call"})
    with opened(settings()) as database:
        key = database.write(_keep, said)
    click.echo(f"season call {key} kept", err=True)


def _keep(said: Mapping[str, Any]) -> int:
    month, day = said["month"], said["day"]
    if type(month) is not int or type(day) is not int:
        raise Refusal("month and day are whole numbers")
    staff = author_of(said)
    by = By.staff(staff.person_id)
    return keep(words_of(said), audience_of(said), Day(month, day), by, staff.community_id)


def _list(as_json: bool) -> None:
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            query = select(SeasonCall).where(SeasonCall.ended_at.is_(None))
            for one in session().scalars(query.order_by(SeasonCall.month, SeasonCall.day, SeasonCall.id)):
                community = town().communities.get(one.community_id)
                if as_json:
                    json_line(_line(one, community))
                else:
                    click.echo(
                        f"{one.id:>5}  {one.month:02}-{one.day:02}  {community or '':<12}  {one.title}"
                    )


def _line(one: SeasonCall, community: str | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "community": community,
        "month": one.month,
        "day": one.day,
        "next_on": one.next_on,
        "kind": one.kind,
        "is_call": one.is_call,
        "audience": one.audience,
    }
