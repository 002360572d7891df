"""hemei notice audiences"""

from typing import Any

import click
from sqlalchemy import select

from models.base.orm import session
from models.notice.saved import SavedAudience
from models.place.gazetteer import town
from server.cli.running import glanced, json_line, settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
def audiences(as_json: bool) -> None:
    """The audiences that desks keep under a name; a file says audience = { saved = "NAME" }."""
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            query = select(SavedAudience).order_by(SavedAudience.community_id, SavedAudience.name)
            for one in session().scalars(query):
                line = _line(one)
                if as_json:
                    json_line(line)
                else:
                    click.echo(f"{line['community'] or '':<12}  {one.name}  {one.audience}")


def _line(one: SavedAudience) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "community": town().communities.get(one.community_id),
        "audience": one.audience,
        "created_at": one.created_at,
    }
