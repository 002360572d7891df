"""The whole of hemei with its demo town fits a small machine: under 400 MiB resident."""

import subprocess
from pathlib import Path

from commands import HEMEI, children, family, free_port, resident, surroundings, wait_for

LIMIT = 400 << 20


def told(pid: int) -> str:
    """Its command line."""
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def test_the_demo_town_fits_a_small_machine(tmp_path):
    port = free_port()
    demo = subprocess.Popen(
        [str(HEMEI), "demo", "--port", str(port)],
        cwd=tmp_path,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert demo.stdout is not None
        wait_for(lambda: "127.0.0.1" in demo.stdout.readline(), 60)
        wait_for(lambda: "-m server work" in " ".join(map(told, children(demo.pid))), 60)
        everybody = [pid for child in children(demo.pid) for pid in family(child)]
        assert len(everybody) >= 3
        held = sum(resident(pid) for pid in everybody)
        assert held < LIMIT, f"{held >> 20} MiB"
        print(f"resident: {held >> 20} MiB in {len(everybody)} processes")
    finally:
        demo.terminate()
        demo.communicate(timeout=40)
