"""The wheel holds everything: installed alone, away from the sources, it plays the story."""

import site
import subprocess
import sys
import zipfile
from pathlib import Path

from commands import surroundings

ROOT = Path(__file__).parents[1]


def test_the_wheel_alone_plays_the_story(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    [wheel] = (tmp_path / "dist").glob("hemei-*.whl")
    alone = tmp_path / "alone"
    zipfile.ZipFile(wheel).extractall(alone)
    assert not (alone / "tests").exists()

    away = tmp_path / "away"
    away.mkdir()
    for name in ("models.py", "server.py", "templates.py"):
        (away / name).write_text("raise SystemExit('decoy')")
    # -S leaves out the editable installation; the libraries are named by hand
    env = surroundings(PYTHONPATH=f"{alone}:{site.getsitepackages()[0]}")
    where = subprocess.run(
        [sys.executable, "-S", "-P", "-c", "import models, server, templates as t; print(t.__file__)"],
        cwd=away, env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(alone))
    told = subprocess.run(
        [sys.executable, "-S", "-P", "-m", "server", "demo", "--story"],
        cwd=away, env=env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
