"""hemei restore FILE · hemei restore --release"""

from pathlib import Path

import click

from server.backup_file import BadBackup
from server.cli.running import Refusal, opened, settings


@click.command(name="restore")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--release", "let_go", is_flag=True, help="Let a restored service speak again.")
def command(file: Path | None, let_go: bool) -> None:
    """Read FILE into an empty database and empty storage.

    The restored service is in quarantine: it takes everything in and sends nothing. Letters that were waiting
    when the backup was made are parked as unknown, because they may have gone out since. When everything has
    been looked at, hemei restore --release lets it speak again.
    """
    from server import process, restore

    if (file is None) != let_go:
        raise click.UsageError("give either FILE or --release")
    config = settings()
    if file is None:
        with opened(config) as database:
            was = restore.release(config, database)
        click.echo("released: letters go out again" if was else "there was no quarantine", err=True)
        return
    process.begin(config).close()
    try:
        head = restore.restore(config, file)
    except BadBackup as bad:
        raise Refusal(str(bad)) from None
    except OSError as trouble:
        raise Refusal(f"{trouble.filename or file}: {trouble.strerror}") from None
    click.echo(f"restored as of {head['made_at']}; in quarantine until hemei restore --release", err=True)
