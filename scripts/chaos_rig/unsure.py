"""F5: the platform takes a message and the line is cut before it says so, for a fifth of all sends."""

from collections import Counter

from sqlalchemy import select

from chaos_rig import oracle
from chaos_rig.crowd import Crowd, Shown, of, robot_key
from chaos_rig.house import House
from chaos_rig.platform import Platform
from models.base.orm import session
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate
from models.outbox.settling import UNCERTAIN_TRIES

SHARE = 0.2
SETTLE_SECONDS = 300.0


class Unsure:
    """People are told by template messages, which have a key, groups by robots, which have none."""

    def __init__(self, house: House, platform: Platform, *, people: int) -> None:
        self.house, self.platform, self.people = house, platform, people

    def run(self) -> oracle.Verdict:
        crowd = Crowd(self.house.database, self.people, robots=True).move_in()
        for number in range(len(crowd.groups)):
            phone = {"id": f"g{number}", "name": f"{number}", "kind": "group", "robot_key": robot_key(number)}
            self.platform.control("POST", "phones", phone)
        fault = {"kind": "cut", "path": "*/send", "share": SHARE, "effect": True}
        self.platform.control("POST", "faults", fault)
        notice = crowd.say("周二停水")
        settled = crowd.settle(notice, SETTLE_SECONDS)
        return self._judge(crowd, notice, settled=settled)

    def _judge(self, crowd: Crowd, notice: int, *, settled: bool) -> oracle.Verdict:
        verdict = oracle.Verdict()
        people = Shown(self.platform, "周二停水").read()
        groups = Shown(self.platform, "周二停水", "/cgi-bin/webhook/send").read()
        fates: dict[str, Counter[str]] = {"person": Counter(), "group": Counter()}
        parked: dict[int, int] = {}
        with self.house.database.read():
            query = select(Letter.to_kind, Letter.to_id, Letter.state, Letter.uncertain).where(*of(notice))
            for kind, to, state, doubts in session().execute(query):
                fates[kind][state] += 1
                if kind == "group" and state == Fate.UNKNOWN:
                    parked[to] = doubts
        listed = list(self.house.command("letter", "list", "--state", "unknown"))
        verdict.figures |= {
            "people": f"{self.people}, {sum(people.calls.values())} calls, {people.extra} of them repeated",
            "groups": f"{len(crowd.groups)}, {sum(groups.calls.values())} calls",
            "groups that saw it twice": len(groups.twice),
            "groups for a person to decide": len(parked),
        }
        verdict.must(settled, "letters without a fate")
        verdict.must(people.extra > 0 and bool(parked), "nothing was ever in doubt")
        verdict.zero("people who did not get it", self.people - people.people)
        verdict.zero("people who saw it twice", people.twice)
        verdict.zero("people with two keys", [who for who, keys in people.keys.items() if len(keys) > 1])
        verdict.zero("people not sent in the books", self.people - fates["person"][Fate.SENT])
        verdict.zero("groups that saw it more than twice", [w for w, n in groups.seen.items() if n > 2])
        verdict.zero("groups that did not see it", len(crowd.groups) - groups.people)
        verdict.zero("parked too early or too late", [n for n in parked.values() if n != UNCERTAIN_TRIES])
        verdict.zero("parked and not listed", abs(len(parked) - len(listed)))
        return verdict
