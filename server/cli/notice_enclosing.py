"""Pictures and attachments that the TOML file of a notice names, beside it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from models.media.files import Files
from models.notice.enclosed import ATTACHMENT, MOST_BYTES, Enclosure, laid_by
from server.cli.running import Refusal
from server.config import Config

KEYS = {"pictures", "attachments"}


@contextmanager
def enclosures(
    said: Mapping[str, Any], file: Path, config: Config, *, keep: bool
) -> Iterator[list[Enclosure]]:
    """The files, looked into and kept as [storage] dir says; with `keep` False only looked into. Raises
    Refusal for a file that is not there, Invalid for one that cannot be taken."""
    pictures = [_bytes(one) for one in _named(said, "pictures", file)]
    attachments = [(one.name, _bytes(one)) for one in _named(said, "attachments", file)]
    if keep:
        with laid_by(Files(config.storage.dir), pictures, attachments) as kept:
            _warn(kept)
            yield kept
        return
    with TemporaryDirectory() as folder, laid_by(Files(Path(folder)), pictures, attachments) as tried:
        _warn(tried)
        yield tried


def _warn(files: list[Enclosure]) -> None:
    if any(one.purpose == ATTACHMENT for one in files):
        click.echo("no program reads a PDF or a picture: look through the attachments yourself", err=True)


def _named(said: Mapping[str, Any], key: str, file: Path) -> list[Path]:
    names = said.get(key, [])
    if not isinstance(names, list) or not all(isinstance(one, str) and one for one in names):
        raise Refusal(f'{file}: {key} is a list of files, such as ["a.jpg"]')
    return [file.parent / one for one in names]


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as trouble:
        raise Refusal(f"{path} cannot be read: {trouble.strerror}") from None
