"""R3: the town's service is stopped while people write to it, and started in either order."""

import asyncio
import signal
import time
from random import Random

import aiohttp
import pytest
from chaos_rig import oracle, talk
from chaos_rig.house import House, house
from chaos_rig.platform import Platform, platform
from chaos_rig.talk import Said
from chaos_rig.town import estate, house_number, town
from settings_files import plain_url
from sqlalchemy import select

from models.case.case import Case

NOWHERE = "http://127.0.0.1:9"
BUILDINGS = 60
CLIENTS = 12
MOST_SECONDS = 30
SLOW_SECONDS = 2.0  # the platform's answers take so long: letters are under way when the senders stop


class Writers:
    """People who write until they are told not to; the platform tries so many times for each message."""

    def __init__(self, home: House, *, tries: int) -> None:
        self.home, self.tries = home, tries
        self.lost: list[str] = []  # marks of reports that were never answered
        self.answered: list[str] = []  # marks of reports that were answered 200
        self.statuses: list[int] = []  # other answers
        self.cut: list[str] = []  # marks of reports whose connection ended without an answer
        self.refused = 0  # after the end: nobody listens any more
        self.over = asyncio.Event()
        self._ids = talk.message_ids(Random(3))

    async def write(self, name: int) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            building = (name * 7 + number) % BUILDINGS
            mark = f"zqstop{name}x{number}"
            words = f"{estate(building)}{house_number(building)}号楼1单元灯不亮 {mark}"
            said = Said("official", f"oStop-{mark}", words, self._ids())
            if not any([await self._is_taken(said, mark) for _ in range(self.tries)]):
                self.lost.append(mark)

    async def _is_taken(self, said: Said, mark: str) -> bool:
        """One try over a connection of its own, as of a platform with many machines."""
        if mark in self.answered:
            return True
        query, body = talk.sealed(said.channel, talk.xml(said))
        try:
            async with (
                talk.session(1) as session,
                session.post(f"{self.home.url}/wechat/official?{query}", data=body) as answer,
            ):
                await answer.read()
        except aiohttp.ClientConnectorError:
            self.refused += 1
            await asyncio.sleep(0.02)
            return False
        except (aiohttp.ClientError, TimeoutError):
            self.cut.append(mark)
            return False
        if answer.status != 200:
            self.statuses.append(answer.status)
            return False
        self.answered.append(mark)
        return True


async def _answered(writers: Writers, many: int) -> None:
    until = time.monotonic() + 30
    while len(writers.answered) < many and time.monotonic() < until:
        await asyncio.sleep(0.05)


async def _stop_under_load(home: House, outside: Platform) -> tuple[Writers, dict[str, tuple[int, float]]]:
    writers = Writers(home, tries=1)
    tasks = [asyncio.create_task(writers.write(name)) for name in range(CLIENTS)]
    await _answered(writers, 100)
    outside.control("POST", "faults", {"kind": "delay", "path": "*send", "seconds_late": SLOW_SECONDS})
    await asyncio.sleep(0.5)
    ends = await asyncio.to_thread(home.stop)
    writers.over.set()
    await asyncio.gather(*tasks)
    return writers, ends


@pytest.mark.parametrize("db", ["sqlite", "postgres"], indirect=True)
def test_a_stop_under_load_cuts_nothing_off_and_ends_in_time(db, tmp_path):
    """Whatever was taken is answered, no letter is left in a sender's hands, nothing is sent twice.

    A connection that the system had taken and we had not is cut when the listening socket closes: nothing was
    read from it, and the platform sends it again.
    """
    url = plain_url(db)
    with (
        platform(warm=True) as outside,
        house(tmp_path / "house", url, outside.url, town(BUILDINGS), watch=False, warm=True) as home,
    ):
        writers, ends = asyncio.run(_stop_under_load(home, outside))
        log = home.log()
        outside.read()
    assert {code for code, _ in ends.values()} == {0}, log
    assert max(seconds for _, seconds in ends.values()) < MOST_SECONDS
    assert writers.statuses == []
    assert len(writers.answered) >= 100
    assert writers.refused > 0
    with db.read() as current:
        kept = {text.rpartition(" ")[2] for text in current.execute(select(Case.text)).scalars()}
    assert set(writers.answered) == kept
    assert not kept & set(writers.cut)
    books = oracle.open_books(db)
    assert books.states["taken"] == 0
    assert outside.extra_calls == 0
    assert outside.seen == +books.sent


async def _renew_under_load(home: House) -> Writers:
    writers = Writers(home, tries=3)
    tasks = [asyncio.create_task(writers.write(name)) for name in range(CLIENTS)]
    await _answered(writers, 50)
    before = set(home.web_workers())
    home.processes["serve"].send_signal(signal.SIGHUP)
    until = time.monotonic() + 30
    while (before & set(home.web_workers()) or not home.web_workers()) and time.monotonic() < until:
        await asyncio.sleep(0.1)
    await _answered(writers, len(writers.answered) + 50)
    assert not before & set(home.web_workers())
    writers.over.set()
    await asyncio.gather(*tasks)
    return writers


@pytest.mark.parametrize("db", ["sqlite", "postgres"], indirect=True)
def test_workers_are_renewed_under_load_and_nobody_notices(db, tmp_path):
    """SIGHUP: no message fails, no connection is refused.

    A worker that goes closes connections that it has not read from yet: then the platform sends again.
    """
    url = plain_url(db)
    with house(tmp_path / "house", url, NOWHERE, town(BUILDINGS), senders=0, watch=False, warm=True) as home:
        writers = asyncio.run(_renew_under_load(home))
    assert (writers.statuses, writers.lost, writers.refused) == ([], [], 0)
    assert len(writers.answered) > 100
    assert len(writers.cut) < CLIENTS
    with db.read() as current:
        texts = [text.rpartition(" ")[2] for text in current.execute(select(Case.text)).scalars()]
    assert sorted(texts) == sorted(writers.answered)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("order", [("work 0", "serve"), ("serve", "work 0")])
def test_service_and_senders_start_in_either_order(db, tmp_path, order):
    def start(home: House) -> None:
        for name in order:
            home.start(name)
            time.sleep(1)

    url = plain_url(db)
    with (
        platform(warm=True) as outside,
        house(
            tmp_path / "house",
            url,
            outside.url,
            town(2),
            senders=1,
            watch=False,
            warm=True,  # because after a second the first of them is there then, and not yet a cold one
            start=start,
        ) as home,
    ):

        async def report() -> bool:
            async with talk.session(1) as session:
                said = Said("official", "oOrder", f"{estate(0)}1号楼1单元灯不亮", 4711)
                return (await talk.Line(home.url).deliver(session, said)).ok

        assert asyncio.run(report())
        until = time.monotonic() + 40
        while not outside.seen and time.monotonic() < until:
            time.sleep(0.1)
            outside.read()
        assert outside.seen.total() == 1
        assert {code for code, _ in home.stop().values()} == {0}
