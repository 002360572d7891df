"""What is made once for a whole run of the tests, by the worker that wants it first; the others wait."""

import fcntl
import tempfile
from collections.abc import Callable
from pathlib import Path

_here: list[Path] = []


def keep_in(folder: Path) -> None:
    """All workers of this run have the same folder."""
    folder.mkdir(exist_ok=True)
    _here[:] = [folder]


def once(name: str, make: Callable[[Path], None], otherwise: Path) -> Path:
    """The folder that `make` has filled. It is for reading: whoever changes something, copies it. Where there
    is no run, as in a script, `otherwise` is filled."""
    if not _here:
        make(otherwise)
        return otherwise
    there = _here[0] / name
    with (_here[0] / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not there.exists():  # it gets its name when it is whole
            unfinished = Path(tempfile.mkdtemp(dir=_here[0]))
            make(unfinished)
            unfinished.rename(there)
    return there
