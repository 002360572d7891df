"""hemei letter list · hemei letter again"""

from typing import Any

import click

from handlers import words
from models.base.checkdigit import without_check
from models.base.clock import local
from models.joins.carrying import let_go_again
from models.outbox import fates
from models.outbox.address import Channel
from models.outbox.fates import Fate
from models.outbox.letter import State
from server.cli.running import Refusal, glanced, json_line, opened, settings


@click.group(name="letter", help="Look at letters and what became of them.")
def command() -> None:
    pass


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--case", "number", help="Only letters about this case.")
@click.option("--state", type=click.Choice([state.value for state in State]))
@click.option("--channel", type=click.Choice([channel.value for channel in Channel]))
@click.option("--kind", help="A kind of letter, such as case_dispatched.")
@click.option("--limit", type=click.IntRange(min=1), help="The newest so many; otherwise all.")
def show_list(
    as_json: bool,
    number: str | None,
    state: str | None,
    channel: str | None,
    kind: str | None,
    limit: int | None,
) -> None:
    """All letters, oldest first. Receivers are masked."""
    case_id = without_check(number) if number else None
    if number and case_id is None:
        raise Refusal(f"{number} is no case number: its last digit does not fit the others")
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            for fate in fates.fates(case_id=case_id, state=state, channel=channel, kind=kind, limit=limit):
                json_line(_object(fate)) if as_json else click.echo(_plain(fate))


@command.command()
@click.argument("letter", type=int)
def again(letter: int) -> None:
    """Let a letter that failed, or whose outcome is unknown, go once more by all ways, unless its notice was
    stopped or withdrawn."""
    with opened(settings()) as database:
        database.write(let_go_again, letter)
    click.echo(f"letter {letter} goes again", err=True)


def _object(fate: Fate) -> dict[str, Any]:
    return {
        "id": fate.id,
        "kind": fate.kind,
        "to": fate.to,
        "channel": fate.channel,
        "state": fate.state,
        "reason": words.reason(fate.reason, fate.channel) or None,
        "case": fate.case,
        "created_at": fate.created_at.isoformat(),
        "sent_at": fate.sent_at.isoformat() if fate.sent_at else None,
    }


def _plain(fate: Fate) -> str:
    said = words.fate({"state": fate.state, "reason": fate.reason, "channel": fate.channel})
    kind = words.labels("letter_kinds").get(fate.kind, fate.kind)
    channel = words.labels("fates")["channels"].get(fate.channel, "-")
    when = f"{local(fate.created_at):%m-%d %H:%M:%S}"
    return f"{fate.id:>6}  {when}  {fate.case or '-':>6}  {kind}  {channel} {fate.to}  {said}"
