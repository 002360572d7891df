"""I2: sqlmap at the parameters of representative routes, level 3 and risk 2, each within its time.

It is shown first that it finds something: a page of this module's own that pastes words into its query.
"""

import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from factories import a_case

from chaos_rig import oracle
from chaos_rig.house import House
from handlers.console.cookies import SESSION
from handlers.console.keys import made_for
from models.account import sessions
from models.base.checkdigit import with_check
from models.base.links import personal_path
from models.person.colleagues import numbered
from models.place.doors import issue
from models.place.gazetteer import town
from models.place.spot import Spot

CASES = 30
OTHERS = "hemei|user-agent|referer|host|once"  # the cookie and the headers are tried at one route
FOUND = re.compile(r"identified the following injection point")
CLEAN = re.compile(r"all tested parameters do not appear to be injectable")
TRIED = re.compile(r"parameter '[^']+' does not seem to be injectable")
FAULTS = re.compile(r"\b5\d\d \([^)]*\) - \d+ times")


class Route(NamedTuple):
    """`path` with a * where part of it is a parameter, and then at all others too; `form` of a POST."""

    path: str
    form: str = ""
    headers_too: bool = False


class Told(NamedTuple):
    is_found: bool
    is_clean: bool
    parameters: int
    faults: list[str]
    said: str


class Injecting:
    def __init__(self, house: House, *, dbms: str, routes: int, seconds: int) -> None:
        self.house, self.dbms, self.most, self.seconds = house, dbms, routes, seconds
        self.folder = house.folder / "sqlmap"

    def run(self) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with _open_to_everything() as weak:
            told = self._tried(Route(f"{weak}/?q=a"), dbms="sqlite")
            verdict.must(told.is_found, "I2: sqlmap did not find what it had to find")
        cookie, several = self.house.database.write(self._furnish)
        began, parameters, unfinished = time.monotonic(), 0, []
        found, faults = [], []
        for one in several[: self.most]:
            told = self._tried(one._replace(path=self.house.url + one.path), cookie)
            parameters += told.parameters
            found += [one.path] if told.is_found else []
            faults += [f"{one.path}: {fault}" for fault in told.faults]
            if not told.is_found and not told.is_clean:
                unfinished.append(f"{one.path}: {told.said}")
        verdict.figures["I2 routes"] = min(self.most, len(several))
        verdict.figures["I2 parameters"] = f"{parameters} in {time.monotonic() - began:.0f} s"
        verdict.zero("I2 injection points", found)
        verdict.zero("I2 answers of 500 and above", faults)
        verdict.zero("I2 routes that sqlmap did not come to the end of", unfinished)
        return verdict

    def _furnish(self) -> tuple[str, list[Route]]:
        desk = numbered("C00001").person_id
        estate = next(iter(town().estates.values()))
        spot = town().locate(Spot(estate=estate.name, building="1", unit="2", how="said")).spot
        cases = [a_case(entered_by=_Id(desk), text=f"楼道灯不亮 {n}", at=spot).id for n in range(CASES)]
        door = issue([next(iter(town().buildings))])[0].code
        token = sessions.begin(desk, "work", strong=True)
        case, key = with_check(cases[0]), made_for(token, "a-form-of-the-rig")
        return f"{SESSION}={token}", [
            Route(f"/console/plan?estate={estate.id}"),
            Route("/board/1*"),
            Route("/console/cases?q=a&state=open&category=lighting&urgency=normal&order=due"),
            Route(
                f"/console/cases?estate={estate.id}&building=1&holder=K00001&since=2026-01-01&until=2026-12-31"
            ),
            Route("/console/cases/find", f"q=a&state=open&holder=K00001&once={key}"),
            Route(f"/console/cases/{case}*"),
            Route("/console/indicators?period=2026-10&by=grid"),
            Route("/console/indicators/open/solution_rate*?period=2026-10*&by=grid*&key=1*"),
            Route("/console/week?week=2026-11-16", headers_too=True),
            Route("/console/notices?before=5&draft=1"),
            Route("/console/chain/estates/1*?of=now*"),
            Route("/console/fees/homes/1*"),
            Route(f"/board/1/screen?turn=1&door={door}"),
            Route(f"/q/{door}*"),
            Route("/" + personal_path("case", desk, cases[0]) + "*"),
        ]

    def _tried(self, route: Route, cookie: str = "", *, dbms: str = "") -> Told:
        """One run of sqlmap, ended after its time."""
        origin = "/".join(route.path.split("/")[:3])
        command = [
            str(Path(sys.executable).with_name("sqlmap")), "-u", route.path, "--batch", "--disable-coloring",
            "--level=3", "--risk=2", f"--dbms={dbms or self.dbms}", "--time-sec=2", "--skip-waf",
            "--drop-set-cookie", "--flush-session", "--retries=0", "--timeout=10", "--ignore-code=401,404",
            f"--time-limit={self.seconds}", f"--output-dir={self.folder}", f"--headers=Origin: {origin}",
            *([f"--cookie={cookie}"] if cookie else []),
            *([f"--data={route.form}"] if route.form else []),
            *([] if route.headers_too else [f"--param-exclude={OTHERS}"]),
        ]  # fmt: skip
        home = {"PATH": "/usr/bin:/bin", "HOME": str(self.house.folder), "LANG": "C.UTF-8"}
        done = subprocess.run(
            command, capture_output=True, text=True, env=home, timeout=self.seconds + 60, check=False
        )
        said = done.stdout
        last = [line for line in said.splitlines() if line.strip()][-3:]
        is_found, is_clean = bool(FOUND.search(said)), bool(CLEAN.search(said))
        return Told(is_found, is_clean, len(TRIED.findall(said)), FAULTS.findall(said), " ".join(last)[:300])


class _Id(NamedTuple):
    id: int


class _Pasting(BaseHTTPRequestHandler):
    """What hemei must never do."""

    def __init__(self, books: sqlite3.Connection, lock: threading.Lock, *args: object) -> None:
        self._books, self._lock = books, lock
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        words = parse_qs(urlsplit(self.path).query, keep_blank_values=True).get("q", [""])[0]
        try:
            with self._lock:
                rows = self._books.execute(f"SELECT name FROM people WHERE name = '{words}'").fetchall()
            status, body = 200, f"<p>{rows}</p>"
        except sqlite3.Error as trouble:
            status, body = 500, str(trouble)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _open_to_everything() -> Iterator[str]:
    books = sqlite3.connect(":memory:", check_same_thread=False)
    books.executescript("CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('a'), ('b')")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pasting, books, threading.Lock()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        books.close()
