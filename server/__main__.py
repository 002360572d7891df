"""`python -m server` does the same as `hemei`."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
# because Python puts the caller's folder first, and a models.py that lies there is not ours
if Path(sys.path[0] or ".").resolve() not in (HERE, Path(sys.executable).parent):
    del sys.path[0]

from server.cli import main  # noqa: E402

main()
