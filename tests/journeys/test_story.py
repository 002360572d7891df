"""`hemei demo --story`: the whole main job over HTTP, in one command, wherever it is called from."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest
from commands import HEMEI, surroundings
from databases import free_port
from hatchling.builders.wheel import WheelBuilder

from models.base.resources import table

ROOT = Path(__file__).resolve().parents[2]
WORDS = table("demo/story.toml")
DECOY = "raise SystemExit('a decoy was imported')\n"
# the command itself, but it does not wait twenty seconds for what will not come
IMPATIENT = "from server.demo import story; story.PATIENCE = 8; from server.cli import main; main()"


def begin(folder: Path, *command: str, **env: str) -> "subprocess.Popen[str]":
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        command,
        cwd=folder,
        env=surroundings(**env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def end(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    try:
        said, complained = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()  # otherwise its streams would be some later test's unclosed files
        raise
    return process.returncode, said, complained


def told(said: str) -> list[str]:
    """Which steps of the story stand in this transcript, in their order."""
    found = {}
    for step, words in WORDS["steps"].items():
        place = said.find(words.partition("{")[0].strip())
        if place >= 0:
            found[step] = place
    return sorted(found, key=lambda step: found[step])


def test_it_plays_from_any_folder_side_by_side_whatever_lies_there(tmp_path):
    """Two at once, each in a folder with decoys and with a configuration that is not the demo's."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        for name in ("models.py", "server.py", "handlers.py", "templates.py", "sitecustomize.py"):
            (folder / name).write_text(DECOY)
        (folder / "config.toml").write_text("[database]\nurl = 'nonsense'\n")
    stories = [begin(folder, str(HEMEI), "demo", "--story") for folder in folders]
    for code, said, complained in map(end, stories):
        assert code == 0, complained
        assert told(said) == list(WORDS["steps"])
        assert "Traceback" not in complained
    for folder in folders:
        assert sorted(one.name for one in folder.iterdir()) == [
            "config.toml", "handlers.py", "models.py", "server.py", "sitecustomize.py", "templates.py",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "missing", "last"),
    [("*/message/send", "card", "answered"), ("*/webhook/send", "group", "nods")],
)
def test_a_step_that_does_not_happen_is_named(tmp_path, path, missing, last):
    """The platform refuses one kind of message: exit 1, and the reason is on stderr."""
    port = free_port()
    story = begin(tmp_path, sys.executable, "-P", "-c", IMPATIENT, "demo", "--story", "--port", str(port))
    broken = threading.Thread(target=_refuse, args=(port, path), daemon=True)
    broken.start()
    code, said, complained = end(story)
    assert code == 1
    assert WORDS["missing"][missing] in complained
    assert told(said)[-1] == last


def _refuse(port: int, path: str) -> None:
    """As soon as the sandbox listens: long before the first letter can go out."""
    fault = json.dumps({"kind": "refuse", "path": path, "errcode": 40058}).encode()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/sandbox/api/faults", fault, method="POST"
            )
            request.add_header("Content-Type", "application/json")
            urllib.request.urlopen(request, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
        else:
            return


def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, _, complained = end(begin(tmp_path, str(HEMEI), "demo", "--port", str(port)))
    assert code == 1
    assert f"port {port} is taken" in complained


def test_the_wheel_plays_it_too(tmp_path):
    """Built and installed beside the same libraries, with nothing of this folder on the way, in a folder with
    decoys."""
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as packed:
        assert {name.split("/")[0] for name in packed.namelist() if "dist-info" not in name} == {
            "server", "handlers", "models", "templates",
        }  # fmt: skip
    any_folder = tmp_path / "any"
    any_folder.mkdir()
    for name in ("models.py", "server.py", "templates.py"):
        (any_folder / name).write_text(DECOY)
    clean = tmp_path / "clean"
    venv.create(clean, symlinks=True)
    [packages] = clean.glob("lib/python*/site-packages")
    libraries = Path(pytest.__file__).parent.parent
    (packages / "libraries.pth").write_text(f"{libraries}\n")  # .pth files over there are not followed
    installed = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(clean / "bin" / "python"), "install", "--quiet",
         "--no-deps", "--no-index", "--disable-pip-version-check", wheel],
        capture_output=True, text=True, env=surroundings(),
    )  # fmt: skip
    assert installed.returncode == 0, installed.stderr
    where = end(
        begin(any_folder, str(clean / "bin" / "python"), "-P", "-c", "import server; print(server.__file__)")
    )
    assert os.path.commonpath([where[1].strip(), clean]) == str(clean)
    code, said, complained = end(begin(any_folder, str(clean / "bin" / "hemei"), "demo", "--story"))
    assert code == 0, complained
    assert told(said) == list(WORDS["steps"])
