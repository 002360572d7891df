"""F1: the platform goes down, slow and odd, one way after the other, while a notice goes to a city."""

import threading
import time
from dataclasses import dataclass

from benches import load

from chaos_rig import oracle
from chaos_rig.crowd import Crowd, Shown, wait_for
from chaos_rig.house import House
from chaos_rig.platform import Platform
from chaos_rig.wire import Wire
from models.base.links import personal_path
from models.outbox.letter import State as Fate

LATE = 0.5  # seconds of an answer: so the platform sets the pace and not this machine
PAGES = 40  # a second
OPENS_WITHIN = 12.0  # a breaker that knows only time-outs needs one of them
BACK_WITHIN = 30.0
CALM_PAGE = 0.1  # seconds: a page that is faster is no worse for anybody, whatever the ratio
LEFT = 4_000  # letters: then another notice is begun, so that there is always something to send
FLOW = 50  # messages: a probe is not the flow yet, and what was put by for a pause sleeps until that is over
SETTLE_SECONDS = 300.0


@dataclass
class Storm:
    mode: str
    pages: load.Taken
    calls: int  # a second, at its end
    back: float  # seconds after it until a message was accepted
    pace: float  # messages a second after that


class Storming:
    def __init__(
        self,
        house: House,
        platform: Platform,
        wire: Wire,
        *,
        people: int,
        modes: tuple[str, ...],
        lasts: float,
    ) -> None:
        self.house, self.platform, self.wire = house, platform, wire
        self.people, self.modes, self.lasts = people, modes, lasts
        self.crowd = Crowd(house.database, people)
        self.notices: list[int] = []

    def run(self) -> oracle.Verdict:
        self.crowd.move_in()
        self.wire.late(LATE)
        self._say_more()
        wait_for(lambda: self.crowd.sent(self.notices[0]) > 50, 30)
        calm, pace = self._calm()
        storms = [self._storm(mode) for mode in self.modes]
        self.wire.late(0)
        settled = [self.crowd.settle(one, SETTLE_SECONDS) for one in self.notices]
        return self._judge(calm, pace, storms, all(settled))

    def _say_more(self) -> None:
        waits = sum(self.crowd.fates(one)[Fate.WAITING] for one in self.notices)
        if waits < min(LEFT, self.people // 2):
            self.notices.append(self.crowd.say(f"停水{'甲乙丙丁戊己庚辛壬癸'[len(self.notices)]}"))
            time.sleep(3)

    def _calm(self) -> tuple[load.Taken, float]:
        began = time.time()
        with _Visitors(self) as pages:
            time.sleep(self.lasts)
        return pages.taken(), self._pace(began, time.time())

    def _storm(self, mode: str) -> Storm:
        self._say_more()
        self.wire.turn(mode)
        with _Visitors(self) as pages:
            time.sleep(self.lasts)
            self.wire.read()
            end = time.time()
            window = max(self.lasts - OPENS_WITHIN, 2.0)
            calls = sum(at > end - window for at in self.wire.called) / window
        self.wire.turn("well")
        came = self._came_back(end)
        time.sleep(4)
        return Storm(mode, pages.taken(), round(calls), came - end, self._pace(came + 0.5, time.time()))

    def _came_back(self, end: float) -> float:
        until = time.monotonic() + BACK_WITHIN * 2
        while time.monotonic() < until:
            self.wire.read()
            back = [at for at in self.wire.carried if at > end]
            if len(back) > FLOW:
                return back[FLOW]
            time.sleep(0.2)
        return end + BACK_WITHIN * 2

    def _pace(self, begin: float, end: float) -> float:
        self.wire.read()
        return sum(begin <= at <= end for at in self.wire.carried) / (end - begin)

    def _judge(self, calm: load.Taken, pace: float, storms: list[Storm], settled: bool) -> oracle.Verdict:
        verdict = oracle.Verdict()
        usual = calm.percentile(0.99)
        verdict.figures["notices"] = f"{len(self.notices)} to {self.people} people"
        verdict.figures["in calm"] = f"{pace:.0f} messages a second, pages p99 {usual * 1000:.0f} ms"
        for one in storms:
            p99 = one.pages.percentile(0.99)
            verdict.figures[one.mode] = (
                f"pages p99 {p99 / usual:.2f} x ({p99 * 1000:.0f} ms), {one.calls} calls a second at its end,"
                f" back after {one.back:.1f} s, then {one.pace / pace:.2f} of the pace"
            )
            verdict.in_time(p99 <= max(1.2 * usual, CALM_PAGE), f"{one.mode}: pages waited, {p99:.2f} s")
            back = f"{one.mode}: the breaker stayed open for {one.back:.0f} s"
            verdict.must(not one.pages.bad, f"{one.mode}: {one.pages.bad} pages failed")
            verdict.in_time(one.back <= BACK_WITHIN, back)
            then = f"{one.mode}: then {one.pace:.0f} a second, not {pace:.0f}"
            verdict.in_time(one.pace >= 0.8 * pace, then)
        verdict.must(settled, "letters without a fate")
        for number, notice in enumerate(self.notices):
            fates = self.crowd.fates(notice)
            shown = Shown(self.platform, f"停水{'甲乙丙丁戊己庚辛壬癸'[number]}").read()
            verdict.zero(f"notice {number + 1}: not reached", self.people - shown.people)
            verdict.zero(f"notice {number + 1}: visible duplicates", shown.twice)
            verdict.zero(f"notice {number + 1}: not sent in the books", self.people - fates[Fate.SENT])
        return verdict


class _Visitors:
    """People who open the notice's page, for as long as a storm or a calm lasts."""

    def __init__(self, storming: Storming) -> None:
        notice, port = storming.notices[0], storming.house.port
        count = int(storming.lasts * PAGES)
        persons = storming.crowd.persons[:: max(len(storming.crowd.persons) // count, 1)][:count]
        requests = [
            f"GET /{personal_path('notice', one, notice)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
            for one in persons
        ]
        self._taken: list[load.Taken] = []
        self._thread = threading.Thread(
            target=lambda: self._taken.append(load.paced(port, requests, PAGES, connections=16))
        )

    def __enter__(self) -> "_Visitors":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def taken(self) -> load.Taken:
        return self._taken[0]
