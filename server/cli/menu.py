"""hemei menu"""

import click

from server import menu
from server.channels.base import Trouble
from server.cli.running import Refusal, opened, settings


@click.command(name="menu")
def command() -> None:
    """Put the menu of templates/labels/menu.toml under the service account's chat.

    Needed once: when pushes go to hemei, the menu of the platform's own console is gone.
    """
    config = settings()
    if config.wechat.official is None:
        raise Refusal("[wechat.official] is not configured")
    with opened(config) as database:
        try:
            menu.put_up(config, database)
        except Trouble as trouble:
            raise Refusal(f"the platform refuses the menu: {trouble.reason}") from None
    click.echo("the menu is there; a chat that is open shows it within five minutes", err=True)
