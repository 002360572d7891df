"""hemei admin create · reset · sessions"""

from functools import partial

import click

from models.account import accounts, first, linking, sessions
from models.account.tables import LoginSession
from models.base.actor import SYSTEM
from models.base.clock import local
from models.client import tokens
from models.client.shutting import shut
from models.client.tables import ClientToken
from models.person.colleagues import numbered
from server.cli.running import json_line, opened, settings


@click.group(name="admin", help="The first administrator; accounts of staff who cannot get in.")
def command() -> None:
    pass


@command.command()
@click.argument("number")
@click.argument("name")
@click.option("--again", is_flag=True, help="Although there is an administrator already.")
def create(number: str, name: str, again: bool) -> None:
    """Make an administrator with this staff number and name, and print a link to set the password: good once,
    within a day. There is no account before somebody makes one."""
    config = settings()
    with opened(config) as database:
        token = database.write(partial(first.create, number, name, again=again))
    _say_link(config.server.base_url, token)


@command.command()
@click.argument("number")
@click.option("--keep-second-factor", is_flag=True, help="Only the password is lost, and not the telephone.")
def reset(number: str, keep_second_factor: bool) -> None:
    """What opened this person's account does not any more; print a link to set a new password."""

    def work() -> str:
        person = numbered(number).person_id
        accounts.reset(person, second_too=not keep_second_factor)
        shut([person])
        return linking.issue(person, SYSTEM)

    config = settings()
    with opened(config) as database:
        token = database.write(work)
    _say_link(config.server.base_url, token)


@command.command(name="sessions")
@click.argument("number")
@click.option("--end", is_flag=True, help="End them all, at once.")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
def show_sessions(number: str, end: bool, as_json: bool) -> None:
    """Where this person is logged in: browsers, the mini-program, pages of the service account."""
    with opened(settings()) as database:
        with database.read():
            person = numbered(number).person_id
            alive = [
                {
                    "way": one.way,
                    "browser": getattr(one, "browser", ""),  # a program is none
                    "begun_at": local(one.begun_at).isoformat(timespec="seconds"),
                    "seen_at": local(one.seen_at).isoformat(timespec="seconds"),
                }
                for one in _alive(person)
            ]
        for line in alive:
            json_line(line) if as_json else click.echo("  ".join(line.values()))
        if end:
            ended = database.write(_end_all, person)
            click.echo(f"{ended} ended", err=True)


def _alive(person: int) -> list[LoginSession | ClientToken]:
    return [*sessions.alive(person), *tokens.alive(person)]


def _end_all(person: int) -> int:
    return sessions.end_all(person, "by_admin") + tokens.end_all(person, "blocked")


def _say_link(base_url: str, token: str) -> None:
    """The link alone on stdout, so that it can be handed on by a pipe."""
    click.echo(f"{base_url.rstrip('/')}/console/password/{token}")
    click.echo("Open it within a day; it works once.", err=True)
