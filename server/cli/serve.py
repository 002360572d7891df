"""hemei serve"""

import click

from server import safety
from server.cli.running import require_current, settings


@click.command(name="serve")
@click.option("--bind", metavar="HOST:PORT", help="Where to listen; otherwise [server] bind.")
@click.option("--work", is_flag=True, help="Run the timetable and the senders beside it.")
def command(bind: str | None, work: bool) -> None:
    """The web service, in the foreground until SIGTERM.

    Migrations are checked, not run: hemei db upgrade does that.
    """
    config = settings()
    safety.require_safe(config)
    require_current(config)
    where = bind or config.server.bind
    if not where.rpartition(":")[2].isdigit() or not where.rpartition(":")[0]:
        raise click.BadParameter("must be HOST:PORT", param_hint="--bind")
    from server.serving import serve

    serve(config, where, work=work)
