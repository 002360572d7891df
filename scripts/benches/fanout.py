"""A notice to many followers: hemei's senders, every send recorded, against clients that record nothing.

The same template message to as many openids, to the same simulator of the platform in a process of its own,
at 0 and at 50 ms: wechatpy's client in a plain loop as one would write it and in so many threads, plain
aiohttp with so many connections, and `hemei work` as anybody starts it, once or twice, with so many
connections in all. Its clock starts when the letters are committed and ends when the last of them is marked.
Because a machine that others use changes from minute to minute, aiohttp is measured before each of them.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import func, insert, select, text
from wechatpy import WeChatClient

from benches.rig import database_url, working
from models.base import privacy, tallies
from models.base.orm import session
from models.outbox.address import Address
from models.outbox.door import tell_many
from models.outbox.letter import Lane, Letter, State
from server import migrations
from server.config import Config, load
from server.database import Database
from server.sandbox.accounts import Accounts

FACTS = {
    "number": 1, "title": "周二停水", "lead": "周二早八点到下午五点换水管，请提前存水。",
    "signed": "育英社区居委会", "urgency": "ordinary", "corrects": False,
}  # fmt: skip
TEMPLATE = "official-notice"
PROCESSES = (1, 2)
LONGEST = 300.0  # seconds
SETTINGS = """\
[server]
secret_key = "a bench's own key, thrown away with its folder"
[database]
url = "{url}"
[rules]
quiet_from = "00:00"
quiet_until = "00:00"
[letters]
connections = {connections}
[wechat.official]
{official}
[wechat.official.templates]
notice = "{template}"
[log]
level = "warning"
"""


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    say("| latency | connections | client | sends/s | aiohttp just before | of aiohttp | × loop |")
    say("|---|---|---|---|---|---|---|")
    for late, widths in ((0.05, (64, 256)), (0.0, (64,))):
        with simulator(late) as base:
            loop = _plain_loop(base, 20 if quick else 100)
        for connections in widths:
            count = (connections * 80 if late else 8000) // (4 if quick else 1)
            for name, rate_of in _clients(databases, count, connections).items():
                with simulator(late) as base:  # each its own, because a day has 100 000 template messages
                    bare = asyncio.run(_aiohttp(base, count // 2, connections))
                    rate = rate_of(base)
                say(
                    f"| {late * 1000:.0f} ms | {connections} | {name} | {rate:.0f} | {bare:.0f} "
                    f"| {rate / bare:.2f} | {rate / loop:.0f} |"
                )


def _clients(databases: Sequence[str], count: int, connections: int) -> dict[str, Callable[[str], float]]:
    """Name → what measures it against the simulator at an address."""
    found: dict[str, Callable[[str], float]] = {
        "wechatpy, threads": lambda base: _threads(base, count // 4, connections)
    }
    for kind, processes in product(databases, PROCESSES):
        found[f"hemei work × {processes}, {kind}"] = partial(
            hemei, kind=kind, count=count, connections=connections, processes=processes
        )
    return found


@contextmanager
def simulator(late: float) -> Iterator[str]:
    command = [sys.executable, "-P", "-m", "server.sandbox", "--strangers"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        assert child.stdout is not None
        base = child.stdout.readline().strip()
        if late:
            fault = {"kind": "delay", "path": "*/send*", "seconds_late": late}
            asked = urllib.request.Request(f"{base}/control/faults", json.dumps(fault).encode())
            urllib.request.urlopen(asked, timeout=5).close()
        yield base
    finally:
        child.terminate()
        child.wait(10)


def _token(base: str) -> str:
    account = Accounts.example().settings(base)["official"]
    body = {
        "grant_type": "client_credential",
        "appid": account["app_id"],
        "secret": account["app_secret"],
    }
    asked = urllib.request.Request(f"{base}/official/cgi-bin/stable_token", json.dumps(body).encode())
    with urllib.request.urlopen(asked, timeout=5) as answer:
        return str(json.load(answer)["access_token"])


def _data() -> dict[str, Any]:
    said = {
        "character_string1": "1",
        "thing2": "周二停水",
        "thing3": "育英社区居委会",
        "time4": "2026年3月23日 08:00",
    }
    return {keyword: {"value": value} for keyword, value in said.items()}


def _client(base: str) -> Any:
    class Client(WeChatClient):  # type: ignore[misc]
        API_BASE_URL = f"{base}/official/cgi-bin/"

    return Client("bench", "bench", access_token=_token(base))


def _plain_loop(base: str, count: int) -> float:
    client = _client(base)
    began = time.perf_counter()
    for number in range(count):
        client.message.send_template(f"o-loop-{number}", TEMPLATE, _data())
    return count / (time.perf_counter() - began)


def _threads(base: str, count: int, connections: int) -> float:
    client = _client(base)
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        sent = [
            threads.submit(client.message.send_template, f"o-thread-{number}", TEMPLATE, _data())
            for number in range(count)
        ]
        assert all(one.result()["errcode"] == 0 for one in sent)
    return count / (time.perf_counter() - began)


async def _aiohttp(base: str, count: int, connections: int) -> float:
    url = f"{base}/official/cgi-bin/message/template/send?access_token={_token(base)}"
    waiting = iter(range(count))

    async def sender(web: aiohttp.ClientSession) -> None:
        for number in waiting:
            body = {"touser": f"o-bare-{connections}-{number}", "template_id": TEMPLATE, "data": _data()}
            async with web.post(url, data=json.dumps(body, ensure_ascii=False).encode()) as answer:
                assert json.loads(await answer.read())["errcode"] == 0

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as web:
        began = time.perf_counter()
        await asyncio.gather(*(sender(web) for _ in range(connections)))
        return count / (time.perf_counter() - began)


def hemei(base: str, kind: str, count: int, connections: int, processes: int) -> float:
    """Sends a second, of `hemei work` so many times."""
    with database_url(kind) as url, tempfile.TemporaryDirectory(prefix="hemei-bench-") as folder:
        config = _config(base, url, Path(folder), connections // processes)
        privacy.use_key(config.server.secret_key)
        migrations.upgrade(url)
        database = Database(url)
        with ExitStack() as last:
            last.callback(database.close)
            for _ in range(processes):
                last.enter_context(working(config))
            _until(lambda: tallies.totals().get(("work_rounds", ""), 0) >= processes, database)
            database.write(_letters, count)
            began = time.perf_counter()
            _until(lambda: not _on_the_way(), database)
            took = time.perf_counter() - began
            with database.read():
                sent = session().scalar(select(func.count()).where(Letter.state == State.SENT))
        if sent != count:
            raise RuntimeError(f"{sent} of {count} sent")
        return count / took


def _on_the_way() -> bool:
    states = (text("state = 'taken'"), text("state = 'waiting'"))  # each has its small index
    return any(session().scalar(select(Letter.id).where(state).limit(1)) for state in states)


def _until(reached: Callable[[], bool], database: Database) -> None:
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        with database.read():
            if reached():
                return
        time.sleep(0.02)
    raise RuntimeError("the senders do not come to an end")


def _config(base: str, url: str, folder: Path, connections: int) -> Config:
    official = Accounts.example().settings(base)["official"]
    path = folder / "config.toml"
    path.write_text(
        SETTINGS.format(
            url=url,
            connections=connections,
            official="\n".join(f"{name} = {json.dumps(value)}" for name, value in official.items()),
            template=TEMPLATE,
        ),
        encoding="utf-8",
    )
    return load(path, env={})


def _letters(count: int) -> None:
    people = range(1, count + 1)
    addresses = [
        {"owner_kind": "person", "owner_id": one, "channel": "official", "value": f"o-hemei-{one}"}
        for one in people
    ]
    session().connection().execute(insert(Address), addresses)
    tell_many("notice", people, about=("notice", 1), occasion="told", lane=Lane.NEWS, closed={}, **FACTS)
