"""A city's workbook by `hemei town`: taken in, taken in again unchanged, given back.

Seconds and peak memory of the whole command, with starting Python and reading the file.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from big_town import big_town

from benches import rig
from models.town import xlsx

STEPS = {"import": "import", "import again": "import", "export": "export"}


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    city = big_town(145, 9_000, 150) if quick else big_town()
    say("          " + ", ".join(f"{len(rows) - 1} × {title}" for title, rows in city.sheets))
    with tempfile.TemporaryDirectory(prefix="hemei-bench-") as folder:
        files = {"import": Path(folder) / "city.xlsx", "export": Path(folder) / "again.xlsx"}
        xlsx.write(city, files["import"])
        for kind in databases:
            with rig.database_url(kind) as url, rig.furnished(url, None) as config:
                for step, verb in STEPS.items():
                    files["export"].unlink(missing_ok=True)
                    seconds, mib = _command(config.path, "town", verb, str(files[verb]))
                    say(f"{kind:9} {step:13} {seconds:6.1f} s  {mib:5.0f} MiB at most")


def _command(config: Path | None, *words: str) -> tuple[float, float]:
    """Seconds, and MiB at the highest, of one `hemei …` with its own children."""
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "server", *words],
        env=os.environ | {"HEMEI_CONFIG": str(config)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    highest = 0.0
    while child.poll() is None:
        highest = max(highest, _mib(child.pid))
        time.sleep(0.02)
    if child.returncode:
        assert child.stderr is not None
        raise RuntimeError(child.stderr.read().decode())
    return time.monotonic() - began, highest


def _mib(pid: int) -> float:
    """Resident memory now, of a process and all below it; 0 for one that has just ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return pages * resource.getpagesize() / 2**20 + sum(_mib(int(one)) for one in children)
