"""`hemei demo --story`: the whole main job over HTTP, in one command, wherever it is called from."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import venv
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from commands import HEMEI, children, family, hemei, surroundings
from databases import free_port
from demos import Demo
from hatchling.builders.wheel import WheelBuilder

from models.base.resources import table

ROOT = Path(__file__).resolve().parents[2]
WORDS = table("demo/story.toml")
SMALL = 400 << 20  # bytes of memory
DECOY = "raise SystemExit('a decoy was imported')\n"


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


def decoys(folder: Path) -> list[str]:
    """Puts modules of our names there and a configuration that is not the demo's; their names, sorted."""
    folder.mkdir()
    for name in ("models.py", "server.py", "handlers.py", "templates.py", "sitecustomize.py"):
        (folder / name).write_text(DECOY)
    (folder / "config.toml").write_text("[database]\nurl = 'nonsense'\n")
    return sorted(one.name for one in folder.iterdir())


def test_it_plays_from_any_folder_side_by_side_whatever_lies_there_and_from_the_wheel_too(tmp_path):
    """Two at once, each in a folder with decoys and with a configuration that is not the demo's: one as it is
    installed here, the other from the wheel, which is built and installed beside the same libraries, with
    nothing of this folder on the way. While it plays the whole of hemei fits a small machine."""
    wheel = from_the_wheel(tmp_path)
    folders = {tmp_path / "one": HEMEI, tmp_path / "two": wheel}
    lay = {folder: decoys(folder) for folder in folders}
    stories = [begin(folder, str(ours), "demo", "--story") for folder, ours in folders.items()]
    held = most_held(stories[0])
    ends = [end(one) for one in stories]  # both, because one that runs on would be some later test's trouble
    for code, said, complained in ends:
        assert code == 0, complained
        assert told(said) == list(WORDS["steps"])
        assert "Traceback" not in complained
    assert 0 < held < SMALL, f"{held >> 20} MiB"
    for folder, names in lay.items():
        assert sorted(one.name for one in folder.iterdir()) == names


def most_held(demo: "subprocess.Popen[str]") -> int:
    """Bytes of memory of the service, its worker and the senders at the worst moment until it ends; 0 when
    they were never all there."""
    most = 0
    while demo.poll() is None:
        time.sleep(0.5)
        everybody = [pid for child in children(demo.pid) for pid in family(child)]
        if len(everybody) >= 3 and children(demo.pid, "-m server work"):
            with suppress(OSError):  # somebody ended while we looked
                most = max(most, held_by(everybody))
    print(f"resident: {most >> 20} MiB")
    return most


def held_by(pids: list[int]) -> int:
    """What they share counts once: of memory of their own each holds its part; files (libraries, for the most
    part) are the same for all, and strangers that hold them as well take nothing away."""
    own, files = [], []
    for pid in pids:
        told = (Path("/proc") / str(pid) / "smaps_rollup").read_text()
        kib = {name: int(many) for name, many in re.findall(r"^(\w+):\s+(\d+) kB", told, re.MULTILINE)}
        own.append(kib["Pss_Anon"] + kib["Pss_Shmem"])
        files.append(kib["Rss"] - kib["Anonymous"])
    return sum(own) + max(files) << 10


def from_the_wheel(folder: Path) -> Path:
    """The command of an installation that knows nothing of this folder."""
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(wheel) as packed:
        assert {name.split("/")[0] for name in packed.namelist() if "dist-info" not in name} == {
            "server", "handlers", "models", "templates",
        }  # fmt: skip
    clean = folder / "clean"
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
        begin(folder, str(clean / "bin" / "python"), "-P", "-c", "import server; print(server.__file__)")
    )
    assert os.path.commonpath([where[1].strip(), clean]) == str(clean)
    return clean / "bin" / "hemei"


@pytest.mark.parametrize(
    ("path", "missing", "last"),
    [("*/message/send", "card", "answered"), ("*/webhook/send", "group", "nods")],
)
def test_a_step_that_does_not_happen_is_named(tmp_path, path, missing, last):
    """The platform refuses one kind of message: exit 1, and the reason is on stderr."""
    port = free_port()
    story = Demo(tmp_path, "--story", "--port", str(port), patience=8)  # it does not wait twenty seconds
    broken = threading.Thread(target=_refuse, args=(port, path), daemon=True)
    broken.start()
    code, said, complained = story.end()
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
        refused = hemei("demo", "--port", str(port), cwd=tmp_path)
    assert refused.returncode == 1
    assert f"port {port} is taken" in refused.stderr
