"""F2: the access token dies again and again under several senders in the middle of a notice."""

import time
from collections import Counter

from sqlalchemy import func, select

from chaos_rig import oracle
from chaos_rig.crowd import Crowd, Shown, of, wait_for
from chaos_rig.house import House
from chaos_rig.platform import Platform
from chaos_rig.wire import Wire
from models.base.orm import session
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate

LATE = 1.2  # seconds of an answer: always many calls under way with the token that dies
MOST_REFRESHES = 2  # for each death, whatever number of senders
FORCED_A_DAY = 20
DEATHS = ("expire", "forget", "malformed")  # 42001, 40001, 40014
#: Of one sender, so that letters are left for the last death however slow the machine is: what is struck
#: twice, because nothing else is under way, loses an attempt, and that says nothing of tokens.
CONNECTIONS = 16
ENOUGH = 300  # letters that wait
CALM_BETWEEN = 0.8  # seconds: whoever was refused has his new token before that one dies as well
SETTLE_SECONDS = 240.0


class Tokens:
    """`deaths` times all calls under way learn at once that their token is bad."""

    def __init__(self, house: House, platform: Platform, wire: Wire, *, people: int, deaths: int) -> None:
        self.house, self.platform, self.wire = house, platform, wire
        self.people, self.deaths = people, deaths
        self.refreshes: list[int] = []
        self.seconds: list[float] = []  # from a death until a message was accepted again
        self.forced = 0
        self._last = 0

    def run(self) -> oracle.Verdict:
        crowd = Crowd(self.house.database, self.people).move_in()
        self.wire.late(LATE)
        notice = crowd.say("周二停水")
        wait_for(lambda: crowd.sent(notice) > 100, 30)
        self._refreshed()
        for number in range(self.deaths):
            if crowd.fates(notice)[Fate.WAITING] < ENOUGH:
                break
            self._die(DEATHS[number % len(DEATHS)])
        self.wire.late(0)
        crowd.settle(notice, SETTLE_SECONDS)
        return self._judge(crowd, notice)

    def _die(self, how: str) -> None:
        at = time.time()
        if how == "malformed":
            fault = {"kind": "refuse", "path": "*/send", "errcode": 40014, "times": 10}
            self.platform.control("POST", "faults", fault)
        do = "expire" if how == "expire" else "forget"
        self.platform.control("POST", "tokens", {"platform": "official", "do": do})
        wait_for(lambda: self._accepted_since(at), 35, every=0.1)
        self.seconds.append(time.time() - at)
        time.sleep(CALM_BETWEEN)
        self.refreshes.append(self._refreshed())

    def _accepted_since(self, at: float) -> bool:
        """Answers are late, so what is carried just after a death was accepted before it."""
        self.wire.read()
        return sum(one > at + 2 * LATE for one in self.wire.carried) > 20

    def _refreshed(self) -> int:
        """Tokens that were asked for since the last look."""
        path = f"ledger?since={self._last}&path=/cgi-bin/stable_token"
        entries = self.platform.control("GET", path)["entries"]
        self._last = max([self._last, *(one["number"] for one in entries)])
        self.forced += sum(bool(one["body"].get("force_refresh")) for one in entries)
        return len(entries)

    def _judge(self, crowd: Crowd, notice: int) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with self.house.database.read():
            query = select(Letter.attempts, func.count()).where(*of(notice), Letter.to_kind == "person")
            attempts = {row[0]: row[1] for row in session().execute(query.group_by(Letter.attempts))}
        shown = Shown(self.platform, "周二停水").read()
        verdict.figures |= {
            "people": f"{self.people}, {len(self.house.works())} senders",
            "deaths": f"{len(self.seconds)} of {self.deaths}: {', '.join(DEATHS)} in turn",
            "new tokens for a death": dict(sorted(Counter(self.refreshes).items())),
            "forced": self.forced,
            "accepted again after": f"{max(self.seconds):.1f} s at most",
            "calls that were refused": dict(shown.refused),
        }
        verdict.zero(
            "deaths with more than two refreshes", [one for one in self.refreshes if one > MOST_REFRESHES]
        )
        verdict.must(self.forced <= FORCED_A_DAY, "forced too often")
        verdict.in_time(max(self.seconds) <= 30, f"it took {max(self.seconds):.0f} s")
        verdict.must(bool(shown.refused), "no call ever met a dead token")
        verdict.must(len(self.seconds) * 2 > self.deaths, "the letters did not last for half of the deaths")
        verdict.zero("people who lost an attempt", self.people - attempts.get(1, 0))
        verdict.zero("not sent", self.people - crowd.fates(notice)[Fate.SENT])
        verdict.zero("visible duplicates", shown.twice)
        verdict.zero("people who did not get it", self.people - shown.people)
        return verdict
