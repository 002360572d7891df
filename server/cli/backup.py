"""hemei backup FILE"""

from pathlib import Path

import click

from server import backup
from server.backup_file import BadBackup
from server.cli.running import Refusal, opened, settings


@click.command(name="backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Write database and files into FILE, encrypted and checked, while the service runs."""
    config = settings()
    with opened(config):
        try:
            head = backup.make(config, file)
        except BadBackup as bad:
            raise Refusal(str(bad)) from None
        except OSError as trouble:
            raise Refusal(f"{file} cannot be written: {trouble.strerror}") from None
    click.echo(f"{file}: {file.stat().st_size / 2**20:.1f} MiB, as of {head['made_at']}", err=True)
