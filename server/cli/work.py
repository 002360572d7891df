"""hemei work"""

import os
import sys

import click

from server import safety
from server.cli.running import opened, settings
from server.lifeline import tie_to_parent


@click.command(name="work")
def command() -> None:
    """The timetable and the senders, in the foreground until SIGTERM. Any number may run."""
    if parent := os.environ.get("HEMEI_PARENT"):
        tie_to_parent(int(parent))
    config = settings()
    safety.require_safe(config)
    with opened(config) as database:
        from server.work import work

        if not work(config, database):
            os._exit(1)  # a thread that does not listen must not hold the service, nor the database's end
    sys.exit(0)
