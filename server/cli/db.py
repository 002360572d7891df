"""hemei db upgrade · hemei db check"""

import click

from server import migrations, schema
from server.cli.running import Refusal, json_line, settings


@click.group(name="db", help="Migrate the database, or say whether it is current.")
def command() -> None:
    pass


@command.command()
def upgrade() -> None:
    """Bring the database to the current schema; makes it when it is not there."""
    config = settings()
    before = migrations.upgrade(config.database.url, secret_key=config.server.secret_key)
    if before.current:
        click.echo("the schema was current already", err=True)
    else:
        click.echo(f"migrated from {before.have or 'empty'} to {before.want}", err=True)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def check(as_json: bool) -> None:
    """Say whether the schema is current; exit 1 when it is not."""
    state = schema.check(settings().database.url)
    if as_json:
        json_line({"current": state.current, "have": state.have, "want": state.want})
    if not state.current:
        raise Refusal(str(state))
    if not as_json:
        click.echo(str(state))
