"""R5: of a city's letters some can never arrive, some are answered with nonsense, some fail for a while."""

import time
from collections import Counter
from itertools import pairwise

from sqlalchemy import select

from chaos_rig import oracle
from chaos_rig.crowd import ONE_BUILDING, Crowd, Shown, of
from chaos_rig.house import House
from chaos_rig.platform import Platform
from models.base.orm import session
from models.notice.tables import Kind
from models.outbox.address import Address
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate
from models.outbox.settling import BACKOFF, MOST_TRIES

GONE, ODD = "*00", "*51"  # openids: one of a hundred each, unsubscribed and answered with nonsense
SHAKY = ("*13", "*33", "*53", "*73", "*93")  # five of a hundred: the platform is busy for them
SHAKY_SECONDS = 15
OTHERS_WITHIN = 5.0
SETTLE_SECONDS = 400.0


class Poison:
    def __init__(self, house: House, platform: Platform, *, people: int) -> None:
        self.house, self.platform, self.people = house, platform, people
        self.others: list[float] = []
        self.again: list[tuple[int, str, str]] = []  # exit codes and fates of what was let go once more

    def run(self) -> oracle.Verdict:
        crowd = Crowd(self.house.database, self.people).move_in()
        self._fault(kind="refuse", who=GONE, errcode=43004, errmsg="require subscribe")
        self._fault(kind="garbage", who=ODD)
        for who in SHAKY:
            self._fault(kind="refuse", who=who, errcode=-1, seconds=SHAKY_SECONDS)
        notice = crowd.say("周二停水")
        began = time.monotonic()
        while not crowd.is_settled(notice) and time.monotonic() - began < SETTLE_SECONDS:
            other = crowd.say(f"小事{len(self.others)}", Kind.URGENT, ONE_BUILDING)
            self.others.append(crowd.first_sent_after(other))
            time.sleep(3)
        took = time.monotonic() - began
        shown = Shown(self.platform, "周二停水").read()
        return self._judge(crowd, notice, shown, took)

    def _fault(self, **fault: object) -> None:
        self.platform.control("POST", "faults", {"path": "*template/send", **fault})

    def _judge(self, crowd: Crowd, notice: int, shown: Shown, took: float) -> oracle.Verdict:
        verdict = oracle.Verdict()
        fates = self._fates(notice)
        ends: dict[str, Counter[str]] = {}
        tries: dict[str, Counter[int]] = {}
        for who, (_, state, _) in fates.items():
            ends.setdefault(_kind(who), Counter())[state] += 1
            tries.setdefault(_kind(who), Counter())[shown.calls[who]] += 1
        verdict.figures["people"] = f"{self.people}, settled after {took:.0f} s"
        for kind, counted in sorted(ends.items()):
            verdict.figures[kind] = f"{dict(counted)}, calls {dict(sorted(tries[kind].items()))}"
        verdict.figures["others meanwhile"] = (
            f"{len(self.others)} urgent ones, the slowest began to arrive after {max(self.others):.1f} s"
        )
        odd, shaky, well = (tries.get(one, Counter()) for one in ("odd", "shaky", "well"))
        every = Shown(self.platform, "").read().calls  # an urgent notice may have found out first
        verdict.zero("gone, and not asked once", [who for who in fates if _is_gone(who) and every[who] != 1])
        verdict.zero("tried more than eight times", [n for n in (*odd, *shaky) if n > MOST_TRIES])
        verdict.zero("well, but tried again", [n for n in well if n != 1])
        verdict.zero("well or shaky and not sent", sum((ends["well"] + ends["shaky"]).values()) - _sent(ends))
        verdict.zero("odd without a person to decide", [s for s in ends["odd"] if s != Fate.UNKNOWN])
        verdict.zero("visible duplicates", shown.twice)
        verdict.zero("tries sooner than half the pause", self._hasty())
        verdict.in_time(max(self.others) < OTHERS_WITHIN, f"others waited {max(self.others):.1f} s")
        self._drive_again(fates, verdict)
        return verdict

    def _fates(self, notice: int) -> dict[str, tuple[int, str, str]]:
        query = (
            select(Address.value, Letter.id, Letter.state, Letter.reason)
            .join(Letter, Letter.to_id == Address.owner_id)
            .where(*of(notice), Letter.to_kind == "person", Address.owner_kind == "person")
            .where(Address.channel == "official")
        )
        with self.house.database.read():
            return {who: (key, state, reason or "") for who, key, state, reason in session().execute(query)}

    def _hasty(self) -> list[str]:
        """A letter waits at least half of the pause that belongs to its try."""
        found = []
        calls: dict[str, list[float]] = {}
        path = "ledger?path=/cgi-bin/message/template/send"
        for entry in self.platform.control("GET", path)["entries"]:
            who = str(dict(entry["body"]).get("touser", ""))
            if _kind(who) in ("odd", "shaky") and "周二停水" in str(entry["body"]):
                calls.setdefault(who, []).append(entry["at"])
        for who, at in calls.items():
            for number, (first, second) in enumerate(pairwise(at)):
                if second - first < BACKOFF[min(number, len(BACKOFF) - 1)] / 2:
                    found.append(f"{who} {number} {second - first:.1f} s")
        return found

    def _drive_again(self, fates: dict[str, tuple[int, str, str]], verdict: oracle.Verdict) -> None:
        """What is dead is listed, and a person may let it go once more; not twice while it is on its way."""
        listed = {one["id"] for one in self.house.command("letter", "list", "--state", "unknown")}
        odd = [key for who, (key, _, _) in fates.items() if _kind(who) == "odd"]
        verdict.zero("dead and not listed", len(set(odd) - listed))
        self.platform.control("DELETE", "faults")
        codes = [self.house.ends("letter", "again", str(odd[0])) for _ in range(2)]
        until = time.monotonic() + 30
        while self._state(odd[0]) != Fate.SENT and time.monotonic() < until:
            time.sleep(0.2)
        codes.append(self.house.ends("letter", "again", str(odd[0])))
        verdict.figures["let go once more"] = f"exit codes {codes}, then {self._state(odd[0])}"
        verdict.must(self._state(odd[0]) == Fate.SENT, "a dead letter did not go again")
        verdict.must(codes == [0, 1, 1], f"a letter was let go {codes.count(0)} times")

    def _state(self, letter: int) -> str:
        with self.house.database.read():
            return session().get_one(Letter, letter).state


def _is_gone(who: str) -> bool:
    return who.endswith(GONE[1:])


def _kind(who: str) -> str:
    if _is_gone(who):
        return "gone"
    if who.endswith(ODD[1:]):
        return "odd"
    return "shaky" if who[-2:] in {one[1:] for one in SHAKY} else "well"


def _sent(ends: dict[str, Counter[str]]) -> int:
    return ends["well"][Fate.SENT] + ends["shaky"][Fate.SENT]
