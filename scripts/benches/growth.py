"""What the main verbs and pages cost in a town with 1 000, 100 000 and 1 000 000 closed cases.

The towns stand side by side and take turns, so that a noisy machine disturbs all of them alike. Nothing waits
for the disk (SQLite's and PostgreSQL's fsync is off), because that costs the same at every size. On SQLite it
is processor time, on PostgreSQL, which works in another process, time on the clock.
"""

import gc
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any

from big_town import big_town
from databases import Postgres
from sqlalchemy import Engine, event

from benches import history, rig
from handlers.console.cookies import SESSION
from handlers.house import House
from handlers.pages.access import case_at
from handlers.wechat.afterwards import work_one
from handlers.wechat.answer import Answer
from handlers.wechat.door import entrance
from handlers.wechat.message import Message
from models.account import sessions
from models.base.actor import SYSTEM, By
from models.base.checkdigit import with_check
from models.base.clock import ago, now
from models.base.orm import session
from models.case import clock, emergency, listening, reach, reporting, silence, telling
from models.case.case import Case
from models.inbox import purging
from models.indicator import keeping, sealing
from models.indicator.period import months_to, this_month
from models.joins import digest
from models.joins.undelivered import undelivered
from models.media.keeping import due
from models.outbox import claiming, dead, fates, settling
from models.outbox.address import owner_of
from models.person.arriving import Visitor, visitor_of
from models.place.gazetteer import town
from models.place.spot import Spot
from server import database as db
from server.app import create_app
from server.outgoing import rules_of

SIZES, QUICK_SIZES = (1_000, 100_000, 1_000_000), (1_000, 20_000)
TURNS, QUICK_TURNS = 40, 8
ESTATE, KEEPER, CLERK = "和美0小区", "user0", "user4"
Work = Callable[[], object]
_serial = itertools.count(1)


class Place:
    """One town of one size and what people do in it: each act makes ready and gives the work to be timed."""

    def __init__(self, database: db.Database, config: Any) -> None:
        self.database = database
        self.clock = time.process_time if database.is_sqlite else time.perf_counter
        self._engine: Engine = database._write_engine
        self._receive = entrance(self, House())
        self._rules = rules_of(config)
        self._has_figures = False
        self._client = create_app(config, database).test_client()
        self.keeper = self.write(self._visitor, "work", KEEPER)
        self.clerk = self.write(self._visitor, "work", CLERK)

    def write(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """One transaction in this thread: nobody else's is waited for."""
        return db._alone(self._engine, partial(work, *arguments))

    # --- messages ---

    def a_report(self) -> Work:
        return self._says(self._resident(), f"{ESTATE}1号楼2单元灯不亮!")

    def a_newcomers_report(self) -> Work:
        return self._says(f"oNew-{next(_serial)}", f"{ESTATE}1号楼2单元灯不亮!")

    def a_report_without_its_place(self) -> Work:
        return self._says(self._resident(), "楼道灯不亮了")

    def a_copy(self) -> Work:
        work = self.a_report()
        work()
        return work

    def a_photo(self) -> Work:
        return self._says(self._resident(), "", kind="image", media_id="m-photo")

    def progress(self) -> Work:
        return self._says(self._resident(), "我的灯咋样了")

    def keepers_list(self) -> Work:
        return self._says(KEEPER, "待办", channel="work")

    # --- verbs ---

    def accept(self) -> Work:
        """With the card on the keeper's phone, which then shows that it is taken."""
        case_id = self._reported()
        self.write(self._claim_and_settle, 500)
        return lambda: self.write(self._accept, case_id)

    def finish(self) -> Work:
        case_id = self._accepted()
        return lambda: self.write(self._finish, case_id)

    def nod(self) -> Work:
        case_id = self._accepted()
        self.write(self._finish, case_id)
        return lambda: self.write(self._nod, case_id)

    def find(self) -> Work:
        case_id = self._reported()
        return self._looking(lambda: reach.find(with_check(case_id), self.clerk))

    def a_sender_takes_letters(self) -> Work:
        for _ in range(4):
            self._reported()
        return lambda: self.write(self._claim_and_settle, 8)

    def an_event_worked_on(self) -> Work:
        kind = {"kind": "event", "event": "templatesendjobfinish"}
        self._says(self._resident(), "", **kind)()
        return lambda: work_one(self)

    def photos_due(self) -> Work:
        self.a_photo()()
        return lambda: self.write(due, 5)

    def every_line_of_the_clock(self) -> Work:
        return lambda: self.write(self._clock)

    def a_case_climbs(self) -> Work:
        self.write(self._late_report)
        return lambda: self.write(clock.climb_some)

    # --- lists and pages ---

    def nobody_found(self) -> Work:
        return self._looking(lambda: reach.nobody_found(self.clerk.community_id))

    def to_visit(self) -> Work:
        return self._looking(lambda: clock.to_visit(self.clerk.community_id))

    def to_hear(self) -> Work:
        return self._looking(lambda: listening.to_hear(self.clerk))

    def undelivered(self) -> Work:
        return self._looking(lambda: undelivered(self.clerk.community_id))

    def dead_letters_listed(self) -> Work:
        return self._looking(lambda: list(fates.fates(state="failed", limit=20)))

    def cases_listed(self) -> Work:
        return self._looking(lambda: list(telling.lines(limit=50)))

    def silent_listed(self) -> Work:
        mine = Case.community_id == self.clerk.community_id
        return self._looking(lambda: list(silence.silent(mine)))

    def limits_page(self) -> Work:
        return self._page("/console/chain/limits", self.clerk)

    def case_shown(self) -> Work:
        case_id = self._reported()
        return self._looking(lambda: telling.whole(session().get_one(Case, case_id)))

    def case_page(self) -> Work:
        case_id = self._reported()
        return self._page(case_at(case_id), self.keeper)

    def desk_page(self) -> Work:
        return self._page("/console", self.clerk)

    def figures_page(self) -> Work:
        """Of a community: two months are kept, as the clock keeps a year of them; the rest are gaps."""
        if not self._has_figures:
            self._has_figures = True
            for month in months_to(this_month(now()), 2):
                what = keeping.Due(month, self.clerk.community_id)
                with self.database.read():
                    found = sealing.counted(*what)
                self.write(keeping.keep, what, found, now())
        return self._page("/console/indicators", self.clerk)

    def metrics_page(self) -> Work:
        return self._page("/metrics")

    # --- how ---

    def _says(
        self, who: str, text: str, *, channel: str = "official", kind: str = "text", **more: Any
    ) -> Work:
        message = Message(
            channel=channel, key=f"g{next(_serial)}", kind=kind, sender=who, receiver="gh_bench",
            sent_at=now(), raw={"Content": text}, text=text, **more,
        )  # type: ignore[arg-type]  # fmt: skip
        return lambda: self._heard(message)

    def _heard(self, message: Message) -> Answer:
        return self._receive(message)

    def _looking(self, work: Work) -> Work:
        def look() -> None:
            with self.database.read():
                work()

        return look

    def _page(self, path: str, who: Visitor | None = None) -> Work:
        if who is not None:
            token = self.write(partial(sessions.begin, who.person_id, "work", strong=False))
            self._client.set_cookie(SESSION, token, domain="127.0.0.1")

        def get() -> None:
            answer = self._client.get(path, base_url="http://127.0.0.1")
            assert answer.status_code == 200, (path, answer.status_code)

        return get

    @staticmethod
    def _resident() -> str:
        return f"oGrown-{next(_serial) % 50}"

    @staticmethod
    def _visitor(channel: str, address: str) -> Visitor:
        person = owner_of(channel, address)
        found = visitor_of(person, channel) if person is not None else None
        assert found is not None, address
        return found

    def _reported(self) -> int:
        self.a_report()()
        with self.database.read():
            newest = reach.offered_to(self.keeper.person_id, 10_000)[-1]
        return newest.id

    def _accepted(self) -> int:
        case_id = self._reported()
        self.write(self._accept, case_id)
        return case_id

    def _accept(self, case_id: int) -> None:
        reach.find(with_check(case_id), self.keeper, hold=True).accept(self.keeper.person_id)

    def _finish(self, case_id: int) -> None:
        case = reach.find(with_check(case_id), self.keeper, hold=True)
        case.finish(self.keeper.person_id, "换了灯泡", no_photo_reason="太黑")

    @staticmethod
    def _nod(case_id: int) -> None:
        case = reach.hold(case_id)
        assert case.reporter_id is not None
        case.nod(By.person(case.reporter_id))

    def _claim_and_settle(self, want: int) -> None:
        at = now()
        claimed = claiming.claim(want, self._rules, at, shut={}, news=want // 2)
        assert claimed.touched
        if claimed.errands:
            settling.settle(
                [settling.went(one, at, words="", platform_id=one.key) for one in claimed.errands], at
            )

    def _late_report(self) -> None:
        """Nobody has accepted it for a month: it goes up to the top at once."""
        spot = town().locate(Spot(estate=ESTATE, building="1", unit="2", how="said")).spot
        reporting.report(
            text="灯不亮", category="lighting", urgency="normal", spot=spot, source="chat", by=SYSTEM,
            at=ago(days=30),
        )  # fmt: skip

    def _clock(self) -> None:
        emergency.ring_again(every_minutes=3)
        clock.climb_some()
        clock.file_one_unplaced()
        clock.settle_one_silence(silence_days=7)
        digest.gather_one()
        dead.alert([self.clerk.person_id], now())
        settling.recover(self._rules, now())
        purging.purge()


ACTS: tuple[Callable[[Place], Work], ...] = (
    Place.a_report, Place.a_newcomers_report, Place.a_report_without_its_place, Place.a_copy, Place.a_photo,
    Place.progress, Place.accept, Place.finish, Place.nod, Place.find, Place.keepers_list, Place.nobody_found,
    Place.to_visit, Place.to_hear, Place.undelivered, Place.a_sender_takes_letters, Place.an_event_worked_on,
    Place.photos_due, Place.every_line_of_the_clock, Place.a_case_climbs, Place.silent_listed,
    Place.limits_page, Place.case_page, Place.desk_page, Place.metrics_page, Place.figures_page,
    Place.case_shown, Place.cases_listed, Place.dead_letters_listed,
)  # fmt: skip


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    sizes = QUICK_SIZES if quick else SIZES
    for kind in databases:
        with _towns(say, kind, sizes) as places:
            say(
                f"{kind:9} {'ms at ' + format(sizes[0], ','):>34}"
                + "".join(f"{size:>12,}" for size in sizes[1:])
            )
            for act in ACTS:
                took = _taken(act, places, QUICK_TURNS if quick else TURNS)
                ratios = "".join(f"{one / took[0]:11.2f}x" for one in took[1:])
                say(f"{kind:9} {act.__name__.replace('_', ' '):24} {took[0] * 1000:8.2f} {ratios}")


def _taken(act: Callable[[Place], Work], places: Sequence[Place], turns: int) -> list[float]:
    """Seconds at each place: the lower quartile, because what the machine adds only ever adds."""
    took: list[list[float]] = [[] for _ in places]
    for turn in range(turns + 2):
        for place, seconds in zip(places, took, strict=True):
            work = act(place)
            gc.collect(0)
            began = place.clock()
            work()
            if turn > 1:  # the first ones compile statements and read pages
                seconds.append(place.clock() - began)
    return [quantiles(seconds, n=4)[0] for seconds in took]


@contextmanager
def _towns(say: Callable[[str], object], kind: str, sizes: Sequence[int]) -> Iterator[list[Place]]:
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="hemei-bench-") as folder:
        if kind == "sqlite":
            urls = [f"sqlite:///{folder}/{size}.db" for size in sizes]
        else:
            server = Postgres(Path(folder) / "data").start()
            stack.callback(server.stop, at_once=True)
            urls = [server.create(f"town_{size}") for size in sizes]
        places = []
        for url, size in zip(urls, sizes, strict=True):
            config = stack.enter_context(
                rig.furnished(url, big_town(buildings=120, households=600, staff=70))
            )
            database = db.Database(url)
            stack.callback(database.close)
            began = time.monotonic()
            history.fill(database, size)
            say(f"{kind:9} {size:>9,} closed cases written in {time.monotonic() - began:.1f} s")
            if database.is_sqlite:
                event.listen(database._write_engine, "connect", _without_waiting)
                database._write_engine.dispose()
            places.append(Place(database, config))
        yield places


def _without_waiting(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")
