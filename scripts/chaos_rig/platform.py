"""The platforms in a process of their own, and what their ledger says of letters."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chaos_rig.warm import SANDBOX, Warm

MESSAGES = {
    "/cgi-bin/message/send": "work",
    "/cgi-bin/message/template/send": "template",
    "/cgi-bin/message/custom/send": "chat",
    "/cgi-bin/message/update_template_card": "update",
}
NUMBER = re.compile(r"(?<![0-9])[0-9]{6,}(?![0-9])")
Said = tuple[str, str, str]  # receiver, number of the case, form: what a person would call the same message


class Platform:
    """Talks to the simulator's control interface; reads its ledger bit by bit."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.calls: Counter[str] = Counter()  # by way
        self.seen: Counter[Said] = Counter()  # what stands on phones, and how often
        self.changed = 0  # cards
        self.duplicates = 0  # recognised by the platform's own key
        self.refused: Counter[str] = Counter()
        self.unknown = 0
        self.merchant: dict[str, str] = {}  # the section [wechat.pay]
        self._last = 0

    def control(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/control/{path}", json.dumps(data).encode() if data else None, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def without_limits(self) -> None:
        """No daily or minute limit of the platform is in the way of what is measured."""
        limits = self.control("POST", "limits", {})
        self.control(
            "POST",
            "limits",
            {name: dict.fromkeys(limits[name]) for name in ("per_day", "per_minute")},
        )

    def read(self) -> None:
        """Takes in what the ledger got since the last reading."""
        for entry in self.control("GET", f"ledger?since={self._last}&path=/cgi-bin/message/*")["entries"]:
            self._take(entry)
            self._last = max(self._last, entry["number"])

    def _take(self, entry: dict[str, Any]) -> None:
        way = MESSAGES[entry["path"]]
        self.calls[way] += 1
        self.duplicates += entry["duplicate"]
        if not entry["accepted"]:
            self.refused[f"{way} {entry['fault'] or entry['answer'].get('errcode')}"] += 1
        if not entry["effective"]:
            return
        if way == "update":
            self.changed += 1
            return
        body = entry["body"]
        form = way
        if way == "template":
            form = body["template_id"]
        elif body["msgtype"] == "template_card":
            form = "card"
        number = NUMBER.search(json.dumps(_said(body), ensure_ascii=False))
        self.seen[entry["who"], number[0] if number else "", form] += 1

    @property
    def extra_calls(self) -> int:
        """Calls for letters that showed nothing new to anybody."""
        return sum(self.calls.values()) - sum(self.seen.values()) - self.changed


def _said(body: dict[str, Any]) -> Any:
    """The words that a person reads first."""
    if "data" in body:
        return [value["value"] for value in body["data"].values()]
    if body["msgtype"] == "template_card":
        return body["template_card"]["main_title"]
    return body[body["msgtype"]]


@contextmanager
def platform(pay: Path | None = None, *, warm: bool = False) -> Iterator[Platform]:
    """`python -m server.sandbox` on a free port: everybody follows, everybody is staff. With `pay`, a folder
    for the keys, there is a merchant too. `warm` begins it with its modules loaded."""
    options = ["--strangers", *(["--pay", str(pay)] if pay is not None else [])]
    with _running(options) if not warm else _running_warm(options) as url:
        made = Platform(url)
        made.without_limits()
        if pay is not None:
            section = json.loads((pay / "pay.json").read_text())
            keys = {name: str(pay / value) for name, value in section.items() if name.endswith("_file")}
            made.merchant = section | keys | {"api_base_url": f"{url}/pay"}
        yield made


@contextmanager
def _running(options: list[str]) -> Iterator[str]:
    command = [sys.executable, "-P", "-m", SANDBOX, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            url = child.stdout.readline().strip()
            if not url:
                raise RuntimeError("the simulator did not start")
            yield url
        finally:
            child.terminate()


@contextmanager
def _running_warm(options: list[str]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="hemei-simulator-") as folder:
        log = Path(folder) / "said"
        log.touch()
        child = Warm(options, cwd=Path.cwd(), env=dict(os.environ), log=log, program=SANDBOX)
        try:
            while not (said := log.read_text(encoding="utf-8")).endswith("\n"):
                if child.poll() is not None:
                    raise RuntimeError(f"the simulator did not start: {said}")
                time.sleep(0.02)
            yield said.splitlines()[0]
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(10)
