"""A city's workbook by `hemei town`: taken in, taken in again unchanged, given back.

Seconds and peak memory of the whole command, with starting Python and reading the file.
"""

import os
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
    """Seconds and MiB of one `hemei …`; of its own children the largest counts."""
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "server", *words],
        env=os.environ | {"HEMEI_CONFIG": str(config)},
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"hemei {' '.join(words)} ended with {child.returncode}")
    return time.monotonic() - began, used.ru_maxrss / 1024
