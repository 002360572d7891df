"""hemei code: what people scan to open the mini-program at one thing."""

from pathlib import Path

import click

from models.base.checkdigit import without_check
from models.base.orm import session
from models.case.case import Case
from models.client import scenes
from models.fee.tables import Bill
from models.place.doors import door_of
from server import mini_codes
from server.channels.base import Trouble
from server.cli.running import Refusal, opened, settings


@click.group(name="code")
def command() -> None:
    """Codes of the mini-program. A code gives no right: what it names is shown to whoever may see it."""


@command.command()
@click.argument("kind", type=click.Choice(["door", "bill", "case"]))
@click.argument("thing")
@click.argument("file", metavar="FILE.png", type=click.Path(path_type=Path))
def make(kind: str, thing: str, file: Path) -> None:
    """Write the picture of a code to FILE.png and its scene to stdout.

    THING is the address of a door's printed code, the number of a case, or the number of a bill as
    `hemei bill list` names it. A thing keeps its code however often it is asked for.
    """
    config = settings()
    if config.wechat.mini is None:
        raise Refusal("[wechat.mini] is not configured")
    with opened(config) as database:
        scene = database.write(_scene, kind, thing)
        try:
            data = mini_codes.picture(config, config.wechat.mini, database, scene)
        except Trouble as trouble:
            raise Refusal(f"the platform makes no code: {trouble.reason}") from None
    try:
        file.write_bytes(data)
    except OSError as trouble:
        raise Refusal(f"{file} cannot be written: {trouble.strerror}") from None
    click.echo(scene)


@command.command(context_settings={"ignore_unknown_options": True})  # because a code may begin with a dash
@click.argument("scene")
def revoke(scene: str) -> None:
    """This code of a bill or a case opens nothing any more. A door's is revoked with `hemei qr --revoke`."""
    with opened(settings()) as database:
        if not database.write(scenes.revoke, scene):
            raise Refusal("no such code")


def _scene(kind: str, thing: str) -> str:
    if kind == "door":
        code = thing.strip().rstrip("/").rpartition("/")[2]
        if door_of(code) is None:
            raise Refusal("no such door")
        return code
    number = without_check(thing)
    if number is None or session().get(Case if kind == "case" else Bill, number) is None:
        raise Refusal(f"no such {kind}")
    return scenes.issue(kind, number)
