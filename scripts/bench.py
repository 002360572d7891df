"""make bench: figures as ratios to a baseline of the same run, on this machine. Nothing here judges.

.venv/bin/python scripts/bench.py [bench …] [--quick]

Benches: callbacks, understanding, fanout, growth, town, bills, payments, desk, herd, ticks, paint.
"""

import argparse
import os
import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from benches import bills, callbacks, desk, fanout, growth, herd, paint, payments, ticks, town, understanding

BOTH = ("sqlite", "postgres")
BENCHES = {
    "callbacks": lambda quick: callbacks.run(
        print, seconds=1.5 if quick else 4.0, rounds=1 if quick else 3, databases=BOTH
    ),
    "understanding": lambda quick: understanding.run(print, quick=quick),
    "fanout": lambda quick: fanout.run(print, quick=quick, databases=BOTH),
    "growth": lambda quick: growth.run(print, quick=quick, databases=BOTH),
    "town": lambda quick: town.run(print, quick=quick, databases=BOTH),
    "bills": lambda quick: bills.run(print, quick=quick, databases=BOTH),
    "desk": lambda quick: desk.run(print, quick=quick, databases=BOTH),
    "ticks": lambda quick: ticks.run(print, quick=quick, databases=BOTH),
    "herd": lambda quick: herd.run(print, quick=quick, databases=BOTH),
    "paint": lambda quick: paint.run(print, quick=quick, databases=("sqlite",)),
    "payments": lambda quick: payments.run(print, quick=quick, databases=BOTH),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("which", nargs="*", metavar="bench", help=", ".join(BENCHES))
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, for trying the rig")
    asked = parser.parse_args()
    unknown = set(asked.which) - set(BENCHES)
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    print(
        f"# {os.cpu_count()} processors, Python {platform.python_version()}, {platform.machine()}", flush=True
    )
    for name, run in BENCHES.items():
        if not asked.which or name in asked.which:
            print(f"\n## {name}", flush=True)
            run(asked.quick)


main()
