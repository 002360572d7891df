"""The simulator as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request


def test_the_process_prints_its_address_and_serves_strangers() -> None:
    command = [sys.executable, "-m", "server.sandbox", "--strangers"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            base = process.stdout.readline().strip()
            assert base.startswith("http://127.0.0.1:")
            with urllib.request.urlopen(base + "/control/ledger") as answer:
                assert json.load(answer) == {"last": 0, "unknown": 0, "entries": []}
        finally:
            process.terminate()
    assert process.returncode in (0, -15)


def test_a_real_callback_address_is_refused() -> None:
    command = [sys.executable, "-m", "server.sandbox", "--callback-base", "https://hemei.example"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "refuses" in done.stderr
